//! A network: layers joined by wires, every wire with its delay.

use super::layer::Memory;
use super::summary::{NodeSummary, Summary};
use super::{FrameShape, Kernels, Layer, Session};
use ndarray::{Array3, ArrayView3, s};
use std::ops::Range;
use std::sync::Arc;

/// The output of a layer, or the input of a graph: what further layers are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Wire {
    pub(super) graph: u64,
    pub(super) node: usize,
}

/// A layer in its place.
#[derive(Debug)]
pub(super) struct Node {
    pub name: String,
    /// Nothing for the input of the graph.
    pub layer: Option<Box<dyn Layer>>,
    pub inputs: Vec<usize>,
    /// Frames by which the inputs lag behind the graph's input: the same for all of them.
    pub input_delay: usize,
    /// Frames by which the output lags.
    pub delay: usize,
    pub memory: Memory,
    pub inserted: bool,
    /// The shape of an output frame.
    pub shape: FrameShape,
    /// Where the state stands.
    pub state: Range<usize>,
}

/// A network with its weights: immutable, shared by every session that runs it.
#[derive(Debug)]
pub struct Graph {
    pub(super) id: u64,
    pub(super) nodes: Arc<[Node]>,
    pub(super) output: usize,
    pub(super) kernels: Kernels,
}

impl Graph {
    /// The same network on other kernels: it shares the weights, and its wires are those of this graph.
    pub fn with_kernels(&self, kernels: Kernels) -> Arc<Self> {
        Arc::new(Self { nodes: Arc::clone(&self.nodes), kernels, ..*self })
    }

    /// The kernels that every session computes on: the fastest of this processor, unless others were chosen.
    pub fn kernels(&self) -> Kernels {
        self.kernels
    }

    /// Frames from a frame going in to the frame of the same label coming out.
    pub fn delay(&self) -> usize {
        self.nodes[self.output].delay
    }

    /// The shape of input frames.
    pub fn input_shape(&self) -> FrameShape {
        self.nodes[0].shape
    }

    /// The shape of output frames.
    pub fn output_shape(&self) -> FrameShape {
        self.nodes[self.output].shape
    }

    /// The wire of the layer with that name.
    pub fn wire(&self, name: &str) -> Option<Wire> {
        self.nodes.iter().position(|node| node.name == name).map(|node| Wire { graph: self.id, node })
    }

    /// Frames by which a wire lags behind the input.
    ///
    /// # Panics
    /// If the wire belongs to another graph.
    pub fn wire_delay(&self, wire: Wire) -> usize {
        self.node(wire).delay
    }

    pub(super) fn node(&self, wire: Wire) -> &Node {
        assert_eq!(wire.graph, self.id, "a wire of another graph");
        &self.nodes[wire.node]
    }

    /// What each layer is, holds and costs.
    pub fn summary(&self) -> Summary {
        let nodes = self.nodes.iter().map(|node| {
            let shapes: Vec<_> = node.inputs.iter().map(|&input| self.nodes[input].shape).collect();
            let layer = node.layer.as_deref();
            NodeSummary {
                name: node.name.clone(),
                kind: layer.map_or("input", Layer::kind),
                inputs: node.inputs.iter().map(|&input| self.nodes[input].name.clone()).collect(),
                shape: node.shape,
                delay: node.delay,
                look_ahead: layer.map_or(0, Layer::look_ahead),
                inserted: node.inserted,
                parameters: layer.map_or(0, Layer::parameters),
                state: node.memory.state,
                multiply_adds: layer.map_or(0, |layer| layer.multiply_adds(&shapes)),
            }
        });
        Summary { nodes: nodes.collect(), delay: self.delay() }
    }

    /// Runs a whole clip of shape (frames, bins, channels); the output has as many frames, each under its own label.
    ///
    /// It is a [`Session`] stepped over the clip and drained, and equal to one to the bit, whether that takes frames by
    /// themselves or in blocks.
    ///
    /// # Panics
    /// If bins or channels of the clip are not those of [`Graph::input_shape`].
    pub fn run(self: &Arc<Self>, clip: ArrayView3<'_, f32>) -> Array3<f32> {
        let (frames, bins, channels) = clip.dim();
        assert_eq!(
            FrameShape::new(bins, channels),
            self.input_shape(),
            "frames of another shape than the graph takes"
        );
        let shape = self.output_shape();
        let mut output = Array3::zeros((frames, shape.bins, shape.channels));
        let mut session = Session::new(self);
        let mut input = vec![0.0; bins * channels];
        let mut frame = vec![0.0; shape.size()];
        let mut keep = |label: u64, frame: &[f32]| {
            let mut place = output.slice_mut(s![label as usize, .., ..]);
            place.iter_mut().zip(frame).for_each(|(to, from)| *to = *from);
        };
        for t in 0..frames {
            input.iter_mut().zip(clip.slice(s![t, .., ..])).for_each(|(to, from)| *to = *from);
            if let Some(label) = session.step(&input, &mut frame) {
                keep(label, &frame);
            }
        }
        while let Some(label) = session.drain(&mut frame) {
            keep(label, &frame);
        }
        output
    }
}
