//! Normalisation of rows of numbers.

use super::Lanes;

/// Sums of this many vectors run beside each other, so that they do not wait for each other.
const SUMS: usize = 4;

fn check(weight: &[f32], bias: &[f32], input: &[f32], output: &[f32]) {
    assert!(!weight.is_empty() && weight.len() == bias.len(), "one weight and bias a number");
    assert_eq!(input.len(), output.len(), "one output a number");
    assert_eq!(input.len() % weight.len(), 0, "whole rows");
}

/// The sum of `term(x)`, or of its square, over `length` numbers, with `term(x) = x - mean`.
#[inline(always)]
unsafe fn sum<V: Lanes>(input: *const f32, length: usize, mean: f32, square: bool) -> f32 {
    // SAFETY: the caller vouches for `length` numbers; what stands behind them is not read.
    unsafe {
        let mean = V::splat(mean);
        let mut sums = [V::splat(0.0); SUMS];
        let (whole, step) = (length / V::COUNT, SUMS.min(length / V::COUNT).max(1));
        for first in (0..whole).step_by(step) {
            for (n, sum) in sums.iter_mut().enumerate() {
                if first + n < whole && n < step {
                    let term = V::load(input.add((first + n) * V::COUNT)).sub(mean);
                    *sum = if square { term.mul_add(term, *sum) } else { sum.add(term) };
                }
            }
        }
        let mut lanes = [0.0; 16];
        sums[0].add(sums[1]).add(sums[2].add(sums[3])).store(lanes.as_mut_ptr());
        let mut total = 0.0;
        for lane in &lanes[..V::COUNT] {
            total += lane;
        }
        let left = length - whole * V::COUNT;
        if left > 0 {
            let term = V::load_first(input.add(whole * V::COUNT), left).sub(mean);
            let term = if square { term.mul(term) } else { term };
            term.store_first(lanes.as_mut_ptr(), left);
            for lane in &lanes[..left] {
                total += lane;
            }
        }
        total
    }
}

/// Normalises every row on the lanes `V`.
///
/// # Safety
/// The instruction set of `V` must be present.
#[inline(always)]
pub(super) unsafe fn layer_norm<V: Lanes>(
    epsilon: f32,
    weight: &[f32],
    bias: &[f32],
    input: &[f32],
    output: &mut [f32],
) {
    check(weight, bias, input, output);
    let length = weight.len();
    for (x, y) in input.chunks_exact(length).zip(output.chunks_exact_mut(length)) {
        let (x, y) = (x.as_ptr(), y.as_mut_ptr());
        // SAFETY: rows, weights and biases have that length, and `count` numbers from `at` on are within it.
        unsafe {
            let mean = sum::<V>(x, length, 0.0, false) / length as f32;
            let variance = sum::<V>(x, length, mean, true) / length as f32;
            let (mean, scale) = (V::splat(mean), V::splat(1.0 / (variance + epsilon).sqrt()));
            for at in (0..length).step_by(V::COUNT) {
                let count = (length - at).min(V::COUNT);
                let normal = V::load_up_to(x.add(at), count).sub(mean).mul(scale);
                let (weight, bias) = (weight.as_ptr().add(at), bias.as_ptr().add(at));
                let value = normal.mul_add(V::load_up_to(weight, count), V::load_up_to(bias, count));
                value.store_up_to(y.add(at), count);
            }
        }
    }
}

/// The plain twin of the norm.
pub(super) fn layer_norm_scalar(
    epsilon: f32,
    weight: &[f32],
    bias: &[f32],
    input: &[f32],
    output: &mut [f32],
) {
    check(weight, bias, input, output);
    let length = weight.len();
    for (x, y) in input.chunks_exact(length).zip(output.chunks_exact_mut(length)) {
        let mean = lane_sum(x, |v| v) / length as f32;
        let variance = lane_sum(x, |v| (v - mean) * (v - mean)) / length as f32;
        let scale = 1.0 / (variance + epsilon).sqrt();
        for (((y, x), weight), bias) in y.iter_mut().zip(x).zip(weight).zip(bias) {
            *y = (x - mean) * scale * weight + bias;
        }
    }
}

/// A sum in eight running parts, which loses less than a single one.
fn lane_sum(values: &[f32], term: impl Fn(f32) -> f32) -> f32 {
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
