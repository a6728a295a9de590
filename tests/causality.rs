//! How far a frame reaches back: a NaN in input frame `n` is at output `n - d` and nowhere before it.

mod common;

use common::kernels::kernels;
use common::layers::{Curve, Op};
use common::random_graph::RandomGraph;
use common::tensors::{After, Tensors};
use common::{assert_same_bits, random_clip, rng};
use framewise::nn::{
    Add, Axes, Concatenate, ConvConfig, FrameShape, Graph, GraphBuilder, Gru, RecurrentWeights,
};
use ndarray::{Array1, Array2, Array3, Array4, s};
use rand::Rng;
use std::sync::Arc;

/// The first output frame that a NaN in frame `n` reaches; the frames before are those of the clean clip to the bit.
fn horizon(graph: &Arc<Graph>, clip: &Array3<f32>, n: usize) -> Option<usize> {
    let mut canary = clip.clone();
    canary.slice_mut(s![n, .., ..]).fill(f32::NAN);
    let found = graph.run(canary.view());
    let first = found.outer_iter().position(|frame| frame.iter().any(|v| v.is_nan()));
    let untouched = s![..first.unwrap_or(found.dim().0), .., ..];
    let clean = graph.run(clip.view());
    assert_same_bits(&found.slice(untouched).to_owned(), &clean.slice(untouched).to_owned(), &n);
    first
}

/// The definition says which outputs hang on frame `n` in a random graph: slices and padding hide some.
#[test]
fn random_graphs_look_ahead_exactly_as_far_as_their_delay() {
    let mut reached = [0; 4];
    let mut seed = 0;
    while [0, 1, 3].iter().any(|&d| reached[d] < 40) {
        seed += 1;
        assert!(seed < 5000, "graphs of every look-ahead are drawn: {reached:?}");
        let description = RandomGraph::new(seed, 3);
        let delay = description.total();
        if delay == 2 || reached[delay] >= 40 {
            continue;
        }
        let graph = description.build();
        let clip = random_clip(&mut rng(seed), 12, description.input);
        for n in [4, 7, 11] {
            let found = horizon(&graph, &clip, n);
            let mut canary = clip.mapv(f64::from);
            canary.slice_mut(s![n, .., ..]).fill(f64::NAN);
            let whole = description.whole(&canary);
            let output = whole.last().expect("wires");
            let expected = output.outer_iter().position(|frame| frame.iter().any(|v| v.is_nan()));
            assert_eq!(found, expected, "frame {n} of seed {seed}");
            assert!(found.is_none_or(|first| first + delay >= n), "frame {n} of seed {seed}");
            reached[delay] += usize::from(found == Some(n - delay));
        }
    }
}

/// Convolution, recurrence, skip and transposed convolution, as in a masking network; `cuts` is where the look-ahead
/// is spent: in the first layer, in the middle, in the last.
fn network(seed: u64, cuts: [usize; 3]) -> Arc<Graph> {
    let mut rng = rng(seed);
    let mut builder = GraphBuilder::new(FrameShape::new(9, 2));
    let tensors = |rng: &mut rand_chacha::ChaCha8Rng, rows: usize, columns: usize, kernel: Axes| Tensors {
        weight: Array4::from_shape_simple_fn((rows, columns, kernel.time, kernel.bins), || {
            rng.random_range(0.1..0.5)
        }),
        bias: Array1::from_elem(4, 0.3),
    };
    let kernel = Axes { time: 4, bins: 3 };
    let base = |input| ConvConfig::new(input, 4, kernel).stride(2).padding(1);
    let first = Op::Conv {
        config: base(FrameShape::new(9, 2)).look_ahead(cuts[0]),
        tensors: tensors(&mut rng, 4, 2, kernel),
        after: After::default(),
    };
    let middle = base(FrameShape::new(5, 4)).stride(1).look_ahead(cuts[1]);
    let middle =
        Op::Conv { config: middle, tensors: tensors(&mut rng, 4, 4, kernel), after: After::default() };
    let last = base(FrameShape::new(5, 8)).look_ahead(cuts[2]);
    let last =
        Op::ConvTranspose { config: last, tensors: tensors(&mut rng, 8, 4, kernel), after: After::default() };
    let weights = Array2::from_shape_simple_fn((12, 4), || rng.random_range(-0.5..0.5));
    let bias = Array1::from_elem(12, 0.1);
    let gru = Gru::new(RecurrentWeights {
        weight_ih: weights.view(),
        weight_hh: weights.view(),
        bias_ih: bias.view(),
        bias_hh: bias.view(),
    });
    let build = || {
        let input = builder.input();
        let first = builder.add("first", first.layer(), &[input])?;
        let bent = builder.add("bent", Op::Activation(Curve::Elu).layer(), &[first])?;
        let middle = builder.add("middle", middle.layer(), &[bent])?;
        let memory = builder.add("memory", gru?, &[middle])?;
        let sum = builder.add("sum", Add, &[memory, bent])?;
        let joined = builder.add("joined", Concatenate(framewise::nn::Axis::Channels), &[sum, first])?;
        builder.add("last", last.layer(), &[joined])
    };
    let output = build().expect("layers that fit");
    builder.finish(output).expect("a wire of this graph").with_kernels(kernels())
}

#[test]
fn a_network_sees_as_many_frames_ahead_as_its_layers_spend_wherever_they_spend_them() {
    let spent =
        [[0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 1, 1], [0, 0, 3], [0, 3, 0], [3, 0, 0], [2, 0, 1]];
    for (seed, cuts) in spent.into_iter().enumerate() {
        let graph = network(seed as u64, cuts);
        let delay = cuts.iter().sum();
        assert_eq!(graph.delay(), delay);
        let clip = random_clip(&mut rng(seed as u64), 15, graph.input_shape());
        for n in 0..15 {
            assert_eq!(
                horizon(&graph, &clip, n),
                Some(n.saturating_sub(delay)),
                "frame {n}, look-ahead spent {cuts:?}"
            );
        }
    }
}
