//! Whole-clip references in `f64` for the layers that are no convolution: plain loops, written from the formulas.
//!
//! Sequences are (steps, features) and grids (time, bins, channels). Weights are laid out and gates ordered as in PyTorch.
#![allow(dead_code)] // every test binary uses a part of it

use ndarray::{Array1, Array2, Array3, ArrayView1, Axis, concatenate, s};

/// The weights of a recurrent layer; its gates lie one below the other along the first axis.
#[derive(Clone, Debug)]
pub struct Recurrent {
    /// (gates * hidden, features).
    pub input: Array2<f64>,
    /// (gates * hidden, hidden).
    pub hidden: Array2<f64>,
    /// Added to the product with the input.
    pub input_bias: Array1<f64>,
    /// Added to the product with the hidden state.
    pub hidden_bias: Array1<f64>,
}

impl Recurrent {
    fn units(&self) -> usize {
        self.hidden.ncols()
    }

    fn input_product(&self, input: ArrayView1<f64>) -> Array1<f64> {
        linear(input, &self.input, &self.input_bias)
    }

    fn hidden_product(&self, hidden: &Array1<f64>) -> Array1<f64> {
        linear(hidden.view(), &self.hidden, &self.hidden_bias)
    }
}

/// Every hidden state of a GRU that starts at zero: (steps, hidden). Gates in the order r, z, n:
///
/// ```text
/// r  = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
/// z  = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
/// n  = tanh(W_in x + b_in + r * (W_hn h + b_hn))
/// h' = (1 - z) * n + z * h
/// ```
pub fn gru(sequence: &Array2<f64>, weights: &Recurrent) -> Array2<f64> {
    let units = weights.units();
    assert_eq!(weights.input.nrows(), 3 * units, "a GRU has three gates");
    let mut hidden = Array1::zeros(units);
    let mut states = Array2::zeros((sequence.nrows(), units));
    for (step, input) in sequence.outer_iter().enumerate() {
        let from_input = weights.input_product(input);
        let from_hidden = weights.hidden_product(&hidden);
        for unit in 0..units {
            let [at_reset, at_update, at_new] = [unit, units + unit, 2 * units + unit];
            let reset = sigmoid(from_input[at_reset] + from_hidden[at_reset]);
            let update = sigmoid(from_input[at_update] + from_hidden[at_update]);
            let new = (from_input[at_new] + reset * from_hidden[at_new]).tanh();
            hidden[unit] = (1.0 - update) * new + update * hidden[unit];
        }
        states.row_mut(step).assign(&hidden);
    }
    states
}

/// Every hidden state of an LSTM that starts at zero: (steps, hidden). Gates in the order i, f, g, o:
///
/// ```text
/// i, f, o = sigmoid(W x + b + U h + c), each with its own rows;  g = tanh(of the same)
/// c' = f * c + i * g
/// h' = o * tanh(c')
/// ```
pub fn lstm(sequence: &Array2<f64>, weights: &Recurrent) -> Array2<f64> {
    let units = weights.units();
    assert_eq!(weights.input.nrows(), 4 * units, "an LSTM has four gates");
    let mut hidden = Array1::zeros(units);
    let mut cell = Array1::<f64>::zeros(units);
    let mut states = Array2::zeros((sequence.nrows(), units));
    for (step, input) in sequence.outer_iter().enumerate() {
        let gates = weights.input_product(input) + weights.hidden_product(&hidden);
        for unit in 0..units {
            let enter = sigmoid(gates[unit]);
            let keep = sigmoid(gates[units + unit]);
            let candidate = gates[2 * units + unit].tanh();
            let show = sigmoid(gates[3 * units + unit]);
            cell[unit] = keep * cell[unit] + enter * candidate;
            hidden[unit] = show * cell[unit].tanh();
        }
        states.row_mut(step).assign(&hidden);
    }
    states
}

/// A recurrent layer run in both directions, the features of the forward one first.
///
/// `layer` is [`gru`] or [`lstm`]; the backward states are turned round again, so that row `n` belongs to step `n`.
pub fn bidirectional(
    layer: fn(&Array2<f64>, &Recurrent) -> Array2<f64>,
    sequence: &Array2<f64>,
    forward: &Recurrent,
    backward: &Recurrent,
) -> Array2<f64> {
    let turned = sequence.slice(s![..;-1, ..]).to_owned();
    let ahead = layer(sequence, forward);
    let back = layer(&turned, backward);
    concatenate(Axis(1), &[ahead.view(), back.slice(s![..;-1, ..])]).expect("both have a row for each step")
}

/// `y = W x + b`, weights (out, in).
pub fn linear(input: ArrayView1<f64>, weights: &Array2<f64>, bias: &Array1<f64>) -> Array1<f64> {
    assert_eq!(weights.dim(), (bias.len(), input.len()), "weights are (out, in)");
    let mut output = bias.clone();
    for (row, sum) in output.iter_mut().enumerate() {
        for (column, value) in input.iter().enumerate() {
            *sum += weights[[row, column]] * value;
        }
    }
    output
}

/// `y = (x - mean) / sqrt(variance + epsilon) * scale + shift` over the values given; the variance is that of the
/// whole population (divided by the count).
pub fn layer_norm(
    input: ArrayView1<f64>,
    scale: &Array1<f64>,
    shift: &Array1<f64>,
    epsilon: f64,
) -> Array1<f64> {
    let count = input.len() as f64;
    let mean = input.iter().sum::<f64>() / count;
    let variance = input.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    Array1::from_shape_fn(input.len(), |index| {
        (input[index] - mean) / (variance + epsilon).sqrt() * scale[index] + shift[index]
    })
}

/// The trained values of a batch norm, one of each for a channel.
#[derive(Clone, Debug)]
pub struct BatchNorm {
    /// Running mean.
    pub mean: Array1<f64>,
    /// Running variance.
    pub variance: Array1<f64>,
    /// Factor after the division.
    pub scale: Array1<f64>,
    /// Added last.
    pub shift: Array1<f64>,
    /// Added to the variance.
    pub epsilon: f64,
}

/// `y = (x - mean) / sqrt(variance + epsilon) * scale + shift`, by channel, with the trained mean and variance.
pub fn batch_norm(input: &Array3<f64>, norm: &BatchNorm) -> Array3<f64> {
    Array3::from_shape_fn(input.dim(), |(time, bin, channel)| {
        let deviation = (norm.variance[channel] + norm.epsilon).sqrt();
        (input[[time, bin, channel]] - norm.mean[channel]) / deviation * norm.scale[channel]
            + norm.shift[channel]
    })
}

/// `1 / (1 + exp(-x))`.
pub fn sigmoid(value: f64) -> f64 {
    1.0 / (1.0 + (-value).exp())
}

/// `max(x, 0)`.
pub fn relu(value: f64) -> f64 {
    if value > 0.0 { value } else { 0.0 }
}

/// `x` above zero, `slope x` below.
pub fn prelu(value: f64, slope: f64) -> f64 {
    if value > 0.0 { value } else { slope * value }
}

/// `x` above zero, `alpha (exp(x) - 1)` below.
pub fn elu(value: f64, alpha: f64) -> f64 {
    if value > 0.0 { value } else { alpha * value.exp_m1() }
}

/// `x sigmoid(x)`.
pub fn silu(value: f64) -> f64 {
    value * sigmoid(value)
}

/// `mask * spectrum` as complex numbers, each (real, imaginary).
pub fn complex_product(mask: (f64, f64), spectrum: (f64, f64)) -> (f64, f64) {
    (mask.0 * spectrum.0 - mask.1 * spectrum.1, mask.0 * spectrum.1 + mask.1 * spectrum.0)
}

/// Channel shuffle: seen as a (groups, members) table, the channels are read column by column.
pub fn channel_shuffle(input: &Array3<f64>, groups: usize) -> Array3<f64> {
    let channels = input.dim().2;
    assert_eq!(channels % groups, 0, "groups divide the channels");
    Array3::from_shape_fn(input.dim(), |(time, bin, channel)| {
        let (member, group) = (channel / groups, channel % groups);
        input[[time, bin, group * (channels / groups) + member]]
    })
}
