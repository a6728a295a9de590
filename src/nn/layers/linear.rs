//! A matrix applied to the channels of every bin.

use crate::nn::error::{check_tensor, single};
use crate::nn::kernels::{Product, Strides};
use crate::nn::{FrameShape, Inputs, Layer, Memory, NnError, Workspace};
use ndarray::{ArrayView1, ArrayView2};

/// `y = W x + b` on the channels of each bin.
#[derive(Clone, Debug)]
pub struct Linear {
    product: Product,
    inputs: usize,
    outputs: usize,
}

impl Linear {
    /// Weights of shape (outputs, inputs), as in PyTorch; one bias an output.
    ///
    /// # Errors
    /// If the bias has another length, or a size is zero.
    pub fn new(weight: ArrayView2<'_, f32>, bias: ArrayView1<'_, f32>) -> Result<Self, NnError> {
        let (outputs, inputs) = weight.dim();
        if outputs == 0 || inputs == 0 {
            return Err(NnError::parameter("channels", "at least 1", 0));
        }
        check_tensor("bias", &[outputs], bias.shape())?;
        let product = Product::dense(inputs, outputs, |row, column| weight[[column, row]], bias.to_vec());
        Ok(Self { product, inputs, outputs })
    }
}

impl Layer for Linear {
    fn kind(&self) -> &'static str {
        "linear"
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        let input = single(inputs)?;
        if input.channels != self.inputs {
            return Err(NnError::shape(0, format!("any bins x {}", self.inputs), input));
        }
        Ok(FrameShape::new(input.bins, self.outputs))
    }

    fn memory(&self, _: &[FrameShape]) -> Memory {
        Memory::default()
    }

    fn parameters(&self) -> usize {
        self.outputs * (self.inputs + 1)
    }

    fn multiply_adds(&self, inputs: &[FrameShape]) -> usize {
        inputs[0].bins * self.product.multiply_adds()
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        let strides = Strides { rows: output.len() / self.outputs, input: self.inputs, output: self.outputs };
        self.product.run(work.kernels, &inputs[0], output, strides);
    }

    fn steps(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        self.step(inputs, output, work);
    }
}
