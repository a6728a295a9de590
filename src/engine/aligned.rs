//! Recorded sound: the delay taken off at the start and made up for at the end.

use super::Denoiser;

/// A denoiser whose output is aligned with its input to the sample and has its length.
///
/// Takes samples in pieces of any size. It holds back what is still under way, at most the denoiser's delay and one
/// hop, and [`Aligned::finish`] gives the rest.
#[derive(Clone, Debug)]
pub struct Aligned {
    denoiser: Denoiser,
    /// The hop being filled, and how far it is.
    input: Vec<f32>,
    filled: usize,
    output: Vec<f32>,
    /// Output samples that still precede the first input sample.
    early: usize,
    taken: u64,
    given: u64,
}

impl Aligned {
    /// A stream at its start through a fresh or reset denoiser.
    pub fn new(denoiser: Denoiser) -> Self {
        let early = denoiser.delays().total();
        Self::with_early(denoiser, early)
    }

    /// The same without compensation: the first sample out is the first that a live stream would give, and what is
    /// under way at the end is lost with it.
    pub fn uncompensated(denoiser: Denoiser) -> Self {
        Self::with_early(denoiser, 0)
    }

    fn with_early(denoiser: Denoiser, early: usize) -> Self {
        let hop = denoiser.hop();
        Self { denoiser, input: vec![0.0; hop], filled: 0, output: vec![0.0; hop], early, taken: 0, given: 0 }
    }

    /// The denoiser inside.
    pub fn denoiser(&self) -> &Denoiser {
        &self.denoiser
    }

    /// Takes samples; hands on what is ready, in pieces of at most a hop.
    pub fn push(&mut self, mut samples: &[f32], mut give: impl FnMut(&[f32])) {
        self.taken += samples.len() as u64;
        while !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(self.input.len() - self.filled));
            self.input[self.filled..self.filled + now.len()].copy_from_slice(now);
            self.filled += now.len();
            samples = later;
            if self.filled == self.input.len() {
                self.filled = 0;
                self.denoiser.process_hop(&self.input, &mut self.output);
                self.hand_on(&mut give);
            }
        }
    }

    /// Hands on the rest, up to as many samples as were taken, and gives the denoiser back as it ended.
    pub fn finish(mut self, mut give: impl FnMut(&[f32])) -> Denoiser {
        if self.filled > 0 {
            self.input[self.filled..].fill(0.0);
            self.denoiser.process_hop(&self.input, &mut self.output);
            self.hand_on(&mut give);
        }
        while self.given < self.taken && self.denoiser.flush(&mut self.output) {
            self.hand_on(&mut give);
        }
        debug_assert_eq!(self.given, self.taken);
        self.denoiser
    }

    fn hand_on(&mut self, give: &mut impl FnMut(&[f32])) {
        let early = self.early.min(self.output.len());
        self.early -= early;
        let ready = &self.output[early..];
        let due = usize::try_from(self.taken - self.given).unwrap_or(usize::MAX);
        let ready = &ready[..ready.len().min(due)];
        if !ready.is_empty() {
            self.given += ready.len() as u64;
            give(ready);
        }
    }
}
