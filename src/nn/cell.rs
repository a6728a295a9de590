//! Recurrent cells: what one step does to the hidden units, and their weights.

use super::NnError;
use super::error::check_tensor;
use super::kernels::{Kernels, Product};
use ndarray::{ArrayView1, ArrayView2};
use std::fmt::Debug;

/// Weights of a recurrent layer in the layout of PyTorch, with `G` gates (3 for GRU, 4 for LSTM).
#[derive(Clone, Copy, Debug)]
pub struct RecurrentWeights<'a> {
    /// (G * hidden, input)
    pub weight_ih: ArrayView2<'a, f32>,
    /// (G * hidden, hidden)
    pub weight_hh: ArrayView2<'a, f32>,
    /// (G * hidden)
    pub bias_ih: ArrayView1<'a, f32>,
    /// (G * hidden)
    pub bias_hh: ArrayView1<'a, f32>,
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::GruCell {}
    impl Sealed for super::LstmCell {}
}

/// A kind of recurrent cell: [`GruCell`] or [`LstmCell`].
pub trait Cell: sealed::Sealed + Clone + Copy + Debug + Send + Sync + 'static {
    /// Gates of a hidden unit.
    const GATES: usize;
    /// Numbers kept from step to step for a hidden unit, the output first.
    const STATES: usize;
    /// Names of the layers that run it along time, along frequency, and along frequency in both directions.
    const KINDS: [&'static str; 3];

    /// One step from the products of input and state, both with their biases; `state` holds `STATES` runs of units.
    #[doc(hidden)]
    fn advance(kernels: Kernels, from_input: &[f32], from_state: &[f32], state: &mut [f32]);
}

/// Gated recurrent unit, in PyTorch's convention: gates `r z n`, the reset gate acting on the recurrent product with
/// its own bias (<https://pytorch.org/docs/stable/generated/torch.nn.GRU.html>).
#[derive(Clone, Copy, Debug)]
pub struct GruCell;

impl Cell for GruCell {
    const GATES: usize = 3;
    const STATES: usize = 1;
    const KINDS: [&'static str; 3] = ["GRU", "GRU along bins", "two-way GRU along bins"];

    fn advance(kernels: Kernels, from_input: &[f32], from_state: &[f32], state: &mut [f32]) {
        kernels.gru_gates(from_input, from_state, state);
    }
}

/// Long short-term memory, in PyTorch's convention: gates `i f g o`
/// (<https://pytorch.org/docs/stable/generated/torch.nn.LSTM.html>).
#[derive(Clone, Copy, Debug)]
pub struct LstmCell;

impl Cell for LstmCell {
    const GATES: usize = 4;
    const STATES: usize = 2;
    const KINDS: [&'static str; 3] = ["LSTM", "LSTM along bins", "two-way LSTM along bins"];

    fn advance(kernels: Kernels, from_input: &[f32], from_state: &[f32], state: &mut [f32]) {
        let (state, cell) = state.split_at_mut(state.len() / 2);
        kernels.lstm_gates(from_input, from_state, state, cell);
    }
}

/// Packed weights of one direction.
#[derive(Clone, Debug)]
pub(super) struct CellWeights {
    pub inputs: usize,
    pub hidden: usize,
    pub gates: usize,
    pub from_input: Product,
    pub from_state: Product,
}

impl CellWeights {
    pub fn new<C: Cell>(weights: RecurrentWeights<'_>) -> Result<Self, NnError> {
        let RecurrentWeights { weight_ih, weight_hh, bias_ih, bias_hh } = weights;
        let (hidden, inputs) = (weight_hh.ncols(), weight_ih.ncols());
        let gates = C::GATES * hidden;
        if hidden == 0 || inputs == 0 {
            return Err(NnError::parameter("units", "at least 1", 0));
        }
        check_tensor("weight_ih", &[gates, inputs], weight_ih.shape())?;
        check_tensor("weight_hh", &[gates, hidden], weight_hh.shape())?;
        check_tensor("bias_ih", &[gates], bias_ih.shape())?;
        check_tensor("bias_hh", &[gates], bias_hh.shape())?;
        let pack = |weight: ArrayView2<'_, f32>, bias: ArrayView1<'_, f32>| {
            Product::dense(weight.ncols(), gates, |row, column| weight[[column, row]], bias.to_vec())
        };
        Ok(Self {
            inputs,
            hidden,
            gates,
            from_input: pack(weight_ih, bias_ih),
            from_state: pack(weight_hh, bias_hh),
        })
    }

    pub fn parameters(&self) -> usize {
        self.gates * (self.inputs + self.hidden + 2)
    }

    pub fn multiply_adds(&self) -> usize {
        self.from_input.multiply_adds() + self.from_state.multiply_adds()
    }
}
