//! Neighbouring bins side by side.

use crate::nn::error::single;
use crate::nn::{FrameShape, Inputs, Layer, NnError, Workspace};

/// Gives each bin the channels of its neighbours as well, as PyTorch's `unfold` along frequency does:
/// `y[f, c K + j] = x[f + j - (K - 1) / 2, c]` for an odd kernel `K`, zero outside the frame.
#[derive(Clone, Copy, Debug)]
pub struct BinUnfold {
    kernel: usize,
}

impl BinUnfold {
    /// With a kernel of an odd number of bins.
    ///
    /// # Errors
    /// If the kernel is even.
    pub fn new(kernel: usize) -> Result<Self, NnError> {
        if kernel.is_multiple_of(2) {
            return Err(NnError::parameter("kernel", "an odd number", kernel));
        }
        Ok(Self { kernel })
    }
}

impl Layer for BinUnfold {
    fn kind(&self) -> &'static str {
        "unfold along bins"
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        let input = single(inputs)?;
        Ok(FrameShape::new(input.bins, input.channels.saturating_mul(self.kernel)))
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], _: Workspace<'_>) {
        let FrameShape { bins, channels } = inputs.shape(0);
        let (x, half) = (&inputs[0], (self.kernel - 1) / 2);
        let width = channels * self.kernel;
        if (channels, self.kernel) == (3, 3) && bins >= 2 {
            unfold_three(x, output);
            return;
        }
        for (f, y) in output.chunks_exact_mut(width).enumerate() {
            for j in 0..self.kernel {
                let bin = (f + j).wrapping_sub(half);
                let to = y[j..].iter_mut().step_by(self.kernel);
                if bin < bins {
                    to.zip(&x[bin * channels..][..channels]).for_each(|(y, x)| *y = *x);
                } else {
                    to.for_each(|y| *y = 0.0);
                }
            }
        }
    }
}

/// Three channels and three taps, the case of magnitude, real and imaginary part: each bin is a square, transposed.
fn unfold_three(x: &[f32], output: &mut [f32]) {
    let transposed = |w: &[[f32; 3]]| -> [f32; 9] { std::array::from_fn(|i| w[i % 3][i / 3]) };
    let (x, y) = (x.as_chunks::<3>().0, output.as_chunks_mut::<9>().0);
    let last = x.len() - 1;
    y[0] = transposed(&[[0.0; 3], x[0], x[1]]);
    for (y, x) in y[1..last].iter_mut().zip(x.windows(3)) {
        *y = transposed(x);
    }
    y[last] = transposed(&[x[last - 1], x[last], [0.0; 3]]);
}
