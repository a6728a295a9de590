//! Improvement against the signal-to-noise ratio of the input.

use super::{axes, even, interval, plain, plane};
use crate::eval::report::figure::{Hint, SOFT, Size, draw, range, series};
use crate::eval::{Comparison, Estimate, EvalError, Metric, mean_with_interval};
use plotters::prelude::*;
use std::collections::BTreeMap;

/// Width of a group of files in dB, where ratios are not a few chosen ones.
const WIDTH: f64 = 5.0;

/// Ratios up to this number are each a group.
const CHOSEN: usize = 12;

/// Gain of a metric over the noisy input: a dot for each file, and a line through the means of groups of files.
pub(in super::super) fn improvement(
    comparison: &Comparison,
    metric: Metric,
    size: Size,
) -> Result<String, EvalError> {
    let models = comparison.models();
    let gains: Vec<Vec<(f64, f64, &str)>> =
        models.iter().map(|&row| gains(comparison, row, metric)).collect();
    let all = || gains.iter().flatten();
    let mut ratios: Vec<f64> = all().map(|gain| gain.0).collect();
    ratios.sort_unstable_by(f64::total_cmp);
    ratios.dedup();
    let chosen = ratios.len() <= CHOSEN && ratios.iter().all(|ratio| ratio.fract() == 0.0);
    let label = format!("improvement of {} against the input's signal-to-noise ratio", metric.name());
    draw(size, &label, |area| {
        let x = range(ratios.iter().copied(), 0.08);
        let y = range(all().map(|gain| gain.1).chain([0.0]), 0.08);
        let mut chart = plane(area, x.clone(), y.clone())?;
        axes(&mut chart, (6, 5), "signal-to-noise ratio of the input, dB", [&plain, &even(&y)])?;
        let zero = vec![(x.start, 0.0), (x.end, 0.0)];
        chart.draw_series(DashedLineSeries::new(zero, 4, 4, SOFT.stroke_width(1)))?;
        let mut hints = Vec::new();
        for (n, gains) in gains.iter().enumerate() {
            let name = &comparison.rows[models[n]].name;
            let dots =
                gains.iter().map(|&(snr, gain, _)| Circle::new((snr, gain), 3, series(n).mix(0.4).filled()));
            chart.draw_series(dots)?;
            let groups = groups(gains, chosen);
            let line: Vec<_> = groups.iter().map(|(snr, estimate)| (*snr, estimate.mean)).collect();
            chart.draw_series(std::iter::once(PathElement::new(line, series(n).stroke_width(2))))?;
            for (snr, estimate) in groups {
                // Beside each other, that intervals of several models can be told apart.
                let x = snr + (n as f64 - (models.len() as f64 - 1.0) / 2.0) * 0.01 * (x.end - x.start);
                interval(&mut chart, (x, estimate.low, estimate.mean, estimate.high), series(n))?;
                let text = format!(
                    "{name}: {:+.*} at {snr:.1} dB, {} files",
                    metric.digits(),
                    estimate.mean,
                    estimate.files
                );
                hints.push(Hint { at: chart.backend_coord(&(x, estimate.mean)), text });
            }
            hints.extend(gains.iter().map(|&(snr, gain, file)| Hint {
                at: chart.backend_coord(&(snr, gain)),
                text: format!("{file}, {name}: {gain:+.*} at {snr:.1} dB", metric.digits()),
            }));
        }
        Ok(hints)
    })
}

/// Ratio, gain and name of every file.
fn gains(comparison: &Comparison, row: usize, metric: Metric) -> Vec<(f64, f64, &str)> {
    let gain = |file| {
        let file: &crate::eval::FileScores = file;
        Some((file.snr?, file.scores[row].get(metric)? - file.scores[0].get(metric)?, file.name.as_str()))
    };
    comparison.judged(metric).filter_map(gain).collect()
}

/// The mean ratio and the mean gain of each group.
fn groups(gains: &[(f64, f64, &str)], chosen: bool) -> Vec<(f64, Estimate)> {
    let mut groups: BTreeMap<i64, Vec<(f64, f64)>> = BTreeMap::new();
    for &(snr, gain, _) in gains {
        let key = if chosen { snr } else { (snr / WIDTH).floor() };
        groups.entry(key as i64).or_default().push((snr, gain));
    }
    let group = |group: Vec<(f64, f64)>| {
        let snr = group.iter().map(|(snr, _)| snr).sum::<f64>() / group.len() as f64;
        let gains: Vec<f64> = group.iter().map(|(_, gain)| *gain).collect();
        Some((snr, mean_with_interval(&gains)?))
    };
    groups.into_values().filter_map(group).collect()
}
