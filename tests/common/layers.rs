//! Layers of every kind with random hyper-parameters and weights, and cases of each for the shared contract.

use super::reference;
use framewise::nn::{
    Activation, Add, Axes, Axis, BatchNorm, BinMatrix, BinRecurrent, BinUnfold, Cell, ChannelShuffle,
    ComplexMask, CompressedSpectrum, Concatenate, Conv, ConvConfig, ConvKind, DelayLine, FrameShape, Graph,
    GraphBuilder, GruCell, Inputs, Interleave, Layer, LayerNorm, Linear, LstmCell, MeanSquare, Memory,
    Multiply, NnError, PRelu, RecurrentWeights, Reshape, Slice, TimeConv, TimeConvTranspose, TimeRecurrent,
    Wire, Workspace,
};
use ndarray::{Array, Array1, Array2, Array4, ArrayView1, Dimension, ShapeBuilder, s};
use rand::Rng;
use std::ops::Range;
use std::sync::Arc;

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

/// Weight and bias of a convolution.
#[derive(Clone, Debug)]
pub struct Tensors {
    pub weight: Array4<f32>,
    pub bias: Array1<f32>,
}

/// What a convolution does to its sums: the scale and shift of a frozen batch norm, then the slopes of a rectifier.
#[derive(Clone, Debug, Default)]
pub struct After {
    pub norm: Option<(Array1<f32>, Array1<f32>)>,
    pub slopes: Option<Array1<f32>>,
}

impl After {
    fn random(rng: &mut impl Rng, channels: usize) -> Self {
        let norm = rng.random_bool(0.3).then(|| (positive(rng, channels), biases(rng, channels)));
        let slopes = if rng.random() { 1 } else { channels };
        Self { norm, slopes: rng.random_bool(0.3).then(|| biases(rng, slopes)) }
    }

    fn apply<K: ConvKind>(&self, mut conv: Conv<K>) -> Result<Conv<K>, NnError> {
        if let Some((scale, shift)) = &self.norm {
            conv = conv.then_batch_norm(&BatchNorm::from_affine(scale.view(), shift.view())?)?;
        }
        match &self.slopes {
            Some(slopes) => conv.then_prelu(slopes.view()),
            None => Ok(conv),
        }
    }

    fn parameters(&self) -> usize {
        self.norm.as_ref().map_or(0, |(scale, shift)| scale.len() + shift.len())
            + self.slopes.as_ref().map_or(0, |slopes| slopes.len())
    }
}

/// Weights of one direction of a recurrent layer.
#[derive(Clone, Debug)]
pub struct Recurrent {
    pub weight_ih: Array2<f32>,
    pub weight_hh: Array2<f32>,
    pub bias_ih: Array1<f32>,
    pub bias_hh: Array1<f32>,
}

impl Recurrent {
    fn random(rng: &mut impl Rng, gates: usize, inputs: usize, hidden: usize) -> Self {
        let rows = gates * hidden;
        Self {
            weight_ih: weights(rng, (rows, inputs), inputs),
            weight_hh: weights(rng, (rows, hidden), hidden),
            bias_ih: biases(rng, rows),
            bias_hh: biases(rng, rows),
        }
    }

    /// One of each of so many groups of equal size.
    fn groups(rng: &mut impl Rng, gates: usize, groups: usize, inputs: usize, hidden: usize) -> Vec<Self> {
        (0..groups).map(|_| Self::random(rng, gates, inputs / groups, hidden)).collect()
    }

    /// One or two directions of each group; only a single group may run in one direction.
    fn bin_groups<R: Rng>(
        rng: &mut R,
        gates: usize,
        groups: usize,
        inputs: usize,
        hidden: usize,
    ) -> Vec<Vec<Self>> {
        let directions = if groups > 1 { 2 } else { rng.random_range(1..=2) };
        let direction = |rng: &mut R| Self::random(rng, gates, inputs / groups, hidden);
        (0..groups).map(|_| (0..directions).map(|_| direction(rng)).collect()).collect()
    }

    fn view(&self) -> RecurrentWeights<'_> {
        RecurrentWeights {
            weight_ih: self.weight_ih.view(),
            weight_hh: self.weight_hh.view(),
            bias_ih: self.bias_ih.view(),
            bias_hh: self.bias_hh.view(),
        }
    }

    /// The weights as the reference takes them.
    pub fn exact(&self) -> reference::Recurrent {
        reference::Recurrent {
            input: self.weight_ih.mapv(f64::from),
            hidden: self.weight_hh.mapv(f64::from),
            input_bias: self.bias_ih.mapv(f64::from),
            hidden_bias: self.bias_hh.mapv(f64::from),
        }
    }

    fn parameters(&self) -> usize {
        self.weight_ih.len() + self.weight_hh.len() + self.bias_ih.len() + self.bias_hh.len()
    }
}

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

/// The numbers of a row from its first to its last that is not zero.
fn run_length(row: ArrayView1<'_, f32>) -> usize {
    let (first, last) = (row.iter().position(|w| *w != 0.0), row.iter().rposition(|w| *w != 0.0));
    first.zip(last).map_or(0, |(first, last)| last + 1 - first)
}

/// Weights that keep the level of a sum over `fan_in` random numbers near one.
fn weights<D: Dimension, S: ShapeBuilder<Dim = D>>(
    rng: &mut impl Rng,
    shape: S,
    fan_in: usize,
) -> Array<f32, D> {
    let bound = (3.0 / fan_in as f32).sqrt();
    Array::from_shape_simple_fn(shape, || rng.random_range(-bound..bound))
}

/// Biases that are never zero.
fn biases(rng: &mut impl Rng, length: usize) -> Array1<f32> {
    Array1::from_shape_simple_fn(length, || {
        let size = rng.random_range(0.05..0.5);
        if rng.random() { size } else { -size }
    })
}

fn positive<D: Dimension, S: ShapeBuilder<Dim = D>>(rng: &mut impl Rng, shape: S) -> Array<f32, D> {
    Array::from_shape_simple_fn(shape, || rng.random_range(0.5..1.5))
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
            Unary::Compressed => Self::Compressed { exponent: rng.random_range(0.3..0.9), floor: 1e-10 },
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
            // Zeros at the ends of a row are left out, and bins that pass have a one each.
            Self::BinMatrix(kept, weight) => kept + weight.rows().into_iter().map(run_length).sum::<usize>(),
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
fn bands(rng: &mut impl Rng, bins: usize) -> Array2<f32> {
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
        let config = ConvConfig {
            dilation,
            stride,
            padding: rng.random_range(0..=3),
            output_padding,
            groups,
            look_ahead: rng.random_range(0..=span.min(ahead)),
            ..ConvConfig::new(input, groups * each, kernel)
        };
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
}

/// A layer and the shapes of its inputs.
#[derive(Clone, Debug)]
pub struct Case {
    pub op: Op,
    pub inputs: Vec<FrameShape>,
}

/// The name of the layer in the graphs of [`Case::graph`].
pub const UNDER_TEST: &str = "under test";

impl Case {
    /// The shape of the graph's input: the inputs of the layer one after the other.
    pub fn input(&self) -> FrameShape {
        FrameShape::vector(self.inputs.iter().map(|shape| shape.size()).sum())
    }

    /// A graph that gives the layer its inputs, each a part of the graph's own.
    pub fn graph(&self) -> Arc<Graph> {
        self.graph_with(self.op.layer()).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The same around another layer.
    pub fn graph_with(&self, layer: impl Layer + 'static) -> Result<Arc<Graph>, NnError> {
        let mut builder = GraphBuilder::new(self.input());
        let mut start = 0;
        let mut wires: Vec<Wire> = Vec::new();
        for (i, shape) in self.inputs.iter().enumerate() {
            let range = start..start + shape.size();
            start = range.end;
            let part =
                builder.add(&format!("part {i}"), Slice::new(Axis::Channels, range), &[builder.input()])?;
            wires.push(builder.add(&format!("input {i}"), Reshape::new(*shape), &[part])?);
        }
        let output = builder.add(UNDER_TEST, layer, &wires)?;
        builder.finish(output)
    }

    /// The clips of the layer's inputs in a clip of the graph's.
    pub fn parts(&self, clip: &super::whole::Clip) -> Vec<super::whole::Clip> {
        let mut start = 0;
        let parts = self.inputs.iter().map(|shape| {
            let range = start..start + shape.size();
            start = range.end;
            let part = clip.slice(ndarray::s![.., 0, range]).to_owned();
            part.into_shape_with_order((clip.dim().0, shape.bins, shape.channels)).expect("the same size")
        });
        parts.collect()
    }

    /// What the layer gives for a clip of the graph's input.
    pub fn whole(&self, clip: &super::whole::Clip) -> super::whole::Clip {
        let parts = self.parts(clip);
        self.op.whole(&parts.iter().collect::<Vec<_>>())
    }
}

/// Several of every kind of layer, in frames of random shape.
pub fn cases() -> Vec<Case> {
    let mut rng = super::rng(0x1a7e5);
    let mut cases = Vec::new();
    for kind in UNARY {
        for draw in 0..8 {
            let bins = if draw == 0 { 1 } else { rng.random_range(1..=9) };
            // Wider than the widest vector now and then.
            let channels = if draw == 1 { rng.random_range(17..=40) } else { rng.random_range(1..=8) };
            let channels = if kind == Unary::Compressed { 2 } else { channels };
            let input = FrameShape::new(bins, channels);
            cases.push(Case { op: Op::random(&mut rng, kind, input, 6), inputs: vec![input] });
        }
    }
    // A curve is drawn at random above; here is each of them.
    let input = FrameShape::new(3, 11);
    cases.extend(CURVES.map(|curve| Case { op: Op::Activation(curve), inputs: vec![input] }));
    // Groups of channels: two of a vector's half, three of uneven sizes, four that fill more than a vector.
    for (groups, channels, hidden) in [(2, 16, 8), (2, 16, 4), (3, 15, 3), (4, 8, 9)] {
        let input = FrameShape::new(5, channels);
        for op in [
            Op::Gru(Recurrent::groups(&mut rng, 3, groups, channels, hidden)),
            Op::Lstm(Recurrent::groups(&mut rng, 4, groups, channels, hidden)),
            Op::BinGru(Recurrent::bin_groups(&mut rng, 3, groups, channels, hidden)),
            Op::BinLstm(Recurrent::bin_groups(&mut rng, 4, groups, channels, hidden)),
        ] {
            cases.push(Case { op, inputs: vec![input] });
        }
    }
    // Few channels, and three by three, take ways of their own.
    for channels in 1..=5 {
        for bins in [1, 2, 3, 9] {
            let input = FrameShape::new(bins, channels);
            let unfolds = [1, 3, 5, 7].map(Op::BinUnfold);
            let matrices = [0, bins - 1].map(|kept| Op::BinMatrix(kept, bands(&mut rng, bins - kept)));
            cases.extend(unfolds.into_iter().chain(matrices).map(|op| Case { op, inputs: vec![input] }));
        }
    }
    // A spectrum left as it is, beside its magnitude.
    let op = Op::Compressed { exponent: 1.0, floor: 1e-12 };
    cases.push(Case { op, inputs: vec![FrameShape::new(9, 2)] });
    for _ in 0..5 {
        let shape = FrameShape::new(rng.random_range(2..=9), rng.random_range(1..=8));
        let count = rng.random_range(2..=4);
        cases.push(Case { op: Op::Add, inputs: vec![shape; count] });
        cases.push(Case { op: Op::Interleave, inputs: vec![shape; 2] });
        cases.push(Case { op: Op::Multiply, inputs: vec![shape; 2] });
        cases.push(Case { op: Op::Multiply, inputs: vec![shape, FrameShape::vector(shape.channels)] });
        let complex = FrameShape::new(shape.bins, 2);
        cases.push(Case { op: Op::ComplexMask, inputs: vec![complex; 2] });
        let along_bins = (0..count).map(|_| FrameShape::new(rng.random_range(1..=5), shape.channels));
        cases.push(Case { op: Op::Concatenate(Axis::Bins), inputs: along_bins.collect() });
        let along_channels = (0..count).map(|_| FrameShape::new(shape.bins, rng.random_range(1..=5)));
        cases.push(Case { op: Op::Concatenate(Axis::Channels), inputs: along_channels.collect() });
    }
    cases
}
