//! The same numbers under another shape.

use crate::nn::error::single;
use crate::nn::{FrameShape, Inputs, Layer, NnError, Workspace};

/// Gives the numbers of a frame, in memory order, another shape of the same size: bins by channels to a vector and
/// back.
#[derive(Clone, Copy, Debug)]
pub struct Reshape {
    to: FrameShape,
}

impl Reshape {
    /// To this shape.
    pub fn new(to: FrameShape) -> Self {
        Self { to }
    }
}

impl Layer for Reshape {
    fn kind(&self) -> &'static str {
        "reshape"
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        let input = single(inputs)?;
        if input.size() != self.to.size() {
            return Err(NnError::shape(0, format!("{} numbers, as {} has", self.to.size(), self.to), input));
        }
        Ok(self.to)
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], _: Workspace<'_>) {
        output.copy_from_slice(&inputs[0]);
    }

    fn steps(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        self.step(inputs, output, work);
    }
}
