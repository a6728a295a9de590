//! The contract that every layer keeps, one test a clause, each over several layers of every kind.

mod common;

use common::case::{Case, UNDER_TEST, cases};
use common::layers::{Boxed, Op};
use common::{
    allocator, assert_same_bits, blocks, frames, matrix, observe, random_clip, relative_error, rng, stream,
    wire,
};
use framewise::nn::{
    Add, BinMatrix, BinUnfold, DelayLine, FrameShape, GraphBuilder, Inputs, Kernels, Layer, Memory, NnError,
    Reshape, Session, Workspace,
};
use ndarray::{Array3, s};
use rand::Rng;
use std::collections::BTreeSet;

/// Every case with random clips of its input, of these many frames.
fn each(lengths: &[usize], mut test: impl FnMut(&Case, &Array3<f32>)) {
    for (number, case) in cases().iter().enumerate() {
        for &length in lengths {
            let clip = random_clip(&mut rng(number as u64), length, case.input());
            test(case, &clip);
        }
    }
}

#[test]
fn every_exported_layer_is_under_the_contract() {
    let sources =
        std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/nn/layers")).expect("the sources");
    let mut exported = BTreeSet::new();
    for source in sources {
        let path = source.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a source");
        for line in text.lines().filter(|line| line.starts_with("impl")) {
            if let Some((_, name)) = line.split_once(" Layer for ") {
                exported.insert(name.split([' ', '<']).next().expect("a name").to_owned());
            }
        }
    }
    let covered: BTreeSet<_> = cases().iter().map(|case| case.op.type_name().to_owned()).collect();
    assert!(exported.len() > 15, "the sources were read: {exported:?}");
    assert_eq!(covered, exported);
}

#[test]
fn streaming_equals_the_whole_run_to_the_bit() {
    each(&[0, 1, 2, 13], |case, clip| {
        let graph = case.graph();
        assert_same_bits(&stream(&mut Session::new(&graph), clip), &graph.run(clip.view()), case);
    });
}

/// Whatever a layer does with many frames at once. Blocks of 33 fill the widest vectors twice and begin a third.
#[test]
fn blocks_of_any_size_equal_single_frames_to_the_bit() {
    let mut with_ways_of_their_own = 0;
    each(&[1, 3, 40], |case, clip| {
        let layer = case.op.layer();
        let alone = layer.memory(&case.inputs).scratch;
        with_ways_of_their_own += usize::from(layer.scratch(&case.inputs, 16) > alone);
        let graph = case.graph();
        let expected = stream(&mut Session::new(&graph), clip);
        let all: Vec<usize> = (1..=18).collect();
        let sizes: [&[usize]; 8] = [&[1], &[2], &[3, 5], &[7], &[8], &[16], &[33], &all];
        for sizes in sizes {
            assert_same_bits(&blocks(&graph, clip, sizes), &expected, &(sizes, case));
        }
    });
    assert!(with_ways_of_their_own > 100, "{with_ways_of_their_own} ask for scratch for many frames");
}

/// The bound is a few roundings of single precision, up to the depth of the sums and of the recurrences.
#[test]
fn streaming_equals_the_definition_over_the_whole_clip() {
    let mut worst = 0.0f64;
    each(&[1, 2, 3, 7, 25], |case, clip| {
        let streamed = stream(&mut Session::new(&case.graph()), clip);
        let error = relative_error(&streamed, &case.whole(&clip.mapv(f64::from)), 1e-3);
        assert!(error <= 1e-5, "{error:e} for {case:?}");
        worst = worst.max(error);
    });
    println!("largest error of a layer, relative to its peak: {worst:.2e}");
}

/// The matrix of every position of the kernel, which shares no index arithmetic with the layers.
#[test]
fn streaming_convolutions_equal_their_explicit_matrix() {
    let mut compared = 0;
    each(&[1, 2, 9], |case, clip| {
        let (Op::Conv { config, tensors, after } | Op::ConvTranspose { config, tensors, after }) = &case.op
        else {
            return;
        };
        let weights =
            matrix::Weights { kernel: tensors.weight.mapv(f64::from), bias: tensors.bias.mapv(f64::from) };
        let causal = matrix::Causal {
            look_ahead: config.look_ahead,
            dilation: [config.dilation.time, config.dilation.bins],
            stride: config.stride,
            padding: config.padding,
            output_padding: config.output_padding,
            groups: config.groups,
        };
        let input = &case.parts(&clip.mapv(f64::from))[0];
        let expected = match case.op {
            Op::Conv { .. } => matrix::convolve(input, &weights, &causal),
            _ => matrix::convolve_transposed(input, &weights, &causal),
        };
        let expected = after.whole(expected.unwrap_or_else(|error| panic!("{error}: {case:?}")));
        let streamed = stream(&mut Session::new(&case.graph()), clip);
        let error = relative_error(&streamed, &expected, 1e-3);
        assert!(error <= 1e-5, "{error:e} for {case:?}");
        compared += 1;
    });
    assert!(compared >= 90, "{compared}");
}

#[test]
fn shape_look_ahead_and_parameters_are_those_of_the_definition() {
    each(&[1], |case, clip| {
        let layer = case.op.layer();
        let (_, bins, channels) = case.whole(&clip.mapv(f64::from)).dim();
        assert_eq!(layer.output_shape(&case.inputs), Ok(FrameShape::new(bins, channels)), "{case:?}");
        assert_eq!(layer.look_ahead(), case.op.look_ahead(), "{case:?}");
        assert_eq!(layer.parameters(), case.op.parameters(), "{case:?}");
        let graph = case.graph();
        assert_eq!(graph.delay(), case.op.look_ahead(), "{case:?}");
        let summary = graph.summary();
        let node = summary.nodes.iter().find(|node| node.name == UNDER_TEST).expect("the layer");
        assert_eq!(node.state, layer.memory(&case.inputs).state, "{case:?}");
        assert_eq!(node.multiply_adds, layer.multiply_adds(&case.inputs), "{case:?}");
    });
}

/// A NaN in frame `n` leaves every output before `n - look_ahead` to the bit as it was, and reaches exactly the
/// outputs that depend on it, the one at `n - look_ahead` among them.
#[test]
fn a_nan_reaches_back_as_far_as_the_look_ahead_and_no_further() {
    let mut reached = 0;
    each(&[20], |case, clip| {
        let ahead = case.op.look_ahead();
        let graph = case.graph();
        let clean = graph.run(clip.view());
        for n in [0usize, 1, 9, 19] {
            let mut canary = clip.clone();
            canary.slice_mut(s![n, .., ..]).fill(f32::NAN);
            let found = graph.run(canary.view());
            let first = n.saturating_sub(ahead);
            assert_same_bits(
                &found.slice(s![..first, .., ..]).to_owned(),
                &clean.slice(s![..first, .., ..]).to_owned(),
                case,
            );
            let expected = case.whole(&canary.mapv(f64::from));
            for ((at, found), expected) in found.indexed_iter().zip(&expected) {
                assert_eq!(found.is_nan(), expected.is_nan(), "at {at:?} for frame {n} of {case:?}");
            }
            // Padding can hide all of a frame from a layer; the definition says whether it does.
            if n >= ahead && expected.slice(s![first, .., ..]).iter().any(|v| v.is_nan()) {
                assert!(found.slice(s![first, .., ..]).iter().any(|v| v.is_nan()), "{case:?}");
                reached += 1;
            }
        }
    });
    assert!(reached > 500, "nearly every layer lets the NaN through: {reached}");
}

/// Lends a layer memory of exactly the sizes it asked for, inside guards, its output and scratch full of garbage.
#[derive(Debug)]
struct Guarded {
    layer: Boxed,
    memory: Memory,
    garbage: f32,
}

const GUARD: usize = 64;
const SENTINEL: f32 = 12345.678;

impl Guarded {
    fn lend(content: &[f32]) -> Vec<f32> {
        let mut memory = vec![SENTINEL; content.len() + 2 * GUARD];
        memory[GUARD..GUARD + content.len()].copy_from_slice(content);
        memory
    }

    fn inside(memory: &mut [f32]) -> &mut [f32] {
        let end = memory.len() - GUARD;
        &mut memory[GUARD..end]
    }

    fn check(&self, memory: &[f32], what: &str) {
        let (front, back) = (&memory[..GUARD], &memory[memory.len() - GUARD..]);
        assert!(front.iter().chain(back).all(|&v| v == SENTINEL), "wrote outside its {what}: {self:?}");
    }
}

impl Layer for Guarded {
    fn kind(&self) -> &'static str {
        "guarded"
    }
    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        self.layer.output_shape(inputs)
    }
    fn look_ahead(&self) -> usize {
        self.layer.look_ahead()
    }
    fn memory(&self, inputs: &[FrameShape]) -> Memory {
        self.layer.memory(inputs)
    }
    fn scratch(&self, inputs: &[FrameShape], frames: usize) -> usize {
        self.layer.scratch(inputs, frames)
    }
    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        assert_eq!(work.scratch.len(), self.memory.scratch);
        self.guard(inputs, output, work, |inputs, output, work| self.layer.step(inputs, output, work));
    }
    fn steps(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        let shapes: Vec<_> = (0..inputs.len()).map(|input| inputs.shape(input)).collect();
        assert!(inputs.frames() > 1 && work.scratch.len() >= self.layer.scratch(&shapes, inputs.frames()));
        self.guard(inputs, output, work, |inputs, output, work| self.layer.steps(inputs, output, work));
    }
}

impl Guarded {
    fn guard(
        &self,
        inputs: Inputs<'_>,
        output: &mut [f32],
        work: Workspace<'_>,
        run: impl Fn(Inputs<'_>, &mut [f32], Workspace<'_>),
    ) {
        assert_eq!(work.state.len(), self.memory.state);
        let mut state = Self::lend(work.state);
        let mut scratch = Self::lend(&vec![self.garbage; work.scratch.len()]);
        let mut frame = Self::lend(&vec![self.garbage; output.len()]);
        let lent =
            Workspace::new(Self::inside(&mut state), Self::inside(&mut scratch), work.step, work.kernels);
        run(inputs, Self::inside(&mut frame), lent);
        for (memory, what) in [(&state, "state"), (&scratch, "scratch"), (&frame, "output")] {
            self.check(memory, what);
        }
        work.state.copy_from_slice(Self::inside(&mut state));
        output.copy_from_slice(Self::inside(&mut frame));
    }
}

#[test]
fn garbage_in_output_and_scratch_changes_nothing_and_no_write_leaves_the_memory_asked_for() {
    each(&[15], |case, clip| {
        let expected = case.graph().run(clip.view());
        for garbage in [f32::NAN, f32::INFINITY, -3e38] {
            let layer = case.op.layer();
            let memory = layer.memory(&case.inputs);
            let guarded = Guarded { layer, memory, garbage };
            let graph = case.graph_with(guarded).expect("the layer was accepted");
            assert_same_bits(&graph.run(clip.view()), &expected, case);
            assert_same_bits(&blocks(&graph, clip, &[9, 5]), &expected, case);
        }
    });
}

#[test]
#[should_panic(expected = "wrote outside its output")]
fn the_guard_sees_a_write_outside() {
    let layer = Boxed(Box::new(framewise::nn::Add));
    let guarded = Guarded { layer, memory: Memory::default(), garbage: 0.0 };
    let mut frame = Guarded::lend(&[0.0; 3]);
    frame[GUARD + 3] = 1.0;
    guarded.check(&frame, "output");
}

#[test]
fn a_layer_that_asks_for_no_state_keeps_nothing_between_frames() {
    let mut stateless = 0;
    each(&[6], |case, clip| {
        let layer = case.op.layer();
        let state = layer.memory(&case.inputs).state;
        assert!(state > 0 || layer.look_ahead() == 0, "look-ahead without state: {case:?}");
        if state > 0 {
            return;
        }
        stateless += 1;
        let graph = case.graph();
        let all = graph.run(clip.view());
        for t in 0..clip.dim().0 {
            let alone = graph.run(clip.slice(s![t..=t, .., ..]));
            assert_same_bits(&alone, &all.slice(s![t..=t, .., ..]).to_owned(), case);
        }
    });
    assert!(stateless > 50, "{stateless}");
}

#[test]
fn a_reset_session_equals_a_new_one_to_the_bit() {
    each(&[12], |case, clip| {
        let graph = case.graph();
        let expected = stream(&mut Session::new(&graph), clip);
        let mut session = Session::new(&graph);
        let mut canary = clip.mapv(|v| 1e3 * v);
        canary.slice_mut(s![5.., .., ..]).fill(f32::NAN);
        stream(&mut session, &canary);
        session.reset();
        assert_same_bits(&stream(&mut session, clip), &expected, case);
    });
}

#[test]
fn a_clone_goes_on_identically_and_independently() {
    each(&[14], |case, clip| {
        let graph = case.graph();
        let mut original = Session::new(&graph);
        let mut output = vec![0.0; graph.output_shape().size()];
        let inputs: Vec<_> = frames(clip).collect();
        for frame in &inputs[..6] {
            original.step(frame, &mut output);
        }
        let mut clone = original.clone();
        let mut other = clone.clone();
        let rest = |session: &mut Session, scale: f32| {
            let mut all = Vec::new();
            let mut output = vec![0.0; graph.output_shape().size()];
            for frame in &inputs[6..] {
                let scaled: Vec<_> = frame.iter().map(|v| scale * v).collect();
                let label = session.step(&scaled, &mut output);
                all.push((label, output.iter().map(|v| v.to_bits()).collect::<Vec<_>>()));
            }
            while let Some(label) = session.drain(&mut output) {
                all.push((Some(label), output.iter().map(|v| v.to_bits()).collect()));
            }
            all
        };
        // The other one sees another future first; that may touch neither of the two.
        rest(&mut other, f32::NAN);
        let expected = rest(&mut original, 1.0);
        assert_eq!(rest(&mut clone, 1.0), expected, "{case:?}");
    });
}

#[test]
fn two_streams_interleaved_equal_two_run_apart() {
    each(&[11], |case, clip| {
        let graph = case.graph();
        let second = clip.mapv(|v| 0.5 - v);
        let apart = [graph.run(clip.view()), graph.run(second.view())];
        let mut sessions = [Session::new(&graph), Session::new(&graph)];
        let mut found = [Vec::new(), Vec::new()];
        let mut output = vec![0.0; graph.output_shape().size()];
        for pair in frames(clip).zip(frames(&second)) {
            for (which, frame) in [pair.0, pair.1].into_iter().enumerate() {
                if sessions[which].step(frame, &mut output).is_some() {
                    found[which].extend_from_slice(&output);
                }
            }
        }
        loop {
            let drained = [0, 1].map(|which| {
                let label = sessions[which].drain(&mut output);
                if label.is_some() {
                    found[which].extend_from_slice(&output);
                }
                label
            });
            assert_eq!(drained[0], drained[1], "{case:?}");
            if drained[0].is_none() {
                break;
            }
        }
        for (found, apart) in found.into_iter().zip(&apart) {
            let found = Array3::from_shape_vec(apart.dim(), found).expect("whole frames");
            assert_same_bits(&found, apart, case);
        }
    });
}

#[test]
fn step_drain_and_reset_allocate_nothing() {
    each(&[9], |case, clip| {
        let graph = case.graph();
        let mut session = Session::new(&graph);
        let mut output = vec![0.0; graph.output_shape().size()];
        let calls = allocator::calls(|| {
            for frame in frames(clip) {
                session.step(frame, &mut output);
            }
            while session.drain(&mut output).is_some() {}
            session.reset();
        });
        assert_eq!(calls, 0, "{case:?}");
        let mut session = Session::with_blocks(&graph, 9);
        let (clip, mut block) = (clip.as_slice().expect("in memory order"), output.repeat(9));
        let calls = allocator::calls(|| {
            session.steps(clip, &mut block);
            while session.drain(&mut output).is_some() {}
            session.reset();
        });
        assert_eq!(calls, 0, "in blocks: {case:?}");
    });
}

#[test]
fn the_allocation_counter_sees_what_is_allocated_grown_and_freed_on_this_thread() {
    let held = std::hint::black_box(vec![1u8; 10]);
    assert_eq!(allocator::calls(|| ()), 0);
    assert_eq!(allocator::calls(|| drop(std::hint::black_box(Box::new(1u64)))), 2, "allocated and freed");
    assert_eq!(allocator::calls(|| drop(held)), 1, "freed");
    let mut growing = Vec::with_capacity(1);
    growing.push(1u8);
    assert!(allocator::calls(|| growing.extend_from_slice(std::hint::black_box(&[2; 100]))) > 0, "grown");
    let barrier = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            barrier.wait();
            drop(std::hint::black_box(vec![0u8; 1000]));
            barrier.wait();
        });
        let calls = allocator::calls(|| {
            barrier.wait();
            barrier.wait();
        });
        assert_eq!(calls, 0, "another thread's memory is counted there");
    });
}

/// A layer that allocates in its step fails the clause above.
#[test]
fn an_allocation_inside_a_step_is_counted() {
    let shape = FrameShape::vector(3);
    let case = Case { op: Op::Add, inputs: vec![shape; 2] };
    let guarded = Guarded { layer: case.op.layer(), memory: Memory::default(), garbage: 0.0 };
    let graph = case.graph_with(guarded).expect("the layer was accepted");
    let mut session = Session::new(&graph);
    let mut output = [0.0; 3];
    let step = || {
        session.step(&[0.0; 6], &mut output);
    };
    assert!(allocator::calls(step) > 0);
}

#[test]
fn wrong_inputs_give_an_error_that_names_layer_expected_and_found() {
    let mut rejected = 0;
    for case in cases() {
        let mut attempts = vec![Vec::new()];
        attempts.push([&case.inputs[..], &case.inputs[..1]].concat());
        attempts.push(case.inputs[1..].to_vec());
        for input in 0..case.inputs.len() {
            for (bins, channels) in [(1, 0), (0, 1), (2, 3)] {
                let mut shapes = case.inputs.clone();
                shapes[input].bins += bins;
                shapes[input].channels += channels;
                attempts.push(shapes);
            }
            let mut shapes = case.inputs.clone();
            shapes[input] = FrameShape::new(shapes[input].channels, shapes[input].bins);
            attempts.push(shapes);
        }
        for inputs in attempts {
            let takes = !inputs.is_empty() && case.op.takes(&inputs);
            let attempt = Case { op: case.op.clone(), inputs };
            let result = attempt.graph_with(attempt.op.layer());
            if takes {
                assert!(result.is_ok(), "{result:?} for {attempt:?}");
                continue;
            }
            rejected += 1;
            let error = result.map(|_| ()).expect_err(&format!("{attempt:?}"));
            let text = error.to_string();
            let NnError::At { layer, cause } = error else { panic!("{text}: {attempt:?}") };
            assert_eq!(layer, UNDER_TEST);
            assert!(text.contains(UNDER_TEST), "{text}");
            match *cause {
                NnError::InputCount { expected, found } => {
                    assert_eq!(found, attempt.inputs.len(), "{text}");
                    assert!(!expected.is_empty() && text.contains(&expected), "{text}");
                    assert!(text.contains(&format!("found {found}")), "{text}");
                }
                NnError::InputShape { input, expected, found } => {
                    assert_eq!(found, attempt.inputs[input], "{text}: {attempt:?}");
                    assert!(!expected.is_empty() && text.contains(&expected), "{text}");
                    assert!(text.contains(&found.to_string()), "{text}");
                }
                other => panic!("{other:?}: {attempt:?}"),
            }
        }
    }
    assert!(rejected > 500, "{rejected}");
}

#[test]
fn every_wire_of_the_layer_is_zero_outside_the_clip() {
    each(&[1, 3, 8], |case, clip| {
        let graph = case.graph();
        let under_test = wire(&graph, UNDER_TEST);
        let (length, ahead) = (clip.dim().0 as u64, case.op.look_ahead() as u64);
        observe(&mut Session::new(&graph), clip, |n, session| {
            let inside = n >= ahead && n - ahead < length;
            let zero = session.frame(under_test).iter().all(|&v| v == 0.0);
            assert!(inside || zero, "step {n} of {case:?}");
        });
    });
}

/// The choice of kernels is made once in a process: each choice takes one of its own.
#[test]
fn the_contract_holds_for_every_choice_of_kernels() {
    let program = std::env::current_exe().expect("this test program");
    for kernels in Kernels::available() {
        let run = std::process::Command::new(&program)
            .args(["--skip", "the_contract_holds_for_every_choice_of_kernels"])
            .env(common::kernels::VARIABLE, kernels.name())
            .output()
            .expect("it runs again");
        let text = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success(), "{}: {text}", kernels.name());
        assert!(text.contains("streaming_equals_the_definition_over_the_whole_clip ... ok"), "{text}");
    }
}

/// Sizes that wrap around would pass for small ones.
#[test]
fn a_frame_too_large_to_count_is_refused() {
    // In numbers: 2 and a wrap.
    let huge = FrameShape::new(usize::MAX / 2 + 2, 2);
    let mut builder = GraphBuilder::new(huge);
    let input = builder.input();
    assert!(builder.add("line", DelayLine::new(2), &[input]).is_err());
    assert!(builder.add("sum", Add, &[input, input]).is_err());
    let mut builder = GraphBuilder::new(FrameShape::vector(2));
    let input = builder.input();
    assert!(builder.add("reshape", Reshape::new(huge), &[input]).is_err());
    assert!(builder.add("unfold", BinUnfold::new(usize::MAX).expect("odd"), &[input]).is_err());
    // Bins that pass cost one number each, and not one for each pair of them.
    let one = ndarray::Array2::ones((1, 1));
    assert!(BinMatrix::behind(1 << 16, one.view()).is_ok());
    assert!(BinMatrix::behind((1 << 16) + 1, one.view()).is_err());
    let error =
        builder.add("unfold", BinUnfold::new((1 << 24) + 1).expect("odd"), &[input]).expect_err("too large");
    assert_eq!(
        error.to_string(),
        "layer `unfold`: numbers in an output frame is 33554434, expected at most 16777216"
    );
}

#[test]
fn an_empty_frame_is_refused_by_every_layer() {
    for case in cases() {
        for empty in [FrameShape::new(0, 2), FrameShape::new(3, 0)] {
            let mut builder = GraphBuilder::new(empty);
            let inputs = vec![builder.input(); case.inputs.len()];
            let error = builder.add(UNDER_TEST, case.op.layer(), &inputs).expect_err("nothing to work on");
            let text = error.to_string();
            assert!(text.contains(UNDER_TEST) && text.contains(&empty.to_string()), "{text}");
        }
    }
}

#[test]
// Where a panic ends the program there is nothing to catch.
#[cfg(panic = "unwind")]
fn frames_of_a_wrong_length_are_refused() {
    let mut rng = rng(3);
    for _ in 0..5 {
        let length = rng.random_range(1..9);
        let case = Case { op: Op::Add, inputs: vec![FrameShape::vector(length); 2] };
        let graph = case.graph();
        let refused = |input: usize, output: usize| {
            let mut session = Session::new(&graph);
            let step = move || {
                session.step(&vec![0.0; input], &mut vec![0.0; output]);
            };
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(step)).is_err()
        };
        assert!(!refused(2 * length, length));
        assert!(refused(2 * length + 1, length));
        assert!(refused(2 * length - 1, length));
        assert!(refused(2 * length, length + 1));
        assert!(refused(2 * length, length - 1));
    }
}
