//! File by file, one model against another.

use super::{axes, even, plane};
use crate::eval::report::figure::{Hint, SOFT, Size, draw, range, series};
use crate::eval::{Comparison, EvalError, Metric};
use plotters::prelude::*;

/// A dot for each file: the first model along, the others up. Above the line the later model is greater.
pub(in super::super) fn scatter(
    comparison: &Comparison,
    metric: Metric,
    size: Size,
) -> Result<String, EvalError> {
    let models = comparison.models();
    let base = models[0];
    let pairs: Vec<_> = models[1..].iter().map(|&other| comparison.pairs(base, other, metric)).collect();
    let shown = range(pairs.iter().flatten().flat_map(|(a, b)| [*a, *b]), 0.06);
    let names: Vec<&str> = comparison.judged(metric).map(|file| file.name.as_str()).collect();
    let label = format!("{} file by file", metric.name());
    draw(size, &label, |area| {
        let mut chart = plane(area, shown.clone(), shown.clone())?;
        axes(&mut chart, (5, 5), &comparison.rows[base].name, [&even(&shown), &even(&shown)])?;
        let diagonal = [(shown.start, shown.start), (shown.end, shown.end)];
        chart.draw_series(DashedLineSeries::new(diagonal, 4, 4, SOFT.stroke_width(1)))?;
        let mut hints = Vec::new();
        for (n, pairs) in pairs.iter().enumerate() {
            let colour = series(n + 1);
            chart.draw_series(pairs.iter().map(|&at| Circle::new(at, 4, colour.mix(0.75).filled())))?;
            let digits = metric.digits();
            hints.extend(pairs.iter().zip(&names).map(|(&(a, b), file)| Hint {
                at: chart.backend_coord(&(a, b)),
                text: format!("{file}: {a:.digits$} and {b:.digits$}, {:+.digits$}", b - a),
            }));
        }
        Ok(hints)
    })
}
