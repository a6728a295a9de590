//! The charts of a report.

mod improvement;
mod quality;
mod scatter;
mod times;

pub(super) use improvement::improvement;
pub(super) use quality::{difference, quality};
pub(super) use scatter::scatter;
pub(super) use times::times;

use super::figure::{Area, Failure, GRID, SOFT, text};
use crate::eval::{Comparison, Estimate, Interval, Metric};
use plotters::coord::ranged1d::{Ranged, ValueFormatter};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use std::ops::Range;

/// The metrics that have charts: three of those that compare with clean sound, or what there is without it.
pub(super) fn charted(comparison: &Comparison) -> Vec<Metric> {
    use Metric::{DnsmosOverall, PauseAttenuation, Pesq, SiSdr, SpeechLevel, Stoi};
    let wanted = if comparison.has_clean() {
        [Pesq, Stoi, SiSdr]
    } else {
        [DnsmosOverall, PauseAttenuation, SpeechLevel]
    };
    wanted.into_iter().filter(|metric| comparison.metrics.contains(metric)).collect()
}

/// Size of the letters on axes.
const LETTERS: f64 = 11.0;

/// Pixels above a chart, and above one whose upright axis has a title.
const TOP: u32 = 10;
const TITLED: u32 = 22;

/// Pixels at the left, for numbers of eight characters, a minus sign among them.
const LEFT: u32 = 60;

/// A chart with two even axes.
type Plane<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// A number as an axis shows it: no more digits than it has.
fn plain(value: &f64) -> String {
    let text = format!("{value:.3}");
    with_minus(text.trim_end_matches('0').trim_end_matches('.'))
}

/// How an axis over a range shows its numbers: all with the digits that a fifth of the range asks for.
fn even(range: &Range<f64>) -> impl Fn(&f64) -> String + use<> {
    let digits = (-((range.end - range.start) / 5.0).log10()).ceil().clamp(0.0, 6.0) as usize;
    move |value| with_minus(&format!("{value:.digits$}"))
}

fn with_minus(text: &str) -> String {
    let zero = text.chars().all(|c| "-0.".contains(c));
    if zero { text.replace('-', "") } else { text.replace('-', "\u{2212}") }
}

/// Draws the axes, with faint lines at the marks of the upright one.
fn axes<'a, X, Y>(
    chart: &mut ChartContext<'a, SVGBackend<'_>, Cartesian2d<X, Y>>,
    marks: (usize, usize),
    title: &str,
    formats: [&dyn Fn(&f64) -> String; 2],
) -> Result<(), Failure>
where
    X: Ranged<ValueType = f64> + ValueFormatter<f64>,
    Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(GRID)
        .x_labels(marks.0)
        .y_labels(marks.1)
        .x_label_formatter(formats[0])
        .y_label_formatter(formats[1])
        .label_style(text(LETTERS, SOFT))
        .axis_desc_style(text(LETTERS, SOFT))
        .x_desc(title)
        .draw()
}

/// A dot at the mean, on a line along the interval where there is one.
fn interval(chart: &mut Plane<'_, '_>, x: f64, estimate: &Estimate, colour: RGBColor) -> Result<(), Failure> {
    let line = estimate.interval.map(|Interval { low, high, .. }| vec![(x, low), (x, high)]);
    chart.draw_series(line.map(|ends| PathElement::new(ends, colour.stroke_width(2))))?;
    chart.draw_series(std::iter::once(Circle::new((x, estimate.mean), 5, colour.filled())))?;
    Ok(())
}

/// What a chart has to show of an estimate.
fn reach(estimate: &Estimate) -> [f64; 2] {
    estimate.interval.map_or([estimate.mean; 2], |Interval { low, high, .. }| [low, high])
}

/// The title of the upright axis, level above it.
fn upright(area: &Area<'_>, title: &str) -> Result<(), Failure> {
    area.draw(&Text::new(title.to_owned(), (2, 2), text(LETTERS, SOFT)))
}

/// An empty chart with two even axes, `top` pixels below its upper edge.
fn plane<'a, 'b>(
    area: &'a Area<'b>,
    top: u32,
    x: Range<f64>,
    y: Range<f64>,
) -> Result<Plane<'a, 'b>, Failure> {
    ChartBuilder::on(area)
        .margin_top(top)
        .margin_right(14)
        .margin_left(2)
        .x_label_area_size(40)
        .y_label_area_size(LEFT)
        .build_cartesian_2d(x, y)
}
