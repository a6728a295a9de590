//! Transposed convolution over time and frequency.

use super::conv::{Conv, ConvConfig, Transposed};
use super::history::History;
use super::tap_sum::{KernelTap, OutputRow, TapSum};
use crate::nn::error::check_tensor;
use crate::nn::kernels::Strides;
use crate::nn::{FrameShape, NnError};
use ndarray::{ArrayView1, ArrayView4};

/// Transposed convolution over time and frequency, with kernel `K`, dilation `D` and cut `a` along time:
///
/// `z[j] = b + sum_k W[k] x[j - k D]`, `y[t] = z[t + a]`
///
/// where each product with `W[k]` scatters along frequency with stride `s`: bin `f`, tap `j` lands on bin
/// `f s + j d - p`. Bins: `(F - 1) s - 2 p + d (kernel - 1) + output_padding + 1`. It is PyTorch's
/// `ConvTranspose2d` without padding along time, cut by `a` frames in front and `(K - 1) D - a` behind.
///
/// Along time it runs as a convolution over the history of its input, along frequency as one gathering sum for each
/// phase of the stride: every output is written once, with its bias once.
pub type TimeConvTranspose = Conv<Transposed>;

impl Conv<Transposed> {
    /// Weights of shape (input channels, output channels / groups, kernel time, kernel bins), as in PyTorch; one bias a
    /// channel.
    ///
    /// # Errors
    /// If a hyper-parameter is out of range, nothing is left of the bins, or a tensor has another shape.
    pub fn new(
        config: ConvConfig,
        weight: ArrayView4<'_, f32>,
        bias: ArrayView1<'_, f32>,
    ) -> Result<Self, NnError> {
        config.check()?;
        let ConvConfig { input, kernel, dilation, stride, padding, output_padding, groups, .. } = config;
        let (inputs, outputs) = config.group_channels();
        check_tensor("weight", &config.transposed_weight_shape(), weight.shape())?;
        config.check_bias(bias.len())?;
        if output_padding >= stride.max(dilation.bins) {
            let most = format!("below the larger of stride {stride} and dilation {}", dilation.bins);
            return Err(NnError::parameter("output padding", most, output_padding));
        }
        let full = (input.bins - 1) * stride + dilation.bins * (kernel.bins - 1) + output_padding + 1;
        let bins = match full.checked_sub(2 * padding) {
            Some(bins) if bins > 0 => bins,
            _ => return Err(NnError::parameter("padding", format!("below half of {full} bins"), padding)),
        };

        // Output bin `phase + q s` takes tap `j` from input bin `q + shift` where `phase + p - j d = s shift`.
        let shift = |phase: usize, bin: usize| {
            let distance = (phase + padding) as isize - (bin * dilation.bins) as isize;
            (distance % stride as isize == 0).then_some(distance / stride as isize)
        };
        let rows = |phase: usize| (bins - phase).div_ceil(stride);
        let (mut before, mut behind) = (0, 0);
        for phase in 0..stride.min(bins) {
            for shift in (0..kernel.bins).filter_map(|bin| shift(phase, bin)) {
                before = before.max(-shift);
                behind = behind.max(rows(phase) as isize + shift - input.bins as isize);
            }
        }
        let history = History::new(config.span() + 1, input, before as usize, behind as usize);
        let row = |phase: usize, group: usize| {
            let mut taps = Vec::new();
            for time in 0..kernel.time {
                let frame = history.offset(time * dilation.time);
                taps.extend((0..kernel.bins).filter_map(|bin| {
                    let position = (shift(phase, bin)? + before) as usize;
                    Some(KernelTap { input: frame + position * input.channels + group * inputs, time, bin })
                }));
            }
            let output = phase * config.output_channels + group * outputs;
            let strides =
                Strides { rows: rows(phase), input: input.channels, output: stride * config.output_channels };
            OutputRow { taps, strides, output, group }
        };
        let bias = bias.to_vec();
        let phases = 0..stride.min(bins);
        let sum = if inputs == 1 && outputs == 1 {
            let weights = |channel: usize, _: usize, tap: KernelTap| weight[[channel, 0, tap.time, tap.bin]];
            TapSum::depthwise(history, phases.map(|phase| row(phase, 0)).collect(), &weights, &bias)
        } else {
            let weights = |output: usize, input: usize, tap: KernelTap| {
                weight[[output / outputs * inputs + input, output % outputs, tap.time, tap.bin]]
            };
            let rows = phases.flat_map(|phase| (0..groups).map(move |group| (phase, group)));
            TapSum::new(history, rows.map(|(p, g)| row(p, g)).collect(), (inputs, outputs), &weights, &bias)
        };
        let output = FrameShape::new(bins, config.output_channels);
        Ok(Self::from_sum(config, output, sum, weight.len() + bias.len()))
    }
}
