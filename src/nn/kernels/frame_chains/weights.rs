//! The weights of chains along the bins, packed for a lane a frame.

use crate::nn::kernels::{BinChains, WIDEST};

/// Sizes of chains that are all alike.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChainSizes {
    pub chains: usize,
    pub gates: usize,
    /// Channels that a chain reads, and those of a bin; chains of one group follow each other and read the same.
    pub inputs: usize,
    pub channels: usize,
    pub hidden: usize,
    /// Chains of a group: the second, if there is one, runs downwards.
    pub directions: usize,
}

/// Packed weights of chains along the bins.
#[derive(Clone, Debug)]
pub struct FrameChains {
    pub(super) sizes: ChainSizes,
    /// For every chain, every source, every unit: a weight into each gate.
    pub(super) from_input: Vec<f32>,
    pub(super) from_state: Vec<f32>,
    /// For every chain, every unit: a bias of each gate.
    pub(super) input_bias: Vec<f32>,
    pub(super) state_bias: Vec<f32>,
    /// Whether the four partial sums over the states of a chain meet as second and third, fourth and first: where
    /// [`BinChains`] puts the chain into its vectors decides which are added first.
    pub(super) turned: Vec<bool>,
}

/// A weight by chain, gate of a unit (`gate * hidden + unit`), and source; and a bias by the first two.
pub(crate) struct ChainWeights<'a> {
    pub from_input: &'a dyn Fn(usize, usize, usize) -> f32,
    pub from_state: &'a dyn Fn(usize, usize, usize) -> f32,
    pub input_bias: &'a dyn Fn(usize, usize) -> f32,
    pub state_bias: &'a dyn Fn(usize, usize) -> f32,
}

impl FrameChains {
    /// Packs the weights of the chains that `twin` runs a frame at a time.
    pub(crate) fn new(sizes: ChainSizes, weights: &ChainWeights<'_>, twin: &BinChains) -> Self {
        let ChainSizes { chains, gates, inputs, hidden, .. } = sizes;
        let units = || (0..chains).flat_map(|chain| (0..hidden).map(move |unit| (chain, unit)));
        let pack = |sources: usize, weight: &dyn Fn(usize, usize, usize) -> f32| {
            let row = hidden * gates;
            let one = |chain| {
                (0..sources * row).map(move |n| weight(chain, n % gates * hidden + n % row / gates, n / row))
            };
            (0..chains).flat_map(one).collect()
        };
        let biases = |bias: &dyn Fn(usize, usize) -> f32| {
            let one = |(chain, unit): (usize, usize)| (0..gates).map(move |g| bias(chain, g * hidden + unit));
            units().flat_map(one).collect()
        };
        Self {
            sizes,
            from_input: pack(inputs, weights.from_input),
            from_state: pack(hidden, weights.from_state),
            input_bias: biases(weights.input_bias),
            state_bias: biases(weights.state_bias),
            turned: (0..chains).map(|chain| !twin.source_of(chain * hidden).is_multiple_of(2)).collect(),
        }
    }

    /// Channels of a bin that comes out.
    pub(super) fn outputs(&self) -> usize {
        self.sizes.chains * self.sizes.hidden
    }

    /// Floats of scratch for frames of so many bins.
    pub fn scratch(&self, bins: usize) -> usize {
        let ChainSizes { channels, hidden, gates, .. } = self.sizes;
        WIDEST * (bins * (channels + self.outputs()) + (2 + 2 * gates) * hidden)
    }

    /// Refuses slices that do not fit together; the number of frames.
    pub(super) fn check(
        &self,
        gates: usize,
        bins: usize,
        input: &[f32],
        scratch: &[f32],
        output: &[f32],
    ) -> usize {
        let (from, to) = (bins * self.sizes.channels, bins * self.outputs());
        assert_eq!(self.sizes.gates, gates, "chains of this cell");
        assert!(from > 0, "bins with channels");
        let frames = input.len() / from;
        assert_eq!(input.len(), frames * from, "whole frames in");
        assert_eq!(output.len(), frames * to, "as many frames out");
        assert!(scratch.len() >= self.scratch(bins), "scratch for the chains");
        frames
    }
}
