//! One stream through a graph: all that changes while frames run.

use super::floats::Floats;
use super::layer::{Inputs, Workspace};
use super::placing::Placing;
use super::{FrameShape, Graph, Wire};
use std::ops::Range;
use std::sync::Arc;

/// The state of one stream through a [`Graph`].
///
/// All memory is set aside here, once; [`Session::step`], [`Session::steps`] and [`Session::drain`] allocate nothing. A
/// clone goes on from the same point independently.
#[derive(Clone, Debug)]
pub struct Session {
    graph: Arc<Graph>,
    placing: Arc<Placing>,
    /// The frames on all wires.
    wires: Vec<Floats>,
    states: Floats,
    scratch: Floats,
    /// Numbers of `scratch` that each layer is lent where it takes more than one step.
    lent: Arc<[usize]>,
    /// Most frames taken at a time.
    most: usize,
    /// Steps taken since the reset.
    step: u64,
    /// Frames of the clip, once its end is known.
    length: Option<u64>,
}

impl Session {
    /// A stream at its start, which takes its frames one by one.
    pub fn new(graph: &Arc<Graph>) -> Self {
        Self::placed(graph, Placing::apart(&graph.nodes), 1)
    }

    /// A stream that may also be given up to so many frames at a time, which run through the graph layer by layer: for
    /// recorded sound. What comes out is the same to the bit.
    ///
    /// # Panics
    /// If that is no frame.
    pub fn with_blocks(graph: &Arc<Graph>, frames: usize) -> Self {
        assert!(frames > 0, "blocks of no frames");
        match frames {
            1 => Self::new(graph),
            _ => Self::placed(graph, Placing::shared(&graph.nodes, graph.output), frames),
        }
    }

    fn placed(graph: &Arc<Graph>, placing: Placing, most: usize) -> Self {
        let nodes = &graph.nodes;
        let lent = nodes.iter().map(|node| {
            let shapes: Vec<FrameShape> = node.inputs.iter().map(|&input| nodes[input].shape).collect();
            let several = node.layer.as_ref().map_or(0, |layer| layer.scratch(&shapes, most));
            if most > 1 { several.max(node.memory.scratch) } else { node.memory.scratch }
        });
        let lent: Arc<[usize]> = lent.collect();
        Self {
            wires: placing.sizes.iter().map(|size| Floats::zeros(most * size)).collect(),
            placing: Arc::new(placing),
            states: Floats::zeros(nodes.last().expect("the input is always there").state.end),
            scratch: Floats::zeros(lent.iter().copied().max().unwrap_or(0)),
            lent,
            most,
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
        assert_eq!(input.len(), self.graph.input_shape().size(), "numbers in an input frame");
        self.steps_each(input, output, after).next()
    }

    /// Takes the next frames, one after the other, and writes as many. Returns the labels of those that it has written, which
    /// stand at the end of `output`; before them are zeros while the first is still under way.
    ///
    /// # Panics
    /// If the slices are not equally many whole frames, if there are none or more than
    /// [`Session::with_blocks`] was told, or after [`Session::drain`] without a reset.
    pub fn steps(&mut self, input: &[f32], output: &mut [f32]) -> Range<u64> {
        self.steps_each(input, output, |_| ())
    }

    /// As [`Session::steps`], with `after` as in [`Session::step_each`].
    ///
    /// # Panics
    /// As [`Session::steps`].
    pub fn steps_each(&mut self, input: &[f32], output: &mut [f32], after: impl FnMut(usize)) -> Range<u64> {
        assert!(self.length.is_none(), "the stream has ended: reset the session before the next one");
        let size = self.graph.input_shape().size();
        let frames = input.len() / size;
        assert!((1..=self.most).contains(&frames), "{frames} frames at a time, at most {}", self.most);
        assert_eq!(input.len(), frames * size, "numbers in input frames");
        self.wires[self.placing.outputs[0]][..input.len()].copy_from_slice(input);
        self.advance(frames, after);
        self.write(frames, output)
    }

    /// Ends the stream and writes the next frame still under way; returns its label, or nothing when all are out.
    ///
    /// # Panics
    /// If `output` has another length than the graph's output frames.
    pub fn drain(&mut self, output: &mut [f32]) -> Option<u64> {
        let length = *self.length.get_or_insert(self.step);
        let delay = self.graph.delay() as u64;
        while self.step < length + delay {
            let size = self.graph.input_shape().size();
            self.wires[self.placing.outputs[0]][..size].fill(0.0);
            self.advance(1, |_| ());
            if let Some(label) = self.write(1, output).next() {
                // A clip of no frames has none to drain, whatever the delay.
                return (label < length).then_some(label);
            }
        }
        None
    }

    /// Back to the start: equal to a new session to the bit.
    pub fn reset(&mut self) {
        self.wires.iter_mut().for_each(|wire| wire.fill(0.0));
        self.states.fill(0.0);
        self.scratch.fill(0.0);
        self.step = 0;
        self.length = None;
    }

    /// The frame that is on a wire now; its label is the number of the last step less [`Graph::wire_delay`].
    ///
    /// # Panics
    /// If the wire belongs to another graph, or the session takes blocks: their wires share memory.
    pub fn frame(&self, wire: Wire) -> &[f32] {
        assert_eq!(self.most, 1, "wires are kept by sessions that take frames one by one");
        let size = self.graph.node(wire).shape.size();
        &self.wires[wire.node][..size]
    }

    /// Steps every layer through those of the next `count` frames that lie inside the clip; frames outside it are exactly
    /// zero for all who read them.
    fn advance(&mut self, count: usize, mut after: impl FnMut(usize)) {
        for (place, node) in self.graph.nodes.iter().enumerate() {
            let Some(layer) = &node.layer else { continue };
            let (size, ahead) = (node.shape.size(), (node.delay - node.input_delay) as u64);
            // Of the frames, how many come before a step of the layer.
            let before = |step: u64| {
                let number = (step + node.input_delay as u64).saturating_sub(self.step);
                usize::try_from(number).map_or(count, |number| number.min(count))
            };
            let first = before(0);
            let end = self.length.map_or(count, |length| before(length + ahead)).max(first);
            let memory = self.placing.outputs[place];
            // Taken out, so that the others can be lent beside it; nothing is allocated.
            let mut wire = std::mem::take(&mut self.wires[memory]);
            let output = &mut wire[..count * size];
            if first < end {
                let inputs = Inputs::new(&self.wires, &self.placing.inputs[place], first..end);
                let step = self.step + first as u64 - node.input_delay as u64;
                let (state, kernels) = (&mut self.states[node.state.clone()], self.graph.kernels);
                let several = end - first > 1;
                let scratch = if several { self.lent[place] } else { node.memory.scratch };
                let work = Workspace { state, scratch: &mut self.scratch[..scratch], step, kernels };
                let output = &mut output[first * size..end * size];
                if several {
                    layer.steps(inputs, output, work)
                } else {
                    layer.step(inputs, output, work)
                }
                after(place);
            }
            output[..before(ahead) * size].fill(0.0);
            output[end * size..].fill(0.0);
            self.wires[memory] = wire;
        }
        self.step += count as u64;
    }

    fn write(&self, frames: usize, output: &mut [f32]) -> Range<u64> {
        let node = &self.graph.nodes[self.graph.output];
        assert_eq!(output.len(), frames * node.shape.size(), "numbers in output frames");
        output.copy_from_slice(&self.wires[self.placing.outputs[self.graph.output]][..output.len()]);
        let label = |step: u64| step.saturating_sub(node.delay as u64);
        label(self.step - frames as u64)..label(self.step)
    }
}
