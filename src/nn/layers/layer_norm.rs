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

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], _: Workspace<'_>) {
        let length = self.weight.len();
        for (x, y) in inputs[0].chunks_exact(length).zip(output.chunks_exact_mut(length)) {
            let count = length as f32;
            let mean = lane_sum(x, |v| v) / count;
            let variance = lane_sum(x, |v| (v - mean) * (v - mean)) / count;
            let scale = 1.0 / (variance + self.epsilon).sqrt();
            for (((y, x), weight), bias) in y.iter_mut().zip(x).zip(&self.weight).zip(&self.bias) {
                *y = (x - mean) * scale * weight + bias;
            }
        }
    }
}

/// A sum in eight running parts, which vectorises and loses less than a single one.
pub(super) fn lane_sum(values: &[f32], term: impl Fn(f32) -> f32) -> f32 {
    let mut sums = [0.0f32; 8];
    let chunks = values.chunks_exact(8);
    let rest: f32 = chunks.remainder().iter().map(|&v| term(v)).sum();
    for chunk in chunks {
        for (sum, &v) in sums.iter_mut().zip(chunk) {
            *sum += term(v);
        }
    }
    sums.iter().sum::<f32>() + rest
}
