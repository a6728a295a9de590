//! What can be wrong with a transform. Everything is found when it is built.

/// Why a short-time Fourier transform cannot be built.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DspError {
    /// The hop is zero or longer than the synthesis window.
    #[error("hop of {hop} samples: expected 1 to {window}, the length of the synthesis window")]
    Hop {
        /// Samples between frames.
        hop: usize,
        /// Samples of the synthesis window.
        window: usize,
    },
    /// The synthesis window is longer than the analysis window.
    #[error(
        "synthesis window of {synthesis} samples: expected at most {analysis}, the length of the analysis window"
    )]
    SynthesisWindow {
        /// Samples of the synthesis window.
        synthesis: usize,
        /// Samples of the analysis window.
        analysis: usize,
    },
    /// Half of the synthesis window, which falls, is no whole number of samples.
    #[error("synthesis window of {synthesis} samples: expected an even number")]
    OddSynthesisWindow {
        /// Samples of the synthesis window.
        synthesis: usize,
    },
    /// Analysis and synthesis one after the other would not give the signal back.
    #[error(
        "the windows do not reconstruct at a hop of {hop} samples: the overlapped gain runs from {least} to {most}, \
         expected one value above zero"
    )]
    NotReconstructing {
        /// Samples between frames.
        hop: usize,
        /// Least gain of a sample.
        least: f32,
        /// Greatest gain of a sample.
        most: f32,
    },
}
