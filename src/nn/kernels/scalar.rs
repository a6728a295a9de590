//! The plain twin of every kernel: no vectors, no `unsafe`, the standard library's functions.

use super::depthwise::{Depthwise, depthwise_scalar};
use super::pointwise::Curve;
use super::product::{Product, Strides, product_scalar};

pub(super) fn product(product: &Product, input: &[f32], output: &mut [f32], strides: Strides) {
    product_scalar(product, input, output, strides);
}

pub(super) fn depthwise(depthwise: &Depthwise, input: &[f32], output: &mut [f32], strides: Strides) {
    depthwise_scalar(depthwise, input, output, strides);
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
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
                    -87.0 * sigmoid(x)
                } else {
                    x * sigmoid(x)
                }
            }
            Curve::Sigmoid => sigmoid(x),
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

pub(super) fn gru_gates(from_input: &[f32], from_state: &[f32], state: &mut [f32]) {
    let hidden = state.len();
    for i in 0..hidden {
        let reset = sigmoid(from_input[i] + from_state[i]);
        let keep = sigmoid(from_input[hidden + i] + from_state[hidden + i]);
        let new = (from_input[2 * hidden + i] + reset * from_state[2 * hidden + i]).tanh();
        state[i] = (1.0 - keep) * new + keep * state[i];
    }
}

pub(super) fn lstm_gates(from_input: &[f32], from_state: &[f32], state: &mut [f32], cell: &mut [f32]) {
    let hidden = state.len();
    let gate = |which: usize, i: usize| from_input[which * hidden + i] + from_state[which * hidden + i];
    for i in 0..hidden {
        cell[i] = sigmoid(gate(1, i)) * cell[i] + sigmoid(gate(0, i)) * gate(2, i).tanh();
        state[i] = sigmoid(gate(3, i)) * cell[i].tanh();
    }
}
