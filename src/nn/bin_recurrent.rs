//! Recurrent layers along frequency, within a frame.

use super::cell::{Cell, CellWeights, GruCell, LstmCell, RecurrentWeights};
use super::error::single;
use super::kernels::{Kernels, Strides};
use super::{FrameShape, Inputs, Layer, Memory, NnError, Workspace};
use std::marker::PhantomData;

/// Recurrence along the bins of one frame, upwards or in both directions; nothing is kept between frames.
///
/// Gives `hidden` channels a bin, or `2 * hidden`: first those of the upward direction, then those of the downward one.
#[derive(Clone, Debug)]
pub struct BinRecurrent<C> {
    directions: Vec<CellWeights>,
    kernels: Kernels,
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
        Ok(Self {
            directions: vec![CellWeights::new::<C>(weights)?],
            kernels: Kernels::selected(),
            cell: PhantomData,
        })
    }

    /// A layer that runs in both directions.
    ///
    /// # Errors
    /// If the tensors do not fit together, or the directions differ in size.
    pub fn both(upward: RecurrentWeights<'_>, downward: RecurrentWeights<'_>) -> Result<Self, NnError> {
        let directions = vec![CellWeights::new::<C>(upward)?, CellWeights::new::<C>(downward)?];
        let found = (directions[1].inputs, directions[1].hidden);
        let expected = (directions[0].inputs, directions[0].hidden);
        if found != expected {
            return Err(NnError::TensorShape {
                tensor: "weight_ih of the downward direction".into(),
                expected: vec![C::GATES * expected.1, expected.0],
                found: vec![C::GATES * found.1, found.0],
            });
        }
        Ok(Self { directions, kernels: Kernels::selected(), cell: PhantomData })
    }
}

impl<C: Cell> Layer for BinRecurrent<C> {
    fn kind(&self) -> &'static str {
        C::KINDS[self.directions.len()]
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        let input = single(inputs)?;
        let weights = &self.directions[0];
        if input.channels != weights.inputs {
            return Err(NnError::shape(0, format!("any bins x {}", weights.inputs), input));
        }
        Ok(FrameShape::new(input.bins, self.directions.len() * weights.hidden))
    }

    fn memory(&self, inputs: &[FrameShape]) -> Memory {
        let weights = &self.directions[0];
        Memory { state: 0, scratch: (inputs[0].bins + 1) * weights.gates + C::STATES * weights.hidden }
    }

    fn parameters(&self) -> usize {
        self.directions.iter().map(CellWeights::parameters).sum()
    }

    fn multiply_adds(&self, inputs: &[FrameShape]) -> usize {
        inputs[0].bins * self.directions.iter().map(CellWeights::multiply_adds).sum::<usize>()
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        let width = self.directions.len() * self.directions[0].hidden;
        let bins = output.len() / width;
        for (direction, weights) in self.directions.iter().enumerate() {
            let CellWeights { inputs: channels, hidden, gates, ref from_input, ref from_state } = *weights;
            let (x, rest) = work.scratch.split_at_mut(bins * gates);
            let (h, state) = rest.split_at_mut(gates);
            from_input.run(
                self.kernels,
                &inputs[0],
                x,
                Strides { rows: bins, input: channels, output: gates },
            );
            state.fill(0.0);
            for i in 0..bins {
                let bin = if direction == 0 { i } else { bins - 1 - i };
                from_state.run(self.kernels, state, h, Strides { rows: 1, input: hidden, output: gates });
                C::advance(self.kernels, &x[bin * gates..][..gates], h, state);
                output[bin * width + direction * hidden..][..hidden].copy_from_slice(&state[..hidden]);
            }
        }
    }
}
