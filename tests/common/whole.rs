//! What each layer means over a whole clip, in double precision, straight from its definition.
//!
//! Nothing here knows of steps, delays or histories: every wire is a clip labelled by its own frames, and a frame
//! before the first or after the last is zero. Zeros outside the grid are skipped and not multiplied, so that a NaN
//! marks exactly the numbers that depend on it.

use super::layers::{Curve, Op, Recurrent, Tensors};
use framewise::nn::{Axis, ConvConfig};
use ndarray::{Array1, Array3, ArrayView1, ArrayView3, ArrayView4, Axis as Dimension, concatenate, s};

/// A clip of shape (frames, bins, channels).
pub type Clip = Array3<f64>;

impl Op {
    /// The output clip for these input clips.
    pub fn whole(&self, inputs: &[&Clip]) -> Clip {
        let x = inputs[0];
        match self {
            Op::Conv { config, tensors } => convolution(config, tensors, x),
            Op::ConvTranspose { config, tensors } => transposed(config, tensors, x),
            Op::Gru(weights) => along_time(x, weights, gru),
            Op::Lstm(weights) => along_time(x, weights, lstm),
            Op::BinGru(directions) => along_bins(x, directions, gru),
            Op::BinLstm(directions) => along_bins(x, directions, lstm),
            Op::Linear { weight, bias } => {
                let outputs = bias.len();
                Array3::from_shape_fn((x.dim().0, x.dim().1, outputs), |(t, f, o)| {
                    f64::from(bias[o]) + dot(weight.row(o), x.slice(s![t, f, ..]))
                })
            }
            Op::NormChannels { weight, bias, epsilon } => {
                let mut y = x.clone();
                for mut bin in y.lanes_mut(Dimension(2)) {
                    let normal = normalised(bin.view(), f64::from(*epsilon));
                    for (c, y) in bin.iter_mut().enumerate() {
                        *y = normal[c] * f64::from(weight[c]) + f64::from(bias[c]);
                    }
                }
                y
            }
            Op::NormFrame { weight, bias, epsilon } => {
                let mut y = x.clone();
                for mut frame in y.outer_iter_mut() {
                    let flat = Array1::from_iter(frame.iter().copied());
                    let normal = normalised(flat.view(), f64::from(*epsilon));
                    for (((y, v), w), b) in frame.iter_mut().zip(&normal).zip(weight).zip(bias) {
                        *y = v * f64::from(*w) + f64::from(*b);
                    }
                }
                y
            }
            Op::BatchNorm { weight, bias, mean, variance, epsilon } => {
                let mut y = x.clone();
                for ((_, _, c), y) in y.indexed_iter_mut() {
                    let deviation = (f64::from(variance[c]) + f64::from(*epsilon)).sqrt();
                    *y = (*y - f64::from(mean[c])) / deviation * f64::from(weight[c]) + f64::from(bias[c]);
                }
                y
            }
            Op::PRelu(slopes) => {
                let mut y = x.clone();
                for ((_, _, c), y) in y.indexed_iter_mut() {
                    let slope = f64::from(slopes[if slopes.len() == 1 { 0 } else { c }]);
                    *y = if *y > 0.0 { *y } else { *y * slope };
                }
                y
            }
            Op::Activation(curve) => x.mapv(|v| curve.value(v)),
            Op::Compressed(exponent) => Array3::from_shape_fn((x.dim().0, x.dim().1, 3), |(t, f, part)| {
                let (re, im) = (x[[t, f, 0]], x[[t, f, 1]]);
                let magnitude = (re * re + im * im + 1e-10).sqrt();
                let gain = magnitude.powf(f64::from(*exponent) - 1.0);
                gain * [magnitude, re, im][part]
            }),
            Op::Add => inputs[1..].iter().fold(x.clone(), |sum, input| sum + *input),
            Op::Multiply => {
                let factor = inputs[1];
                let one = factor.dim().1 == 1;
                Array3::from_shape_fn(x.dim(), |(t, f, c)| {
                    x[[t, f, c]] * factor[[t, if one { 0 } else { f }, c]]
                })
            }
            Op::Concatenate(axis) => {
                let dimension = match axis {
                    Axis::Bins => Dimension(1),
                    Axis::Channels => Dimension(2),
                };
                let views: Vec<_> = inputs.iter().map(|input| input.view()).collect();
                let joined = concatenate(dimension, &views).expect("inputs that fit");
                // A join along the last axis comes out in another memory order.
                joined.as_standard_layout().into_owned()
            }
            Op::ComplexMask => {
                let spectrum = inputs[1];
                Array3::from_shape_fn(x.dim(), |(t, f, part)| {
                    let (mr, mi) = (x[[t, f, 0]], x[[t, f, 1]]);
                    let (xr, xi) = (spectrum[[t, f, 0]], spectrum[[t, f, 1]]);
                    if part == 0 { mr * xr - mi * xi } else { mr * xi + mi * xr }
                })
            }
            Op::Slice(Axis::Bins, range) => x.slice(s![.., range.clone(), ..]).to_owned(),
            Op::Slice(Axis::Channels, range) => x.slice(s![.., .., range.clone()]).to_owned(),
            Op::Shuffle(groups) => {
                let each = x.dim().2 / groups;
                Array3::from_shape_fn(x.dim(), |(t, f, c)| x[[t, f, c % groups * each + c / groups]])
            }
            Op::Reshape(to) => {
                let flat: Vec<_> = x.iter().copied().collect();
                Array3::from_shape_vec((x.dim().0, to.bins, to.channels), flat).expect("the same size")
            }
            Op::DelayLine(_) => x.clone(),
        }
    }
}

impl Curve {
    fn value(self, x: f64) -> f64 {
        match self {
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
            Curve::Silu => x * sigmoid(x),
            Curve::Sigmoid => sigmoid(x),
            Curve::Tanh => x.tanh(),
        }
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn dot(weights: ArrayView1<'_, f32>, x: ArrayView1<'_, f64>) -> f64 {
    weights.iter().zip(x).map(|(&w, x)| f64::from(w) * x).sum()
}

fn normalised(x: ArrayView1<'_, f64>, epsilon: f64) -> Array1<f64> {
    let mean = x.sum() / x.len() as f64;
    let variance = x.mapv(|v| (v - mean) * (v - mean)).sum() / x.len() as f64;
    x.mapv(|v| (v - mean) / (variance + epsilon).sqrt())
}

/// The number at a frame and bin that may lie outside the grid.
fn at(x: ArrayView3<'_, f64>, t: isize, f: isize, c: usize) -> Option<f64> {
    let (t, f) = (usize::try_from(t).ok()?, usize::try_from(f).ok()?);
    x.get((t, f, c)).copied()
}

/// `y[t, f] = b + sum_k sum_j W[k, j] x[t + a - (K - 1 - k) D, f s + j d - p]`
fn convolution(config: &ConvConfig, tensors: &Tensors, x: &Clip) -> Clip {
    let ConvConfig { kernel, dilation, stride, padding, groups, .. } = *config;
    let weight: ArrayView4<'_, f32> = tensors.weight.view();
    let (inputs, outputs) = (config.input.channels / groups, config.output_channels / groups);
    let reach = dilation.bins * (kernel.bins - 1) + 1;
    let bins = (config.input.bins + 2 * padding - reach) / stride + 1;
    Array3::from_shape_fn((x.dim().0, bins, config.output_channels), |(t, f, o)| {
        let mut sum = f64::from(tensors.bias[o]);
        for k in 0..kernel.time {
            let back = ((kernel.time - 1 - k) * dilation.time) as isize;
            let t = (t + config.look_ahead) as isize - back;
            for j in 0..kernel.bins {
                let f = (f * stride + j * dilation.bins) as isize - padding as isize;
                for i in 0..inputs {
                    if let Some(x) = at(x.view(), t, f, o / outputs * inputs + i) {
                        sum += f64::from(weight[[o, i, k, j]]) * x;
                    }
                }
            }
        }
        sum
    })
}

/// Every input number scattered over the full output, then cut: `z[j] += W[k] x[j - k D]`, `y[t] = z[t + a]`.
fn transposed(config: &ConvConfig, tensors: &Tensors, x: &Clip) -> Clip {
    let ConvConfig { kernel, dilation, stride, padding, groups, .. } = *config;
    let (inputs, outputs) = (config.input.channels / groups, config.output_channels / groups);
    let frames = x.dim().0;
    let full_frames = frames + (kernel.time - 1) * dilation.time;
    let full_bins =
        (config.input.bins - 1) * stride + dilation.bins * (kernel.bins - 1) + config.output_padding + 1;
    let mut z = Array3::zeros((full_frames, full_bins, config.output_channels));
    for ((_, _, c), z) in z.indexed_iter_mut() {
        *z = f64::from(tensors.bias[c]);
    }
    for ((t, f, c), &x) in x.indexed_iter() {
        for k in 0..kernel.time {
            for j in 0..kernel.bins {
                for o in 0..outputs {
                    let place =
                        [t + k * dilation.time, f * stride + j * dilation.bins, c / inputs * outputs + o];
                    z[place] += f64::from(tensors.weight[[c, o, k, j]]) * x;
                }
            }
        }
    }
    let cut = config.look_ahead;
    z.slice(s![cut..cut + frames, padding..full_bins - padding, ..]).to_owned()
}

/// One step of a cell: input, state (`h`, and `c` behind it where there is one).
type Advance = fn(&Recurrent, ArrayView1<'_, f64>, &mut [Vec<f64>; 2]);

fn gates(weights: &Recurrent, x: ArrayView1<'_, f64>, h: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let h = ArrayView1::from(h);
    let rows = 0..weights.bias_ih.len();
    let from_input =
        rows.clone().map(|r| f64::from(weights.bias_ih[r]) + dot(weights.weight_ih.row(r), x.view()));
    let from_state = rows.map(|r| f64::from(weights.bias_hh[r]) + dot(weights.weight_hh.row(r), h));
    (from_input.collect(), from_state.collect())
}

fn gru(weights: &Recurrent, x: ArrayView1<'_, f64>, state: &mut [Vec<f64>; 2]) {
    let (x, g) = gates(weights, x, &state[0]);
    let hidden = state[0].len();
    for (i, h) in state[0].iter_mut().enumerate() {
        let reset = sigmoid(x[i] + g[i]);
        let keep = sigmoid(x[hidden + i] + g[hidden + i]);
        let new = (x[2 * hidden + i] + reset * g[2 * hidden + i]).tanh();
        *h = (1.0 - keep) * new + keep * *h;
    }
}

fn lstm(weights: &Recurrent, x: ArrayView1<'_, f64>, state: &mut [Vec<f64>; 2]) {
    let (x, g) = gates(weights, x, &state[0]);
    let [hidden, cell] = state;
    let units = hidden.len();
    for i in 0..units {
        let gate = |which: usize| x[which * units + i] + g[which * units + i];
        cell[i] = sigmoid(gate(1)) * cell[i] + sigmoid(gate(0)) * gate(2).tanh();
        hidden[i] = sigmoid(gate(3)) * cell[i].tanh();
    }
}

fn along_time(x: &Clip, weights: &Recurrent, advance: Advance) -> Clip {
    let (frames, bins, _) = x.dim();
    let hidden = weights.weight_hh.ncols();
    let mut y = Array3::zeros((frames, bins, hidden));
    for f in 0..bins {
        let mut state = [vec![0.0; hidden], vec![0.0; hidden]];
        for t in 0..frames {
            advance(weights, x.slice(s![t, f, ..]), &mut state);
            y.slice_mut(s![t, f, ..]).assign(&ArrayView1::from(&state[0]));
        }
    }
    y
}

fn along_bins(x: &Clip, directions: &[Recurrent], advance: Advance) -> Clip {
    let (frames, bins, _) = x.dim();
    let hidden = directions[0].weight_hh.ncols();
    let mut y = Array3::zeros((frames, bins, directions.len() * hidden));
    for t in 0..frames {
        for (direction, weights) in directions.iter().enumerate() {
            let mut state = [vec![0.0; hidden], vec![0.0; hidden]];
            for i in 0..bins {
                let f = if direction == 0 { i } else { bins - 1 - i };
                advance(weights, x.slice(s![t, f, ..]), &mut state);
                y.slice_mut(s![t, f, direction * hidden..(direction + 1) * hidden])
                    .assign(&ArrayView1::from(&state[0]));
            }
        }
    }
    y
}
