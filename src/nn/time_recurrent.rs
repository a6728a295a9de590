//! Recurrent layers along time.

use super::cell::{Cell, CellWeights, GruCell, LstmCell, RecurrentWeights};
use super::error::single;
use super::kernels::{Kernels, Strides};
use super::{FrameShape, Inputs, Layer, Memory, NnError, Workspace};
use std::marker::PhantomData;

/// Recurrence along time, the weights shared by all bins, each bin with a state of its own.
///
/// Takes frames of any number of bins; gives as many with `hidden` channels. A frame of one bin is the usual recurrent
/// layer over vectors; several bins are the recurrence between frames of a dual-path network.
#[derive(Clone, Debug)]
pub struct TimeRecurrent<C> {
    weights: CellWeights,
    kernels: Kernels,
    cell: PhantomData<C>,
}

/// Gated recurrent unit along time.
pub type Gru = TimeRecurrent<GruCell>;
/// Long short-term memory along time.
pub type Lstm = TimeRecurrent<LstmCell>;

impl<C: Cell> TimeRecurrent<C> {
    /// A layer with these weights.
    ///
    /// # Errors
    /// If the tensors do not fit together.
    pub fn new(weights: RecurrentWeights<'_>) -> Result<Self, NnError> {
        Ok(Self { weights: CellWeights::new::<C>(weights)?, kernels: Kernels::selected(), cell: PhantomData })
    }
}

impl<C: Cell> Layer for TimeRecurrent<C> {
    fn kind(&self) -> &'static str {
        C::KINDS[0]
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        let input = single(inputs)?;
        if input.channels != self.weights.inputs {
            return Err(NnError::shape(0, format!("any bins x {}", self.weights.inputs), input));
        }
        Ok(FrameShape::new(input.bins, self.weights.hidden))
    }

    fn memory(&self, inputs: &[FrameShape]) -> Memory {
        let bins = inputs[0].bins;
        Memory { state: bins * C::STATES * self.weights.hidden, scratch: 2 * bins * self.weights.gates }
    }

    fn parameters(&self) -> usize {
        self.weights.parameters()
    }

    fn multiply_adds(&self, inputs: &[FrameShape]) -> usize {
        inputs[0].bins * self.weights.multiply_adds()
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        let CellWeights { inputs: channels, hidden, gates, ref from_input, ref from_state } = self.weights;
        let rows = output.len() / hidden;
        let units = C::STATES * hidden;
        let (x, h) = work.scratch.split_at_mut(rows * gates);
        from_input.run(self.kernels, &inputs[0], x, Strides { rows, input: channels, output: gates });
        from_state.run(self.kernels, work.state, h, Strides { rows, input: units, output: gates });
        let states = work.state.chunks_exact_mut(units);
        for (((state, x), h), output) in
            states.zip(x.chunks_exact(gates)).zip(h.chunks_exact(gates)).zip(output.chunks_exact_mut(hidden))
        {
            C::advance(self.kernels, x, h, state);
            output.copy_from_slice(&state[..hidden]);
        }
    }
}
