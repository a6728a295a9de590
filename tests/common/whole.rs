//! What each layer means over a whole clip, in double precision, straight from its definition.
//!
//! Convolutions are written out here, in a form that a NaN can pass: the explicit matrix multiplies the zeros outside the
//! grid, and `tests/contract.rs` holds both forms against each other. Nothing here knows of steps, delays or histories: every wire is a clip labelled by its own frames, and a frame
//! before the first or after the last is zero. Zeros outside the grid are skipped and not multiplied, so that a NaN
//! marks exactly the numbers that depend on it.

use super::layers::{Curve, Op};
use super::reference;
use super::tensors::{After, Recurrent, Tensors};
use framewise::nn::{Axis, ConvConfig};
use ndarray::{
    Array, Array1, Array2, Array3, ArrayView3, ArrayView4, Axis as Line, Dimension, concatenate, s,
};

/// A clip of shape (frames, bins, channels).
pub type Clip = Array3<f64>;

impl Op {
    /// The output clip for these input clips.
    pub fn whole(&self, inputs: &[&Clip]) -> Clip {
        let x = inputs[0];
        match self {
            Op::Conv { config, tensors, after } => after.whole(convolution(config, tensors, x)),
            Op::ConvTranspose { config, tensors, after } => after.whole(transposed(config, tensors, x)),
            Op::Gru(groups) => in_groups(x, groups, |x, group| along_time(x, group, reference::gru)),
            Op::Lstm(groups) => in_groups(x, groups, |x, group| along_time(x, group, reference::lstm)),
            Op::BinGru(groups) => in_groups(x, groups, |x, group| along_bins(x, group, reference::gru)),
            Op::BinLstm(groups) => in_groups(x, groups, |x, group| along_bins(x, group, reference::lstm)),
            Op::Linear { weight, bias } => {
                let (weight, bias) = (exact(weight), exact(bias));
                let mut y = Array3::zeros((x.dim().0, x.dim().1, bias.len()));
                for (mut y, x) in y.lanes_mut(Line(2)).into_iter().zip(x.lanes(Line(2))) {
                    y.assign(&reference::linear(x, &weight, &bias));
                }
                y
            }
            Op::NormChannels { weight, bias, epsilon } => {
                let (weight, bias) = (exact(weight), exact(bias));
                let mut y = x.clone();
                for (mut y, x) in y.lanes_mut(Line(2)).into_iter().zip(x.lanes(Line(2))) {
                    y.assign(&reference::layer_norm(x, &weight, &bias, f64::from(*epsilon)));
                }
                y
            }
            Op::NormFrame { weight, bias, epsilon } => {
                let flat = |tensor: &Array2<f32>| exact(tensor).into_iter().collect::<Array1<_>>();
                let (weight, bias) = (flat(weight), flat(bias));
                let mut y = x.clone();
                for mut frame in y.outer_iter_mut() {
                    let numbers: Array1<_> = frame.iter().copied().collect();
                    let normal = reference::layer_norm(numbers.view(), &weight, &bias, f64::from(*epsilon));
                    frame.iter_mut().zip(normal).for_each(|(y, v)| *y = v);
                }
                y
            }
            Op::BatchNorm { weight, bias, mean, variance, epsilon } => {
                let (scale, shift) = (exact(weight), exact(bias));
                let (mean, variance) = (exact(mean), exact(variance));
                let epsilon = f64::from(*epsilon);
                reference::batch_norm(x, &reference::BatchNorm { mean, variance, scale, shift, epsilon })
            }
            Op::PRelu(slopes) => {
                let mut y = x.clone();
                for ((_, _, c), y) in y.indexed_iter_mut() {
                    let slope = slopes[if slopes.len() == 1 { 0 } else { c }];
                    *y = reference::prelu(*y, f64::from(slope));
                }
                y
            }
            Op::Activation(curve) => x.mapv(|v| curve.value(v)),
            Op::Compressed { exponent, floor } => {
                Array3::from_shape_fn((x.dim().0, x.dim().1, 3), |(t, f, part)| {
                    let (re, im) = (x[[t, f, 0]], x[[t, f, 1]]);
                    let magnitude = (re * re + im * im + f64::from(*floor)).sqrt();
                    let gain = magnitude.powf(f64::from(*exponent) - 1.0);
                    gain * [magnitude, re, im][part]
                })
            }
            Op::BinMatrix(kept, weight) => over_bins(x, *kept, weight),
            Op::BinUnfold(kernel) => {
                let half = (kernel / 2) as isize;
                Array3::from_shape_fn((x.dim().0, x.dim().1, x.dim().2 * kernel), |(t, f, k)| {
                    let (c, j) = (k / kernel, (k % kernel) as isize);
                    at(x.view(), t as isize, f as isize + j - half, c).unwrap_or(0.0)
                })
            }
            Op::MeanSquare => Array3::from_shape_fn((x.dim().0, 1, x.dim().2), |(t, _, c)| {
                let column = x.slice(s![t, .., c]);
                column.iter().map(|v| v * v).sum::<f64>() / column.len() as f64
            }),
            Op::Interleave => Array3::from_shape_fn((x.dim().0, x.dim().1, 2 * x.dim().2), |(t, f, c)| {
                inputs[c % 2][[t, f, c / 2]]
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
                let line = match axis {
                    Axis::Bins => Line(1),
                    Axis::Channels => Line(2),
                };
                let views: Vec<_> = inputs.iter().map(|input| input.view()).collect();
                let joined = concatenate(line, &views).expect("inputs that fit");
                // A join along the last axis comes out in another memory order.
                joined.as_standard_layout().into_owned()
            }
            Op::ComplexMask => {
                let spectrum = inputs[1];
                Array3::from_shape_fn(x.dim(), |(t, f, part)| {
                    let number = |of: &Clip| (of[[t, f, 0]], of[[t, f, 1]]);
                    let product = reference::complex_product(number(x), number(spectrum));
                    if part == 0 { product.0 } else { product.1 }
                })
            }
            Op::Slice(Axis::Bins, range) => x.slice(s![.., range.clone(), ..]).to_owned(),
            Op::Slice(Axis::Channels, range) => x.slice(s![.., .., range.clone()]).to_owned(),
            Op::Shuffle(groups) => reference::channel_shuffle(x, *groups),
            Op::Reshape(to) => {
                let flat: Vec<_> = x.iter().copied().collect();
                Array3::from_shape_vec((x.dim().0, to.bins, to.channels), flat).expect("the same size")
            }
            Op::DelayLine(_) => x.clone(),
        }
    }
}

impl After {
    /// What becomes of the sums.
    pub fn whole(&self, mut sums: Clip) -> Clip {
        for ((_, _, c), y) in sums.indexed_iter_mut() {
            if let Some((scale, shift)) = &self.norm {
                *y = *y * f64::from(scale[c]) + f64::from(shift[c]);
            }
            if let Some(slopes) = &self.slopes {
                *y = reference::prelu(*y, f64::from(slopes[if slopes.len() == 1 { 0 } else { c }]));
            }
        }
        sums
    }
}

impl Curve {
    fn value(self, x: f64) -> f64 {
        match self {
            // A NaN is kept, which the plain maximum would lose.
            Curve::Relu => {
                if x < 0.0 {
                    0.0
                } else {
                    x
                }
            }
            Curve::Elu => reference::elu(x, 1.0),
            Curve::Silu => reference::silu(x),
            Curve::Sigmoid => reference::sigmoid(x),
            Curve::Tanh => x.tanh(),
        }
    }
}

fn exact<D: Dimension>(tensor: &Array<f32, D>) -> Array<f64, D> {
    tensor.mapv(f64::from)
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

/// The first bins as they are; behind them the product with the matrix, whose zeros say that a bin has no part in a row.
fn over_bins(x: &Clip, kept: usize, weight: &Array2<f32>) -> Clip {
    Array3::from_shape_fn((x.dim().0, kept + weight.nrows(), x.dim().2), |(t, f, c)| {
        let Some(row) = f.checked_sub(kept) else { return x[[t, f, c]] };
        let terms = weight.row(row).into_iter().enumerate().filter(|(_, weight)| **weight != 0.0);
        terms.map(|(b, weight)| f64::from(*weight) * x[[t, kept + b, c]]).sum()
    })
}

/// Equal runs of channels, each through a layer of its own; the results one after the other.
fn in_groups<W>(x: &Clip, groups: &[W], layer: impl Fn(&Clip, &W) -> Clip) -> Clip {
    let each = x.dim().2 / groups.len();
    let parts = groups.iter().enumerate().map(|(i, group)| {
        let channels = i * each..(i + 1) * each;
        layer(&x.slice(s![.., .., channels]).to_owned(), group)
    });
    let parts: Vec<Clip> = parts.collect();
    let views: Vec<_> = parts.iter().map(|part| part.view()).collect();
    concatenate(Line(2), &views).expect("parts that fit").as_standard_layout().into_owned()
}

/// A recurrence over a sequence of shape (steps, features) that starts at zero.
type Recurrence = fn(&Array2<f64>, &reference::Recurrent) -> Array2<f64>;

fn along_time(x: &Clip, weights: &Recurrent, recurrence: Recurrence) -> Clip {
    let (frames, bins, _) = x.dim();
    let mut y = Array3::zeros((frames, bins, weights.weight_hh.ncols()));
    for f in 0..bins {
        y.slice_mut(s![.., f, ..]).assign(&recurrence(&x.slice(s![.., f, ..]).to_owned(), &weights.exact()));
    }
    y
}

fn along_bins(x: &Clip, directions: &[Recurrent], recurrence: Recurrence) -> Clip {
    let (frames, bins, _) = x.dim();
    let mut y = Array3::zeros((frames, bins, directions.len() * directions[0].weight_hh.ncols()));
    for t in 0..frames {
        let bins = x.slice(s![t, .., ..]).to_owned();
        y.slice_mut(s![t, .., ..]).assign(&match directions {
            [up] => recurrence(&bins, &up.exact()),
            [up, down] => reference::bidirectional(recurrence, &bins, &up.exact(), &down.exact()),
            _ => unreachable!("one or two directions"),
        });
    }
    y
}
