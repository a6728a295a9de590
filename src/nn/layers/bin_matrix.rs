//! A matrix applied along frequency.

use crate::nn::error::single;
use crate::nn::kernels::{BandRow, Bands};
use crate::nn::{FrameShape, Inputs, Layer, NnError, Workspace};
use ndarray::ArrayView2;

/// `y[f, c] = sum over bins b of W[f, b] x[b, c]`: merges bins into bands, or spreads bands over bins.
///
/// Such matrices are mostly zeros. Each row is kept from its first to its last other number. They follow from a scale of
/// frequencies and are not trained: none of their numbers is a parameter.
#[derive(Clone, Debug)]
pub struct BinMatrix {
    bands: Bands,
}

/// Most bins that are left as they are: as many as a convolution takes.
const MOST_KEPT: usize = 1 << 16;

impl BinMatrix {
    /// Weights of shape (output bins, input bins).
    ///
    /// # Errors
    /// If a size is zero.
    pub fn new(weight: ArrayView2<'_, f32>) -> Result<Self, NnError> {
        Self::behind(0, weight)
    }

    /// Leaves the first bins as they are, and applies the matrix to those behind them.
    ///
    /// # Errors
    /// If a size is zero, or more than 2^16 bins are left as they are.
    pub fn behind(bins: usize, weight: ArrayView2<'_, f32>) -> Result<Self, NnError> {
        if weight.is_empty() {
            return Err(NnError::parameter("bins", "at least 1", 0));
        }
        if bins > MOST_KEPT {
            return Err(NnError::parameter("bins before the matrix", format!("at most {MOST_KEPT}"), bins));
        }
        let mut weights = vec![1.0; bins];
        let mut rows: Vec<_> = (0..bins).map(|bin| BandRow { first: bin, weights: bin, count: 1 }).collect();
        for row in weight.rows() {
            let start = weights.len();
            let first = row.iter().position(|&w| w != 0.0).unwrap_or(0);
            // A row of zeros has no run.
            let end = row.iter().rposition(|&w| w != 0.0).map_or(0, |last| last + 1);
            weights.extend(row.iter().take(end).skip(first));
            rows.push(BandRow { first: bins + first, weights: start, count: end - first });
        }
        Ok(Self { bands: Bands { rows, weights, inputs: bins + weight.ncols() } })
    }

    fn apply<const C: usize>(&self, input: &[f32], output: &mut [f32]) {
        let input = input.as_chunks::<C>().0;
        for (row, y) in self.bands.rows.iter().zip(output.as_chunks_mut::<C>().0) {
            let weights = &self.bands.weights[row.weights..row.weights + row.count];
            let mut sum = [0.0; C];
            for (x, weight) in input[row.first..row.first + row.count].iter().zip(weights) {
                for c in 0..C {
                    sum[c] += x[c] * weight;
                }
            }
            *y = sum;
        }
    }
}

impl Layer for BinMatrix {
    fn kind(&self) -> &'static str {
        "matrix over bins"
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        let input = single(inputs)?;
        if input.bins != self.bands.inputs {
            return Err(NnError::shape(0, format!("{} x any channels", self.bands.inputs), input));
        }
        Ok(FrameShape::new(self.bands.rows.len(), input.channels))
    }

    fn multiply_adds(&self, inputs: &[FrameShape]) -> usize {
        self.bands.weights.len() * inputs[0].channels
    }

    fn scratch(&self, inputs: &[FrameShape], _: usize) -> usize {
        self.bands.scratch(inputs[0].channels)
    }

    fn steps(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        let channels = inputs.shape(0).channels;
        work.kernels.bands(&self.bands, channels, &inputs[0], work.scratch, output);
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], _: Workspace<'_>) {
        let channels = inputs.shape(0).channels;
        match channels {
            1 => self.apply::<1>(&inputs[0], output),
            2 => self.apply::<2>(&inputs[0], output),
            3 => self.apply::<3>(&inputs[0], output),
            _ => {
                output.fill(0.0);
                for (row, y) in self.bands.rows.iter().zip(output.chunks_exact_mut(channels)) {
                    let weights = &self.bands.weights[row.weights..row.weights + row.count];
                    for (x, weight) in inputs[0][row.first * channels..].chunks_exact(channels).zip(weights) {
                        y.iter_mut().zip(x).for_each(|(y, x)| *y += x * weight);
                    }
                }
            }
        }
    }
}
