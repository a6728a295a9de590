//! Layers of every kind with random hyper-parameters and weights.

use super::tensors::{After, Recurrent, Tensors, biases, positive, weights};
use framewise::nn::{
    Activation, Add, Axes, Axis, BatchNorm, BinMatrix, BinRecurrent, BinUnfold, Cell, ChannelShuffle,
    ComplexMask, CompressedSpectrum, Concatenate, ConvConfig, DelayLine, FrameShape, GruCell, Inputs,
    Interleave, Layer, LayerNorm, Linear, LstmCell, MeanSquare, Memory, Multiply, NnError, PRelu, Reshape,
    Slice, TimeConv, TimeConvTranspose, TimeRecurrent, Workspace,
};
use ndarray::{Array1, Array2, s};
use rand::Rng;
use std::ops::Range;

/// A layer as the tests describe it: what is needed to build it, and to compute it without it.
#[derive(Clone, Debug)]
pub enum Op {
    Conv {
        config: ConvConfig,
        tensors: Tensors,
        after: After,
    },
    ConvTranspose {
        config: ConvConfig,
        tensors: Tensors,
        after: After,
    },
    /// One of each group of channels.
    Gru(Vec<Recurrent>),
    Lstm(Vec<Recurrent>),
    /// One or two directions of each group of channels.
    BinGru(Vec<Vec<Recurrent>>),
    BinLstm(Vec<Vec<Recurrent>>),
    /// Bins left as they are, then a matrix for those behind them.
    BinMatrix(usize, Array2<f32>),
    BinUnfold(usize),
    MeanSquare,
    Linear {
        weight: Array2<f32>,
        bias: Array1<f32>,
    },
    NormChannels {
        weight: Array1<f32>,
        bias: Array1<f32>,
        epsilon: f32,
    },
    NormFrame {
        weight: Array2<f32>,
        bias: Array2<f32>,
        epsilon: f32,
    },
    BatchNorm {
        weight: Array1<f32>,
        bias: Array1<f32>,
        mean: Array1<f32>,
        variance: Array1<f32>,
        epsilon: f32,
    },
    PRelu(Array1<f32>),
    Activation(Curve),
    Compressed {
        exponent: f32,
        floor: f32,
    },
    Add,
    Multiply,
    Concatenate(Axis),
    Interleave,
    ComplexMask,
    Slice(Axis, Range<usize>),
    Shuffle(usize),
    Reshape(FrameShape),
    DelayLine(usize),
}

#[derive(Clone, Copy, Debug)]
pub enum Curve {
    Relu,
    Elu,
    Silu,
    Sigmoid,
    Tanh,
}

pub const CURVES: [Curve; 5] = [Curve::Relu, Curve::Elu, Curve::Silu, Curve::Sigmoid, Curve::Tanh];

/// How many channels the groups take together.
fn inputs_of<'a>(groups: impl IntoIterator<Item = &'a Recurrent>) -> usize {
    groups.into_iter().map(|group| group.weight_ih.ncols()).sum()
}

/// Along the bins, in every form that there is a constructor for.
fn along_bins<C: Cell>(groups: &[Vec<Recurrent>]) -> Result<BinRecurrent<C>, NnError> {
    match groups {
        [group] => match &group[..] {
            [up] => BinRecurrent::upward(up.view()),
            [up, down] => BinRecurrent::both(up.view(), down.view()),
            _ => unreachable!("one or two directions"),
        },
        groups => {
            let views: Vec<_> = groups.iter().map(|group| [group[0].view(), group[1].view()]).collect();
            BinRecurrent::grouped(&views)
        }
    }
}

/// Along time: a group alone through the plain constructor.
fn along_time<C: Cell>(groups: &[Recurrent]) -> Result<TimeRecurrent<C>, NnError> {
    match groups {
        [one] => TimeRecurrent::new(one.view()),
        groups => TimeRecurrent::grouped(&groups.iter().map(Recurrent::view).collect::<Vec<_>>()),
    }
}

/// The kinds of layer with one input that [`Op::random`] draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    Conv,
    ConvTranspose,
    Depthwise,
    DepthwiseTranspose,
    Gru,
    Lstm,
    BinGru,
    BinLstm,
    BinMatrix,
    BinUnfold,
    MeanSquare,
    Linear,
    NormChannels,
    NormFrame,
    BatchNorm,
    PRelu,
    Activation,
    Compressed,
    SliceBins,
    SliceChannels,
    Shuffle,
    Reshape,
    DelayLine,
}

pub const UNARY: [Unary; 23] = [
    Unary::Conv,
    Unary::ConvTranspose,
    Unary::Depthwise,
    Unary::DepthwiseTranspose,
    Unary::Gru,
    Unary::Lstm,
    Unary::BinGru,
    Unary::BinLstm,
    Unary::BinMatrix,
    Unary::BinUnfold,
    Unary::MeanSquare,
    Unary::Linear,
    Unary::NormChannels,
    Unary::NormFrame,
    Unary::BatchNorm,
    Unary::PRelu,
    Unary::Activation,
    Unary::Compressed,
    Unary::SliceBins,
    Unary::SliceChannels,
    Unary::Shuffle,
    Unary::Reshape,
    Unary::DelayLine,
];

/// A divisor of `number`.
fn divisor(rng: &mut impl Rng, number: usize) -> usize {
    let divisors: Vec<_> = (1..=number).filter(|d| number.is_multiple_of(*d)).collect();
    divisors[rng.random_range(0..divisors.len())]
}

fn part(rng: &mut impl Rng, length: usize) -> Range<usize> {
    let start = rng.random_range(0..length);
    start..rng.random_range(start + 1..=length)
}

impl Op {
    /// A layer of that kind for frames of that shape, looking at most `ahead` frames ahead. The compressed spectrum
    /// takes two channels.
    pub fn random(rng: &mut impl Rng, kind: Unary, input: FrameShape, ahead: usize) -> Self {
        let channels = input.channels;
        let hidden = if rng.random_bool(0.3) { channels } else { rng.random_range(1..=9) };
        let groups = if rng.random() { 1 } else { divisor(rng, channels) };
        // Chains of all groups stand side by side in one square of weights.
        let hidden = if groups > 1 { hidden.min(5) } else { hidden };
        match kind {
            Unary::Conv | Unary::ConvTranspose | Unary::Depthwise | Unary::DepthwiseTranspose => {
                let transposed = matches!(kind, Unary::ConvTranspose | Unary::DepthwiseTranspose);
                let depthwise = matches!(kind, Unary::Depthwise | Unary::DepthwiseTranspose);
                let config = convolution(rng, input, transposed, depthwise, ahead);
                let ConvConfig { kernel, groups, output_channels, .. } = config;
                let (rows, columns) = if transposed {
                    (channels, output_channels / groups)
                } else {
                    (output_channels, channels / groups)
                };
                let fan_in = channels / groups * kernel.time * kernel.bins;
                let weight = weights(rng, (rows, columns, kernel.time, kernel.bins), fan_in);
                let tensors = Tensors { weight, bias: biases(rng, output_channels) };
                let after = After::random(rng, output_channels);
                if transposed {
                    Self::ConvTranspose { config, tensors, after }
                } else {
                    Self::Conv { config, tensors, after }
                }
            }
            Unary::Gru => Self::Gru(Recurrent::groups(rng, 3, groups, channels, hidden)),
            Unary::Lstm => Self::Lstm(Recurrent::groups(rng, 4, groups, channels, hidden)),
            Unary::BinGru => Self::BinGru(Recurrent::bin_groups(rng, 3, groups, channels, hidden)),
            Unary::BinLstm => Self::BinLstm(Recurrent::bin_groups(rng, 4, groups, channels, hidden)),
            Unary::BinMatrix => {
                let kept = if rng.random() { 0 } else { rng.random_range(0..input.bins) };
                Self::BinMatrix(kept, bands(rng, input.bins - kept))
            }
            Unary::BinUnfold => Self::BinUnfold(2 * rng.random_range(0..=3) + 1),
            Unary::MeanSquare => Self::MeanSquare,
            Unary::Linear => {
                let outputs = rng.random_range(1..=20);
                Self::linear(rng, channels, outputs)
            }
            Unary::NormChannels => Self::NormChannels {
                weight: positive(rng, channels),
                bias: biases(rng, channels),
                epsilon: rng.random_range(1e-3..1e-2),
            },
            Unary::NormFrame => Self::NormFrame {
                weight: positive(rng, (input.bins, channels)),
                bias: weights(rng, (input.bins, channels), 3),
                epsilon: rng.random_range(1e-3..1e-2),
            },
            Unary::BatchNorm => Self::BatchNorm {
                weight: positive(rng, channels),
                bias: biases(rng, channels),
                mean: biases(rng, channels),
                variance: positive(rng, channels),
                epsilon: rng.random_range(1e-5..1e-2),
            },
            Unary::PRelu => {
                let slopes = if rng.random() { 1 } else { channels };
                Self::PRelu(biases(rng, slopes))
            }
            Unary::Activation => Self::Activation(CURVES[rng.random_range(0..CURVES.len())]),
            Unary::Compressed => {
                let exponent = rng.random_range(0.3..0.9);
                // The usual floor, and one that is seen in every bin.
                Self::Compressed { exponent, floor: if exponent < 0.6 { 1e-10 } else { 1e-2 } }
            }
            Unary::SliceBins => Self::Slice(Axis::Bins, part(rng, input.bins)),
            Unary::SliceChannels => Self::Slice(Axis::Channels, part(rng, channels)),
            Unary::Shuffle => Self::Shuffle(divisor(rng, channels)),
            Unary::Reshape => {
                let bins = divisor(rng, input.size());
                Self::Reshape(FrameShape::new(bins, input.size() / bins))
            }
            Unary::DelayLine => Self::DelayLine(rng.random_range(1..=ahead.max(1))),
        }
    }

    pub fn linear(rng: &mut impl Rng, inputs: usize, outputs: usize) -> Self {
        Self::Linear { weight: weights(rng, (outputs, inputs), inputs), bias: biases(rng, outputs) }
    }

    /// The layer itself.
    pub fn layer(&self) -> Boxed {
        self.try_layer().unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The layer, or what the library says against it.
    pub fn try_layer(&self) -> Result<Boxed, NnError> {
        let layer: Result<Box<dyn Layer>, NnError> = match self {
            Self::Conv { config, tensors, after } => {
                TimeConv::new(*config, tensors.weight.view(), tensors.bias.view())
                    .and_then(|conv| after.apply(conv))
                    .map(boxed)
            }
            Self::ConvTranspose { config, tensors, after } => {
                TimeConvTranspose::new(*config, tensors.weight.view(), tensors.bias.view())
                    .and_then(|conv| after.apply(conv))
                    .map(boxed)
            }
            Self::Gru(groups) => along_time::<GruCell>(groups).map(boxed),
            Self::Lstm(groups) => along_time::<LstmCell>(groups).map(boxed),
            Self::BinGru(groups) => along_bins::<GruCell>(groups).map(boxed),
            Self::BinLstm(groups) => along_bins::<LstmCell>(groups).map(boxed),
            Self::BinMatrix(0, weight) => BinMatrix::new(weight.view()).map(boxed),
            Self::BinMatrix(kept, weight) => BinMatrix::behind(*kept, weight.view()).map(boxed),
            Self::BinUnfold(kernel) => BinUnfold::new(*kernel).map(boxed),
            Self::MeanSquare => Ok(boxed(MeanSquare)),
            Self::Linear { weight, bias } => Linear::new(weight.view(), bias.view()).map(boxed),
            Self::NormChannels { weight, bias, epsilon } => {
                LayerNorm::channels(weight.view(), bias.view(), *epsilon).map(boxed)
            }
            Self::NormFrame { weight, bias, epsilon } => {
                LayerNorm::frame(weight.view(), bias.view(), *epsilon).map(boxed)
            }
            Self::BatchNorm { weight, bias, mean, variance, epsilon } => {
                BatchNorm::new(weight.view(), bias.view(), mean.view(), variance.view(), *epsilon).map(boxed)
            }
            Self::PRelu(slopes) => PRelu::new(slopes.view()).map(boxed),
            Self::Activation(curve) => Ok(boxed(match curve {
                Curve::Relu => Activation::relu(),
                Curve::Elu => Activation::elu(),
                Curve::Silu => Activation::silu(),
                Curve::Sigmoid => Activation::sigmoid(),
                Curve::Tanh => Activation::tanh(),
            })),
            Self::Compressed { exponent, floor } => {
                Ok(boxed(CompressedSpectrum::new(*exponent).with_floor(*floor)))
            }
            Self::Add => Ok(boxed(Add)),
            Self::Multiply => Ok(boxed(Multiply)),
            Self::Concatenate(axis) => Ok(boxed(Concatenate(*axis))),
            Self::Interleave => Ok(boxed(Interleave)),
            Self::ComplexMask => Ok(boxed(ComplexMask)),
            Self::Slice(axis, range) => Ok(boxed(Slice::new(*axis, range.clone()))),
            Self::Shuffle(groups) => ChannelShuffle::new(*groups).map(boxed),
            Self::Reshape(to) => Ok(boxed(Reshape::new(*to))),
            Self::DelayLine(frames) => Ok(boxed(DelayLine::new(*frames))),
        };
        layer.map(Boxed)
    }

    /// The name under which the library has the layer.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Conv { .. } | Self::ConvTranspose { .. } => "Conv",
            Self::Gru(_) | Self::Lstm(_) => "TimeRecurrent",
            Self::BinGru(_) | Self::BinLstm(_) => "BinRecurrent",
            Self::BinMatrix(..) => "BinMatrix",
            Self::BinUnfold(_) => "BinUnfold",
            Self::MeanSquare => "MeanSquare",
            Self::Linear { .. } => "Linear",
            Self::NormChannels { .. } | Self::NormFrame { .. } => "LayerNorm",
            Self::BatchNorm { .. } => "BatchNorm",
            Self::PRelu(_) => "PRelu",
            Self::Activation(_) => "Activation",
            Self::Compressed { .. } => "CompressedSpectrum",
            Self::Add => "Add",
            Self::Multiply => "Multiply",
            Self::Concatenate(_) => "Concatenate",
            Self::Interleave => "Interleave",
            Self::ComplexMask => "ComplexMask",
            Self::Slice(..) => "Slice",
            Self::Shuffle(_) => "ChannelShuffle",
            Self::Reshape(_) => "Reshape",
            Self::DelayLine(_) => "DelayLine",
        }
    }

    /// Frames after `t` that the output at `t` needs.
    pub fn look_ahead(&self) -> usize {
        match self {
            Self::Conv { config, .. } | Self::ConvTranspose { config, .. } => config.look_ahead,
            Self::DelayLine(frames) => *frames,
            _ => 0,
        }
    }

    /// How many trained numbers it was given.
    pub fn parameters(&self) -> usize {
        match self {
            Self::Conv { tensors, after, .. } | Self::ConvTranspose { tensors, after, .. } => {
                tensors.weight.len() + tensors.bias.len() + after.parameters()
            }
            Self::Gru(groups) | Self::Lstm(groups) => groups.iter().map(Recurrent::parameters).sum(),
            Self::BinGru(groups) | Self::BinLstm(groups) => {
                groups.iter().flatten().map(Recurrent::parameters).sum()
            }
            Self::Linear { weight, bias } => weight.len() + bias.len(),
            Self::NormChannels { weight, bias, .. } => weight.len() + bias.len(),
            Self::NormFrame { weight, bias, .. } => weight.len() + bias.len(),
            // Frozen: a scale and a shift a channel.
            Self::BatchNorm { weight, .. } => 2 * weight.len(),
            Self::PRelu(slopes) => slopes.len(),
            _ => 0,
        }
    }

    /// Whether the definition says anything about inputs of these shapes.
    pub fn takes(&self, inputs: &[FrameShape]) -> bool {
        let count = match self {
            Self::Add | Self::Concatenate(_) => inputs.len() >= 2,
            Self::Multiply | Self::ComplexMask | Self::Interleave => inputs.len() == 2,
            _ => inputs.len() == 1,
        };
        if !count {
            return false;
        }
        let FrameShape { bins, channels } = inputs[0];
        match self {
            Self::Conv { config, .. } | Self::ConvTranspose { config, .. } => config.input == inputs[0],
            Self::Gru(groups) | Self::Lstm(groups) => channels == inputs_of(groups),
            Self::BinGru(groups) | Self::BinLstm(groups) => {
                channels == inputs_of(groups.iter().map(|group| &group[0]))
            }
            Self::BinMatrix(kept, weight) => bins == kept + weight.ncols(),
            Self::Linear { weight, .. } => channels == weight.ncols(),
            Self::NormChannels { weight, .. } | Self::BatchNorm { weight, .. } => channels == weight.len(),
            Self::NormFrame { weight, .. } => (bins, channels) == weight.dim(),
            Self::PRelu(slopes) => slopes.len() == 1 || channels == slopes.len(),
            Self::Compressed { .. } => channels == 2,
            Self::Add | Self::Interleave => inputs.iter().all(|shape| *shape == inputs[0]),
            Self::Multiply => inputs[1] == inputs[0] || inputs[1] == FrameShape::vector(channels),
            Self::Concatenate(Axis::Bins) => inputs.iter().all(|shape| shape.channels == channels),
            Self::Concatenate(Axis::Channels) => inputs.iter().all(|shape| shape.bins == bins),
            Self::ComplexMask => channels == 2 && inputs[1] == inputs[0],
            Self::Slice(Axis::Bins, range) => range.end <= bins,
            Self::Slice(Axis::Channels, range) => range.end <= channels,
            Self::Shuffle(groups) => channels.is_multiple_of(*groups),
            Self::Reshape(to) => inputs[0].size() == to.size(),
            Self::Activation(_) | Self::BinUnfold(_) | Self::MeanSquare | Self::DelayLine(_) => true,
        }
    }
}

/// A matrix over bins as filters are: rows that overlap, with zeros before, after and now and then within, some of them
/// zero throughout.
pub(super) fn bands(rng: &mut impl Rng, bins: usize) -> Array2<f32> {
    let rows = rng.random_range(1..=9);
    let mut matrix = Array2::zeros((rows, bins));
    for mut row in matrix.rows_mut() {
        if rng.random_bool(0.1) {
            continue;
        }
        let run = part(rng, bins);
        let fan_in = run.len();
        row.slice_mut(s![run]).assign(&weights(rng, fan_in, fan_in));
        if rng.random_bool(0.2) {
            row[rng.random_range(0..bins)] = 0.0;
        }
    }
    matrix
}

/// Hyper-parameters of a convolution away from their trivial values, with an output of at least one bin.
fn convolution(
    rng: &mut impl Rng,
    input: FrameShape,
    transposed: bool,
    depthwise: bool,
    ahead: usize,
) -> ConvConfig {
    loop {
        let groups = if depthwise { input.channels } else { divisor(rng, input.channels) };
        let each = if depthwise { 1 } else { rng.random_range(1..=4) };
        let kernel = Axes { time: rng.random_range(1..=4), bins: rng.random_range(1..=4) };
        let dilation = Axes { time: rng.random_range(1..=3), bins: rng.random_range(1..=3) };
        let stride = rng.random_range(1..=3);
        let output_padding = if transposed { rng.random_range(0..stride.max(dilation.bins)) } else { 0 };
        let span = (kernel.time - 1) * dilation.time;
        let config = ConvConfig::new(input, groups * each, kernel)
            .dilation(dilation)
            .stride(stride)
            .padding(rng.random_range(0..=3))
            .output_padding(output_padding)
            .groups(groups)
            .look_ahead(rng.random_range(0..=span.min(ahead)));
        let reach = dilation.bins * (kernel.bins - 1) + 1;
        let fits = if transposed {
            (input.bins - 1) * stride + reach + output_padding > 2 * config.padding
        } else {
            input.bins + 2 * config.padding >= reach
        };
        if fits {
            return config;
        }
    }
}

fn boxed(layer: impl Layer + 'static) -> Box<dyn Layer> {
    Box::new(layer)
}

/// Any layer as one type.
#[derive(Debug)]
pub struct Boxed(pub Box<dyn Layer>);

impl Layer for Boxed {
    fn kind(&self) -> &'static str {
        self.0.kind()
    }
    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        self.0.output_shape(inputs)
    }
    fn look_ahead(&self) -> usize {
        self.0.look_ahead()
    }
    fn memory(&self, inputs: &[FrameShape]) -> Memory {
        self.0.memory(inputs)
    }
    fn parameters(&self) -> usize {
        self.0.parameters()
    }
    fn multiply_adds(&self, inputs: &[FrameShape]) -> usize {
        self.0.multiply_adds(inputs)
    }
    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        self.0.step(inputs, output, work);
    }
    fn scratch(&self, inputs: &[FrameShape], frames: usize) -> usize {
        self.0.scratch(inputs, frames)
    }
    fn steps(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        self.0.steps(inputs, output, work);
    }
}
