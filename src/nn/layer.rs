//! The contract that every layer keeps.

use super::{FrameShape, Kernels, NnError};
use std::fmt::Debug;
use std::ops::{Index, Range};

/// One operation of a network, advanced a frame at a time.
///
/// A layer holds weights and no state: state lies in the [`Session`](super::Session) and is lent to each step, so that
/// one layer serves any number of streams at once.
///
/// With a look-ahead of `a`, step number `n` (from 0) takes the frame labelled `n` and gives the one labelled `n - a`.
/// The session never asks a layer for a frame outside the clip: the outputs of steps before `a` are thrown away, and
/// after the last frame of the clip a layer with look-ahead is stepped on with zeros until its last frame is out.
///
/// See `examples/custom_layer.rs` for a layer made outside this crate.
pub trait Layer: Debug + Send + Sync {
    /// What kind of layer this is, in a word or two, for summaries.
    fn kind(&self) -> &'static str;

    /// The shape of an output frame for input frames of these shapes.
    ///
    /// # Errors
    /// If the layer cannot take that many inputs, or inputs of these shapes.
    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError>;

    /// How many frames after `t` the output at `t` needs.
    fn look_ahead(&self) -> usize {
        0
    }

    /// How much memory a session sets aside for this layer. The shapes have passed [`Layer::output_shape`].
    fn memory(&self, inputs: &[FrameShape]) -> Memory {
        let _ = inputs;
        Memory::default()
    }

    /// Trained numbers that the layer holds.
    fn parameters(&self) -> usize {
        0
    }

    /// Multiply-adds of one step. The shapes have passed [`Layer::output_shape`].
    fn multiply_adds(&self, inputs: &[FrameShape]) -> usize {
        let _ = inputs;
        0
    }

    /// Computes one output frame; every number of `output` is written.
    ///
    /// Runs in an audio callback: it may not allocate, lock, make a system call, log or panic. The sizes are those of
    /// `output_shape` and `memory`, by construction of the session.
    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>);
}

/// Floats that a layer needs in a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Memory {
    /// Kept from step to step; zero at the start. A layer with state, or with look-ahead, must ask for some.
    pub state: usize,
    /// Lent for one step, shared by all layers, with any content.
    pub scratch: usize,
}

impl Memory {
    /// So many floats of state.
    pub const fn state(floats: usize) -> Self {
        Self { state: floats, scratch: 0 }
    }

    /// The same with so many floats of scratch.
    pub const fn with_scratch(self, floats: usize) -> Self {
        Self { scratch: floats, ..self }
    }
}

/// The input frames of one step, in the order in which the graph names them.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    values: &'a [f32],
    frames: &'a [Placed],
}

/// Where a frame stands among the values of a session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed {
    pub start: usize,
    pub shape: FrameShape,
}

impl Placed {
    pub fn range(self) -> Range<usize> {
        self.start..self.start + self.shape.size()
    }
}

impl<'a> Inputs<'a> {
    pub(crate) fn new(values: &'a [f32], frames: &'a [Placed]) -> Self {
        Self { values, frames }
    }

    /// How many inputs there are.
    // No layer asks whether there are none.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// The frame of an input, with the life of the session's memory and not of this value.
    ///
    /// # Panics
    /// If the layer has no input of that number.
    pub fn get(&self, input: usize) -> &'a [f32] {
        &self.values[self.frames[input].range()]
    }

    /// The shape of an input's frame.
    ///
    /// # Panics
    /// If the layer has no input of that number.
    pub fn shape(&self, input: usize) -> FrameShape {
        self.frames[input].shape
    }

    /// The frames one after the other.
    pub fn iter(&self) -> impl Iterator<Item = &'a [f32]> + use<'a> {
        let values = self.values;
        self.frames.iter().map(move |frame| &values[frame.range()])
    }
}

impl Index<usize> for Inputs<'_> {
    type Output = [f32];

    fn index(&self, input: usize) -> &[f32] {
        self.get(input)
    }
}

/// What a step may write besides its output.
#[derive(Debug)]
#[non_exhaustive]
pub struct Workspace<'a> {
    /// The layer's own state, as the last step left it.
    pub state: &'a mut [f32],
    /// Memory for this step alone.
    pub scratch: &'a mut [f32],
    /// How many steps this layer has taken since the reset: the label of its input frame.
    pub step: u64,
    /// What the library's own layers compute on: [`Graph::kernels`](super::Graph::kernels).
    pub kernels: Kernels,
}

impl<'a> Workspace<'a> {
    /// What a step at this place in the stream may write: for a layer that steps another one.
    pub fn new(state: &'a mut [f32], scratch: &'a mut [f32], step: u64, kernels: Kernels) -> Self {
        Self { state, scratch, step, kernels }
    }
}
