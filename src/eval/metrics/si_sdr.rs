//! Scale-invariant signal-to-distortion ratio.

use super::check;
use super::high_pass::high_pass;
use crate::eval::EvalError;

/// Scale-invariant signal-to-distortion ratio in dB.
///
/// With the means of both signals removed, `s` clean and `e` estimated: `10 lg (|a s|^2 / |a s - e|^2)` with
/// `a = <e, s> / <s, s>`. After Le Roux, Wisdom, Erdogan and Hershey, "SDR - half-baked or well done?", ICASSP 2019.
///
/// ```
/// use framewise::eval::metrics::si_sdr;
/// let clean = [1.0, -1.0, 1.0, -1.0];
/// let noisy = [1.1, -0.9, 0.9, -1.1]; // an orthogonal error, 20 dB below
/// assert!((si_sdr(&clean, &noisy)? - 20.0).abs() < 1e-5);
/// # Ok::<(), framewise::eval::EvalError>(())
/// ```
///
/// # Errors
/// If lengths differ, samples are not finite, a signal is silent, or the estimate is the clean signal up to a factor.
pub fn si_sdr(clean: &[f32], estimate: &[f32]) -> Result<f64, EvalError> {
    check::sounding_pair(clean, estimate)?;
    let mean = |signal: &[f32]| signal.iter().copied().map(f64::from).sum::<f64>() / signal.len() as f64;
    let (clean_mean, estimate_mean) = (mean(clean), mean(estimate));
    let centred = || {
        clean.iter().zip(estimate).map(|(&s, &e)| (f64::from(s) - clean_mean, f64::from(e) - estimate_mean))
    };
    let (product, energy) = centred().fold((0.0, 0.0), |(p, q), (s, e)| (p + e * s, q + s * s));
    let scale = product / energy;
    let (wanted, distortion) = centred().fold((0.0, 0.0), |(w, d), (s, e)| {
        let target = scale * s;
        (w + target * target, d + (target - e) * (target - e))
    });
    if distortion <= wanted * f64::EPSILON {
        return Err(EvalError::Identical);
    }
    Ok(10.0 * (wanted / distortion).log10())
}

/// Hertz below which speech has next to nothing, and rooms and microphones rumble.
const CORNER: f64 = 120.0;

/// As [`si_sdr`], of both signals through a Butterworth high-pass filter of order four at 120 Hz, which takes away rumble that
/// recordings called clean have and nobody hears.
///
/// # Errors
/// As [`si_sdr`], or if the rate has no such frequency.
pub fn si_sdr_high_passed(clean: &[f32], estimate: &[f32], sample_rate: u32) -> Result<f64, EvalError> {
    check::sounding_pair(clean, estimate)?;
    if f64::from(sample_rate) <= 2.0 * CORNER {
        return Err(EvalError::SampleRate { metric: "SI-SDR >120 Hz", expected: "more", found: sample_rate });
    }
    si_sdr(&high_pass(clean, CORNER, sample_rate), &high_pass(estimate, CORNER, sample_rate))
}
