//! What lies above the band that the model hears, when the file's rate is above the model's.

use super::Frame;
use crate::model::Model;
use std::collections::VecDeque;

/// What becomes of sound above the model's band.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum HighBand {
    /// It stays as it is, noise and all.
    Keep,
    /// It is left out.
    Mute,
    /// It takes the gain that the model gave to the top of its own band at the same time.
    #[default]
    Follow,
}

/// Part of the band, from its upper end, whose gain counts as the gain of what lies above.
const TOP: std::ops::Range<f64> = 0.65..0.95;

/// The gain of the top of the model's band over time.
///
/// For frame `t` it is `g_t = sqrt(sum |E|^2 / sum |X|^2)` over the top bins, `X` the spectrum before and `E` that after
/// the network, at most 1; it belongs to the middle of what the frame writes, `(t + 1) H - N / 2` with `N` the length of
/// the synthesis window. Between middles it runs straight, which is what overlapping windows do.
#[derive(Clone, Debug)]
pub(crate) struct Gain {
    bins: std::ops::Range<usize>,
    hop: f64,
    /// Middle of what frame 0 writes, in samples of the model.
    middle: f64,
    /// Samples of the model in one of the file.
    ratio: f64,
    /// Where frame 0 begins, in samples of the model.
    start: f64,
    /// Gains of the frames from `first` on.
    gains: VecDeque<f32>,
    first: u64,
}

/// The transform of the model and the rates on both sides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    pub(crate) window: usize,
    pub(crate) synthesis: usize,
    pub(crate) hop: usize,
    pub(crate) model: u32,
    pub(crate) file: u32,
}

impl Rates {
    pub(crate) fn of(model: &Model, file: u32) -> Self {
        let stft = model.stft();
        let (window, synthesis, hop) = (stft.window(), stft.synthesis_window(), stft.hop());
        Self { window, synthesis, hop, model: model.sample_rate(), file }
    }
}

impl Gain {
    pub(crate) fn new(rates: Rates) -> Self {
        let top = f64::from(rates.model.min(rates.file)) / 2.0;
        let bin = |part: f64| (part * top * rates.window as f64 / f64::from(rates.model)).round() as usize;
        Self {
            bins: bin(TOP.start)..bin(TOP.end).max(bin(TOP.start) + 1).min(rates.window / 2 + 1),
            hop: rates.hop as f64,
            middle: rates.hop as f64 - rates.synthesis as f64 / 2.0,
            ratio: f64::from(rates.model) / f64::from(rates.file),
            start: 0.0,
            // What is on its way while sound runs live; a file may hold more.
            gains: VecDeque::with_capacity(rates.window.div_ceil(rates.hop) + 64),
            first: 0,
        }
    }

    /// Begins again with a frame 0 that begins so many samples of the model after the first sample.
    pub(crate) fn reset(&mut self, start: u64) {
        self.start = start as f64;
        self.gains.clear();
        self.first = 0;
    }

    /// Hears the next frame.
    pub(crate) fn hear(&mut self, frame: Frame<'_>) {
        let power = |spectrum: &[f32]| {
            spectrum[2 * self.bins.start..2 * self.bins.end].iter().map(|v| v * v).sum::<f32>()
        };
        let (noisy, enhanced) = (power(frame.noisy), power(frame.enhanced));
        // Silence has no gain; it goes on as it was.
        let before = self.gains.back().copied().unwrap_or(1.0);
        self.gains.push_back(if noisy > 0.0 { (enhanced / noisy).sqrt().min(1.0) } else { before });
    }

    /// The gain at a sample of the file; 1 without any frame.
    pub(crate) fn at(&self, sample: u64) -> f32 {
        let place = (self.frames(sample) - self.first as f64).max(0.0);
        let (before, part) = (place as usize, (place - place.floor()) as f32);
        let last = self.gains.back().copied().unwrap_or(1.0);
        let gain = |n: usize| self.gains.get(n).copied().unwrap_or(last);
        gain(before) + part * (gain(before + 1) - gain(before))
    }

    /// Frames from the middle of frame 0 to a sample.
    fn frames(&self, sample: u64) -> f64 {
        (sample as f64 * self.ratio - self.start - self.middle) / self.hop
    }

    /// Forgets what no sample from this one on needs.
    pub(crate) fn forget_before(&mut self, sample: u64) {
        let frame = self.frames(sample);
        while self.gains.len() > 1 && (self.first + 1) as f64 <= frame {
            self.gains.pop_front();
            self.first += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Gain, Rates};
    use crate::engine::Frame;

    #[test]
    fn the_gain_runs_straight_between_the_middles_of_frames() {
        let mut gain =
            Gain::new(Rates { window: 320, synthesis: 320, hop: 160, model: 16_000, file: 48_000 });
        for (label, part) in [(0, 1.0), (1, 0.5), (2, 0.0)] {
            let (noisy, enhanced) = (vec![1.0; 322], vec![part; 322]);
            gain.hear(Frame { label, noisy: &noisy, enhanced: &enhanced });
        }
        // Frame 1 spans the first 320 samples of the model, 960 of the file: its middle is 480.
        for (sample, expected) in [(0, 1.0), (240, 0.75), (480, 0.5), (720, 0.25), (960, 0.0), (5_000, 0.0)] {
            assert!((gain.at(sample) - expected).abs() < 1e-6, "{} at {sample}", gain.at(sample));
            gain.forget_before(sample);
            assert!((gain.at(sample) - expected).abs() < 1e-6, "{} at {sample}", gain.at(sample));
        }
    }

    #[test]
    fn silence_keeps_the_gain_and_none_exceeds_one() {
        let mut gain =
            Gain::new(Rates { window: 320, synthesis: 320, hop: 160, model: 16_000, file: 48_000 });
        let (one, half, two, zero) = ([1.0; 322], [0.5; 322], [2.0; 322], [0.0; 322]);
        for (noisy, enhanced) in [(&one, &half), (&zero, &zero), (&one, &two)] {
            gain.hear(Frame { label: 0, noisy, enhanced });
        }
        assert_eq!(gain.gains, [0.5, 0.5, 1.0]);
    }
}
