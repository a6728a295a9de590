//! Batch normalisation with frozen statistics.

use crate::nn::error::{check_floor, check_tensor, single};
use crate::nn::{FrameShape, Inputs, Layer, NnError, Workspace};
use ndarray::{ArrayView1, ArrayViewMut1, ArrayViewMutD, Axis};

/// Batch normalisation as it is after training: one scale and one shift a channel.
///
/// `y = (x - mean) / sqrt(variance + epsilon) * weight + bias` (Ioffe and Szegedy 2015,
/// <https://arxiv.org/abs/1502.03167>). Fold it into the convolution *before* it where there is one: what comes after
/// sees the zeros of its padding un-normalised.
#[derive(Clone, Debug)]
pub struct BatchNorm {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

impl BatchNorm {
    /// The frozen form of trained weight, bias, running mean and running variance, one of each a channel.
    ///
    /// # Errors
    /// If the tensors differ in length, or a variance with `epsilon` is not a positive normal number.
    pub fn new(
        weight: ArrayView1<'_, f32>,
        bias: ArrayView1<'_, f32>,
        mean: ArrayView1<'_, f32>,
        variance: ArrayView1<'_, f32>,
        epsilon: f32,
    ) -> Result<Self, NnError> {
        check_tensor("bias", weight.shape(), bias.shape())?;
        check_tensor("running_mean", weight.shape(), mean.shape())?;
        check_tensor("running_var", weight.shape(), variance.shape())?;
        for variance in variance.iter() {
            check_floor("running_var + epsilon", variance + epsilon)?;
        }
        let scale: Vec<f32> = weight
            .iter()
            .zip(variance)
            .map(|(&weight, &variance)| weight * (1.0 / (variance + epsilon).sqrt()))
            .collect();
        let shift = (0..scale.len()).map(|c| (-mean[c]).mul_add(scale[c], bias[c])).collect();
        Ok(Self { scale, shift })
    }

    /// The norm of these scales and shifts, one of each a channel.
    ///
    /// # Errors
    /// If they differ in length.
    pub fn from_affine(scale: ArrayView1<'_, f32>, shift: ArrayView1<'_, f32>) -> Result<Self, NnError> {
        check_tensor("shift", scale.shape(), shift.shape())?;
        Ok(Self { scale: scale.to_vec(), shift: shift.to_vec() })
    }

    /// What each channel is multiplied by.
    pub fn scale(&self) -> &[f32] {
        &self.scale
    }

    /// What is then added to each channel.
    pub fn shift(&self) -> &[f32] {
        &self.shift
    }

    /// Folds the normalisation into the convolution before it, whose output channels run along `axis` of its weight:
    /// axis 0 for a plain convolution, axis 1 for a transposed one of one group.
    ///
    /// # Errors
    /// If the weight has another number of output channels, or the bias another length.
    pub fn fold_into(
        &self,
        mut weight: ArrayViewMutD<'_, f32>,
        mut bias: ArrayViewMut1<'_, f32>,
        axis: usize,
    ) -> Result<(), NnError> {
        check_tensor("bias", &[self.scale.len()], bias.shape())?;
        check_tensor("weight along its output channels", &[self.scale.len()], &[weight.len_of(Axis(axis))])?;
        for (mut part, scale) in weight.axis_iter_mut(Axis(axis)).zip(&self.scale) {
            part *= *scale;
        }
        for ((bias, scale), shift) in bias.iter_mut().zip(&self.scale).zip(&self.shift) {
            *bias = *bias * scale + shift;
        }
        Ok(())
    }
}

impl Layer for BatchNorm {
    fn kind(&self) -> &'static str {
        "batch norm"
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        let input = single(inputs)?;
        if input.channels != self.scale.len() {
            return Err(NnError::shape(0, format!("any bins x {}", self.scale.len()), input));
        }
        Ok(input)
    }

    fn parameters(&self) -> usize {
        2 * self.scale.len()
    }

    fn multiply_adds(&self, inputs: &[FrameShape]) -> usize {
        inputs[0].size()
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], _: Workspace<'_>) {
        let channels = self.scale.len();
        for (x, y) in inputs[0].chunks_exact(channels).zip(output.chunks_exact_mut(channels)) {
            for (((y, x), scale), shift) in y.iter_mut().zip(x).zip(&self.scale).zip(&self.shift) {
                *y = x * scale + shift;
            }
        }
    }

    fn steps(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        self.step(inputs, output, work);
    }
}
