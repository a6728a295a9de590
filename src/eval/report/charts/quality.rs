//! Quality against delay.

use super::{TOP, axes, even, interval, plain, plane, reach};
use crate::eval::report::figure::{Area, Failure, GRID, Hint, SOFT, SURFACE, Size, draw, range, series};
use crate::eval::{Comparison, Estimate, EvalError, Interval, MethodKind, Metric};
use plotters::prelude::*;
use std::collections::BTreeMap;

/// Room at the left of no delay, as a part of the longest one.
const BEFORE: f64 = 0.06;

/// From one model to the next of the same delay, as a part of the longest one.
const BESIDE: f64 = 0.03;

/// A system with what is drawn of it.
struct Point {
    row: usize,
    delay: f64,
    estimate: Estimate,
}

/// Means of a metric with their intervals over the delay that was measured; a dashed line where the noisy input is.
pub(in super::super) fn quality(
    comparison: &Comparison,
    metric: Metric,
    size: Size,
) -> Result<String, EvalError> {
    let mean = |row| comparison.mean(row, metric);
    let points = points(comparison, mean);
    let noisy = points.iter().find(|point| comparison.rows[point.row].kind == MethodKind::Noisy);
    let level = noisy.map_or(0.0, |noisy| noisy.estimate.mean);
    let label = format!("{} against delay", metric.name());
    draw(size, &label, |area| chart(area, comparison, &points, level, metric.digits()))
}

/// Paired differences of the models to the first one over their delay; a dashed line at no difference.
pub(in super::super) fn difference(
    comparison: &Comparison,
    metric: Metric,
    size: Size,
) -> Result<String, EvalError> {
    let models = comparison.systems();
    let less_first = |row| {
        let found = comparison.difference(*models.first()?, row, metric)?;
        // The first less itself is nothing, for sure.
        let interval = found.interval.filter(|_| Some(&row) != models.first());
        models.contains(&row).then_some(Estimate { interval, ..found })
    };
    let points = points(comparison, less_first);
    let label = format!("difference of {} against delay", metric.name());
    draw(size, &label, |area| chart(area, comparison, &points, 0.0, metric.digits()))
}

fn points(comparison: &Comparison, estimate: impl Fn(usize) -> Option<Estimate>) -> Vec<Point> {
    let point = |row| Some(Point { row, delay: comparison.delay_ms(row), estimate: estimate(row)? });
    (0..comparison.rows.len()).filter_map(point).collect()
}

fn chart(
    area: &Area<'_>,
    comparison: &Comparison,
    points: &[Point],
    level: f64,
    digits: usize,
) -> Result<Vec<Hint>, Failure> {
    let models = comparison.systems();
    let most = points.iter().fold(1.0, |most: f64, point| most.max(point.delay)) * 1.15;
    let shown = range(points.iter().flat_map(|point| reach(&point.estimate)).chain([level]), 0.12);
    let mut chart = plane(area, TOP, -BEFORE * most..most, shown.clone())?;
    axes(&mut chart, (5, 5), "delay, ms", [&plain, &even(&shown)])?;
    let ends = [(-BEFORE * most, level), (most, level)];
    chart.draw_series(DashedLineSeries::new(ends, 4, 4, SOFT.stroke_width(1)))?;

    // Models of one delay stand beside each other, that each can be seen.
    let place = |point: &Point| {
        let same =
            |other: &&Point| models.contains(&other.row) && (other.delay - point.delay).abs() < BESIDE * most;
        let before = points.iter().filter(same).filter(|other| other.row < point.row).count();
        let all = points.iter().filter(same).count();
        point.delay + (before as f64 - (all as f64 - 1.0) / 2.0) * BESIDE * most
    };
    // A line joins models of one size: what differs between them is the look-ahead.
    let mut sizes: BTreeMap<usize, Vec<(f64, f64)>> = BTreeMap::new();
    for point in points.iter().filter(|point| models.contains(&point.row)) {
        let weights = comparison.rows[point.row].cost.map_or(0, |cost| cost.parameters);
        sizes.entry(weights).or_default().push((place(point), point.estimate.mean));
    }
    for mut line in sizes.into_values() {
        line.sort_by(|a, b| a.0.total_cmp(&b.0));
        chart.draw_series(std::iter::once(PathElement::new(line, GRID.stroke_width(2))))?;
    }
    let mut hints = Vec::new();
    for point in points {
        let Point { row, delay, estimate } = point;
        let found = &comparison.rows[*row];
        let model = models.iter().position(|model| model == row);
        let at = (if model.is_some() { place(point) } else { *delay }, estimate.mean);
        match model {
            Some(n) => interval(&mut chart, at.0, estimate, series(n))?,
            None if found.kind == MethodKind::Noisy => {
                chart.draw_series(std::iter::once(Circle::new(at, 4, SOFT.filled())))?;
            }
            None => {
                chart.draw_series(std::iter::once(Circle::new(at, 4, SURFACE.filled())))?;
                chart.draw_series(std::iter::once(Circle::new(at, 4, SOFT.stroke_width(1))))?;
            }
        }
        let ends = estimate.interval.map_or_else(String::new, |Interval { low, high, .. }| {
            format!(" ({low:.digits$} to {high:.digits$})")
        });
        let text = format!("{}: {:.digits$}{ends} at {delay:.1} ms", found.name, estimate.mean);
        hints.push(Hint { at: chart.backend_coord(&at), text });
    }
    Ok(hints)
}
