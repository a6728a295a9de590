//! What became of a file, for people and for programs.

use super::endpoint::Endpoint;
use crate::cli::inspect::unscaled;
use crate::cli::say;
use crate::dsp::meters::integer_bits;
use crate::io::Cleaned;
use crate::io::wav::{WavReader, WavSpec};
use serde_json::json;
use std::fmt;
use std::time::Duration;

/// What became of a file that was cleaned.
#[derive(Debug, Clone)]
pub struct Report {
    cleaned: Cleaned,
    spec: WavSpec,
    warnings: Vec<String>,
    took: Duration,
}

impl Report {
    pub fn new(cleaned: Cleaned, reader: &WavReader, took: Duration) -> Self {
        let warnings = reader.warnings().iter().map(ToString::to_string).collect();
        Self { cleaned, spec: reader.spec(), warnings, took }
    }

    /// Seconds of sound.
    pub fn seconds(&self) -> f64 {
        self.cleaned.frames as f64 / f64::from(self.spec.sample_rate)
    }

    /// What was odd, a line each.
    pub fn warnings(&self, input: &Endpoint, output: &Endpoint) -> Vec<String> {
        let mut lines: Vec<_> = self.warnings.iter().map(|warning| format!("{input}: {warning}")).collect();
        let Cleaned { peak, counts, ref dropped, .. } = self.cleaned;
        if !dropped.is_empty() {
            lines.push(format!("{output}: not carried over: {}", dropped.join(", ")));
        }
        if counts.lowered > 0 {
            let what = integer_bits(peak)
                .map_or_else(|| format!("peaks {:.1} dB beyond full scale", decibels(peak)), unscaled);
            let factor = 1u64 << counts.lowered;
            lines.push(format!(
                "{input}: {what}; taken down by {factor} before the model, and up again behind it"
            ));
        }
        if counts.lost > 0 {
            let (lost, frames) = (counts.lost, counts.frames);
            lines.push(format!(
                "{output}: {lost} of {frames} frames of the model are not finite; they are silent"
            ));
        }
        if self.cleaned.clipped > 0 {
            lines.push(format!("{output}: {} samples beyond full scale, saturated", self.cleaned.clipped));
        }
        lines
    }

    /// Says on standard error what was odd.
    pub fn warn(&self, input: &Endpoint, output: &Endpoint) {
        for line in self.warnings(input, output) {
            say::warn(line);
        }
    }

    /// How much sound in how much time.
    pub fn speed(&self) -> String {
        speed(self.seconds(), self.took)
    }
}

/// How much sound in how much time.
pub fn speed(seconds: f64, took: Duration) -> String {
    let took = took.as_secs_f64();
    format!("{seconds:.2} s of sound in {took:.2} s, {:.0} x real time", seconds / took.max(1e-9))
}

/// A magnitude in dB re full scale.
fn decibels(magnitude: f32) -> f64 {
    20.0 * f64::from(magnitude).log10()
}

/// One line of JSON: what became of a file.
pub fn line<E: fmt::Display + ?Sized>(
    input: &Endpoint,
    output: &Endpoint,
    outcome: Result<&Report, &E>,
) -> serde_json::Value {
    let (input, output) = (input.path(), output.path());
    match outcome {
        Ok(report) => json!({
            "input": input,
            "output": output,
            "status": "cleaned",
            "sample_rate": report.spec.sample_rate,
            "channels": report.spec.channels,
            "encoding": report.spec.encoding.to_string(),
            "frames": report.cleaned.frames,
            "seconds": report.seconds(),
            "took": report.took.as_secs_f64(),
            "clipped": report.cleaned.clipped,
            // Infinity has no place in JSON: silence is null.
            "peak": Some(decibels(report.cleaned.peak)).filter(|level| level.is_finite()),
            "lowered_by": 1u64 << report.cleaned.counts.lowered,
            "scrubbed": report.cleaned.counts.scrubbed,
            "dropped": report.cleaned.dropped,
            "lost_frames": report.cleaned.counts.lost,
            "warnings": report.warnings,
        }),
        Err(error) => {
            json!({ "input": input, "output": output, "status": "failed", "error": error.to_string() })
        }
    }
}

/// One line of JSON: a file whose output is there already.
pub fn skipped(input: &Endpoint, output: &Endpoint) -> serde_json::Value {
    json!({ "input": input.path(), "output": output.path(), "status": "skipped" })
}
