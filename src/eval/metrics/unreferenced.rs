//! What can be told without the clean sound: how quiet pauses become, and how much of the speech's level is left.

use super::check;
use crate::eval::EvalError;

/// Seconds of a frame; frames start every half of it.
const FRAME: f64 = 0.032;

/// Part of the frames that is quieter than the level taken for that of the noise.
const QUIET: f64 = 0.1;

/// Decibels above the noise up to which a frame is a pause, and from which it is speech: there noise adds 0.14 dB at most.
const PAUSE: f64 = 3.0;
const SPEECH: f64 = 15.0;

/// Frames below which there is nothing to take a mean of.
const FEWEST: usize = 10;

/// Decibels by which pauses are quieter in an output than in the noisy input.
///
/// Pauses are the frames of 32 ms of the input that are no more than 3 dB above the level that a tenth of them is below; the ratio
/// is that of their energies.
///
/// # Errors
/// If lengths differ, samples are not finite, a signal is silent, or there are fewer than ten such frames.
pub fn pause_attenuation(noisy: &[f32], output: &[f32], sample_rate: u32) -> Result<f64, EvalError> {
    let ratio = energy_ratio("attenuation in pauses", noisy, output, sample_rate, |above| above <= PAUSE)?;
    Ok(-ratio)
}

/// Level of speech in an output less that in the noisy input, in dB: 0 where all of it is left.
///
/// Speech are the frames of 32 ms of the input that are 15 dB and more above the level that a tenth of them is below.
///
/// # Errors
/// As [`pause_attenuation`].
pub fn speech_level(noisy: &[f32], output: &[f32], sample_rate: u32) -> Result<f64, EvalError> {
    energy_ratio("level of speech", noisy, output, sample_rate, |above| above >= SPEECH)
}

fn energy_ratio(
    metric: &'static str,
    noisy: &[f32],
    output: &[f32],
    sample_rate: u32,
    counts: impl Fn(f64) -> bool,
) -> Result<f64, EvalError> {
    check::sounding_pair(noisy, output)?;
    let length = ((FRAME * f64::from(sample_rate)) as usize).max(2);
    let energies = |signal: &[f32]| -> Vec<f64> {
        let frames = signal.windows(length).step_by(length / 2);
        frames.map(|frame| frame.iter().map(|&v| f64::from(v).powi(2)).sum()).collect()
    };
    let (before, after) = (energies(noisy), energies(output));
    // Digital silence is no noise that something could take away.
    let mut sorted: Vec<f64> = before.iter().copied().filter(|&energy| energy > 0.0).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let noise = sorted.get((sorted.len() as f64 * QUIET) as usize).copied().unwrap_or(0.0);
    let above = |energy: f64| 10.0 * (energy / noise).log10();
    let frames: Vec<_> =
        before.iter().zip(&after).filter(|(energy, _)| **energy > 0.0 && counts(above(**energy))).collect();
    if frames.len() < FEWEST {
        return Err(EvalError::TooShort { metric, expected: FEWEST, found: frames.len() });
    }
    let (before, after) = frames.iter().fold((0.0, 0.0), |(b, a), (x, y)| (b + **x, a + **y));
    Ok(10.0 * (after / before).log10())
}

#[cfg(test)]
mod tests {
    use super::{pause_attenuation, speech_level};

    /// A second of loud tone in two seconds of faint one, which stand for speech and noise.
    fn sound(loud: f32, faint: f32) -> Vec<f32> {
        let level = |n: usize| if (16_000..32_000).contains(&n) { loud } else { faint };
        (0..48_000).map(|n| level(n) * (n as f32 * 0.7).sin()).collect()
    }

    #[test]
    fn each_part_is_measured_by_itself() {
        let noisy = sound(0.5, 0.01);
        // Half the speech, a tenth of the noise; frames across the edge are speech and change little.
        let output = sound(0.25, 0.001);
        let pauses = pause_attenuation(&noisy, &output, 16_000).expect("pauses");
        let speech = speech_level(&noisy, &output, 16_000).expect("speech");
        assert!((pauses - 20.0).abs() < 0.01, "{pauses}");
        assert!((speech - 0.5f64.log10() * 20.0).abs() < 0.01, "{speech}");
        assert_eq!(pause_attenuation(&noisy, &noisy, 16_000).expect("pauses"), 0.0);
        assert!(speech_level(&sound(0.5, 0.5), &output, 16_000).is_err(), "no speech above noise");
        assert!(pause_attenuation(&noisy, &output[1..], 16_000).is_err());
    }
}
