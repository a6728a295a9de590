//! One channel of a sound file, whole and undamaged.

use super::EvalError;
use crate::io::wav::Warning;
use crate::io::{Resampler, open_sound};
use std::path::Path;

/// One channel of sound from a file.
pub(super) struct Recording {
    pub samples: Vec<f32>,
    pub sample_rate: u32,
    /// Channels of the file.
    pub channels: usize,
}

impl Recording {
    /// Reads a channel of a whole file, which must hold sound that is not silent.
    pub fn read(path: &Path, channel: usize) -> Result<Self, EvalError> {
        let file = || path.display().to_string();
        let mut reader = open_sound(path)?;
        let spec = reader.spec();
        let channels = usize::from(spec.channels);
        if !crate::io::RATES.contains(&spec.sample_rate) {
            return Err(EvalError::FileRate { file: file(), found: spec.sample_rate });
        }
        let (mut samples, mut block) = (Vec::new(), vec![0.0; channels << 12]);
        loop {
            match reader.read(&mut block)? {
                0 => break,
                // Whole sample frames.
                count => samples.extend(block[..count].iter().skip(channel).step_by(channels)),
            }
        }
        for warning in reader.warnings() {
            // A signal that was mended is not the one that was recorded.
            match warning {
                Warning::NonFinite { count } => {
                    return Err(EvalError::FileNotFinite { file: file(), count: *count });
                }
                Warning::Truncated { .. } | Warning::CutShort | Warning::LostFrames { .. } => {
                    return Err(EvalError::Damaged { file: file(), warning: *warning });
                }
                _ => {}
            }
        }
        if samples.is_empty() {
            return Err(EvalError::FileEmpty { file: file() });
        }
        if samples.iter().all(|sample| *sample == samples[0]) {
            return Err(EvalError::FileSilent { file: file(), channel: (channels > 1).then_some(channel) });
        }
        Ok(Self { samples, sample_rate: spec.sample_rate, channels })
    }

    /// The samples at another rate.
    pub fn at(self, sample_rate: u32) -> Vec<f32> {
        resampled(self.samples, self.sample_rate, sample_rate)
    }
}

/// Samples at another rate.
pub(super) fn resampled(samples: Vec<f32>, from: u32, to: u32) -> Vec<f32> {
    if from == to {
        return samples;
    }
    let mut resampler = Resampler::new(from, to, 1);
    let mut output = [Vec::new()];
    resampler.push(&[samples], &mut output);
    resampler.finish(&mut output);
    let [samples] = output;
    samples
}
