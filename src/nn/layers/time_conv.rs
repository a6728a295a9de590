//! Convolution over time and frequency.

use super::conv::{Conv, ConvConfig, Plain};
use super::history::History;
use super::tap_sum::{KernelTap, OutputRow, TapSum};
use crate::nn::error::check_tensor;
use crate::nn::kernels::Strides;
use crate::nn::{FrameShape, NnError};
use ndarray::{ArrayView1, ArrayView4};

/// Convolution over time and frequency, with kernel `K`, dilation `D` and look-ahead `a` along time:
///
/// `y[t, f] = b + sum_k sum_j W[k, j] x[t + a - (K - 1 - k) D, f s + j d - p]`
///
/// with stride `s`, dilation `d` and padding `p` along frequency; numbers outside the grid are zero. It is PyTorch's
/// `Conv2d` on an input padded along time with `(K - 1) D - a` zeros in front and `a` zeros behind.
pub type TimeConv = Conv<Plain>;

impl Conv<Plain> {
    /// Weights of shape (output channels, input channels / groups, kernel time, kernel bins), as in PyTorch; one bias a
    /// channel.
    ///
    /// # Errors
    /// If a hyper-parameter is out of range, the kernel is wider than the padded bins, or a tensor has another shape.
    pub fn new(
        config: ConvConfig,
        weight: ArrayView4<'_, f32>,
        bias: ArrayView1<'_, f32>,
    ) -> Result<Self, NnError> {
        config.check()?;
        let ConvConfig { input, kernel, dilation, stride, padding, groups, .. } = config;
        let (inputs, outputs) = config.group_channels();
        if config.output_padding != 0 {
            return Err(NnError::parameter(
                "output padding",
                "0 for a plain convolution",
                config.output_padding,
            ));
        }
        check_tensor("weight", &config.weight_shape(), weight.shape())?;
        config.check_bias(bias.len())?;
        let reach = dilation.bins * (kernel.bins - 1) + 1;
        let Some(room) = (input.bins + 2 * padding).checked_sub(reach) else {
            let most = format!("at most {} bins wide with its dilation", input.bins + 2 * padding);
            return Err(NnError::parameter("kernel along frequency", most, reach));
        };
        let bins = room / stride + 1;
        let behind = ((bins - 1) * stride + reach).saturating_sub(padding + input.bins);
        let history = History::new(config.span() + 1, input, padding, behind);
        let taps = |group: usize| {
            let mut taps = Vec::with_capacity(kernel.time * kernel.bins);
            for time in 0..kernel.time {
                let frame = history.offset((kernel.time - 1 - time) * dilation.time);
                taps.extend((0..kernel.bins).map(|bin| {
                    let input = frame + bin * dilation.bins * input.channels + group * inputs;
                    KernelTap { input, time, bin }
                }));
            }
            taps
        };
        let strides = Strides { rows: bins, input: stride * input.channels, output: config.output_channels };
        let weights =
            |output: usize, input: usize, tap: KernelTap| weight[[output, input, tap.time, tap.bin]];
        let row = |group| OutputRow { taps: taps(group), strides, output: group * outputs, group };
        let bias = bias.to_vec();
        let sum = if inputs == 1 && outputs == 1 {
            TapSum::depthwise(history, vec![row(0)], &weights, &bias)
        } else {
            TapSum::new(history, (0..groups).map(row).collect(), (inputs, outputs), &weights, &bias)
        };
        let output = FrameShape::new(bins, config.output_channels);
        Ok(Self::from_sum(config, output, sum, weight.len() + bias.len()))
    }
}
