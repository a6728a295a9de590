//! A session that was reset equals a new one to the bit, whatever it went through before.

mod common;

use common::random_graph::RandomGraph;
use common::{assert_same_bits, frames, observe, random_clip, rng};
use framewise::nn::{FrameShape, Graph, GraphBuilder, Session};
use ndarray::Array3;
use rand::Rng;
use std::sync::Arc;

/// Every wire after every step, and the output.
fn trace(session: &mut Session, clip: &Array3<f32>, names: &[String]) -> (Array3<f32>, Vec<u32>) {
    let graph = Arc::clone(session.graph());
    let mut bits = Vec::new();
    let output = observe(session, clip, |_, session| {
        for name in names {
            bits.extend(session.frame(common::wire(&graph, name)).iter().map(|v| v.to_bits()));
        }
    });
    (output, bits)
}

/// Leads a session through something that ends anywhere: in the middle of a clip, before its first output, in the
/// drain, after it.
fn mistreat(session: &mut Session, seed: u64, how: usize) {
    let mut rng = rng(seed);
    let graph = Arc::clone(session.graph());
    let mut output = vec![0.0; graph.output_shape().size()];
    let length = [0, 1, 3, 17][rng.random_range(0..4)];
    let mut clip = random_clip(&mut rng, length, graph.input_shape());
    match how {
        0 => clip.mapv_inplace(|v| v * 1e4),
        1 => clip.mapv_inplace(|v| if v > 0.5 { f32::NAN } else { v }),
        2 => clip.mapv_inplace(|v| if v > 0.0 { f32::INFINITY } else { f32::NEG_INFINITY }),
        _ => clip.mapv_inplace(|v| v * 1e-41),
    }
    for frame in frames(&clip) {
        session.step(frame, &mut output);
    }
    if rng.random() {
        for _ in 0..rng.random_range(1..20) {
            session.drain(&mut output);
        }
    }
}

#[test]
fn reset_after_anything_equals_new_to_the_bit() {
    for seed in 0..150 {
        let description = RandomGraph::new(seed, 8);
        let graph = description.build();
        let names: Vec<_> = (0..=description.nodes.len()).map(|wire| description.name(wire)).collect();
        let clip = random_clip(&mut rng(seed), 15, description.input);
        let expected = trace(&mut Session::new(&graph), &clip, &names);
        let mut session = Session::new(&graph);
        for how in 0..4 {
            mistreat(&mut session, seed + 1000 * how as u64, how);
            session.reset();
            let found = trace(&mut session, &clip, &names);
            assert_same_bits(&found.0, &expected.0, &(seed, how));
            assert!(found.1 == expected.1, "wires of seed {seed} after {how}");
            session.reset();
        }
    }
}

/// Guards the test above: without the reset the past shows.
#[test]
fn without_a_reset_a_nan_stays_in_the_recurrence() {
    let mut poisoned = 0;
    for seed in 0..50 {
        let description = RandomGraph::new(seed, 8);
        let graph = description.build();
        let mut session = Session::new(&graph);
        let mut output = vec![0.0; graph.output_shape().size()];
        session.step(&vec![f32::NAN; graph.input_shape().size()], &mut output);
        let clip = random_clip(&mut rng(seed), 60, description.input);
        for frame in frames(&clip) {
            session.step(frame, &mut output);
        }
        poisoned += usize::from(output.iter().any(|v| v.is_nan()));
    }
    assert!(poisoned > 5, "{poisoned}");
}

#[test]
// Where a panic ends the program there is nothing to catch.
#[cfg(panic = "unwind")]
fn a_reset_session_may_be_stepped_again_and_a_drained_one_may_not() {
    let mut builder = GraphBuilder::new(FrameShape::vector(2));
    let input = builder.input();
    let output = builder.add("sum", framewise::nn::Add, &[input, input]).expect("equal shapes");
    let graph: Arc<Graph> = builder.finish(output).expect("a wire of this graph");
    let mut session = Session::new(&graph);
    let mut frame = [0.0; 2];
    assert_eq!(session.step(&[1.0, 2.0], &mut frame), Some(0));
    assert_eq!(session.drain(&mut frame), None);
    session.reset();
    assert_eq!(session.step(&[1.0, 2.0], &mut frame), Some(0));
    assert_eq!(frame, [2.0, 4.0]);
    session.drain(&mut frame);
    let again = std::panic::AssertUnwindSafe(|| session.step(&[1.0, 2.0], &mut frame));
    assert!(std::panic::catch_unwind(again).is_err(), "a stream that has ended takes no frame");
}
