//! The power of each channel of a frame.

use crate::nn::error::single;
use crate::nn::{FrameShape, Inputs, Layer, NnError, Workspace};

/// The mean of the squares of each channel over the bins of a frame: a vector.
#[derive(Clone, Copy, Debug)]
pub struct MeanSquare;

impl Layer for MeanSquare {
    fn kind(&self) -> &'static str {
        "mean square"
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        Ok(FrameShape::vector(single(inputs)?.channels))
    }

    fn multiply_adds(&self, inputs: &[FrameShape]) -> usize {
        inputs[0].size()
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], _: Workspace<'_>) {
        let FrameShape { bins, channels } = inputs.shape(0);
        output.fill(0.0);
        for x in inputs[0].chunks_exact(channels) {
            output.iter_mut().zip(x).for_each(|(y, x)| *y += x * x);
        }
        let scale = 1.0 / bins as f32;
        output.iter_mut().for_each(|y| *y *= scale);
    }
}
