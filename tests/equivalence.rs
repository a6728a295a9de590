//! Random graphs: streaming equals the definition over the whole clip, on every wire and at both ends.

mod common;

use common::layers::Op;
use common::random_graph::RandomGraph;
use common::{assert_same_bits, blocks, observe, random_clip, relative_error, rng, stream, wire};
use framewise::nn::{FrameShape, Session};
use ndarray::{Array3, s};
use rand::Rng;
use std::collections::{BTreeMap, BTreeSet};

const SEEDS: u64 = 800;
const MOST_DELAY: usize = 12;

/// Single against double precision over up to some twenty layers. Each layer adds a few roundings of 6e-8 of its peak;
/// a norm over near-equal channels magnifies what comes in by up to `1 / sqrt(epsilon)`, 30 here, and the compressed
/// spectrum likewise where a bin is nearly empty. A wrong label, a bias before the start or a missing frame at an end
/// is off by a hundred times this bound and more.
const BOUND: f64 = 2e-5;

fn clip(graph: &RandomGraph, seed: u64) -> Array3<f32> {
    let mut rng = rng(seed ^ 0xc11b);
    let frames = rng.random_range(1..=40);
    random_clip(&mut rng, frames, graph.input)
}

#[test]
fn streaming_equals_the_whole_clip_on_every_wire_of_random_graphs() {
    let mut worst = 0.0f64;
    for seed in 0..SEEDS {
        let description = RandomGraph::new(seed, MOST_DELAY);
        let graph = description.build();
        let clip = clip(&description, seed);
        let length = clip.dim().0;
        let whole = description.whole(&clip.mapv(f64::from));
        let wires: Vec<_> = (0..whole.len()).map(|i| wire(&graph, &description.name(i))).collect();
        let mut streamed: Vec<Array3<f32>> =
            whole.iter().map(|wire| Array3::from_elem(wire.dim(), f32::NAN)).collect();
        let mut seen = vec![BTreeSet::new(); whole.len()];
        let output = observe(&mut Session::new(&graph), &clip, |n, session| {
            for i in 0..wires.len() {
                let label = n as i64 - description.delay(i) as i64;
                let frame = session.frame(wires[i]);
                if (0..length as i64).contains(&label) {
                    let mut place = streamed[i].slice_mut(s![label as usize, .., ..]);
                    place.iter_mut().zip(frame).for_each(|(to, from)| *to = *from);
                    seen[i].insert(label as usize);
                } else {
                    assert!(
                        frame.iter().all(|&v| v == 0.0),
                        "frame {label} of {length} on wire {} of seed {seed}",
                        description.name(i)
                    );
                }
            }
        });
        assert_eq!(output.dim(), whole.last().expect("wires").dim());
        assert_same_bits(&output, streamed.last().expect("wires"), &seed);
        for i in 0..whole.len() {
            for &t in &seen[i] {
                let at = s![t..t + 1, .., ..];
                let peak = whole[i].iter().fold(0.1f64, |peak, v| peak.max(v.abs()));
                let error =
                    relative_error(&streamed[i].slice(at).to_owned(), &whole[i].slice(at).to_owned(), peak);
                assert!(
                    error <= BOUND,
                    "{error:e} in frame {t} of {length} on wire {} of seed {seed}",
                    description.name(i)
                );
                worst = worst.max(error);
            }
            // Where the clip outlasts the delay no step goes unseen. The steps end with the output's last frame,
            // whatever is still under way on a wire that the output does not need.
            if length >= description.total() {
                let late = description.delay(i).saturating_sub(description.total());
                assert_eq!(
                    seen[i].len(),
                    length.saturating_sub(late),
                    "frames of wire {} of seed {seed}",
                    description.name(i)
                );
            }
        }
    }
    println!("largest error of a wire over {SEEDS} graphs, relative to its peak: {worst:.2e}");
}

#[test]
fn graph_run_equals_a_session_to_the_bit() {
    for seed in 0..SEEDS {
        let description = RandomGraph::new(seed, MOST_DELAY);
        let graph = description.build();
        let clip = clip(&description, seed);
        assert_same_bits(&graph.run(clip.view()), &stream(&mut Session::new(&graph), &clip), &seed);
    }
}

#[test]
fn blocks_equal_single_frames_to_the_bit() {
    for seed in 0..SEEDS {
        let description = RandomGraph::new(seed, MOST_DELAY);
        let graph = description.build();
        let clip = clip(&description, seed);
        let mut rng = rng(seed);
        let sizes: Vec<usize> = (0..6).map(|_| rng.random_range(1..=20)).collect();
        let streamed = stream(&mut Session::new(&graph), &clip);
        assert_same_bits(&blocks(&graph, &clip, &sizes), &streamed, &(seed, sizes));
    }
}

#[test]
fn the_delay_of_every_wire_is_the_latest_input_and_the_look_ahead() {
    let mut delays = BTreeMap::new();
    for seed in 0..SEEDS {
        let description = RandomGraph::new(seed, MOST_DELAY);
        let graph = description.build();
        for i in 0..=description.nodes.len() {
            let name = description.name(i);
            assert_eq!(graph.wire_delay(wire(&graph, &name)), description.delay(i), "{name} of seed {seed}");
        }
        assert_eq!(graph.delay(), description.total());
        *delays.entry(graph.delay()).or_insert(0) += 1;
    }
    assert!(delays.len() > 8, "the seeds draw many delays: {delays:?}");
}

#[test]
fn delay_lines_stand_exactly_where_a_join_needs_them() {
    let (mut lines, mut graphs) = (0, 0);
    for seed in 0..SEEDS {
        let description = RandomGraph::new(seed, MOST_DELAY);
        let summary = description.build().summary();
        let found: Vec<_> = summary
            .delay_lines()
            .map(|line| {
                assert_eq!(line.kind, "delay line");
                assert_eq!(line.state, line.look_ahead * line.shape.size(), "{line:?}");
                (line.inputs[0].clone(), line.look_ahead)
            })
            .collect();
        let expected = description.delay_lines();
        assert_eq!(found.len(), expected.len(), "one line serves all who read it, seed {seed}: {found:?}");
        assert_eq!(found.iter().cloned().collect::<BTreeSet<_>>(), expected, "seed {seed}");
        assert_eq!(summary.nodes.len(), 1 + description.nodes.len() + expected.len());
        lines += expected.len();
        graphs += usize::from(!expected.is_empty());
    }
    assert!(lines > 150 && graphs > 100, "the seeds draw joins of unequal delay: {lines} in {graphs} graphs");
}

#[test]
fn a_clip_shorter_than_the_delay_comes_out_whole() {
    let mut tried = 0;
    for seed in 0..SEEDS {
        let description = RandomGraph::new(seed, MOST_DELAY);
        for frames in 1..=description.total().min(4) {
            let graph = description.build();
            let clip = random_clip(&mut rng(seed), frames, description.input);
            let streamed = stream(&mut Session::new(&graph), &clip);
            let whole = description.whole(&clip.mapv(f64::from));
            let error = relative_error(&streamed, whole.last().expect("wires"), 0.1);
            assert!(error <= BOUND, "{error:e} for {frames} frames of seed {seed}");
            tried += 1;
        }
    }
    assert!(tried > 200, "{tried}");
}

#[test]
fn a_clip_of_no_frames_gives_none_and_leaves_the_session_new() {
    for seed in 0..SEEDS {
        let description = RandomGraph::new(seed, MOST_DELAY);
        let graph = description.build();
        let FrameShape { bins, channels } = description.input;
        let empty = Array3::zeros((0, bins, channels));
        let mut session = Session::new(&graph);
        assert_eq!(stream(&mut session, &empty).dim().0, 0, "seed {seed}");
        assert_eq!(graph.run(empty.view()).dim().0, 0, "seed {seed}");
        session.reset();
        let clip = clip(&description, seed);
        assert_same_bits(&stream(&mut session, &clip), &graph.run(clip.view()), &seed);
    }
}

/// Guards the tests above: a description that never draws a kind of layer, or leaves out joins, proves little.
#[test]
fn the_seeds_draw_every_kind_of_layer_and_skips_of_unequal_delay() {
    let mut kinds: BTreeMap<_, usize> = BTreeMap::new();
    let (mut ahead, mut skips) = ([0, 0], 0);
    for seed in 0..SEEDS {
        for node in RandomGraph::new(seed, MOST_DELAY).nodes {
            *kinds.entry(node.op.type_name()).or_default() += 1;
            match node.op {
                Op::Conv { config, .. } => ahead[0] += usize::from(config.look_ahead > 0),
                Op::ConvTranspose { config, .. } => ahead[1] += usize::from(config.look_ahead > 0),
                Op::Add | Op::Multiply | Op::Concatenate(_) | Op::Interleave => skips += 1,
                _ => {}
            }
        }
    }
    assert_eq!(kinds.len(), 20, "every kind but the delay line, which the builder inserts: {kinds:?}");
    assert!(kinds.values().all(|&count| count >= 20), "{kinds:?}");
    assert!(ahead.iter().all(|&count| count > 50) && skips > 200, "{ahead:?} {skips}");
}

#[test]
fn an_inserted_delay_line_takes_no_name_that_a_layer_has() {
    let mut graph = framewise::nn::GraphBuilder::new(framewise::nn::FrameShape::vector(2));
    let input = graph.input();
    let early = graph.add("input+1", framewise::nn::Activation::relu(), &[input]).unwrap();
    let late = graph.add("late", framewise::nn::DelayLine::new(1), &[input]).unwrap();
    let sum = graph.add("sum", framewise::nn::Add, &[input, late]).unwrap();
    let both = graph.add("both", framewise::nn::Add, &[early, sum]).unwrap();
    let graph = graph.finish(both).unwrap();
    let names: Vec<_> = graph.summary().nodes.into_iter().map(|node| node.name).collect();
    let distinct: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len(), "{names:?}");
    assert!(graph.wire("input+1'").is_some());
}
