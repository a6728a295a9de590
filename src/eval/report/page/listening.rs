//! Files to look at and listen to.

use crate::eval::report::figure::escape;
use crate::eval::report::tables::{self, signed};
use crate::eval::report::{sound, spectrogram};
use crate::eval::{Comparison, EvalError, Example, Metric};
use std::fmt::Write;

/// Most versions of a sound beside each other.
const MOST_COLUMNS: usize = 5;

/// Spectrograms with players.
pub(super) fn listening(comparison: &Comparison, examples: &[Example]) -> Result<String, EvalError> {
    let mut html = String::new();
    for example in examples {
        let samples: Vec<&[f32]> = example.tracks.iter().map(|track| track.samples.as_slice()).collect();
        let pictures = spectrogram::pictures(&samples, comparison.sample_rate)?;
        let seconds = comparison.files[example.file].seconds;
        let snr = comparison.files[example.file]
            .snr
            .map_or_else(String::new, |snr| format!(", input at {} dB", signed(snr, 1)));
        // Rows of even length.
        let rows = example.tracks.len().div_ceil(MOST_COLUMNS);
        let columns = example.tracks.len().div_ceil(rows.max(1));
        let _ = write!(
            html,
            "<article><h3><span class=\"place\">{}</span>{}<small>{seconds:.1} s{snr}</small></h3><div class=\"tracks\" style=\"--columns: {columns}\">",
            example.place,
            escape(&example.name)
        );
        for (track, picture) in example.tracks.iter().zip(pictures) {
            let name = track.row.map_or_else(|| escape(&track.name), |row| tables::name(comparison, row));
            let scores =
                track.row.map_or_else(|| "the reference".into(), |row| scores(comparison, example.file, row));
            let _ = write!(
                html,
                "<figure><h4><span>{name}</span><small>{scores}</small></h4><div class=\"spectrogram\"><img alt=\"spectrogram of {}\" \
                 src=\"{picture}\"><span class=\"top\">{} kHz</span><span class=\"end\">{seconds:.1} s</span></div>\
                 <audio controls preload=\"metadata\" src=\"{}\"></audio></figure>",
                escape(&track.name),
                f64::from(comparison.sample_rate) / 2e3,
                sound::wav_address(&track.samples, comparison.sample_rate)?
            );
        }
        html.push_str("</div></article>");
    }
    Ok(html)
}

fn scores(comparison: &Comparison, file: usize, row: usize) -> String {
    let scores = &comparison.files[file].scores[row];
    let score = |metric: Metric| {
        let value = tables::number(scores.get(metric)?, metric.digits());
        Some(format!("{} {value}{}", metric.name(), tables::unit(metric, " ")))
    };
    [Metric::Pesq, Metric::SiSdr].into_iter().filter_map(score).collect::<Vec<_>>().join(" \u{b7} ")
}
