//! Recurrent cells: what one step does to the hidden units, and their weights.

use crate::nn::NnError;
use crate::nn::error::check_tensor;
use crate::nn::kernels::{BinChains, FrameChains, Kernels};
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

    /// One step of every row of `hidden` units from the products of input and state; `state` holds `STATES` runs of all
    /// units, the output first.
    #[doc(hidden)]
    fn advance(kernels: Kernels, hidden: usize, from_input: &[f32], from_state: &[f32], state: &mut [f32]);

    /// A whole frame of chains along the bins.
    #[doc(hidden)]
    fn run(kernels: Kernels, chains: &BinChains, from_input: &[f32], states: &mut [f32], output: &mut [f32]);

    /// The same for several frames, from what goes into the layer.
    #[doc(hidden)]
    fn run_frames(
        kernels: Kernels,
        chains: &FrameChains,
        bins: usize,
        input: &[f32],
        scratch: &mut [f32],
        output: &mut [f32],
    );
}

/// Gated recurrent unit, in PyTorch's convention: gates `r z n`, the reset gate acting on the recurrent product with
/// its own bias (<https://pytorch.org/docs/stable/generated/torch.nn.GRU.html>).
#[derive(Clone, Copy, Debug)]
pub struct GruCell;

impl Cell for GruCell {
    const GATES: usize = 3;
    const STATES: usize = 1;
    const KINDS: [&'static str; 3] = ["GRU", "GRU along bins", "two-way GRU along bins"];

    fn advance(kernels: Kernels, hidden: usize, from_input: &[f32], from_state: &[f32], state: &mut [f32]) {
        kernels.gru_gates(hidden, from_input, from_state, state);
    }

    fn run(kernels: Kernels, chains: &BinChains, from_input: &[f32], states: &mut [f32], output: &mut [f32]) {
        kernels.gru_bins(chains, from_input, states, output);
    }

    fn run_frames(
        kernels: Kernels,
        chains: &FrameChains,
        bins: usize,
        input: &[f32],
        scratch: &mut [f32],
        output: &mut [f32],
    ) {
        kernels.gru_frames(chains, bins, input, scratch, output);
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

    fn advance(kernels: Kernels, hidden: usize, from_input: &[f32], from_state: &[f32], state: &mut [f32]) {
        let (state, cell) = state.split_at_mut(state.len() / 2);
        kernels.lstm_gates(hidden, from_input, from_state, state, cell);
    }

    fn run(kernels: Kernels, chains: &BinChains, from_input: &[f32], states: &mut [f32], output: &mut [f32]) {
        kernels.lstm_bins(chains, from_input, states, output);
    }

    fn run_frames(
        kernels: Kernels,
        chains: &FrameChains,
        bins: usize,
        input: &[f32],
        scratch: &mut [f32],
        output: &mut [f32],
    ) {
        kernels.lstm_frames(chains, bins, input, scratch, output);
    }
}

/// Sizes of the groups of a recurrent layer, all alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GroupSizes {
    pub inputs: usize,
    pub hidden: usize,
}

impl GroupSizes {
    /// Checks the tensors of every group against each other, and all groups against the first.
    pub fn check<C: Cell>(groups: &[RecurrentWeights<'_>]) -> Result<Self, NnError> {
        let Some(first) = groups.first() else { return Err(NnError::parameter("groups", "at least 1", 0)) };
        let (hidden, inputs) = (first.weight_hh.ncols(), first.weight_ih.ncols());
        if hidden == 0 || inputs == 0 {
            return Err(NnError::parameter("units", "at least 1", 0));
        }
        let gates = C::GATES * hidden;
        for group in groups {
            check_tensor("weight_ih", &[gates, inputs], group.weight_ih.shape())?;
            check_tensor("weight_hh", &[gates, hidden], group.weight_hh.shape())?;
            check_tensor("bias_ih", &[gates], group.bias_ih.shape())?;
            check_tensor("bias_hh", &[gates], group.bias_hh.shape())?;
        }
        Ok(Self { inputs, hidden })
    }

    /// Trained numbers of a group of a cell with that many gates.
    pub fn parameters(self, gates: usize) -> usize {
        gates * self.hidden * (self.inputs + self.hidden + 2)
    }

    /// Multiply-adds of a group.
    pub fn multiply_adds(self, gates: usize) -> usize {
        gates * self.hidden * (self.inputs + self.hidden)
    }
}
