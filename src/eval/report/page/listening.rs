//! Files to look at and listen to.

use crate::eval::recording::resampled;
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
            "<article data-file=\"{}\"><h3><span class=\"place\">{}</span>{}<small>{seconds:.1} s{snr}</small></h3><div class=\"tracks\" style=\"--columns: {columns}\">",
            escape(&example.name),
            example.place,
            escape(&example.name)
        );
        for (track, picture) in example.tracks.iter().zip(pictures) {
            let name = track.row.map_or_else(|| escape(&track.name), |row| tables::name(comparison, row));
            let role = if track.row.is_some() { "system" } else { "reference" };
            let scores =
                track.row.map_or_else(|| "the reference".into(), |row| scores(comparison, example.file, row));
            let _ = write!(
                html,
                "<figure><h4><span>{name}</span><small>{scores}</small></h4><div class=\"spectrogram\"><img alt=\"spectrogram of {}\" \
                 src=\"{picture}\"><span class=\"top\">{} kHz</span><span class=\"end\">{seconds:.1} s</span></div>\
                 <audio controls preload=\"metadata\" data-role=\"{role}\" data-system=\"{}\" src=\"{}\"></audio></figure>",
                escape(&track.name),
                f64::from(comparison.sample_rate) / 2e3,
                escape(&track.name),
                sound::wav_address(&track.samples, comparison.sample_rate)?
            );
        }
        html.push_str("</div>");
        if let Some(clean) = example.tracks.iter().find(|track| track.row.is_none()) {
            let anchor = anchor(&clean.samples, comparison.sample_rate);
            let address = sound::wav_address(&anchor, comparison.sample_rate)?;
            let _ = write!(
                html,
                "<audio hidden preload=\"none\" data-role=\"anchor\" src=\"{address}\"></audio>"
            );
        }
        html.push_str("</article>");
    }
    Ok(html)
}

/// Twice the frequency in Hz up to which an anchor of a listening test has sound, ITU-R BS.1534.
const ANCHOR_RATE: u32 = 7_000;

/// The clean sound without what is above 3.5 kHz.
fn anchor(clean: &[f32], sample_rate: u32) -> Vec<f32> {
    let narrow = resampled(clean.to_vec(), sample_rate, ANCHOR_RATE.min(sample_rate));
    let mut samples = resampled(narrow, ANCHOR_RATE.min(sample_rate), sample_rate);
    samples.resize(clean.len(), 0.0);
    samples
}

fn scores(comparison: &Comparison, file: usize, row: usize) -> String {
    let scores = &comparison.files[file].scores[row];
    let score = |metric: Metric| {
        let value = tables::number(scores.get(metric)?, metric.digits());
        Some(format!("{} {value}{}", metric.name(), tables::unit(metric, " ")))
    };
    [Metric::Pesq, Metric::SiSdr, Metric::DnsmosOverall, Metric::PauseAttenuation]
        .into_iter()
        .filter_map(score)
        .collect::<Vec<_>>()
        .join(" \u{b7} ")
}
