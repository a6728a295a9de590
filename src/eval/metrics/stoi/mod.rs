//! Short-time objective intelligibility, plain and extended.

mod bands;
mod resample;
mod segments;
mod silence;

use super::check;
use crate::eval::EvalError;
use bands::Bands;

/// Rate in Hz at which the measure is defined.
pub(in crate::eval) const RATE: u32 = 10_000;

/// Samples of a frame; frames start every half of it.
const FRAME: usize = 256;
const HOP: usize = FRAME / 2;

/// Frames of a segment.
const SEGMENT: usize = 30;

/// What both measures are made from: magnitudes of the bands of every frame that is not silent, of both signals.
pub(in crate::eval) struct Envelopes {
    clean: Bands,
    estimate: Bands,
}

impl Envelopes {
    /// Those of a clean signal and an estimate, with the errors of [`stoi`].
    pub fn new(clean: &[f32], estimate: &[f32], sample_rate: u32) -> Result<Self, EvalError> {
        check::sounding_clean(clean, estimate)?;
        if sample_rate == 0 {
            return Err(EvalError::SampleRate { metric: "STOI", expected: "more", found: sample_rate });
        }
        let at_rate = |signal: &[f32]| resample::resample(signal, sample_rate, RATE);
        let (clean, estimate) = silence::remove(&at_rate(clean), &at_rate(estimate));
        let (clean, estimate) = (bands::magnitudes(&clean), bands::magnitudes(&estimate));
        if clean.len() < SEGMENT {
            return Err(EvalError::TooShort { metric: "STOI", expected: SEGMENT, found: clean.len() });
        }
        Ok(Self { clean, estimate })
    }

    /// The plain measure.
    pub fn stoi(&self) -> f64 {
        segments::mean_correlation(&self.clean, &self.estimate)
    }

    /// The extended measure.
    pub fn extended_stoi(&self) -> f64 {
        segments::mean_spectral_correlation(&self.clean, &self.estimate)
    }
}

/// Short-time objective intelligibility, about 0 to 1.
///
/// At 10 kHz and without the frames in which the clean signal is more than 40 dB below its loudest: the mean, over 15
/// third-octave bands and all segments of 30 frames (384 ms), of the correlation between the clean envelope and the estimated
/// one, which is first brought to the same energy and clipped at a signal-to-distortion ratio of -15 dB. After Taal,
/// Hendriks, Heusdens and Jensen, "An Algorithm for Intelligibility Prediction of Time-Frequency Weighted Noisy Speech", IEEE
/// Transactions on Audio, Speech, and Language Processing 19 (7), 2011.
///
/// # Errors
/// If lengths differ, samples are not finite, the clean signal is silent, or fewer than 30 frames are left.
pub fn stoi(clean: &[f32], estimate: &[f32], sample_rate: u32) -> Result<f64, EvalError> {
    Ok(Envelopes::new(clean, estimate, sample_rate)?.stoi())
}

/// Extended short-time objective intelligibility, about 0 to 1: also for noise that comes and goes.
///
/// As [`stoi`], but each segment's rows (bands) and then its columns (frames) are brought to zero mean and unit energy, and
/// the measure is the mean product of the columns. After Jensen and Taal, "An Algorithm for Predicting the Intelligibility of
/// Speech Masked by Modulated Noise Maskers", IEEE/ACM Transactions on Audio, Speech, and Language Processing 24 (11), 2016.
///
/// # Errors
/// As [`stoi`].
pub fn extended_stoi(clean: &[f32], estimate: &[f32], sample_rate: u32) -> Result<f64, EvalError> {
    Ok(Envelopes::new(clean, estimate, sample_rate)?.extended_stoi())
}
