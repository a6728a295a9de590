//! Clean sound, the sound that came in, and what the model could not hear, put together at the file's rate.

use crate::engine::{Gain, HighBand, dry_share, mix};

/// Planes of sound that wait for each other, and the rule that makes one of them.
#[derive(Debug)]
pub(super) struct Mix {
    /// The input, until its twins have come.
    pub(super) dry: Vec<Vec<f32>>,
    /// What came of it.
    pub(super) wet: Vec<Vec<f32>>,
    /// The input as far as the model could hear it; stays empty where the high band is mute.
    pub(super) heard: Vec<Vec<f32>>,
    high: HighBand,
    /// Share of the input in the output.
    dry_share: f32,
    /// Samples of each channel mixed so far.
    mixed: u64,
}

impl Mix {
    /// `strength` in decibels.
    pub(super) fn new(channels: usize, strength: Option<f32>, high: HighBand) -> Self {
        let planes = || vec![Vec::new(); channels];
        Self {
            dry: planes(),
            wet: planes(),
            heard: planes(),
            high,
            dry_share: strength.map_or(0.0, dry_share),
            mixed: 0,
        }
    }

    pub(super) fn take(&mut self, input: &[Vec<f32>]) {
        for (dry, input) in self.dry.iter_mut().zip(input) {
            dry.extend_from_slice(input);
        }
    }

    /// Mixes what is complete and appends it to each of `output`.
    pub(super) fn give(&mut self, gains: &mut Option<Vec<Gain>>, output: &mut [Vec<f32>]) {
        assert_eq!(output.len(), self.dry.len(), "channels out");
        let count = self.dry[0].len().min(self.wet[0].len());
        let count = if self.high == HighBand::Mute { count } else { count.min(self.heard[0].len()) };
        for (c, output) in output.iter_mut().enumerate() {
            let start = output.len();
            output.extend_from_slice(&self.wet[c][..count]);
            let mixed = &mut output[start..];
            let (dry, heard) = (&self.dry[c][..count], &self.heard[c]);
            if self.high != HighBand::Mute {
                for (n, ((out, dry), heard)) in mixed.iter_mut().zip(dry).zip(heard).enumerate() {
                    let gain = gains.as_ref().map_or(1.0, |gains| gains[c].at(self.mixed + n as u64));
                    *out += gain * (dry - heard);
                }
            }
            for (out, dry) in mixed.iter_mut().zip(dry) {
                *out = mix(*dry, *out, self.dry_share);
            }
            self.dry[c].drain(..count);
            self.wet[c].drain(..count);
            if self.high != HighBand::Mute {
                self.heard[c].drain(..count);
            }
        }
        self.mixed += count as u64;
        for gain in gains.iter_mut().flatten() {
            gain.forget_before(self.mixed);
        }
    }
}
