//! Convolutions over time and frequency: what the plain and the transposed kind share.

use super::tap_sum::TapSum;
use crate::nn::error::check_tensor;
use crate::nn::{BatchNorm, FrameShape, Inputs, Layer, Memory, NnError, Workspace};
use ndarray::ArrayView1;
use std::fmt::Debug;
use std::marker::PhantomData;

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
/// let config = ConvConfig::new(input, 16, Axes { time: 2, bins: 3 }).stride(2).padding(1);
/// # assert_eq!(config.groups, 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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

    /// With this distance between taps along each axis.
    pub const fn dilation(mut self, dilation: Axes) -> Self {
        self.dilation = dilation;
        self
    }

    /// With this step along frequency.
    pub const fn stride(mut self, stride: usize) -> Self {
        self.stride = stride;
        self
    }

    /// With so many zero bins at both ends.
    pub const fn padding(mut self, padding: usize) -> Self {
        self.padding = padding;
        self
    }

    /// With so many bins given back at the far end.
    pub const fn output_padding(mut self, output_padding: usize) -> Self {
        self.output_padding = output_padding;
        self
    }

    /// With so many groups of channels.
    pub const fn groups(mut self, groups: usize) -> Self {
        self.groups = groups;
        self
    }

    /// With so many frames of look-ahead.
    pub const fn look_ahead(mut self, look_ahead: usize) -> Self {
        self.look_ahead = look_ahead;
        self
    }

    /// Shape of a plain convolution's weight: (output channels, input channels / groups, kernel time, kernel bins).
    pub fn weight_shape(&self) -> [usize; 4] {
        [self.output_channels, self.input.channels / self.groups.max(1), self.kernel.time, self.kernel.bins]
    }

    /// Shape of a transposed one's: (input channels, output channels / groups, kernel time, kernel bins).
    pub fn transposed_weight_shape(&self) -> [usize; 4] {
        [self.input.channels, self.output_channels / self.groups.max(1), self.kernel.time, self.kernel.bins]
    }

    /// Frames between the oldest and the newest that an output uses.
    pub(super) fn span(&self) -> usize {
        (self.kernel.time - 1) * self.dilation.time
    }

    /// Checks what both kinds share.
    pub(super) fn check(&self) -> Result<(), NnError> {
        // The upper bounds keep every size that follows from them far from overflow.
        let ranges = [
            ("input bins", self.input.bins, 1 << 16),
            ("input channels", self.input.channels, 1 << 16),
            ("output channels", self.output_channels, 1 << 16),
            ("kernel along time", self.kernel.time, 1 << 10),
            ("kernel along frequency", self.kernel.bins, 1 << 10),
            ("dilation along time", self.dilation.time, 1 << 12),
            ("dilation along frequency", self.dilation.bins, 1 << 12),
            ("stride", self.stride, 1 << 12),
            ("groups", self.groups, 1 << 16),
        ];
        for (parameter, value, most) in ranges {
            if !(1..=most).contains(&value) {
                return Err(NnError::parameter(parameter, format!("1 to {most}"), value));
            }
        }
        if self.padding > 1 << 12 {
            return Err(NnError::parameter("padding", format!("at most {}", 1 << 12), self.padding));
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
        match crate::nn::error::single(inputs)? {
            input if input == self.input => Ok(()),
            input => Err(NnError::shape(0, self.input, input)),
        }
    }

    /// Input and output channels of a group.
    pub(super) fn group_channels(&self) -> (usize, usize) {
        (self.input.channels / self.groups, self.output_channels / self.groups)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Plain {}
    impl Sealed for super::Transposed {}
}

/// A kind of convolution: [`Plain`] or [`Transposed`].
pub trait ConvKind: sealed::Sealed + Clone + Copy + Debug + Send + Sync + 'static {
    /// Name of the kind, for summaries.
    const NAME: &'static str;
}

/// Gathers along frequency: see [`TimeConv`](super::TimeConv).
#[derive(Clone, Copy, Debug)]
pub struct Plain;

/// Scatters along frequency: see [`TimeConvTranspose`](super::TimeConvTranspose).
#[derive(Clone, Copy, Debug)]
pub struct Transposed;

impl ConvKind for Plain {
    const NAME: &'static str = "convolution";
}

impl ConvKind for Transposed {
    const NAME: &'static str = "transposed convolution";
}

/// A convolution over time and frequency; the kinds differ in how they lay out their taps.
#[derive(Clone, Debug)]
pub struct Conv<K> {
    config: ConvConfig,
    output: FrameShape,
    sum: TapSum,
    parameters: usize,
    kind: PhantomData<K>,
}

impl<K> Conv<K> {
    pub(super) fn from_sum(config: ConvConfig, output: FrameShape, sum: TapSum, parameters: usize) -> Self {
        Self { config, output, sum, parameters, kind: PhantomData }
    }
}

impl<K: ConvKind> Conv<K> {
    /// The layer with a frozen batch norm applied to its sums, as exact as a layer of its own.
    ///
    /// # Errors
    /// If the norm has another number of channels.
    pub fn then_batch_norm(mut self, norm: &BatchNorm) -> Result<Self, NnError> {
        check_tensor("scale", &[self.config.output_channels], &[norm.scale().len()])?;
        self.sum.set_affine(norm.scale(), norm.shift());
        self.parameters += 2 * self.config.output_channels;
        Ok(self)
    }

    /// The layer with a rectifier behind it, and behind the norm if there is one: a slope for all channels or one each.
    ///
    /// # Errors
    /// If there are neither one nor as many slopes as output channels.
    pub fn then_prelu(mut self, slopes: ArrayView1<'_, f32>) -> Result<Self, NnError> {
        let channels = self.config.output_channels;
        self.parameters += slopes.len();
        let slopes = if slopes.len() == 1 { vec![slopes[0]; channels] } else { slopes.to_vec() };
        check_tensor("slopes", &[channels], &[slopes.len()])?;
        self.sum.set_slopes(&slopes);
        Ok(self)
    }
}

impl<K: ConvKind> Layer for Conv<K> {
    fn kind(&self) -> &'static str {
        K::NAME
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        self.config.check_input(inputs).map(|()| self.output)
    }

    fn look_ahead(&self) -> usize {
        self.config.look_ahead
    }

    fn memory(&self, _: &[FrameShape]) -> Memory {
        Memory { state: self.sum.state(), scratch: 0 }
    }

    fn parameters(&self) -> usize {
        self.parameters
    }

    fn multiply_adds(&self, _: &[FrameShape]) -> usize {
        self.sum.multiply_adds()
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        self.sum.step(&inputs[0], output, work);
    }

    fn scratch(&self, _: &[FrameShape], frames: usize) -> usize {
        self.sum.scratch(self.output.size(), frames)
    }

    fn steps(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        self.sum.steps(&inputs[0], inputs.frames(), output, work);
    }
}
