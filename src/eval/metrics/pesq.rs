//! Perceptual evaluation of speech quality, wideband.

use super::check;
use crate::eval::EvalError;
use std::panic::catch_unwind;

/// The rate that the wideband mode is defined at.
pub(in crate::eval) const RATE: u32 = 16_000;

/// Perceptual evaluation of speech quality in its wideband mode, ITU-T P.862.2, as a mean opinion score from 1.04 to 4.64.
///
/// Computed by the crate [`pesq`]. The common peak of the two signals is brought to full scale first, as the Python package
/// of that name does.
///
/// # Errors
/// If lengths differ, samples are not finite, a signal is silent, the rate is not 16 kHz, or no speech is found.
pub fn pesq_wideband(clean: &[f32], estimate: &[f32], sample_rate: u32) -> Result<f64, EvalError> {
    check::sounding_pair(clean, estimate)?;
    if sample_rate != RATE {
        return Err(EvalError::SampleRate { metric: "PESQ", expected: "16000 Hz", found: sample_rate });
    }
    let peak = clean.iter().chain(estimate).fold(0.0, |peak: f32, sample| peak.max(sample.abs()));
    let scale = f32::from(i16::MAX) / peak;
    let integers =
        |signal: &[f32]| -> Vec<i16> { signal.iter().map(|v| (v * scale).round() as i16).collect() };
    let (clean, estimate) = (integers(clean), integers(estimate));
    // The crate panics on some sound that is hardly any, such as a click in digital silence.
    match catch_unwind(|| pesq::pesq_wb(&clean, &estimate)) {
        Ok(score) => score.map(f64::from).map_err(|error| EvalError::Pesq(error.to_string())),
        Err(_) => Err(EvalError::Pesq("the computation failed on this sound".into())),
    }
}
