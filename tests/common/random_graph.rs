//! Random graphs from a seed, with their own description of every wire.

use super::kernels::kernels;
use super::layers::{CURVES, Curve, Op, UNARY, Unary};
use super::whole::Clip;
use framewise::nn::{Axis, FrameShape, Graph, GraphBuilder};
use ndarray::Array3;
use rand::Rng;
use rand::seq::IndexedRandom;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The description of a graph: layers that refer to wires by number, wire 0 being the graph's input.
#[derive(Clone, Debug)]
pub struct RandomGraph {
    pub seed: u64,
    pub input: FrameShape,
    pub nodes: Vec<Node>,
}

#[derive(Clone, Debug)]
pub struct Node {
    pub op: Op,
    pub inputs: Vec<usize>,
    pub shape: FrameShape,
    pub delay: usize,
}

/// Most numbers in a frame: keeps the definitions quick.
const LARGEST: usize = 150;

impl RandomGraph {
    /// A graph of at least 3 to 12 layers, with a delay of at most `most_delay` frames.
    pub fn new(seed: u64, most_delay: usize) -> Self {
        Self::draw(&mut super::rng(seed), seed, most_delay)
    }

    /// The same from any source of decisions; `seed` stands for it in messages.
    pub fn draw(rng: &mut impl Rng, seed: u64, most_delay: usize) -> Self {
        let input = FrameShape::new(rng.random_range(1..=9), rng.random_range(1..=6));
        let mut graph = Self { seed, input, nodes: Vec::new() };
        let layers = rng.random_range(3..=12);
        while graph.nodes.len() < layers {
            // Most layers follow the last; some start from an earlier wire, and those before become skips.
            let last = graph.nodes.len();
            let from = if rng.random_bool(0.75) { last } else { rng.random_range(0..=last) };
            if rng.random_bool(0.45) {
                graph.join(rng, from);
            } else {
                graph.layer(rng, from, most_delay);
            }
        }
        graph
    }

    fn shape(&self, wire: usize) -> FrameShape {
        if wire == 0 { self.input } else { self.nodes[wire - 1].shape }
    }

    /// Frames by which a wire lags behind the input.
    pub fn delay(&self, wire: usize) -> usize {
        if wire == 0 { 0 } else { self.nodes[wire - 1].delay }
    }

    /// Frames by which the output, the last wire, lags behind the input.
    pub fn total(&self) -> usize {
        self.delay(self.nodes.len())
    }

    /// The name of a wire in the built graph.
    pub fn name(&self, wire: usize) -> String {
        if wire == 0 { "input".into() } else { format!("{}.{}", wire, self.nodes[wire - 1].op.type_name()) }
    }

    fn push(&mut self, op: Op, inputs: Vec<usize>) -> usize {
        let empty = inputs.iter().map(|&wire| {
            let shape = self.shape(wire);
            Array3::zeros((0, shape.bins, shape.channels))
        });
        let empty: Vec<Clip> = empty.collect();
        let (_, bins, channels) = op.whole(&empty.iter().collect::<Vec<_>>()).dim();
        let delay = inputs.iter().map(|&wire| self.delay(wire)).max().expect("an input") + op.look_ahead();
        self.nodes.push(Node { op, inputs, shape: FrameShape::new(bins, channels), delay });
        self.nodes.len()
    }

    /// A layer with one input.
    fn layer(&mut self, rng: &mut impl Rng, from: usize, most_delay: usize) {
        let kind = match rng.random_range(0..10) {
            0..5 => *[Unary::Conv, Unary::ConvTranspose].choose(rng).expect("some"),
            _ => *UNARY.choose(rng).expect("some"),
        };
        // The builder inserts delay lines; a definition names none.
        if kind == Unary::DelayLine {
            return;
        }
        let from = if kind == Unary::Compressed { self.with_channels(rng, from, 2) } else { from };
        // Some layers that could look ahead do not, as in a real network.
        let room = if rng.random_bool(0.7) { most_delay - self.delay(from) } else { 0 };
        let op = Op::random(rng, kind, self.shape(from), room.min(4));
        let node = self.push(op, vec![from]);
        if self.shape(node).size() > LARGEST {
            self.nodes.pop();
        }
    }

    /// A join of a wire with one or two others, most often of different delay.
    fn join(&mut self, rng: &mut impl Rng, from: usize) {
        let other = rng.random_range(0..=self.nodes.len());
        let shape = self.shape(from);
        match rng.random_range(0..7) {
            0 | 1 => {
                let mut inputs = vec![from, self.with_shape(rng, other, shape)];
                if rng.random_bool(0.3) {
                    inputs.push(inputs[rng.random_range(0..2)]);
                }
                self.push(Op::Add, inputs);
            }
            2 => {
                // A gate: the factor is bounded, so that levels stay near one over any number of products.
                let factor = if rng.random() { shape } else { FrameShape::vector(shape.channels) };
                let factor = self.with_shape(rng, other, factor);
                let curve = if rng.random() { Curve::Sigmoid } else { CURVES[4] };
                let gate = self.push(Op::Activation(curve), vec![factor]);
                self.push(Op::Multiply, vec![from, gate]);
            }
            3 => {
                let other = self.with_channels(rng, other, shape.channels);
                if self.shape(other).size() + shape.size() <= LARGEST {
                    self.push(Op::Concatenate(Axis::Bins), vec![from, other]);
                }
            }
            4 => {
                let other = if self.shape(other).bins == shape.bins {
                    other
                } else {
                    self.with_shape(rng, other, FrameShape::new(shape.bins, 2))
                };
                if self.shape(other).size() + shape.size() <= LARGEST {
                    self.push(Op::Concatenate(Axis::Channels), vec![from, other]);
                }
            }
            5 => {
                if 2 * shape.size() <= LARGEST {
                    let other = self.with_shape(rng, other, shape);
                    self.push(Op::Interleave, vec![from, other]);
                }
            }
            _ => {
                let complex = FrameShape::new(shape.bins, 2);
                let spectrum = self.with_channels(rng, from, 2);
                let mask = self.with_shape(rng, other, complex);
                let bounded = self.push(Op::Activation(Curve::Tanh), vec![mask]);
                self.push(Op::ComplexMask, vec![bounded, spectrum]);
            }
        }
    }

    /// The wire, or a linear layer after it, with that many channels.
    fn with_channels(&mut self, rng: &mut impl Rng, wire: usize, channels: usize) -> usize {
        if self.shape(wire).channels == channels {
            return wire;
        }
        let op = Op::linear(rng, self.shape(wire).channels, channels);
        self.push(op, vec![wire])
    }

    /// The wire, or a projection of it, with that shape.
    fn with_shape(&mut self, rng: &mut impl Rng, wire: usize, shape: FrameShape) -> usize {
        if self.shape(wire) == shape {
            return wire;
        }
        if self.shape(wire).bins == shape.bins {
            return self.with_channels(rng, wire, shape.channels);
        }
        let flat = FrameShape::vector(self.shape(wire).size());
        let flat = if self.shape(wire) == flat { wire } else { self.push(Op::Reshape(flat), vec![wire]) };
        let projected = self.with_channels(rng, flat, shape.size());
        if self.shape(projected) == shape {
            return projected;
        }
        self.push(Op::Reshape(shape), vec![projected])
    }

    /// The graph of the library.
    pub fn build(&self) -> Arc<Graph> {
        let mut builder = GraphBuilder::new(self.input);
        let mut wires = vec![builder.input()];
        for (i, node) in self.nodes.iter().enumerate() {
            let inputs: Vec<_> = node.inputs.iter().map(|&wire| wires[wire]).collect();
            let added = builder.add(&self.name(i + 1), node.op.layer(), &inputs);
            wires.push(added.unwrap_or_else(|error| panic!("seed {}: {error}", self.seed)));
        }
        let graph = builder.finish(*wires.last().expect("the input at least")).expect("a wire of this graph");
        graph.with_kernels(kernels())
    }

    /// Every wire as a whole clip labelled by its own frames.
    pub fn whole(&self, clip: &Clip) -> Vec<Clip> {
        let mut wires = vec![clip.clone()];
        for node in &self.nodes {
            let inputs: Vec<_> = node.inputs.iter().map(|&wire| &wires[wire]).collect();
            let output = node.op.whole(&inputs);
            wires.push(output);
        }
        wires
    }

    /// The delay lines that the joins need and no others: the wire held back, and by how many frames.
    pub fn delay_lines(&self) -> BTreeSet<(String, usize)> {
        let mut lines = BTreeSet::new();
        for node in &self.nodes {
            let latest = node.delay - node.op.look_ahead();
            for &wire in node.inputs.iter().filter(|&&wire| self.delay(wire) < latest) {
                lines.insert((self.name(wire), latest - self.delay(wire)));
            }
        }
        lines
    }
}
