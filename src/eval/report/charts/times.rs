//! Time per hop.

use super::{LEFT, LETTERS, TITLED, axes, plain, upright};
use crate::eval::report::figure::{ALERT, Area, Failure, Hint, Size, draw, series, text};
use crate::eval::{Comparison, EvalError, HopTimes};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Columns for a factor of ten in time.
const COLUMNS: f64 = 20.0;

/// Pixels below the columns of the last system, for the axis.
const AXIS: u32 = 40;

/// A system with the times of its hops.
struct Timed<'a> {
    /// Which of the systems.
    number: usize,
    name: &'a str,
    times: &'a HopTimes,
}

/// How many hops took how long, both on a scale of factors, a strip for each system one below the other, with a line at its
/// deadline.
pub(in super::super) fn times(comparison: &Comparison, size: Size) -> Result<String, EvalError> {
    let systems = comparison.systems().into_iter().enumerate();
    let timed = systems.filter_map(|(number, row)| {
        let row = &comparison.rows[row];
        Some(Timed { number, name: &row.name, times: row.times.as_ref()? })
    });
    let timed: Vec<Timed<'_>> = timed.collect();
    if timed.is_empty() {
        return Ok(String::new());
    }
    let all = || timed.iter().flat_map(|one| &one.times.microseconds);
    let least = all().copied().fold(f64::INFINITY, f64::min).clamp(0.1, 1e6);
    let latest = timed.iter().map(|one| deadline(one.times)).fold(1.0, f64::max);
    let most = all().copied().fold(latest * 1.6, f64::max);
    let scale = (place(least) - 2, place(most) + 2);
    // No strip so low that its columns cannot be read.
    let strip = ((size.height - AXIS) / timed.len() as u32).max(90);
    let size = Size { height: strip * timed.len() as u32 + AXIS, ..size };
    draw(size, "time per hop", |area| {
        let mut hints = Vec::new();
        for (n, one) in timed.iter().enumerate() {
            let last = n + 1 == timed.len();
            let top = strip as i32 * n as i32;
            let height = strip + if last { AXIS } else { 0 };
            let part = area.clone().shrink((0, top), (size.width, height));
            hints.extend(columns(&part, one, scale, least, last)?);
        }
        Ok(hints)
    })
}

fn deadline(times: &HopTimes) -> f64 {
    times.deadline.clamp(1.0, 1e9)
}

fn place(time: f64) -> i64 {
    (time.log10() * COLUMNS).floor() as i64
}

fn edge(place: i64) -> f64 {
    10f64.powf(place as f64 / COLUMNS)
}

/// The strip of one system; the last has the axis of time.
fn columns(
    area: &Area<'_>,
    timed: &Timed<'_>,
    (first, last): (i64, i64),
    least: f64,
    with_axis: bool,
) -> Result<Vec<Hint>, Failure> {
    let hops = timed.times.microseconds.len().max(1) as f64;
    let mut chart = ChartBuilder::on(area)
        .margin_top(TITLED)
        .margin_right(14)
        .margin_left(2)
        .x_label_area_size(if with_axis { AXIS } else { 2 })
        .y_label_area_size(LEFT)
        .build_cartesian_2d((edge(first)..edge(last)).log_scale(), (0.7..hops * 1.4).log_scale())?;
    let time = |us: &f64| {
        if *us < 999.0 { format!("{} µs", plain(us)) } else { format!("{} ms", plain(&(us / 1e3))) }
    };
    let (marks, title) = if with_axis { (6, "time for a hop") } else { (0, "") };
    let shown = |us: &f64| if with_axis { time(us) } else { String::new() };
    axes(&mut chart, (marks, 3), title, [&shown, &plain])?;
    upright(area, "hops")?;
    let mut counts = vec![0usize; (last - first + 1) as usize];
    for &time in &timed.times.microseconds {
        counts[(place(time.max(least)) - first) as usize] += 1;
    }
    let columns = counts.iter().enumerate().filter(|(_, count)| **count > 0);
    let columns: Vec<_> =
        columns.map(|(k, &n)| (edge(first + k as i64), edge(first + k as i64 + 1), n as f64)).collect();
    let colour = series(timed.number);
    let bars = columns
        .iter()
        .map(|&(from, to, count)| Rectangle::new([(from, 0.7), (to, count)], colour.mix(0.55).filled()));
    chart.draw_series(bars)?;
    let end = deadline(timed.times);
    let line = vec![(end, 0.7), (end, hops * 1.4)];
    chart.draw_series(std::iter::once(PathElement::new(line, ALERT.stroke_width(2))))?;
    let (x, y) = chart.backend_coord(&(end, hops * 1.4));
    let (left, top) = area.get_base_pixel();
    let within = |x: i32| x - left;
    let y = y - top;
    let label = |words: String, x: i32, align: HPos, colour: RGBColor| {
        area.draw(&Text::new(words, (x, y - 5), text(LETTERS, colour).pos(Pos::new(align, VPos::Bottom))))
    };
    label(format!("deadline {}", time(&end)), within(x), HPos::Right, ALERT)?;
    label(timed.name.to_owned(), LEFT as i32 + 4, HPos::Left, colour)?;
    let hint = |&(from, to, count): &(f64, f64, f64)| Hint {
        at: chart.backend_coord(&((from * to).sqrt(), count)),
        text: format!("{}: {count} hops of {from:.1} to {to:.1} µs", timed.name),
    };
    Ok(columns.iter().map(hint).collect())
}
