//! Recurrent layers along time.

use super::cell::{Cell, GroupSizes, GruCell, LstmCell, RecurrentWeights};
use crate::nn::error::single;
use crate::nn::kernels::{Product, Strides};
use crate::nn::{FrameShape, Inputs, Layer, Memory, NnError, Workspace};
use std::marker::PhantomData;

/// Recurrence along time, the weights shared by all bins, each bin with a state of its own.
///
/// Takes frames of any number of bins; gives as many with `hidden` channels. A frame of one bin is the usual recurrent
/// layer over vectors; several bins are the recurrence between frames of a dual-path network. With groups, each has its
/// own weights for its own run of channels.
#[derive(Clone, Debug)]
pub struct TimeRecurrent<C> {
    sizes: GroupSizes,
    groups: usize,
    /// To the gates of all groups: for each gate, the units of the first group, then those of the next.
    from_input: Product,
    from_state: Product,
    cell: PhantomData<C>,
}

/// Gated recurrent unit along time.
pub type Gru = TimeRecurrent<GruCell>;
/// Long short-term memory along time.
pub type Lstm = TimeRecurrent<LstmCell>;

/// Frames whose products with the input are taken together: as many as stay in the first-level cache.
const TOGETHER: usize = 4;

impl<C: Cell> TimeRecurrent<C> {
    /// A layer with these weights.
    ///
    /// # Errors
    /// If the tensors do not fit together.
    pub fn new(weights: RecurrentWeights<'_>) -> Result<Self, NnError> {
        Self::grouped(&[weights])
    }

    /// A layer of equal groups of channels, each with its weights. Meant for few: memory and time grow with the square
    /// of their number.
    ///
    /// # Errors
    /// If there is no group, the tensors of one do not fit together, or the groups differ in size.
    pub fn grouped(groups: &[RecurrentWeights<'_>]) -> Result<Self, NnError> {
        let sizes = GroupSizes::check::<C>(groups)?;
        let GroupSizes { inputs, hidden } = sizes;
        let units = groups.len() * hidden;
        // Column `gate * units + group * hidden + unit`; a row meets the columns of its own group only.
        let place = |column: usize| {
            let (gate, unit) = (column / units, column % units);
            (unit / hidden, gate * hidden + unit % hidden)
        };
        let pack = |depth: usize, weight: &dyn Fn(usize, usize, usize) -> f32, bias: Vec<f32>| {
            let block = |row: usize, column: usize| {
                let (group, gate) = place(column);
                if row / depth == group { weight(group, gate, row % depth) } else { 0.0 }
            };
            Product::dense(groups.len() * depth, C::GATES * units, block, bias)
        };
        let bias = |which: &dyn Fn(usize, usize) -> f32| {
            (0..C::GATES * units).map(place).map(|(group, gate)| which(group, gate)).collect()
        };
        let from_input = pack(
            inputs,
            &|group, gate, row| groups[group].weight_ih[[gate, row]],
            bias(&|group, gate| groups[group].bias_ih[gate]),
        );
        let from_state = pack(
            hidden,
            &|group, gate, row| groups[group].weight_hh[[gate, row]],
            bias(&|group, gate| groups[group].bias_hh[gate]),
        );
        Ok(Self { sizes, groups: groups.len(), from_input, from_state, cell: PhantomData })
    }

    /// Units of all groups.
    fn units(&self) -> usize {
        self.groups * self.sizes.hidden
    }
}

impl<C: Cell> Layer for TimeRecurrent<C> {
    fn kind(&self) -> &'static str {
        C::KINDS[0]
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        let input = single(inputs)?;
        let channels = self.groups * self.sizes.inputs;
        if input.channels != channels {
            return Err(NnError::shape(0, format!("any bins x {channels}"), input));
        }
        Ok(FrameShape::new(input.bins, self.units()))
    }

    fn memory(&self, inputs: &[FrameShape]) -> Memory {
        let units = inputs[0].bins * self.units();
        Memory { state: C::STATES * units, scratch: 2 * C::GATES * units }
    }

    fn parameters(&self) -> usize {
        self.groups * self.sizes.parameters(C::GATES)
    }

    fn multiply_adds(&self, inputs: &[FrameShape]) -> usize {
        inputs[0].bins * self.groups * self.sizes.multiply_adds(C::GATES)
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        self.steps(inputs, output, work);
    }

    fn scratch(&self, inputs: &[FrameShape], frames: usize) -> usize {
        let gates = C::GATES * inputs[0].bins * self.units();
        gates + frames.min(TOGETHER) * gates
    }

    fn steps(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        let (units, channels) = (self.units(), self.groups * self.sizes.inputs);
        let gates = C::GATES * units;
        let rows = inputs.shape(0).bins;
        let (h, x) = work.scratch.split_at_mut(rows * gates);
        let frames = inputs[0].chunks(TOGETHER * rows * channels);
        for (input, output) in frames.zip(output.chunks_mut(TOGETHER * rows * units)) {
            // What comes from the input waits for nothing; only then one frame after the other.
            let all = Strides { rows: output.len() / units, input: channels, output: gates };
            self.from_input.run(work.kernels, input, x, all);
            for (x, output) in x.chunks_exact(rows * gates).zip(output.chunks_exact_mut(rows * units)) {
                let strides = Strides { rows, input: units, output: gates };
                self.from_state.run(work.kernels, work.state, h, strides);
                C::advance(work.kernels, units, x, h, work.state);
                output.copy_from_slice(&work.state[..rows * units]);
            }
        }
    }
}
