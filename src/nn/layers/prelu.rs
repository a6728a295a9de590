//! The leaky rectifier with trained slopes.

use crate::nn::error::single;
use crate::nn::{FrameShape, Inputs, Layer, NnError, Workspace};
use ndarray::ArrayView1;

/// `x` above zero, else `x` times a trained slope: one for all channels, or one each
/// (He et al. 2015, <https://arxiv.org/abs/1502.01852>).
#[derive(Clone, Debug)]
pub struct PRelu {
    slopes: Vec<f32>,
}

impl PRelu {
    /// One slope for all channels, or one a channel.
    ///
    /// # Errors
    /// If there is no slope.
    pub fn new(slopes: ArrayView1<'_, f32>) -> Result<Self, NnError> {
        if slopes.is_empty() {
            return Err(NnError::parameter("slopes", "at least 1", 0));
        }
        Ok(Self { slopes: slopes.to_vec() })
    }
}

impl Layer for PRelu {
    fn kind(&self) -> &'static str {
        "PReLU"
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        let input = single(inputs)?;
        if self.slopes.len() != 1 && self.slopes.len() != input.channels {
            return Err(NnError::shape(0, format!("any bins x {}", self.slopes.len()), input));
        }
        Ok(input)
    }

    fn parameters(&self) -> usize {
        self.slopes.len()
    }

    fn multiply_adds(&self, inputs: &[FrameShape]) -> usize {
        inputs[0].size()
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        work.kernels.leaky(&self.slopes, &inputs[0], output);
    }

    fn steps(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        self.step(inputs, output, work);
    }
}
