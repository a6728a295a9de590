//! Layers in their place: what the shared contract is held against.

use super::kernels::kernels;
use super::layers::{CURVES, Op, UNARY, Unary, bands};
use super::tensors::Recurrent;
use super::whole::Clip;
use framewise::nn::{Axis, FrameShape, Graph, GraphBuilder, Layer, NnError, Reshape, Slice, Wire};
use rand::Rng;
use std::sync::Arc;

/// A layer and the shapes of its inputs.
#[derive(Clone, Debug)]
pub struct Case {
    pub op: Op,
    pub inputs: Vec<FrameShape>,
}

/// The name of the layer in the graphs of [`Case::graph`].
pub const UNDER_TEST: &str = "under test";

impl Case {
    /// The shape of the graph's input: the inputs of the layer one after the other.
    pub fn input(&self) -> FrameShape {
        FrameShape::vector(self.inputs.iter().map(|shape| shape.size()).sum())
    }

    /// A graph that gives the layer its inputs, each a part of the graph's own.
    pub fn graph(&self) -> Arc<Graph> {
        self.graph_with(self.op.layer()).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The same around another layer.
    pub fn graph_with(&self, layer: impl Layer + 'static) -> Result<Arc<Graph>, NnError> {
        let mut builder = GraphBuilder::new(self.input());
        let mut start = 0;
        let mut wires: Vec<Wire> = Vec::new();
        for (i, shape) in self.inputs.iter().enumerate() {
            let range = start..start + shape.size();
            start = range.end;
            let part =
                builder.add(&format!("part {i}"), Slice::new(Axis::Channels, range), &[builder.input()])?;
            wires.push(builder.add(&format!("input {i}"), Reshape::new(*shape), &[part])?);
        }
        let output = builder.add(UNDER_TEST, layer, &wires)?;
        Ok(builder.finish(output)?.with_kernels(kernels()))
    }

    /// The clips of the layer's inputs in a clip of the graph's.
    pub fn parts(&self, clip: &Clip) -> Vec<Clip> {
        let mut start = 0;
        let parts = self.inputs.iter().map(|shape| {
            let range = start..start + shape.size();
            start = range.end;
            let part = clip.slice(ndarray::s![.., 0, range]).to_owned();
            part.into_shape_with_order((clip.dim().0, shape.bins, shape.channels)).expect("the same size")
        });
        parts.collect()
    }

    /// What the layer gives for a clip of the graph's input.
    pub fn whole(&self, clip: &Clip) -> Clip {
        let parts = self.parts(clip);
        self.op.whole(&parts.iter().collect::<Vec<_>>())
    }
}

/// Several of every kind of layer, in frames of random shape.
pub fn cases() -> Vec<Case> {
    let mut rng = super::rng(0x1a7e5);
    let mut cases = Vec::new();
    for kind in UNARY {
        for draw in 0..8 {
            let bins = if draw == 0 { 1 } else { rng.random_range(1..=9) };
            // Wider than the widest vector now and then.
            let channels = if draw == 1 { rng.random_range(17..=40) } else { rng.random_range(1..=8) };
            let channels = if kind == Unary::Compressed { 2 } else { channels };
            let input = FrameShape::new(bins, channels);
            cases.push(Case { op: Op::random(&mut rng, kind, input, 6), inputs: vec![input] });
        }
    }
    // A curve is drawn at random above; here is each of them.
    let input = FrameShape::new(3, 11);
    cases.extend(CURVES.map(|curve| Case { op: Op::Activation(curve), inputs: vec![input] }));
    // Groups of channels: two of a vector's half, three of uneven sizes, four that fill more than a vector.
    for (groups, channels, hidden) in [(2, 16, 8), (2, 16, 4), (3, 15, 3), (4, 8, 9)] {
        let input = FrameShape::new(5, channels);
        for op in [
            Op::Gru(Recurrent::groups(&mut rng, 3, groups, channels, hidden)),
            Op::Lstm(Recurrent::groups(&mut rng, 4, groups, channels, hidden)),
            Op::BinGru(Recurrent::bin_groups(&mut rng, 3, groups, channels, hidden)),
            Op::BinLstm(Recurrent::bin_groups(&mut rng, 4, groups, channels, hidden)),
        ] {
            cases.push(Case { op, inputs: vec![input] });
        }
    }
    // Few channels, and three by three, take ways of their own.
    for channels in 1..=5 {
        for bins in [1, 2, 3, 9] {
            let input = FrameShape::new(bins, channels);
            let unfolds = [1, 3, 5, 7].map(Op::BinUnfold);
            let matrices = [0, bins - 1].map(|kept| Op::BinMatrix(kept, bands(&mut rng, bins - kept)));
            cases.extend(unfolds.into_iter().chain(matrices).map(|op| Case { op, inputs: vec![input] }));
        }
    }
    // A spectrum left as it is, beside its magnitude.
    let op = Op::Compressed { exponent: 1.0, floor: 1e-12 };
    cases.push(Case { op, inputs: vec![FrameShape::new(9, 2)] });
    for _ in 0..5 {
        let shape = FrameShape::new(rng.random_range(2..=9), rng.random_range(1..=8));
        let count = rng.random_range(2..=4);
        cases.push(Case { op: Op::Add, inputs: vec![shape; count] });
        cases.push(Case { op: Op::Interleave, inputs: vec![shape; 2] });
        cases.push(Case { op: Op::Multiply, inputs: vec![shape; 2] });
        cases.push(Case { op: Op::Multiply, inputs: vec![shape, FrameShape::vector(shape.channels)] });
        let complex = FrameShape::new(shape.bins, 2);
        cases.push(Case { op: Op::ComplexMask, inputs: vec![complex; 2] });
        let along_bins = (0..count).map(|_| FrameShape::new(rng.random_range(1..=5), shape.channels));
        cases.push(Case { op: Op::Concatenate(Axis::Bins), inputs: along_bins.collect() });
        let along_channels = (0..count).map(|_| FrameShape::new(shape.bins, rng.random_range(1..=5)));
        cases.push(Case { op: Op::Concatenate(Axis::Channels), inputs: along_channels.collect() });
    }
    cases
}
