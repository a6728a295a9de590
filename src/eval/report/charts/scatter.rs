//! File by file, one model against another.

use super::{TITLED, axes, even, plane, upright};
use crate::eval::report::figure::{Hint, SOFT, Size, draw, range, series};
use crate::eval::{Comparison, EvalError, Metric};
use plotters::prelude::*;

/// A dot for each file: the first model along, the others up. Above the line the later model is greater.
pub(in super::super) fn scatter(
    comparison: &Comparison,
    metric: Metric,
    size: Size,
) -> Result<String, EvalError> {
    let models = comparison.systems();
    let base = models[0];
    let pairs: Vec<Vec<_>> =
        models[1..].iter().map(|&other| comparison.pairs(base, other, metric).collect()).collect();
    let shown = range(pairs.iter().flatten().flat_map(|(_, a, b)| [*a, *b]), 0.06);
    let label = format!("{} file by file", metric.name());
    draw(size, &label, |area| {
        let mut chart = plane(area, TITLED, shown.clone(), shown.clone())?;
        axes(&mut chart, (5, 5), &comparison.rows[base].name, [&even(&shown), &even(&shown)])?;
        upright(area, if models.len() == 2 { &comparison.rows[models[1]].name } else { "the other models" })?;
        let diagonal = [(shown.start, shown.start), (shown.end, shown.end)];
        chart.draw_series(DashedLineSeries::new(diagonal, 4, 4, SOFT.stroke_width(1)))?;
        let mut hints = Vec::new();
        for (n, pairs) in pairs.iter().enumerate() {
            let colour = series(n + 1);
            let dots = pairs.iter().map(|&(_, a, b)| Circle::new((a, b), 4, colour.mix(0.75).filled()));
            chart.draw_series(dots)?;
            let digits = metric.digits();
            hints.extend(pairs.iter().map(|(file, a, b)| Hint {
                at: chart.backend_coord(&(*a, *b)),
                text: format!("{}: {a:.digits$} and {b:.digits$}, {:+.digits$}", file.name, b - a),
            }));
        }
        Ok(hints)
    })
}
