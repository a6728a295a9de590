//! Segmental signal-to-noise ratio.

use super::check;
use super::hann::hann;
use crate::eval::EvalError;

/// Length of a frame in seconds; frames start every quarter of it.
const FRAME: f64 = 0.030;

/// Ratios of single frames are held within these limits, in dB.
const LIMITS: (f64, f64) = (-10.0, 35.0);

/// Keeps ratios of digital silence defined, as in the reference.
const EPSILON: f64 = f64::EPSILON;

/// Segmental signal-to-noise ratio in dB.
///
/// The mean over frames of `10 lg (sum (w s)^2 / sum (w s - w e)^2)`, each held to -10 to 35 dB: frames of 30 ms that
/// start every 7.5 ms, under a Hann window `w`. After Hansen and Pellom, "An effective quality evaluation protocol for
/// speech enhancement algorithms", ICSLP 1998, with the frames of Loizou, "Speech Enhancement", 2nd edition 2013.
///
/// # Errors
/// If lengths differ, samples are not finite, the clean signal is silent, or there is less than one frame.
pub fn segmental_snr(clean: &[f32], estimate: &[f32], sample_rate: u32) -> Result<f64, EvalError> {
    check::sounding_clean(clean, estimate)?;
    let frame = (FRAME * f64::from(sample_rate)).round() as usize;
    let hop = frame / 4;
    if hop == 0 || clean.len() < frame + hop {
        return Err(EvalError::TooShort { metric: "segmental SNR", expected: 1, found: 0 });
    }
    // The reference leaves out the last whole frame.
    let frames = (clean.len() - frame) / hop;
    let window = hann(frame);
    let ratio = |start: usize| {
        let (mut signal, mut noise) = (0.0, 0.0);
        for ((&w, &s), &e) in window.iter().zip(&clean[start..]).zip(&estimate[start..]) {
            let (s, e) = (w * f64::from(s), w * f64::from(e));
            signal += s * s;
            noise += (s - e) * (s - e);
        }
        (10.0 * (signal / (noise + EPSILON) + EPSILON).log10()).clamp(LIMITS.0, LIMITS.1)
    };
    Ok((0..frames).map(|n| ratio(n * hop)).sum::<f64>() / frames as f64)
}
