//! How close sound is to clean sound.

use crate::error::{Raise, value};
use crate::sound::Sound;
use framewise::eval::{EvalError, metrics};
use pyo3::prelude::*;

/// Both signals as one channel each.
fn pair(clean: &Bound<'_, PyAny>, estimate: &Bound<'_, PyAny>) -> PyResult<[Vec<f32>; 2]> {
    let one = |object, what| {
        let mut planes = Sound::of(object, what)?.planes()?;
        match planes.pop() {
            Some(plane) if planes.is_empty() => Ok(plane),
            _ => Err(value(format!("{what} has {} channels: expected 1", planes.len() + 1))),
        }
    };
    Ok([one(clean, "the clean signal")?, one(estimate, "the estimate")?])
}

fn score(
    clean: &Bound<'_, PyAny>,
    estimate: &Bound<'_, PyAny>,
    metric: impl FnOnce(&[f32], &[f32]) -> Result<f64, EvalError> + Send,
) -> PyResult<f64> {
    let [samples, estimated] = pair(clean, estimate)?;
    clean.py().detach(|| metric(&samples, &estimated)).map_err(Raise::raise)
}

/// Scale-invariant signal-to-distortion ratio in dB.
///
/// clean, estimate: arrays of the shape (samples,), of one length and aligned, float32 or int16. Raises ValueError for what
/// it is not defined for: different lengths, silence, equal signals.
#[pyfunction]
pub fn si_sdr(clean: &Bound<'_, PyAny>, estimate: &Bound<'_, PyAny>) -> PyResult<f64> {
    score(clean, estimate, metrics::si_sdr)
}

macro_rules! at_a_rate {
    ($name:ident, $metric:path, $($doc:literal)+) => {
        $(#[doc = $doc])+
        ///
        /// clean, estimate: arrays of the shape (samples,), of one length and aligned, float32 or int16; rate in Hz. Raises
        /// ValueError for what it is not defined for.
        #[pyfunction]
        pub fn $name(clean: &Bound<'_, PyAny>, estimate: &Bound<'_, PyAny>, rate: u32) -> PyResult<f64> {
            score(clean, estimate, |clean, estimate| $metric(clean, estimate, rate))
        }
    };
}

at_a_rate!(stoi, metrics::stoi, "Short-time objective intelligibility, at most 1.");
at_a_rate!(estoi, metrics::extended_stoi, "Extended short-time objective intelligibility, at most 1.");
at_a_rate!(
    pesq,
    metrics::pesq_wideband,
    "Perceptual evaluation of speech quality in its wideband mode, ITU-T P.862.2, at 16000 Hz: an opinion score from 1.04 to 4.64."
);
at_a_rate!(
    segmental_snr,
    metrics::segmental_snr,
    "Segmental signal-to-noise ratio in dB: the mean over frames of 30 ms, each held to -10 to 35 dB."
);
at_a_rate!(
    log_spectral_distance,
    metrics::log_spectral_distance,
    "Log-spectral distance in dB; 0 for equal spectra. Frames of 32 ms that start every 16 ms."
);
