//! Sums over taps that keep every channel to itself.

use super::epilogue::Epilogue;
use super::product::Strides;
use super::{Kernels, Lanes, padded};
use crate::nn::floats::Floats;

/// Packed weights of `output[r, c] = epilogue(sum over taps k of input[r, tap[k] + c] * weights[k, c])`.
#[derive(Clone, Debug)]
pub(crate) struct Depthwise {
    taps: Vec<usize>,
    weights: Floats,
    epilogue: Epilogue,
    channels: usize,
}

impl Depthwise {
    /// Packs `weight(tap, channel)`; each tap is the offset of its run of channels from the start of a row's input.
    pub fn new(taps: Vec<usize>, weight: impl Fn(usize, usize) -> f32, bias: Vec<f32>) -> Self {
        let channels = bias.len();
        let width = padded(channels);
        let mut weights = Floats::zeros(taps.len() * width);
        for k in 0..taps.len() {
            (0..channels).for_each(|c| weights[k * width + c] = weight(k, c));
        }
        Self { taps, weights, epilogue: Epilogue::new(&bias), channels }
    }

    /// What becomes of the sums.
    pub fn epilogue_mut(&mut self) -> &mut Epilogue {
        &mut self.epilogue
    }

    /// Channels of the sum.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Multiply-adds of one row.
    pub fn multiply_adds(&self) -> usize {
        self.taps.len() * self.channels
    }

    /// Computes every row.
    ///
    /// # Panics
    /// If input or output is too short for the rows.
    #[inline]
    pub fn run(&self, kernels: Kernels, input: &[f32], output: &mut [f32], strides: Strides) {
        kernels.depthwise(self, input, output, strides);
    }

    fn check(&self, input: &[f32], output: &[f32], strides: Strides) {
        let last = strides.rows - 1;
        let reach = self.taps.iter().max().map_or(0, |tap| tap + self.channels);
        assert!(input.len() >= last * strides.input + reach, "input too short for the taps");
        assert!(output.len() >= last * strides.output + self.channels, "output too short for the rows");
    }
}

/// The depthwise sum on the lanes `V`.
///
/// # Safety
/// The instruction set of `V` must be present.
#[inline(always)]
pub(super) unsafe fn depthwise<V: Lanes>(
    depthwise: &Depthwise,
    input: &[f32],
    output: &mut [f32],
    strides: Strides,
) {
    if strides.rows == 0 {
        return;
    }
    depthwise.check(input, output, strides);
    for c in (0..depthwise.channels).step_by(V::COUNT) {
        let left = (depthwise.channels - c).min(V::COUNT);
        let mut row = 0;
        while row < strides.rows {
            // SAFETY: `check` covers every row and tap for all channels, of which `left` from `c` on are touched. Without
            // taps there may be no input to point at, and none is read: hence `wrapping_add`.
            unsafe {
                let x = input.as_ptr().wrapping_add(row * strides.input + c);
                let y = output.as_mut_ptr().add(row * strides.output + c);
                if strides.rows - row >= 6 {
                    rows::<V, 6>(depthwise, c, left, x, y, strides);
                    row += 6;
                } else {
                    rows::<V, 1>(depthwise, c, left, x, y, strides);
                    row += 1;
                }
            }
        }
    }
}

#[inline(always)]
unsafe fn rows<V: Lanes, const R: usize>(
    depthwise: &Depthwise,
    c: usize,
    left: usize,
    x: *const f32,
    y: *mut f32,
    strides: Strides,
) {
    let width = padded(depthwise.channels);
    // SAFETY: the caller vouches for `R` rows of `left` numbers at every tap; weights and epilogue are padded to whole
    // vectors from any `c` that is a multiple of the lanes.
    unsafe {
        let mut sums = [V::splat(0.0); R];
        let weights = depthwise.weights.as_ptr().wrapping_add(c);
        for (k, &tap) in depthwise.taps.iter().enumerate() {
            let weight = V::load(weights.wrapping_add(k * width));
            for (r, sum) in sums.iter_mut().enumerate() {
                let value = V::load_up_to(x.add(r * strides.input + tap), left);
                *sum = value.mul_add(weight, *sum);
            }
        }
        for (r, sum) in sums.iter().enumerate() {
            depthwise.epilogue.apply(c, *sum).store_up_to(y.add(r * strides.output), left);
        }
    }
}

/// The plain twin of the depthwise sum.
pub(super) fn depthwise_scalar(depthwise: &Depthwise, input: &[f32], output: &mut [f32], strides: Strides) {
    for row in 0..strides.rows {
        for c in 0..depthwise.channels {
            let mut sum = 0.0;
            for (k, tap) in depthwise.taps.iter().enumerate() {
                sum += input[row * strides.input + tap + c]
                    * depthwise.weights[k * padded(depthwise.channels) + c];
            }
            output[row * strides.output + c] = depthwise.epilogue.apply_scalar(c, sum);
        }
    }
}
