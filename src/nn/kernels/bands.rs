//! Matrices along frequency that are mostly zeros, on several frames at once: each lane is a frame.

use super::across::{across, back};
use super::{Lanes, WIDEST};

/// The rows of such a matrix, each from its first to its last number that is not zero.
#[derive(Clone, Debug)]
pub(crate) struct Bands {
    pub rows: Vec<BandRow>,
    pub weights: Vec<f32>,
    /// Bins that come in.
    pub inputs: usize,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct BandRow {
    /// The first bin that is read, the weight that it meets, and how many follow.
    pub first: usize,
    pub weights: usize,
    pub count: usize,
}

impl Bands {
    /// Floats of scratch for bins of so many channels.
    pub fn scratch(&self, channels: usize) -> usize {
        WIDEST * channels * (self.inputs + self.rows.len())
    }

    fn check(&self, channels: usize, input: &[f32], scratch: &[f32], output: &[f32]) -> usize {
        let (from, to) = (self.inputs * channels, self.rows.len() * channels);
        let frames = input.len() / from;
        assert_eq!(input.len(), frames * from, "whole frames in");
        assert_eq!(output.len(), frames * to, "as many frames out");
        assert!(scratch.len() >= self.scratch(channels), "scratch for the matrix");
        for row in &self.rows {
            assert!(row.first + row.count <= self.inputs && row.weights + row.count <= self.weights.len());
        }
        frames
    }
}

/// The product of the matrix with every frame on the lanes `V`.
///
/// # Safety
/// The instruction set of `V` must be present.
#[inline(always)]
pub(super) unsafe fn bands<V: Lanes>(
    matrix: &Bands,
    channels: usize,
    input: &[f32],
    scratch: &mut [f32],
    output: &mut [f32],
) {
    let frames = matrix.check(channels, input, scratch, output);
    let (from, to) = (matrix.inputs * channels, matrix.rows.len() * channels);
    // SAFETY: `check` has every frame, the bins and weights of every row, and room in `scratch` for the two parts below in
    // the widest vectors.
    unsafe {
        let heard = scratch.as_mut_ptr();
        let made = heard.add(from * V::COUNT);
        for first in (0..frames).step_by(V::COUNT) {
            let rows = (frames - first).min(V::COUNT);
            across::<V>(input.as_ptr().add(first * from), from, rows, from, heard, V::COUNT);
            for (n, row) in matrix.rows.iter().enumerate() {
                let weights = matrix.weights.as_ptr().add(row.weights);
                for c in 0..channels {
                    let x = heard.add((row.first * channels + c) * V::COUNT);
                    let mut sum = V::splat(0.0);
                    for bin in 0..row.count {
                        let value = V::load(x.add(bin * channels * V::COUNT));
                        // Rounded twice, as a frame by itself is.
                        sum = sum.add(value.mul(V::splat(*weights.add(bin))));
                    }
                    sum.store(made.add((n * channels + c) * V::COUNT));
                }
            }
            back::<V>(made, output.as_mut_ptr().add(first * to), to, rows, to);
        }
    }
}

/// The plain twin, for any frames.
pub(super) fn bands_scalar(
    matrix: &Bands,
    channels: usize,
    input: &[f32],
    scratch: &mut [f32],
    output: &mut [f32],
) {
    matrix.check(channels, input, scratch, output);
    let frames = input
        .chunks_exact(matrix.inputs * channels)
        .zip(output.chunks_exact_mut(matrix.rows.len() * channels));
    for (x, y) in frames {
        for (row, y) in matrix.rows.iter().zip(y.chunks_exact_mut(channels)) {
            let weights = &matrix.weights[row.weights..row.weights + row.count];
            for (c, y) in y.iter_mut().enumerate() {
                let bins = x[row.first * channels..].iter().skip(c).step_by(channels);
                *y = bins.zip(weights).fold(0.0, |sum, (x, weight)| sum + x * weight);
            }
        }
    }
}
