//! Improvement against the signal-to-noise ratio of the input.

use super::{TOP, axes, even, interval, plain, plane, reach};
use crate::eval::report::figure::{Hint, SOFT, Size, draw, range, series};
use crate::eval::{Comparison, Estimate, EvalError, FileScores, Metric, mean_with_interval};
use plotters::prelude::*;

/// Improvement of a metric over the noisy input: a dot for each file, and a line through the means of groups of files.
pub(in super::super) fn improvement(
    comparison: &Comparison,
    metric: Metric,
    size: Size,
) -> Result<String, EvalError> {
    let models = comparison.systems();
    let gains: Vec<Vec<Improvement<'_>>> = models.iter().map(|&row| gains(comparison, row, metric)).collect();
    let all = || gains.iter().flatten();
    let mut ratios: Vec<f64> = all().map(|gain| gain.snr).collect();
    ratios.sort_unstable_by(f64::total_cmp);
    ratios.dedup();
    let groups: Vec<_> = models.iter().map(|&row| groups(comparison, row, metric)).collect();
    let label = format!("improvement of {} against the input's signal-to-noise ratio", metric.name());
    draw(size, &label, |area| {
        let x = range(ratios.iter().copied(), 0.08);
        let ends = groups.iter().flatten().flat_map(|(_, estimate)| reach(estimate));
        let y = range(all().map(|gain| gain.value).chain(ends).chain([0.0]), 0.08);
        let mut chart = plane(area, TOP, x.clone(), y.clone())?;
        axes(&mut chart, (6, 5), "signal-to-noise ratio of the input, dB", [&plain, &even(&y)])?;
        let zero = vec![(x.start, 0.0), (x.end, 0.0)];
        chart.draw_series(DashedLineSeries::new(zero, 4, 4, SOFT.stroke_width(1)))?;
        let mut hints = Vec::new();
        for (n, (gains, groups)) in gains.iter().zip(&groups).enumerate() {
            let name = &comparison.rows[models[n]].name;
            // Beside each other, that several models can be told apart.
            let beside = (n as f64 - (models.len() as f64 - 1.0) / 2.0) * 0.012 * (x.end - x.start);
            let digits = metric.digits();
            let dots = gains
                .iter()
                .map(|gain| Circle::new((gain.snr + beside, gain.value), 3, series(n).mix(0.35).filled()));
            chart.draw_series(dots)?;
            let line: Vec<_> = groups.iter().map(|(snr, found)| (snr + beside, found.mean)).collect();
            chart.draw_series(std::iter::once(PathElement::new(line, series(n).stroke_width(2))))?;
            hints.extend(gains.iter().map(|gain| Hint {
                at: chart.backend_coord(&(gain.snr + beside, gain.value)),
                text: format!("{}, {name}: {:+.digits$} at {:.1} dB", gain.file.name, gain.value, gain.snr),
            }));
            for (snr, found) in groups {
                interval(&mut chart, snr + beside, found, series(n))?;
                let text = format!("{name}: {:+.digits$} at {snr:.1} dB, {} files", found.mean, found.files);
                hints.push(Hint { at: chart.backend_coord(&(snr + beside, found.mean)), text });
            }
        }
        Ok(hints)
    })
}

/// What a system gains on the noisy input in a file.
struct Improvement<'a> {
    file: &'a FileScores,
    snr: f64,
    value: f64,
}

fn gains(comparison: &Comparison, row: usize, metric: Metric) -> Vec<Improvement<'_>> {
    let gain = |(file, noisy, found): (_, f64, f64)| {
        let file: &FileScores = file;
        Some(Improvement { file, snr: file.snr?, value: found - noisy })
    };
    comparison.pairs(0, row, metric).filter_map(gain).collect()
}

/// The mean ratio and the mean gain of each part of the files by ratio.
fn groups(comparison: &Comparison, row: usize, metric: Metric) -> Vec<(f64, Estimate)> {
    let gain = |file: &FileScores| Some(file.scores[row].get(metric)? - file.scores[0].get(metric)?);
    let parts = comparison.snr_parts().into_iter().filter_map(|(_, files)| {
        let judged = files.iter().filter(|file| file.scores.iter().all(|s| s.get(metric).is_some()));
        let gains: Vec<_> = judged.filter_map(|file| Some((file, file.snr?, gain(file)?))).collect();
        let snr = gains.iter().map(|(_, snr, _)| snr).sum::<f64>() / gains.len() as f64;
        let values = gains.iter().map(|(file, _, gain)| (file.group.as_str(), *gain));
        Some((snr, mean_with_interval(values)?))
    });
    parts.collect()
}
