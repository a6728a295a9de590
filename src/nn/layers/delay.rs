//! The line that holds an early wire back until a late one has caught up.

use crate::nn::error::single;
use crate::nn::{FrameShape, Inputs, Layer, Memory, NnError, Workspace};

/// Gives each frame again `frames` steps later.
///
/// In the words of the contract it is the identity with a look-ahead: the frame keeps its label. The builder inserts
/// these lines at joins; a network's definition never names one.
#[derive(Clone, Debug)]
pub struct DelayLine {
    frames: usize,
}

impl DelayLine {
    /// A line of `frames` steps.
    ///
    /// # Panics
    /// If there are none: the wire itself would do.
    pub fn new(frames: usize) -> Self {
        assert!(frames > 0, "a delay line of no frames");
        Self { frames }
    }
}

impl Layer for DelayLine {
    fn kind(&self) -> &'static str {
        "delay line"
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        single(inputs)
    }

    fn look_ahead(&self) -> usize {
        self.frames
    }

    fn memory(&self, inputs: &[FrameShape]) -> Memory {
        Memory { state: self.frames.saturating_mul(inputs[0].size()), scratch: 0 }
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        let slot = (work.step % self.frames as u64) as usize * output.len();
        let delayed = &mut work.state[slot..slot + output.len()];
        output.copy_from_slice(delayed);
        delayed.copy_from_slice(&inputs[0]);
    }
}
