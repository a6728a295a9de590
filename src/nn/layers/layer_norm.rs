//! Normalisation within a frame.

use crate::nn::error::{check_floor, check_tensor, single};
use crate::nn::{FrameShape, Inputs, Layer, NnError, Workspace};
use ndarray::{ArrayView1, ArrayView2};

/// `y = (x - mean) / sqrt(variance + epsilon) * weight + bias`, with the statistics of one frame, never of the clip
/// (Ba et al. 2016, <https://arxiv.org/abs/1607.06450>).
#[derive(Clone, Debug)]
pub struct LayerNorm {
    weight: Vec<f32>,
    bias: Vec<f32>,
    epsilon: f32,
    /// The shape to normalise over; nothing where each bin is normalised by itself.
    frame: Option<FrameShape>,
}

impl LayerNorm {
    /// Normalises the channels of each bin by themselves; one weight and bias a channel.
    ///
    /// # Errors
    /// If the tensors differ in length or are empty, or `epsilon` is not a positive normal number.
    pub fn channels(
        weight: ArrayView1<'_, f32>,
        bias: ArrayView1<'_, f32>,
        epsilon: f32,
    ) -> Result<Self, NnError> {
        check_tensor("bias", weight.shape(), bias.shape())?;
        check_floor("epsilon", epsilon)?;
        if weight.is_empty() {
            return Err(NnError::parameter("channels", "at least 1", 0));
        }
        Ok(Self { weight: weight.to_vec(), bias: bias.to_vec(), epsilon, frame: None })
    }

    /// Normalises the whole frame at once; one weight and bias for each bin and channel, of shape (bins, channels).
    ///
    /// # Errors
    /// If the tensors differ in shape or are empty, or `epsilon` is not a positive normal number.
    pub fn frame(
        weight: ArrayView2<'_, f32>,
        bias: ArrayView2<'_, f32>,
        epsilon: f32,
    ) -> Result<Self, NnError> {
        check_tensor("bias", weight.shape(), bias.shape())?;
        check_floor("epsilon", epsilon)?;
        let shape = FrameShape::new(weight.nrows(), weight.ncols());
        if shape.size() == 0 {
            return Err(NnError::parameter("numbers in a frame", "at least 1", 0));
        }
        let flat = |tensor: ArrayView2<'_, f32>| tensor.iter().copied().collect();
        Ok(Self { weight: flat(weight), bias: flat(bias), epsilon, frame: Some(shape) })
    }
}

impl Layer for LayerNorm {
    fn kind(&self) -> &'static str {
        "layer norm"
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        let input = single(inputs)?;
        match self.frame {
            Some(frame) if frame != input => Err(NnError::shape(0, frame, input)),
            None if input.channels != self.weight.len() => {
                Err(NnError::shape(0, format!("any bins x {}", self.weight.len()), input))
            }
            _ => Ok(input),
        }
    }

    fn parameters(&self) -> usize {
        self.weight.len() + self.bias.len()
    }

    fn multiply_adds(&self, inputs: &[FrameShape]) -> usize {
        3 * inputs[0].size()
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        work.kernels.layer_norm(self.epsilon, &self.weight, &self.bias, &inputs[0], output);
    }

    fn steps(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        self.step(inputs, output, work);
    }
}
