//! The convolutional recurrent network: causal encoder, recurrent core, transposed decoder with skips, complex mask.

use super::ModelError;
use super::builder::{Block, NetBuilder, Slopes};
use super::dual_path::dual_path;
use crate::nn::{
    Activation, Add, Axes, ComplexMask, CompressedSpectrum, ConvConfig, FrameShape, Reshape, Wire,
};
use serde::{Deserialize, Serialize};

/// What a header calls it.
pub(super) const NAME: &str = "crn";

/// Where the kernel along time stands in [`CrnConfig`]: the first of `kernel`.
pub(super) const KERNEL_ALONG_TIME: &str = "/kernel/0";

/// Hyper-parameters of the convolutional recurrent network, as a model's header holds them.
///
/// After Tan and Wang, "A Convolutional Recurrent Neural Network for Real-Time Speech Enhancement", Interspeech 2018,
/// with added skips, a compressed complex input and a complex mask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CrnConfig {
    /// Output channels of each encoder block; the decoder mirrors them.
    pub encoder_channels: Vec<usize>,
    /// Kernel along time and frequency.
    pub kernel: [usize; 2],
    /// Stride along frequency.
    pub stride: usize,
    /// Padding along frequency.
    pub padding: usize,
    /// Bins that each decoder block gives back at the far end.
    #[serde(default)]
    pub output_padding: usize,
    /// Dilation along time of each block, counted from the outside; all ones when empty.
    #[serde(default)]
    pub dilation: Vec<usize>,
    /// Exponent of the input's magnitude.
    pub compression: f32,
    /// Units of a core that sees all bins at once; none with dual paths.
    #[serde(default)]
    pub recurrent: usize,
    /// Blocks of a core that runs along the bins and then along time; none with `recurrent` units.
    #[serde(default)]
    pub dual_paths: usize,
    /// Low bins that stay as they are, and bands into which those above are merged; none when absent.
    #[serde(default)]
    pub bands: Option<[usize; 2]>,
}

/// The network. Each block is a convolution with its batch norm folded in, and a rectifier with one slope a channel.
pub(super) fn build(net: &mut NetBuilder<'_>, config: &CrnConfig) -> Result<Wire, ModelError> {
    let bad = |reason: String| ModelError::Header { file: net.file().to_owned(), reason };
    let depth = config.encoder_channels.len();
    if depth == 0 || !(config.dilation.is_empty() || config.dilation.len() == depth) {
        return Err(bad(format!(
            "{depth} encoder blocks and {} dilations, expected one a block or none",
            config.dilation.len()
        )));
    }
    if (config.recurrent == 0) == (config.dual_paths == 0) {
        return Err(bad(format!(
            "{} recurrent units and {} dual paths, expected one of them to be zero",
            config.recurrent, config.dual_paths
        )));
    }
    let block = |net: &NetBuilder<'_>, name: &str, input: Wire, channels: usize, level: usize| Block {
        conv: ConvConfig {
            stride: config.stride,
            padding: config.padding,
            dilation: Axes { time: config.dilation.get(level).copied().unwrap_or(1), bins: 1 },
            look_ahead: net.look_ahead(name),
            ..ConvConfig::new(
                net.shape(input),
                channels,
                Axes { time: config.kernel[0], bins: config.kernel[1] },
            )
        },
        transposed: false,
        norm: false,
        slopes: Slopes::Each,
    };

    let spectrum = net.input();
    let bins = net.shape(spectrum).bins;
    let mut x = net.add("features", CompressedSpectrum::new(config.compression), &[spectrum])?;
    if let Some([kept, bands]) = config.bands {
        x = net.bands("bands", kept, bands, x)?;
    }
    let mut skips = Vec::with_capacity(depth);
    for (level, &channels) in config.encoder_channels.iter().enumerate() {
        let name = format!("encoder.{level}");
        x = net.block(&name, block(net, &name, x, channels, level), x)?;
        skips.push(x);
    }

    for i in 0..config.dual_paths {
        x = dual_path(net, &format!("dual_path.{i}"), 1, x)?;
    }
    if config.recurrent > 0 {
        x = recurrent(net, config.recurrent, x)?;
    }

    for (i, level) in (0..depth).rev().enumerate() {
        let name = format!("decoder.{i}");
        x = net.add(&format!("{name}.skip"), Add, &[x, skips[level]])?;
        let channels = if level == 0 { 2 } else { config.encoder_channels[level - 1] };
        let mut up = Block { transposed: true, ..block(net, &name, x, channels, level) };
        up.conv.output_padding = config.output_padding;
        if level == 0 {
            up.slopes = Slopes::None;
        }
        x = net.block(&name, up, x)?;
    }
    let mut mask = net.add("mask", Activation::tanh(), &[x])?;
    if let Some([kept, _]) = config.bands {
        mask = net.bands("bins", kept, bins.saturating_sub(kept), mask)?;
    }
    net.add("enhanced", ComplexMask, &[mask, spectrum])
}

/// A core that sees all bins at once: a gated recurrent unit on the flattened frame, and a linear layer back.
fn recurrent(net: &mut NetBuilder<'_>, hidden: usize, input: Wire) -> Result<Wire, ModelError> {
    let shape = net.shape(input);
    let mut x = net.add("recurrent.flatten", Reshape::new(FrameShape::vector(shape.size())), &[input])?;
    x = net.gru("recurrent.gru", hidden, x)?;
    x = net.linear("recurrent.linear", shape.size(), x)?;
    net.add("recurrent.unflatten", Reshape::new(shape), &[x])
}
