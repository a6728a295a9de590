//! The contract that every layer keeps.

use super::floats::Floats;
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

    /// Floats of scratch that [`Layer::steps`] needs for so many frames; no fewer than [`Layer::memory`] says for one.
    fn scratch(&self, inputs: &[FrameShape], frames: usize) -> usize {
        let _ = frames;
        self.memory(inputs).scratch
    }

    /// Computes the output frames of several steps on end, for recorded sound: each input holds [`Inputs::frames`], one
    /// after the other, and so does `output`. State and output are to the bit as after as many calls of [`Layer::step`].
    ///
    /// A layer for which many frames at once are less work, or fit the processor better, does them together; this one
    /// takes them in turn.
    fn steps(&self, inputs: Inputs<'_>, output: &mut [f32], mut work: Workspace<'_>) {
        for (n, frame) in output.chunks_exact_mut(output.len() / inputs.frames()).enumerate() {
            self.step(inputs.only(n, 1), frame, work.lend(n));
        }
    }
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

/// The input frames of one step, or of several on end, in the order in which the graph names them.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    wires: &'a [Floats],
    places: &'a [Placed],
    /// The first frame of each wire that is meant, and how many are.
    first: usize,
    count: usize,
}

/// What kind of frames a wire holds, and in which memory of a session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed {
    pub memory: usize,
    pub shape: FrameShape,
}

impl<'a> Inputs<'a> {
    pub(crate) fn new(wires: &'a [Floats], places: &'a [Placed], frames: Range<usize>) -> Self {
        Self { wires, places, first: frames.start, count: frames.len() }
    }

    /// How many inputs there are.
    // No layer asks whether there are none.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// How many frames each input holds: 1 in [`Layer::step`].
    pub fn frames(&self) -> usize {
        self.count
    }

    /// Some of the frames of every input.
    pub(crate) fn only(self, first: usize, count: usize) -> Self {
        debug_assert!(first + count <= self.count, "frames that are there");
        Self { first: self.first + first, count, ..self }
    }

    /// The frames of an input, with the life of the session's memory and not of this value.
    ///
    /// # Panics
    /// If the layer has no input of that number.
    pub fn get(&self, input: usize) -> &'a [f32] {
        let Placed { memory, shape } = self.places[input];
        &self.wires[memory][self.first * shape.size()..][..self.count * shape.size()]
    }

    /// The shape of an input's frame.
    ///
    /// # Panics
    /// If the layer has no input of that number.
    pub fn shape(&self, input: usize) -> FrameShape {
        self.places[input].shape
    }

    /// The frames of each input in turn.
    pub fn iter(&self) -> impl Iterator<Item = &'a [f32]> + use<'a> {
        let inputs = *self;
        (0..inputs.len()).map(move |input| inputs.get(input))
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
    /// How many steps this layer has taken since the reset: the label of its input frame, or of the first of several.
    pub step: u64,
    /// What the library's own layers compute on: [`Graph::kernels`](super::Graph::kernels).
    pub kernels: Kernels,
}

impl<'a> Workspace<'a> {
    /// What a step at this place in the stream may write: for a layer that steps another one.
    pub fn new(state: &'a mut [f32], scratch: &'a mut [f32], step: u64, kernels: Kernels) -> Self {
        Self { state, scratch, step, kernels }
    }

    /// The same for the step that comes `later`.
    pub(crate) fn lend(&mut self, later: usize) -> Workspace<'_> {
        Workspace::new(&mut *self.state, &mut *self.scratch, self.step + later as u64, self.kernels)
    }
}
