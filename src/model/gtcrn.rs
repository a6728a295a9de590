//! GTCRN: a grouped temporal convolutional recurrent network of 48 thousand weights.

use super::ModelError;
use super::builder::{Block, NetBuilder, Slopes};
use super::dual_path::dual_path;
use crate::nn::{
    Activation, Add, Axes, Axis, BinUnfold, ComplexMask, CompressedSpectrum, ConvConfig, Interleave,
    MeanSquare, Multiply, Slice, Wire,
};
use serde::{Deserialize, Serialize};

/// What a header calls it.
pub(super) const NAME: &str = "gtcrn";

/// Hyper-parameters of GTCRN, as a model's header holds them.
///
/// After Rong et al., "GTCRN: A Speech Enhancement Model Requiring Ultralow Computational Resources", ICASSP 2024.
/// [`GtcrnConfig::default`] has the published sizes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct GtcrnConfig {
    /// Low bins that the bands leave as they are.
    pub kept_bins: usize,
    /// Bands into which the bins above are merged.
    pub bands: usize,
    /// Channels of every block.
    pub channels: usize,
    /// Dilation along time of the temporal blocks, encoder order.
    pub dilations: Vec<usize>,
    /// Dual-path recurrent blocks.
    pub dual_paths: usize,
}

impl Default for GtcrnConfig {
    fn default() -> Self {
        Self { kept_bins: 65, bands: 64, channels: 16, dilations: vec![1, 2, 5], dual_paths: 2 }
    }
}

/// Taps along frequency of the blocks that change the number of bins; their stride is two.
const WIDE: usize = 5;
/// Taps along both axes of the temporal convolutions.
const TAPS: usize = 3;
/// Groups into which the recurrent layers and the inner strided blocks part the channels.
const GROUPS: usize = 2;
/// Under the root of a magnitude.
const MAGNITUDE_FLOOR: f32 = 1e-12;

/// The network.
pub(super) fn build(net: &mut NetBuilder<'_>, config: &GtcrnConfig) -> Result<Wire, ModelError> {
    let channels = config.channels;
    let spectrum = net.input();
    let bins = net.shape(spectrum).bins;

    let features = CompressedSpectrum::new(1.0).with_floor(MAGNITUDE_FLOOR);
    let mut x = net.add("features", features, &[spectrum])?;
    x = net.bands("bands", config.kept_bins, config.bands, x)?;
    x = net.add("unfold", BinUnfold::new(TAPS).expect("an odd number of taps"), &[x])?;

    let mut skips = Vec::new();
    for (i, groups) in [1, GROUPS].into_iter().enumerate() {
        let name = format!("encoder.{i}");
        let block = strided(net, x, channels, groups);
        x = net.block(&name, block, x)?;
        skips.push(x);
    }
    for &dilation in &config.dilations {
        let name = format!("encoder.{}", skips.len());
        x = temporal(net, &name, dilation, false, x)?;
        skips.push(x);
    }

    for i in 0..config.dual_paths {
        x = dual_path(net, &format!("dual_path.{i}"), GROUPS, x)?;
    }

    let mut outer = 0..;
    let mut next = || format!("decoder.{}", outer.next().expect("a range without end"));
    for &dilation in config.dilations.iter().rev() {
        let name = next();
        x = skip(net, &name, x, skips.pop())?;
        x = temporal(net, &name, dilation, true, x)?;
    }
    for (outputs, groups) in [(channels, GROUPS), (2, 1)] {
        let name = next();
        x = skip(net, &name, x, skips.pop())?;
        let mut block = Block { transposed: true, ..strided(net, x, outputs, groups) };
        if outputs == 2 {
            block.slopes = Slopes::None;
        }
        x = net.block(&name, block, x)?;
    }
    x = net.add("band_mask", Activation::tanh(), &[x])?;
    let mask = net.bands("bins", config.kept_bins, bins.saturating_sub(config.kept_bins), x)?;
    net.add("enhanced", ComplexMask, &[mask, spectrum])
}

fn skip(net: &mut NetBuilder<'_>, name: &str, x: Wire, skip: Option<Wire>) -> Result<Wire, ModelError> {
    let skip = skip.expect("the decoder mirrors the encoder");
    net.add(&format!("{name}.skip"), Add, &[x, skip])
}

/// A block that halves the bins, or doubles them when transposed.
fn strided(net: &NetBuilder<'_>, x: Wire, outputs: usize, groups: usize) -> Block {
    let kernel = Axes { time: 1, bins: WIDE };
    let conv =
        ConvConfig { stride: 2, padding: WIDE / 2, groups, ..ConvConfig::new(net.shape(x), outputs, kernel) };
    Block { conv, transposed: false, norm: true, slopes: Slopes::One }
}

/// Half of the channels through point, depthwise and point convolution and attention; then interleaved with the rest.
fn temporal(
    net: &mut NetBuilder<'_>,
    name: &str,
    dilation: usize,
    transposed: bool,
    x: Wire,
) -> Result<Wire, ModelError> {
    let channels = net.shape(x).channels;
    let half = channels / 2;
    let through = net.add(&format!("{name}.through"), Slice::new(Axis::Channels, 0..half), &[x])?;
    let beside = net.add(&format!("{name}.beside"), Slice::new(Axis::Channels, half..channels), &[x])?;

    // The published network unfolds three neighbouring bins and mixes them by a point convolution: a convolution of
    // three taps.
    let wide = Axes { time: 1, bins: TAPS };
    let mix = ConvConfig { padding: TAPS / 2, ..ConvConfig::new(net.shape(through), channels, wide) };
    let mix = Block { conv: mix, transposed: false, norm: true, slopes: Slopes::One };
    let mut y = net.block(&format!("{name}.point_in"), mix, through)?;
    let block = |conv: ConvConfig, slopes: Slopes| Block { conv, transposed, norm: true, slopes };
    let depth = ConvConfig {
        padding: TAPS / 2,
        dilation: Axes { time: dilation, bins: 1 },
        groups: channels,
        look_ahead: net.look_ahead(name),
        ..ConvConfig::new(net.shape(y), channels, Axes { time: TAPS, bins: TAPS })
    };
    y = net.block(&format!("{name}.depth"), block(depth, Slopes::One), y)?;
    y = net.block(
        &format!("{name}.point_out"),
        block(ConvConfig::new(net.shape(y), half, Axes { time: 1, bins: 1 }), Slopes::None),
        y,
    )?;
    y = attention(net, &format!("{name}.attention"), y)?;

    net.add(name, Interleave, &[y, beside])
}

/// A gain for each channel from the course of its power over time.
fn attention(net: &mut NetBuilder<'_>, name: &str, x: Wire) -> Result<Wire, ModelError> {
    let channels = net.shape(x).channels;
    let power = net.add(&format!("{name}.power"), MeanSquare, &[x])?;
    let course = net.gru(&format!("{name}.gru"), 2 * channels, power)?;
    let gain = net.linear(&format!("{name}.linear"), channels, course)?;
    let gain = net.add(&format!("{name}.gain"), Activation::sigmoid(), &[gain])?;
    net.add(name, Multiply, &[x, gain])
}
