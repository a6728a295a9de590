//! Bytes as decisions. Layers with any parameters in any place: refused in one line, or they run. Graphs of sound layers:
//! streaming equals the definition over the whole clip.
#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;

use common::layers::{Boxed, Op, UNARY, Unary};
use common::random_graph::RandomGraph;
use common::{random_clip, relative_error, stream};
use framewise::nn::{
    Axes, Axis, BatchNorm, BinMatrix, BinUnfold, ChannelShuffle, ConvConfig, FrameShape, GraphBuilder, Gru,
    LayerNorm, Linear, NnError, PRelu, RecurrentWeights, Reshape, Session, Slice, TimeConv, TimeConvTranspose,
};
use libfuzzer_sys::fuzz_target;
use ndarray::{Array, Dimension, ShapeBuilder};
use rand::seq::IndexedRandom;
use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::slice::Iter;

/// Random numbers whose upper bits are the bytes of the input as long as there are some: each byte is a decision.
struct Steered<'a> {
    bytes: Iter<'a, u8>,
    below: ChaCha8Rng,
}

impl RngCore for Steered<'_> {
    fn next_u32(&mut self) -> u32 {
        let below = self.below.next_u32();
        self.bytes.next().map_or(below, |&byte| u32::from(byte) << 24 | below >> 8)
    }
    fn next_u64(&mut self) -> u64 {
        let below = self.below.next_u64();
        self.bytes.next().map_or(below, |&byte| u64::from(byte) << 56 | below >> 8)
    }
    fn fill_bytes(&mut self, to: &mut [u8]) {
        self.below.fill_bytes(to);
    }
}

/// Numbers that a session of this fuzzer may hold.
const SMALL: usize = 1 << 20;

/// Roundings over some twenty layers are below 2e-5 of the peak in the tests; decisions that a fuzzer seeks out make
/// near-equal channels and nearly empty bins more likely than chance does. A fault is of the size of the signal.
const BOUND: f64 = 2e-3;

fuzz_target!(|bytes: &[u8]| {
    let (Some(&way), bytes) = (bytes.first(), bytes.get(1..).unwrap_or_default()) else { return };
    let mut rng = Steered { bytes: bytes.iter(), below: ChaCha8Rng::seed_from_u64(bytes.len() as u64) };
    if way & 1 == 0 {
        sound(&mut rng);
    } else {
        broken(&mut rng);
    }
});

fn sound(rng: &mut impl Rng) {
    let description = RandomGraph::draw(rng, 0, 12);
    let graph = description.build();
    assert_eq!(graph.delay(), description.total());
    let frames = rng.random_range(0..=24);
    let clip = random_clip(rng, frames, description.input);
    let streamed = stream(&mut Session::new(&graph), &clip);
    let whole = description.whole(&clip.mapv(f64::from));
    let error = relative_error(&streamed, whole.last().expect("wires"), 0.1);
    assert!(error <= BOUND, "{error:e}: {description:?}");
}

fn broken(rng: &mut impl Rng) {
    let input = FrameShape::new(size(rng), size(rng));
    let mut builder = GraphBuilder::new(input);
    let mut wires = vec![builder.input()];
    for n in 0..rng.random_range(1..8) {
        let count = if rng.random_bool(0.8) { 1 } else { rng.random_range(0..4) };
        let inputs: Vec<_> = (0..count).map(|_| *wires.choose(rng).expect("the input")).collect();
        let shapes: Vec<_> = inputs.iter().map(|&wire| builder.shape(wire)).collect();
        let first = shapes.first().copied().unwrap_or(FrameShape::new(2, 2));
        let added = if rng.random_bool(0.4) {
            let Some(op) = known(rng, first) else { continue };
            let added = builder.add(&format!("{n}"), op.layer(), &inputs);
            // Far below the size from which frames are refused, whatever the layer makes of them.
            if shapes.iter().all(|shape| shape.size() <= SMALL) {
                let whole = shapes.iter().all(|shape| shape.size() > 0);
                assert_eq!(added.is_ok(), whole && op.takes(&shapes), "{shapes:?} into {op:?}");
            }
            added
        } else {
            match unknown(rng, first) {
                Ok(layer) => builder.add(&format!("{n}"), layer, &inputs),
                Err(error) => Err(error),
            }
        };
        match added {
            Ok(wire) => wires.push(wire),
            Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
        }
    }
    let graph = builder.finish(*wires.choose(rng).expect("the input")).expect("its own wire");
    let summary = graph.summary();
    let values = summary.nodes.iter().fold(0usize, |sum, node| sum.saturating_add(node.shape.size()));
    // Nothing can be added behind empty frames, and no stream is made of them.
    let some = graph.input_shape().size() > 0;
    if some && values.saturating_add(summary.state()) <= SMALL && graph.delay() < 64 {
        let frames = rng.random_range(0..6);
        stream(&mut Session::new(&graph), &random_clip(rng, frames, graph.input_shape()));
    }
}

/// Sizes that matter: small ones most often, and those near an end of what is allowed or can be counted.
fn size(rng: &mut impl Rng) -> usize {
    match rng.random_range(0..16) {
        0 => 0,
        1 => [1 << 10, 1 << 12, 1 << 16, (1 << 16) + 1, 1 << 32, usize::MAX / 2 + 2, usize::MAX]
            .choose(rng)
            .copied()
            .expect("some"),
        _ => rng.random_range(1..=8),
    }
}

/// A sound layer, for frames of the shape that it will meet or of another.
fn known(rng: &mut impl Rng, met: FrameShape) -> Option<Op> {
    let small = (1..=64).contains(&met.bins) && (1..=64).contains(&met.channels);
    let shape = if small && rng.random_bool(0.7) {
        met
    } else {
        FrameShape::new(rng.random_range(1..=6), rng.random_range(1..=6))
    };
    match rng.random_range(0..8) {
        0 => Some(Op::Add),
        1 => Some(Op::Multiply),
        2 => Some(Op::Concatenate(if rng.random() { Axis::Bins } else { Axis::Channels })),
        3 => Some(Op::ComplexMask),
        4 => Some(Op::Interleave),
        _ => {
            let kind = *UNARY.choose(rng).expect("some");
            let shape = if kind == Unary::Compressed { FrameShape::new(shape.bins, 2) } else { shape };
            Some(Op::random(rng, kind, shape, 4))
        }
    }
}

/// A tensor of that shape where it is small, or else, and now and then anyway, of another.
fn tensor<D: Dimension, S: ShapeBuilder<Dim = D>>(
    rng: &mut impl Rng,
    sizes: &[usize],
    shape: impl Fn(&[usize]) -> S,
) -> Array<f32, D> {
    // An axis of nothing may become one of something below.
    let product = sizes.iter().try_fold(1usize, |product, &size| product.checked_mul(size.max(1)));
    let fits = product.is_some_and(|product| product <= 4096) && sizes.iter().all(|&size| size <= 4096);
    let mut sizes = if fits { sizes.to_vec() } else { vec![1; sizes.len()] };
    if rng.random_bool(0.1) {
        let axis = rng.random_range(0..sizes.len());
        sizes[axis] = rng.random_range(0..4);
    }
    Array::from_shape_simple_fn(shape(&sizes), || rng.random_range(-1.0..1.0))
}

fn unknown(rng: &mut impl Rng, met: FrameShape) -> Result<Boxed, NnError> {
    let one = |sizes: &[usize]| sizes[0];
    let two = |sizes: &[usize]| (sizes[0], sizes[1]);
    let four = |sizes: &[usize]| (sizes[0], sizes[1], sizes[2], sizes[3]);
    let channels = if rng.random_bool(0.7) { met.channels } else { size(rng) };
    match rng.random_range(0..13) {
        kind @ 0..4 => {
            let (stride, padding) = (size(rng), rng.random_range(0..4));
            let (output_padding, look_ahead) = (rng.random_range(0..3), rng.random_range(0..3));
            let mut config = ConvConfig::new(met, size(rng), Axes { time: size(rng), bins: size(rng) })
                .stride(stride)
                .padding(padding)
                .output_padding(output_padding)
                .look_ahead(look_ahead);
            if rng.random_bool(0.3) {
                config.groups = size(rng);
            }
            if rng.random_bool(0.3) {
                config.dilation = Axes { time: size(rng), bins: size(rng) };
            }
            if rng.random_bool(0.1) {
                (config.padding, config.output_padding, config.look_ahead) = (size(rng), size(rng), size(rng));
            }
            let bias = tensor(rng, &[config.output_channels], one);
            if kind < 2 {
                let weight = tensor(rng, &config.weight_shape(), four);
                TimeConv::new(config, weight.view(), bias.view()).map(|layer| Boxed(Box::new(layer)))
            } else {
                let weight = tensor(rng, &config.transposed_weight_shape(), four);
                TimeConvTranspose::new(config, weight.view(), bias.view()).map(|layer| Boxed(Box::new(layer)))
            }
        }
        4 => PRelu::new(tensor(rng, &[channels], one).view()).map(|layer| Boxed(Box::new(layer))),
        5 => {
            let (weight, bias) = (tensor(rng, &[channels], one), tensor(rng, &[channels], one));
            LayerNorm::channels(weight.view(), bias.view(), 1e-3).map(|layer| Boxed(Box::new(layer)))
        }
        6 => {
            let [weight, bias, mean, variance] = [(); 4].map(|()| tensor(rng, &[channels], one));
            BatchNorm::new(weight.view(), bias.view(), mean.view(), variance.view(), 1e-3)
                .map(|layer| Boxed(Box::new(layer)))
        }
        7 => {
            let outputs = size(rng);
            let (weight, bias) = (tensor(rng, &[outputs, channels], two), tensor(rng, &[outputs], one));
            Linear::new(weight.view(), bias.view()).map(|layer| Boxed(Box::new(layer)))
        }
        8 => {
            let hidden = rng.random_range(0..5);
            let rows = if rng.random_bool(0.8) { 3 * hidden } else { rng.random_range(0..16) };
            let (weight_ih, weight_hh) = (tensor(rng, &[rows, channels], two), tensor(rng, &[rows, hidden], two));
            let (bias_ih, bias_hh) = (tensor(rng, &[rows], one), tensor(rng, &[rows], one));
            Gru::new(RecurrentWeights {
                weight_ih: weight_ih.view(),
                weight_hh: weight_hh.view(),
                bias_ih: bias_ih.view(),
                bias_hh: bias_hh.view(),
            })
            .map(|layer| Boxed(Box::new(layer)))
        }
        9 => {
            let weight = tensor(rng, &[rng_small(met.bins), met.bins], two);
            let kept = if rng.random() { 0 } else { size(rng) };
            BinMatrix::behind(kept, weight.view()).map(|layer| Boxed(Box::new(layer)))
        }
        10 => BinUnfold::new(size(rng)).map(|layer| Boxed(Box::new(layer))),
        11 => ChannelShuffle::new(size(rng)).map(|layer| Boxed(Box::new(layer))),
        _ if rng.random() => {
            let axis = if rng.random() { Axis::Bins } else { Axis::Channels };
            Ok(Boxed(Box::new(Slice::new(axis, size(rng)..size(rng)))))
        }
        _ => Ok(Boxed(Box::new(Reshape::new(FrameShape::new(size(rng), size(rng)))))),
    }
}

fn rng_small(bins: usize) -> usize {
    bins.clamp(1, 8)
}
