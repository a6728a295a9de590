//! The plain twin of every kernel: no vectors, no `unsafe`, the standard library's functions.

use super::bands::{Bands, bands_scalar};
use super::chains::{BinChains, bins_scalar};
use super::depthwise::{Depthwise, depthwise_scalar};
use super::frame_chains::{FrameChains, frames_scalar};
use super::frame_sums::{FrameSums, frame_sums_scalar};
use super::gates::{GruGates, LstmGates, gates_scalar};
use super::norms::layer_norm_scalar;
use super::pointwise::{Curve, sigmoid_scalar};
use super::product::{Product, Strides, product_scalar};

pub(super) fn product(product: &Product, input: &[f32], output: &mut [f32], strides: Strides) {
    product_scalar(product, input, output, strides);
}

pub(super) fn depthwise(depthwise: &Depthwise, input: &[f32], output: &mut [f32], strides: Strides) {
    depthwise_scalar(depthwise, input, output, strides);
}

pub(super) fn curve(curve: Curve, input: &[f32], output: &mut [f32]) {
    assert_eq!(input.len(), output.len(), "one output a number");
    for (y, &x) in output.iter_mut().zip(input) {
        *y = match curve {
            // Written so that a NaN stays one.
            Curve::Relu => {
                if x < 0.0 {
                    0.0
                } else {
                    x
                }
            }
            Curve::Elu => {
                if x > 0.0 {
                    x
                } else {
                    x.exp_m1()
                }
            }
            // At minus infinity the product would be infinity times zero.
            Curve::Silu => {
                if x < -87.0 {
                    -87.0 * sigmoid_scalar(x)
                } else {
                    x * sigmoid_scalar(x)
                }
            }
            Curve::Sigmoid => sigmoid_scalar(x),
            Curve::Tanh => x.tanh(),
        };
    }
}

pub(super) fn leaky(slopes: &[f32], input: &[f32], output: &mut [f32]) {
    assert_eq!(input.len(), output.len(), "one output a number");
    assert_eq!(input.len() % slopes.len(), 0, "whole rows of channels");
    for (y, x) in output.chunks_exact_mut(slopes.len()).zip(input.chunks_exact(slopes.len())) {
        for ((y, &x), slope) in y.iter_mut().zip(x).zip(slopes) {
            *y = if x > 0.0 { x } else { x * slope };
        }
    }
}

pub(super) fn power(values: &mut [f32], exponent: f32) {
    for value in values {
        *value = value.powf(exponent);
    }
}

pub(super) fn gru_gates(hidden: usize, from_input: &[f32], from_state: &[f32], state: &mut [f32]) {
    gates_scalar::<GruGates>(hidden, from_input, from_state, state, &mut []);
}

pub(super) fn lstm_gates(
    hidden: usize,
    from_input: &[f32],
    from_state: &[f32],
    state: &mut [f32],
    cell: &mut [f32],
) {
    gates_scalar::<LstmGates>(hidden, from_input, from_state, state, cell);
}

pub(super) fn gru_bins(chains: &BinChains, from_input: &[f32], states: &mut [f32], output: &mut [f32]) {
    bins_scalar::<GruGates>(chains, from_input, states, output);
}

pub(super) fn lstm_bins(chains: &BinChains, from_input: &[f32], states: &mut [f32], output: &mut [f32]) {
    bins_scalar::<LstmGates>(chains, from_input, states, output);
}

pub(super) fn gru_frames(
    chains: &FrameChains,
    bins: usize,
    input: &[f32],
    scratch: &mut [f32],
    output: &mut [f32],
) {
    frames_scalar::<GruGates>(chains, bins, input, scratch, output);
}

pub(super) fn lstm_frames(
    chains: &FrameChains,
    bins: usize,
    input: &[f32],
    scratch: &mut [f32],
    output: &mut [f32],
) {
    frames_scalar::<LstmGates>(chains, bins, input, scratch, output);
}

pub(super) fn frame_sums(
    sums: &FrameSums,
    outputs: usize,
    input: &[f32],
    scratch: &mut [f32],
    output: &mut [f32],
) {
    frame_sums_scalar(sums, outputs, input, scratch, output);
}

pub(super) fn layer_norm(epsilon: f32, weight: &[f32], bias: &[f32], input: &[f32], output: &mut [f32]) {
    layer_norm_scalar(epsilon, weight, bias, input, output);
}

pub(super) fn bands(matrix: &Bands, channels: usize, input: &[f32], scratch: &mut [f32], output: &mut [f32]) {
    bands_scalar(matrix, channels, input, scratch, output);
}
