//! Quality against delay.

use super::{axes, even, interval, plain, plane};
use crate::eval::report::figure::{GRID, Hint, SOFT, SURFACE, Size, draw, range, series};
use crate::eval::{Comparison, Estimate, EvalError, Metric, SystemKind};
use plotters::prelude::*;

/// Means of a metric with their intervals over the delay that was measured; a dashed line where the noisy input is.
pub(in super::super) fn quality(
    comparison: &Comparison,
    metric: Metric,
    size: Size,
) -> Result<String, EvalError> {
    let rows = (0..comparison.rows.len())
        .filter_map(|row| Some((row, comparison.delay_ms(row), comparison.mean(row, metric)?)));
    let rows: Vec<(usize, f64, Estimate)> = rows.collect();
    let most = rows.iter().fold(0.0, |most: f64, (_, delay, _)| most.max(*delay)).max(1.0) * 1.15;
    let shown = range(rows.iter().flat_map(|(_, _, e)| [e.low, e.high]), 0.12);
    let label = format!("{} against delay", metric.name());
    draw(size, &label, |area| {
        let mut chart = plane(area, -0.06 * most..most, shown.clone())?;
        axes(&mut chart, (5, 5), "delay, ms", [&plain, &even(&shown)])?;
        let mut hints = Vec::new();
        let models = comparison.models();
        if let Some((_, _, noisy)) =
            rows.iter().find(|(row, ..)| comparison.rows[*row].kind == SystemKind::Noisy)
        {
            let ends = [(-0.06 * most, noisy.mean), (most, noisy.mean)];
            chart.draw_series(DashedLineSeries::new(ends, 4, 4, SOFT.stroke_width(1)))?;
        }
        let line: Vec<_> = {
            let mut line: Vec<_> = rows
                .iter()
                .filter(|(row, ..)| comparison.rows[*row].kind == SystemKind::Model)
                .map(|(_, delay, estimate)| (*delay, estimate.mean))
                .collect();
            line.sort_by(|a, b| a.0.total_cmp(&b.0));
            line
        };
        chart.draw_series(std::iter::once(PathElement::new(line, GRID.stroke_width(2))))?;
        for (row, delay, estimate) in &rows {
            let at = (*delay, estimate.mean);
            let found = &comparison.rows[*row];
            match models.iter().position(|model| model == row) {
                Some(n) => {
                    interval(&mut chart, (*delay, estimate.low, estimate.mean, estimate.high), series(n))?
                }
                None if found.kind == SystemKind::Noisy => {
                    chart.draw_series(std::iter::once(Circle::new(at, 4, SOFT.filled())))?;
                }
                None => {
                    chart.draw_series(std::iter::once(Circle::new(at, 4, SURFACE.filled())))?;
                    chart.draw_series(std::iter::once(Circle::new(at, 4, SOFT.stroke_width(1))))?;
                }
            }
            let digits = metric.digits();
            let text = format!(
                "{}: {:.digits$} ({:.digits$} to {:.digits$}) at {delay:.1} ms",
                found.name, estimate.mean, estimate.low, estimate.high
            );
            hints.push(Hint { at: chart.backend_coord(&at), text });
        }
        Ok(hints)
    })
}
