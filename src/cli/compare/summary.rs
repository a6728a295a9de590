//! The result of a comparison in a few lines.

use crate::cli::say;
use crate::eval::{Comparison, FEWEST_CLIPS, HopTimes, Interval, Metric, counted};
use std::io::{self, Write};
use std::path::Path;

/// Prints means, differences and what was left out.
pub fn print(comparison: &Comparison, folder: &Path) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let width = comparison.rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).max(6);
    write!(out, "{:width$}  {:>8}", "system", "delay ms")?;
    for metric in Metric::ALL {
        write!(out, "  {:>13}", metric.name())?;
    }
    writeln!(out, "  {:>8}  {:>8}", "us a hop", "p99")?;
    for (n, row) in comparison.rows.iter().enumerate() {
        write!(out, "{:width$}  {:>8.1}", row.name, comparison.delay_ms(n))?;
        for metric in Metric::ALL {
            match comparison.mean(n, metric) {
                Some(found) => write!(out, "  {:>13.*}", metric.digits(), found.mean)?,
                None => write!(out, "  {:>13}", "-")?,
            }
        }
        match row.times.as_ref().and_then(HopTimes::timing) {
            Some(timing) => writeln!(out, "  {:>8.1}  {:>8.1}", timing.median_us, timing.p99_us)?,
            None => writeln!(out, "  {:>8}  {:>8}", "-", "-")?,
        }
    }
    let models = comparison.models();
    for &other in models.iter().skip(1) {
        let (a, b) = (&comparison.rows[models[0]].name, &comparison.rows[other].name);
        let more = comparison.delay_ms(other) - comparison.delay_ms(models[0]);
        writeln!(out, "\n{b} less {a}, {more:+.1} ms; paired, with the 95 % interval over clips:")?;
        for metric in Metric::ALL {
            let Some(found) = comparison.difference(models[0], other, metric) else { continue };
            let digits = metric.digits() + 1;
            write!(out, "  {:13}  {:>+9.digits$}  (", metric.name(), found.mean)?;
            match found.interval {
                Some(Interval { low, high, .. }) => write!(out, "{low:+.digits$} to {high:+.digits$}")?,
                None => write!(out, "no interval, fewer than {FEWEST_CLIPS} clips")?,
            }
            write!(out, "; {}", counted(found.clips, "clip"))?;
            if found.files > found.clips {
                write!(out, ", {}", counted(found.files, "file"))?;
            }
            writeln!(out, ")")?;
        }
    }
    let (material, skipped) = (comparison.material(), comparison.skipped.len());
    let page = say::name(&folder.join("index.html"));
    writeln!(out, "\n{page}: {material} compared, {skipped} left out")
}
