//! One stream through a graph: all that changes while frames run.

use super::layer::{Inputs, Workspace};
use super::{Graph, Wire};
use std::sync::Arc;

/// The state of one stream through a [`Graph`].
///
/// All memory is set aside here, once; [`Session::step`] and [`Session::drain`] allocate nothing. A clone goes on
/// from the same point independently.
#[derive(Clone, Debug)]
pub struct Session {
    graph: Arc<Graph>,
    /// The frames on all wires, in the order of the nodes.
    values: Vec<f32>,
    states: Vec<f32>,
    scratch: Vec<f32>,
    /// Steps taken since the reset.
    step: u64,
    /// Frames of the clip, once its end is known.
    length: Option<u64>,
}

impl Session {
    /// A stream at its start.
    pub fn new(graph: &Arc<Graph>) -> Self {
        let last = graph.nodes.last().expect("the input is always there");
        Self {
            values: vec![0.0; last.output.range().end],
            states: vec![0.0; last.state.end],
            scratch: vec![0.0; graph.scratch],
            step: 0,
            length: None,
            graph: Arc::clone(graph),
        }
    }

    /// The network that the stream runs through.
    pub fn graph(&self) -> &Arc<Graph> {
        &self.graph
    }

    /// Takes the next input frame. Returns the label of the frame written to `output`, or nothing (and zeros) while the
    /// first is still under way.
    ///
    /// # Panics
    /// If a slice has another length than the graph's frames, or after [`Session::drain`] without a reset.
    pub fn step(&mut self, input: &[f32], output: &mut [f32]) -> Option<u64> {
        self.step_each(input, output, |_| ())
    }

    /// As [`Session::step`]; `after` is called behind each layer, with its place in [`Summary::nodes`](super::Summary).
    /// It runs between layers and so can time them.
    ///
    /// # Panics
    /// As [`Session::step`].
    pub fn step_each(&mut self, input: &[f32], output: &mut [f32], after: impl FnMut(usize)) -> Option<u64> {
        assert!(self.length.is_none(), "the stream has ended: reset the session before the next one");
        let place = &mut self.values[..self.graph.nodes[0].output.range().end];
        assert_eq!(input.len(), place.len(), "numbers in an input frame");
        place.copy_from_slice(input);
        self.advance(after);
        self.write(output)
    }

    /// Ends the stream and writes the next frame still under way; returns its label, or nothing when all are out.
    ///
    /// # Panics
    /// If `output` has another length than the graph's output frames.
    pub fn drain(&mut self, output: &mut [f32]) -> Option<u64> {
        let length = *self.length.get_or_insert(self.step);
        let delay = self.graph.delay() as u64;
        while self.step < length + delay {
            self.values[..self.graph.nodes[0].output.range().end].fill(0.0);
            self.advance(|_| ());
            if let Some(label) = self.write(output) {
                // A clip of no frames has none to drain, whatever the delay.
                return (label < length).then_some(label);
            }
        }
        None
    }

    /// Back to the start: equal to a new session to the bit.
    pub fn reset(&mut self) {
        self.values.fill(0.0);
        self.states.fill(0.0);
        self.scratch.fill(0.0);
        self.step = 0;
        self.length = None;
    }

    /// The frame that is on a wire now; its label is the number of the last step less [`Graph::wire_delay`].
    ///
    /// # Panics
    /// If the wire belongs to another graph.
    pub fn frame(&self, wire: Wire) -> &[f32] {
        &self.values[self.graph.node(wire).output.range()]
    }

    /// Steps every layer whose input is inside the clip; frames outside it are exactly zero for all who read them.
    fn advance(&mut self, mut after: impl FnMut(usize)) {
        for (place, node) in self.graph.nodes.iter().enumerate() {
            let Some(layer) = &node.layer else { continue };
            // Before the layer's first frame its output is still as the reset left it: zero.
            let Some(step) = self.step.checked_sub(node.input_delay as u64) else { continue };
            let ahead = (node.delay - node.input_delay) as u64;
            let (earlier, rest) = self.values.split_at_mut(node.output.start);
            let output = &mut rest[..node.output.shape.size()];
            if self.length.is_some_and(|length| step >= length + ahead) {
                output.fill(0.0);
                continue;
            }
            let work = Workspace {
                state: &mut self.states[node.state.clone()],
                scratch: &mut self.scratch[..node.memory.scratch],
                step,
                kernels: self.graph.kernels,
            };
            layer.step(Inputs::new(earlier, &node.frames), output, work);
            if step < ahead {
                output.fill(0.0);
            }
            after(place);
        }
        self.step += 1;
    }

    fn write(&self, output: &mut [f32]) -> Option<u64> {
        let node = &self.graph.nodes[self.graph.output];
        assert_eq!(output.len(), node.output.shape.size(), "numbers in an output frame");
        output.copy_from_slice(&self.values[node.output.range()]);
        (self.step - 1).checked_sub(node.delay as u64)
    }
}
