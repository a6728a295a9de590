//! The parts of a delay, each in samples.

use crate::model::Model;
use std::fmt;

/// Delay between a sample going in and the same coming out, by cause, in samples: at the model's rate, or at the host's where a
/// [`Processor`](super::Processor) says it.
///
/// Hop in to hop out it is `(N - H) + d H`, with `N` samples of the synthesis window, `H` of the hop, and `d` frames of
/// look-ahead. Blocks that are not whole hops add to it, and so do resamplers. The figure usual in the literature,
/// window and look-ahead, counts the collecting of the hop as well: `N + d H`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delays {
    /// `N - H`: a sample is whole once the last window that reaches it has been added.
    pub window: usize,
    /// `d H`: the network waits for future frames.
    pub look_ahead: usize,
    /// Up to `H - 1`: samples wait for their hop to fill.
    pub blocking: usize,
    /// Delay of resamplers on both sides.
    pub resampling: usize,
}

impl Delays {
    /// The delay of a model from hop in to hop out: window and look-ahead.
    pub fn of(model: &Model) -> Self {
        let look_ahead = model.graph().delay() * model.stft().hop();
        Self { window: model.stft().delay(), look_ahead, ..Self::default() }
    }

    /// All parts together.
    pub fn total(&self) -> usize {
        self.window + self.look_ahead + self.blocking + self.resampling
    }
}

impl fmt::Display for Delays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} samples (window {}, look-ahead {}, blocking {}, resampling {})",
            self.total(),
            self.window,
            self.look_ahead,
            self.blocking,
            self.resampling
        )
    }
}
