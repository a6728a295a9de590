//! Hyper-parameters that plain and transposed convolutions share.

use super::error::check_tensor;
use super::{FrameShape, NnError};

/// A size along each axis of a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axes {
    /// Along time, in frames.
    pub time: usize,
    /// Along frequency, in bins.
    pub bins: usize,
}

/// Hyper-parameters of a convolution over time and frequency, plain or transposed.
///
/// Along time the stride is one and there is no padding: the history starts with zeros, and `look_ahead` says how far
/// the label of an output lies behind the newest frame it has seen.
///
/// ```
/// use framewise::nn::{Axes, ConvConfig, FrameShape};
/// let input = FrameShape::new(161, 3);
/// let config = ConvConfig { stride: 2, padding: 1, ..ConvConfig::new(input, 16, Axes { time: 2, bins: 3 }) };
/// # assert_eq!(config.groups, 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvConfig {
    /// Shape of an input frame.
    pub input: FrameShape,
    /// Channels of an output frame.
    pub output_channels: usize,
    /// Taps along each axis.
    pub kernel: Axes,
    /// Distance between taps along each axis.
    pub dilation: Axes,
    /// Step along frequency: between the bins that a plain convolution reads, or that a transposed one writes.
    pub stride: usize,
    /// Zero bins added at both ends by a plain convolution, bins cut at both ends by a transposed one.
    pub padding: usize,
    /// Bins that a transposed convolution gives back at the far end; zero for a plain one.
    pub output_padding: usize,
    /// Groups of channels that do not see each other.
    pub groups: usize,
    /// Frames after `t` that the output at `t` may use, at most `(kernel.time - 1) * dilation.time`. For a transposed
    /// convolution: how many frames are cut in front of its full output.
    pub look_ahead: usize,
}

impl ConvConfig {
    /// Stride, dilation and groups of one, no padding, no look-ahead.
    pub const fn new(input: FrameShape, output_channels: usize, kernel: Axes) -> Self {
        Self {
            input,
            output_channels,
            kernel,
            dilation: Axes { time: 1, bins: 1 },
            stride: 1,
            padding: 0,
            output_padding: 0,
            groups: 1,
            look_ahead: 0,
        }
    }

    /// Frames between the oldest and the newest that an output uses.
    pub(super) fn span(&self) -> usize {
        (self.kernel.time - 1) * self.dilation.time
    }

    /// Checks what both kinds share.
    pub(super) fn check(&self) -> Result<(), NnError> {
        let at_least_one = [
            ("input bins", self.input.bins),
            ("input channels", self.input.channels),
            ("output channels", self.output_channels),
            ("kernel along time", self.kernel.time),
            ("kernel along frequency", self.kernel.bins),
            ("dilation along time", self.dilation.time),
            ("dilation along frequency", self.dilation.bins),
            ("stride", self.stride),
            ("groups", self.groups),
        ];
        for (parameter, value) in at_least_one {
            if value == 0 {
                return Err(NnError::parameter(parameter, "at least 1", value));
            }
        }
        for channels in [self.input.channels, self.output_channels] {
            if channels % self.groups != 0 {
                return Err(NnError::parameter(
                    "groups",
                    format!("a divisor of {channels} channels"),
                    self.groups,
                ));
            }
        }
        if self.look_ahead > self.span() {
            let most = format!("at most (kernel - 1) * dilation = {}", self.span());
            return Err(NnError::parameter("look-ahead", most, self.look_ahead));
        }
        Ok(())
    }

    pub(super) fn check_bias(&self, length: usize) -> Result<(), NnError> {
        check_tensor("bias", &[self.output_channels], &[length])
    }

    /// The one input of a layer with these hyper-parameters.
    pub(super) fn check_input(&self, inputs: &[FrameShape]) -> Result<(), NnError> {
        match super::error::single(inputs)? {
            input if input == self.input => Ok(()),
            input => Err(NnError::shape(0, self.input, input)),
        }
    }

    /// Input and output channels of a group.
    pub(super) fn group_channels(&self) -> (usize, usize) {
        (self.input.channels / self.groups, self.output_channels / self.groups)
    }
}
