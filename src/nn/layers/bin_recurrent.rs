//! Recurrent layers along frequency, within a frame.

use super::cell::{Cell, GroupSizes, GruCell, LstmCell, RecurrentWeights};
use crate::nn::error::single;
use crate::nn::kernels::{BinChains, ChainSizes, ChainWeights, FrameChains, Product, Strides};
use crate::nn::{FrameShape, Inputs, Layer, Memory, NnError, Workspace};
use std::marker::PhantomData;

/// Recurrence along the bins of one frame, upwards or in both directions; nothing is kept between frames.
///
/// Gives `hidden` channels a bin, or `2 * hidden`: first those of the upward direction, then those of the downward one.
/// With groups, each has its own weights for its own run of channels, and its outputs stand together.
#[derive(Clone, Debug)]
pub struct BinRecurrent<C> {
    sizes: GroupSizes,
    groups: usize,
    directions: usize,
    /// To the gates of all chains, each gate padded to whole vectors.
    from_input: Product,
    chains: BinChains,
    /// The same weights once more, for several frames at a time.
    across: FrameChains,
    cell: PhantomData<C>,
}

/// Gated recurrent unit along frequency.
pub type BinGru = BinRecurrent<GruCell>;
/// Long short-term memory along frequency.
pub type BinLstm = BinRecurrent<LstmCell>;

impl<C: Cell> BinRecurrent<C> {
    /// A layer that runs upwards only.
    ///
    /// # Errors
    /// If the tensors do not fit together.
    pub fn upward(weights: RecurrentWeights<'_>) -> Result<Self, NnError> {
        Self::of_chains(&[weights], 1)
    }

    /// A layer that runs in both directions.
    ///
    /// # Errors
    /// If the tensors do not fit together, or the directions differ in size.
    pub fn both<'a>(upward: RecurrentWeights<'a>, downward: RecurrentWeights<'a>) -> Result<Self, NnError> {
        Self::of_chains(&[upward, downward], 2)
    }

    /// A layer of equal groups of channels that runs in both directions: for each group its upward weights and its
    /// downward ones. Meant for few groups: memory and time grow with the square of their number.
    ///
    /// # Errors
    /// If there is no group, the tensors of one do not fit together, or any differ in size.
    pub fn grouped(groups: &[[RecurrentWeights<'_>; 2]]) -> Result<Self, NnError> {
        Self::of_chains(groups.as_flattened(), 2)
    }

    /// Chain `group * directions + direction`; its units are a run of lanes.
    fn of_chains(chains: &[RecurrentWeights<'_>], directions: usize) -> Result<Self, NnError> {
        let sizes = GroupSizes::check::<C>(chains)?;
        let GroupSizes { inputs, hidden } = sizes;
        let groups = chains.len() / directions;
        let lanes = chains.len() * hidden;
        let upward: Vec<bool> = (0..lanes).map(|lane| (lane / hidden).is_multiple_of(directions)).collect();
        let recurrent = BinChains::new(
            C::GATES,
            chains.len(),
            &upward,
            |source, gate, lane| {
                if source / hidden != lane / hidden {
                    return 0.0;
                }
                chains[lane / hidden].weight_hh[[gate * hidden + lane % hidden, source % hidden]]
            },
            |gate, lane| chains[lane / hidden].bias_hh[gate * hidden + lane % hidden],
        );
        let width = recurrent.width();
        // Column `gate * width + place`, where a lane stands at that place.
        let place = |column: usize| {
            let gate = column / width;
            recurrent.lane_at(column % width).map(|lane| (lane / hidden, gate * hidden + lane % hidden))
        };
        let weight = |row: usize, column: usize| match place(column) {
            Some((chain, gate)) if chain / directions == row / inputs => {
                chains[chain].weight_ih[[gate, row % inputs]]
            }
            _ => 0.0,
        };
        let bias = (0..C::GATES * width)
            .map(|column| place(column).map_or(0.0, |(chain, gate)| chains[chain].bias_ih[gate]));
        let from_input = Product::dense(groups * inputs, C::GATES * width, weight, bias.collect());
        let all = ChainSizes {
            chains: chains.len(),
            gates: C::GATES,
            inputs,
            channels: groups * inputs,
            hidden,
            directions,
        };
        let weights = ChainWeights {
            from_input: &|chain, gate, source| chains[chain].weight_ih[[gate, source]],
            from_state: &|chain, gate, source| chains[chain].weight_hh[[gate, source]],
            input_bias: &|chain, gate| chains[chain].bias_ih[gate],
            state_bias: &|chain, gate| chains[chain].bias_hh[gate],
        };
        let across = FrameChains::new(all, &weights, &recurrent);
        Ok(Self { sizes, groups, directions, from_input, chains: recurrent, across, cell: PhantomData })
    }

    /// Channels of the input.
    fn channels(&self) -> usize {
        self.groups * self.sizes.inputs
    }
}

impl<C: Cell> Layer for BinRecurrent<C> {
    fn kind(&self) -> &'static str {
        C::KINDS[self.directions]
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        let input = single(inputs)?;
        if input.channels != self.channels() {
            return Err(NnError::shape(0, format!("any bins x {}", self.channels()), input));
        }
        Ok(FrameShape::new(input.bins, self.groups * self.directions * self.sizes.hidden))
    }

    fn memory(&self, inputs: &[FrameShape]) -> Memory {
        let (bins, width) = (inputs[0].bins, self.chains.width());
        Memory { state: 0, scratch: bins * C::GATES * width + (bins + 2) * width }
    }

    fn parameters(&self) -> usize {
        self.groups * self.directions * self.sizes.parameters(C::GATES)
    }

    fn multiply_adds(&self, inputs: &[FrameShape]) -> usize {
        inputs[0].bins * self.groups * self.directions * self.sizes.multiply_adds(C::GATES)
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        let bins = inputs.shape(0).bins;
        let gates = C::GATES * self.chains.width();
        let (x, states) = work.scratch.split_at_mut(bins * gates);
        let strides = Strides { rows: bins, input: self.channels(), output: gates };
        self.from_input.run(work.kernels, &inputs[0], x, strides);
        C::run(work.kernels, &self.chains, x, states, output);
    }

    fn scratch(&self, inputs: &[FrameShape], _: usize) -> usize {
        self.memory(inputs).scratch.max(self.across.scratch(inputs[0].bins))
    }

    fn steps(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        C::run_frames(work.kernels, &self.across, inputs.shape(0).bins, &inputs[0], work.scratch, output);
    }
}
