//! Time per hop.

use super::{LEFT, LETTERS, TITLED, axes, plain, upright};
use crate::eval::report::figure::{ALERT, Hint, Size, draw, series, text};
use crate::eval::{Comparison, EvalError, HopTimes};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Columns for a factor of ten in time.
const COLUMNS: f64 = 20.0;

/// How many hops took how long, both on a scale of factors, with a line at the deadline.
pub(in super::super) fn times(comparison: &Comparison, size: Size) -> Result<String, EvalError> {
    let models: Vec<(usize, &HopTimes)> = comparison
        .models()
        .into_iter()
        .filter_map(|row| Some((row, comparison.rows[row].times.as_ref()?)))
        .collect();
    let all = || models.iter().flat_map(|(_, times)| &times.microseconds);
    let least = all().copied().fold(f64::INFINITY, f64::min).clamp(0.1, 1e6);
    let mut deadlines: Vec<f64> = models.iter().map(|(_, times)| times.deadline.clamp(1.0, 1e9)).collect();
    deadlines.sort_unstable_by(f64::total_cmp);
    deadlines.dedup();
    let latest = deadlines.last().copied().unwrap_or(1.0);
    let most = all().copied().fold(latest * 1.6, f64::max);
    let hops = models.iter().map(|(_, times)| times.microseconds.len()).max().unwrap_or(1).max(1) as f64;
    let place = |time: f64| (time.log10() * COLUMNS).floor() as i64;
    let edge = |place: i64| 10f64.powf(place as f64 / COLUMNS);
    let (first, last) = (place(least) - 2, place(most) + 2);
    draw(size, "time per hop", |area| {
        let mut chart = ChartBuilder::on(area)
            .margin_top(TITLED)
            .margin_right(14)
            .margin_left(2)
            .x_label_area_size(40)
            .y_label_area_size(LEFT)
            .build_cartesian_2d((edge(first)..edge(last)).log_scale(), (0.7..hops * 1.4).log_scale())?;
        let time = |us: &f64| {
            if *us < 999.0 { format!("{} µs", plain(us)) } else { format!("{} ms", plain(&(us / 1e3))) }
        };
        axes(&mut chart, (6, 5), "time for a hop", [&time, &plain])?;
        upright(area, "hops")?;
        let mut hints = Vec::new();
        for (n, (row, times)) in models.iter().enumerate() {
            let mut counts = vec![0usize; (last - first + 1) as usize];
            for &time in &times.microseconds {
                counts[(place(time.max(least)) - first) as usize] += 1;
            }
            let columns = counts.iter().enumerate().filter(|(_, count)| **count > 0);
            let columns =
                columns.map(|(k, &count)| (edge(first + k as i64), edge(first + k as i64 + 1), count as f64));
            let columns: Vec<_> = columns.collect();
            let bars = columns.iter().map(|&(from, to, count)| {
                Rectangle::new([(from, 0.7), (to, count)], series(n).mix(0.28).filled())
            });
            chart.draw_series(bars)?;
            let tops = columns.iter().map(|&(from, to, count)| {
                PathElement::new(vec![(from, count), (to, count)], series(n).stroke_width(2))
            });
            chart.draw_series(tops)?;
            hints.extend(columns.iter().map(|&(from, to, count)| Hint {
                at: chart.backend_coord(&((from * to).sqrt(), count)),
                text: format!("{}: {count} hops of {from:.1} to {to:.1} µs", comparison.rows[*row].name),
            }));
        }
        for (n, deadline) in deadlines.iter().enumerate() {
            let line = vec![(*deadline, 0.7), (*deadline, hops * 1.4)];
            chart.draw_series(std::iter::once(PathElement::new(line, ALERT.stroke_width(2))))?;
            // The first reads towards its line from the left, the others from theirs to the right: they may be close.
            let (align, words) = match n {
                0 => (HPos::Right, format!("deadline {}", time(deadline))),
                _ => (HPos::Left, time(deadline)),
            };
            let (x, y) = chart.backend_coord(&(*deadline, hops * 1.4));
            area.draw(&Text::new(
                words,
                (x, y - 5),
                text(LETTERS, ALERT).pos(Pos::new(align, VPos::Bottom)),
            ))?;
        }
        Ok(hints)
    })
}
