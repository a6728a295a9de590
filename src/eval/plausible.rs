//! Whether a pair can be what it is taken for.

use super::shift::misaligned_ms;
use super::{EvalError, Pair};
use crate::dsp::circular_correlation;

/// Seconds of a frame whose level is taken: long enough for two periods of a low voice.
const FRAME: f64 = 0.04;

/// Frames below which nothing is said.
const FEWEST: usize = 25;

/// Decibels below the loudest frame at which levels are held.
const FLOOR: f64 = 60.0;

/// Decibels from quiet frames (one in ten is below) to loud ones (one in twenty is above) that speech has at the least. Of the
/// clean files of public sets all have 26 and more; of their noises nine in ten have less than 14.
const LEAST_RANGE: f64 = 15.0;

/// Part of the sounding frames that speech is voiced in at the least. Of the same files all have half and more.
const LEAST_VOICED: f64 = 0.15;

/// How alike a frame is to itself a period later where it is voiced.
const VOICED: f64 = 0.6;

/// Pitches of voices in Hz.
const PITCH: [f64; 2] = [60.0, 400.0];

/// Decibels by which the range of levels of a noisy file may exceed that of the clean one.
const MOST_EXCESS: f64 = 6.0;

/// Refuses a pair whose clean sound is no speech, or noisier than the noisy sound, or whose sounds do not lie on each other.
///
/// `file` names it in messages.
pub(super) fn check(file: &str, pair: &Pair) -> Result<(), EvalError> {
    let file = || file.to_owned();
    let levels = [&pair.clean, &pair.noisy].map(|samples| levels(samples, pair.sample_rate));
    let [Some((clean, voiced)), Some((noisy, _))] = levels else { return Ok(()) };
    if clean < LEAST_RANGE || voiced < LEAST_VOICED {
        return Err(EvalError::CleanIsNoise { file: file(), range: clean, voiced: 100.0 * voiced });
    }
    if noisy > clean + MOST_EXCESS {
        return Err(EvalError::Swapped { file: file(), clean, noisy });
    }
    match misaligned_ms(&pair.clean, &pair.noisy, pair.sample_rate) {
        Some(late) => Err(EvalError::Misaligned { file: file(), late }),
        None => Ok(()),
    }
}

/// Decibels from quiet to loud frames, and the part of those that sound that is voiced; none of too few.
fn levels(samples: &[f32], rate: u32) -> Option<(f64, f64)> {
    let length = (FRAME * f64::from(rate)) as usize;
    let frames: Vec<&[f32]> = samples.chunks_exact(length.max(1)).collect();
    let power = |frame: &&[f32]| frame.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>();
    let powers: Vec<f64> = frames.iter().map(power).collect();
    let loudest = powers.iter().copied().fold(0.0, f64::max);
    if frames.len() < FEWEST || loudest == 0.0 {
        return None;
    }
    let level = |&power: &f64| (10.0 * (power / loudest).log10()).max(-FLOOR);
    let levels: Vec<f64> = powers.iter().map(level).collect();
    let mut sorted = levels.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let range = sorted[sorted.len() * 95 / 100] - sorted[sorted.len() / 10];
    let sounding: Vec<_> = frames.iter().zip(&levels).filter(|(_, level)| **level > -0.5 * FLOOR).collect();
    let voiced = sounding.iter().filter(|(frame, _)| is_voiced(frame, rate)).count();
    Some((range, voiced as f64 / sounding.len() as f64))
}

/// Whether a frame repeats itself at some pitch of a voice, by its autocorrelation, made even over lags.
fn is_voiced(frame: &[f32], rate: u32) -> bool {
    let mean = frame.iter().sum::<f32>() / frame.len() as f32;
    let frame: Vec<f32> = frame.iter().map(|sample| sample - mean).collect();
    let alike = circular_correlation(&frame, &frame, 2 * frame.len());
    let [longest, shortest] = PITCH.map(|pitch| (f64::from(rate) / pitch) as usize);
    let even = |lag: usize| alike[lag] * frame.len() as f64 / (frame.len() - lag) as f64;
    (shortest..longest.min(frame.len() * 7 / 10)).any(|lag| even(lag) > VOICED * alike[0])
}
