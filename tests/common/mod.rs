//! What the tests share: random layers and graphs, their definitions over whole clips, and a counting allocator.
#![allow(dead_code)] // every test binary uses a part of it

pub mod allocator;
pub mod case;
pub mod kernels;
pub mod layers;
pub mod matrix;
pub mod random_graph;
pub mod reference;
pub mod signals;
pub mod tensors;
pub mod whole;

use framewise::engine::{Blocks, Processor};
use framewise::model::Model;
use framewise::nn::{FrameShape, Graph, Session, Wire};
use ndarray::Array3;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;

/// The random numbers of a seed: the same on every machine.
pub fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// A clip of shape (frames, bins, channels) of numbers from -1 to 1.
pub fn random_clip(rng: &mut impl Rng, frames: usize, shape: FrameShape) -> Array3<f32> {
    Array3::from_shape_fn((frames, shape.bins, shape.channels), |_| rng.random_range(-1.0..1.0))
}

/// The frames of a clip as the slices that a session takes.
pub fn frames(clip: &Array3<f32>) -> impl Iterator<Item = &[f32]> {
    let size = clip.dim().1 * clip.dim().2;
    clip.as_slice().expect("in memory order").chunks_exact(size)
}

/// Channels of sound through a model at its own rate, as a host has them.
pub fn live(model: &Model, channels: usize, blocks: Blocks) -> Processor {
    let builder = Processor::builder(model.sample_rate(), channels).model(model.clone()).blocks(blocks);
    builder.build().expect("a processor")
}

/// A session stepped over the clip and drained: every output frame under its label.
pub fn stream(session: &mut Session, clip: &Array3<f32>) -> Array3<f32> {
    observe(session, clip, |_, _| ())
}

/// As [`stream`]; `see` is shown the session after each step with the number of that step.
pub fn observe(session: &mut Session, clip: &Array3<f32>, mut see: impl FnMut(u64, &Session)) -> Array3<f32> {
    let graph = Arc::clone(session.graph());
    assert_eq!(graph.kernels(), kernels::kernels(), "a graph made past the helpers");
    let (shape, delay) = (graph.output_shape(), graph.delay() as u64);
    let mut output = vec![f32::NAN; shape.size()];
    let mut all = Vec::new();
    for (n, frame) in frames(clip).enumerate() {
        let label = session.step(frame, &mut output);
        assert_eq!(label, (n as u64).checked_sub(delay), "the label of step {n}");
        match label {
            Some(_) => all.extend_from_slice(&output),
            None => assert!(output.iter().all(|&v| v == 0.0), "zeros before the first frame is out"),
        }
        see(n as u64, session);
    }
    let length = clip.dim().0;
    let mut label = all.len() / shape.size();
    while let Some(drained) = session.drain(&mut output) {
        assert_eq!(drained, label as u64, "frames drain in order");
        all.extend_from_slice(&output);
        see(drained + delay, session);
        label += 1;
    }
    assert_eq!(label, length, "as many frames out as in");
    assert_eq!(session.drain(&mut output), None, "nothing comes after the last frame");
    Array3::from_shape_vec((length, shape.bins, shape.channels), all).expect("whole frames")
}

/// A session that takes the clip in blocks of these sizes, over and over, and is drained: every output frame under its label.
pub fn blocks(graph: &Arc<Graph>, clip: &Array3<f32>, sizes: &[usize]) -> Array3<f32> {
    assert_eq!(graph.kernels(), kernels::kernels(), "a graph made past the helpers");
    let most = *sizes.iter().max().expect("a size");
    let mut session = Session::with_blocks(graph, most);
    let (input, size) = (graph.input_shape().size(), graph.output_shape().size());
    let mut frames = clip.as_slice().expect("in memory order");
    let mut output = vec![f32::NAN; most * size];
    let (mut all, mut step, mut sizes) = (Vec::new(), 0, sizes.iter().cycle());
    while !frames.is_empty() {
        let count = (*sizes.next().expect("they repeat")).min(frames.len() / input);
        let (now, later) = frames.split_at(count * input);
        let output = &mut output[..count * size];
        let labels = session.steps(now, output);
        let label = |step: u64| step.saturating_sub(graph.delay() as u64);
        assert_eq!(labels, label(step)..label(step + count as u64), "labels of {count} steps from {step}");
        let (early, inside) = output.split_at((count - labels.count()) * size);
        assert!(early.iter().all(|&v| v == 0.0), "zeros before the first frame is out");
        all.extend_from_slice(inside);
        (frames, step) = (later, step + count as u64);
    }
    while session.drain(&mut output[..size]).is_some() {
        all.extend_from_slice(&output[..size]);
    }
    let FrameShape { bins, channels } = graph.output_shape();
    Array3::from_shape_vec((clip.dim().0, bins, channels), all).expect("as many frames out as in")
}

/// The wire of a layer that is known to be there.
pub fn wire(graph: &Graph, name: &str) -> Wire {
    graph.wire(name).unwrap_or_else(|| panic!("no layer `{name}`"))
}

/// Fails unless both are the same to the bit, NaN for NaN.
#[track_caller]
pub fn assert_same_bits(found: &Array3<f32>, expected: &Array3<f32>, what: &dyn std::fmt::Debug) {
    assert_eq!(found.dim(), expected.dim(), "{what:?}");
    for ((at, found), expected) in found.indexed_iter().zip(expected) {
        assert!(
            found.to_bits() == expected.to_bits(),
            "{found} is not {expected} to the bit at {at:?} of {what:?}"
        );
    }
}

/// The largest distance between the two, relative to the peak of the expected one or, if that is smaller, to `floor`.
pub fn relative_error(found: &Array3<f32>, expected: &Array3<f64>, floor: f64) -> f64 {
    assert_eq!(found.dim(), expected.dim());
    let peak = expected.iter().fold(floor, |peak, v| peak.max(v.abs()));
    found.iter().zip(expected).fold(0.0, |worst, (&found, &expected)| {
        let distance = (f64::from(found) - expected).abs() / peak;
        // A comparison with NaN is false: a NaN is the worst of errors.
        if distance <= worst { worst } else { distance.max(worst) }
    })
}
