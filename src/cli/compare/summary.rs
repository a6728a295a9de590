//! The result of a comparison in a few lines.

use crate::cli::say;
use crate::eval::{Comparison, Difference, FEWEST_GROUPS, HopTimes, Interval, counted};
use std::io::{self, Write};
use std::path::Path;

/// Prints means, differences and what was left out.
pub fn print(comparison: &Comparison, folder: &Path) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let width = comparison.rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).max(6);
    write!(out, "{:width$}  {:>8}", "system", "delay ms")?;
    for &metric in &comparison.metrics {
        write!(out, "  {:>17}", metric.name())?;
    }
    writeln!(out, "  {:>8}  {:>8}", "us a hop", "p99")?;
    for (n, row) in comparison.rows.iter().enumerate() {
        write!(out, "{:width$}  {:>8.1}", row.name, comparison.delay_ms(n))?;
        for &metric in &comparison.metrics {
            match comparison.mean(n, metric) {
                Some(found) => write!(out, "  {:>17.*}", metric.digits(), found.mean)?,
                None => write!(out, "  {:>17}", "-")?,
            }
        }
        match row.times.as_ref().and_then(HopTimes::timing) {
            Some(timing) => writeln!(out, "  {:>8.1}  {:>8.1}", timing.median_us, timing.p99_us)?,
            None => writeln!(out, "  {:>8}  {:>8}", "-", "-")?,
        }
    }
    let models = comparison.systems();
    let differences = comparison.differences();
    for &other in models.iter().skip(1) {
        let (a, b) = (&comparison.rows[models[0]].name, &comparison.rows[other].name);
        let more = comparison.delay_ms(other) - comparison.delay_ms(models[0]);
        writeln!(
            out,
            "\n{b} less {a}, {more:+.1} ms; paired, with the 95 % interval over groups, and p after Holm's correction:"
        )?;
        for &metric in &comparison.metrics {
            let of = |found: &&Difference| (found.row, found.metric) == (other, metric);
            let Some(difference) = differences.iter().find(of) else { continue };
            let found = difference.estimate;
            let digits = metric.digits() + 1;
            write!(out, "  {:17}  {:>+9.digits$}  (", metric.name(), found.mean)?;
            match found.interval {
                Some(Interval { low, high, .. }) => write!(out, "{low:+.digits$} to {high:+.digits$}")?,
                None => write!(out, "no interval, fewer than {FEWEST_GROUPS} groups")?,
            }
            write!(out, "; {}", counted(found.groups, "group"))?;
            if found.files > found.groups {
                write!(out, ", {}", counted(found.files, "file"))?;
            }
            match difference.corrected {
                Some(p) => writeln!(out, ")  p {p:.4}, {}", difference.claim().words())?,
                None => writeln!(out, ")")?,
            }
        }
    }
    for (n, row) in comparison.rows.iter().enumerate() {
        let Some(moved) = row.moved.filter(|moved| (moved.least, moved.most) != (0, 0)) else { continue };
        let ms = |samples: isize| samples as f64 * 1e3 / f64::from(comparison.sample_rate);
        let (median, least, most) = (comparison.delay_ms(n), ms(moved.least), ms(moved.most));
        writeln!(
            out,
            "\n{}: moved by {median:.1} ms to lie on the clean files ({least:.1} to {most:.1})",
            row.name
        )?;
    }
    let (material, skipped) = (comparison.material(), comparison.skipped.len());
    let page = say::name(&folder.join("index.html"));
    writeln!(out, "\n{page}: {material} compared, {skipped} left out")
}
