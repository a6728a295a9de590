//! Nothing is allocated while sound runs, and nothing that comes in can break the stream.

mod common;

use common::allocator::calls;
use common::kernels::builtin;
use common::live;
use common::signals::{noise, voice};
use framewise::engine::{Blocks, Denoiser};
use framewise::model::Latency;
use framewise::nn::Session;
use std::hint::black_box;

#[test]
fn the_counter_counts() {
    assert!(calls(|| drop(black_box(vec![1u8; black_box(100)]))) >= 2);
    assert_eq!(calls(|| assert_eq!(black_box(1) + black_box(1), 2)), 0);
}

#[test]
fn a_session_allocates_nothing_from_the_first_step_to_the_last_drain() {
    for latency in Latency::ALL {
        let model = builtin(latency);
        let mut session = Session::new(model.graph());
        let size = model.graph().input_shape().size();
        let (input, mut output) = (noise(1, size, 1.0), vec![0.0; size]);
        let count = calls(|| {
            for _ in 0..20 {
                session.step(&input, &mut output);
            }
            while session.drain(&mut output).is_some() {}
            session.reset();
        });
        assert_eq!(count, 0);
    }
}

#[test]
fn a_denoiser_allocates_nothing_from_the_first_hop_to_the_last_flush() {
    for latency in Latency::ALL {
        let mut denoiser = Denoiser::new(&builtin(latency));
        let (input, mut output) = (noise(2, 160, 0.5), vec![0.0; 160]);
        let count = calls(|| {
            for _ in 0..20 {
                denoiser.process_hop(&input, &mut output);
            }
            while denoiser.flush(&mut output) {}
            denoiser.reset();
        });
        assert_eq!(count, 0);
    }
}

#[test]
fn a_stream_allocates_nothing_for_any_block() {
    let mut stream = live(&builtin(Latency::ONE), 2, Blocks::Any);
    let input = noise(3, 5000, 0.5);
    let (mut left, mut right) = (vec![0.0; 5000], vec![0.0; 5000]);
    for size in [1, 7, 159, 160, 161, 480, 1056, 5000] {
        let input = &input[..size];
        let count = calls(|| stream.process(&[input, input], &mut [&mut left[..size], &mut right[..size]]));
        assert_eq!(count, 0, "blocks of {size}");
    }
}

fn energy(samples: &[f32]) -> f32 {
    samples.iter().map(|v| v * v).sum()
}

#[test]
fn samples_that_are_no_numbers_are_counted_and_leave_no_trace_in_the_state() {
    let clean = voice(7, 32_000);
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 3e38, -1e10] {
        let mut broken = clean.clone();
        broken[8_000] = bad;
        let mut patched = clean.clone();
        patched[8_000] = 0.0;
        let mut denoiser = Denoiser::new(&builtin(Latency::ZERO));
        let expected = denoiser.process_clip(&patched);
        assert_eq!(denoiser.process_clip(&broken), expected);
        assert_eq!(denoiser.scrubbed(), 1, "those of the clip");
        let mut output = vec![0.0; 160];
        denoiser.process_hop(&broken[8_000..8_160], &mut output);
        assert_eq!(denoiser.scrubbed(), 2);
        denoiser.reset();
        assert_eq!(denoiser.counts(), Denoiser::new(denoiser.model()).counts());
        denoiser.process_hop(&broken[8_000..8_160], &mut output);
        assert_eq!(denoiser.scrubbed(), 1, "those since the reset");
    }
}

#[test]
fn whatever_comes_in_a_finite_and_bounded_signal_comes_out() {
    let seconds = 16_000;
    let square: Vec<f32> = (0..seconds).map(|n| if n / 40 % 2 == 0 { 1.0 } else { -1.0 }).collect();
    let inputs = [
        ("silence", vec![0.0; seconds]),
        ("full-scale square wave", square),
        ("full-scale noise", noise(1, seconds, 1.0)),
        ("quiet noise", noise(2, seconds, 0.01)),
        ("constant offset", vec![0.9; seconds]),
        ("denormals", noise(3, seconds, 1e-40)),
        ("integers of 32 bits as floats", noise(4, seconds, 2_147_483_648.0)),
        ("no sound at all", noise(4, seconds, 1e30)),
    ];
    for latency in Latency::ALL {
        let mut denoiser = Denoiser::new(&builtin(latency));
        for (name, input) in &inputs {
            let output = denoiser.process_clip(input);
            let peak = output.iter().fold(0.0f32, |peak, v| peak.max(v.abs()));
            let most = input.iter().fold(0.0f32, |peak, v| peak.max(v.abs()));
            assert!(output.iter().all(|v| v.is_finite()), "{name}");
            // A mask of magnitude sqrt 2 over overlapping windows is the most that the network can do.
            assert!(peak <= 4.0 * most, "{name}: {peak}");
        }
    }
}

#[test]
fn a_stream_recovers_after_silence_as_after_a_reset() {
    let voice = voice(8, 32_000);
    let mut input = vec![0.0; 16_000 * 20];
    input.extend_from_slice(&voice);
    for latency in Latency::ALL {
        let mut denoiser = Denoiser::new(&builtin(latency));
        let alone = denoiser.process_clip(&voice);
        let after = denoiser.process_clip(&input);
        let after = &after[16_000 * 20..];
        let difference: Vec<f32> = alone.iter().zip(after).map(|(a, b)| a - b).collect();
        assert!(energy(&difference[16_000..]) < 0.05 * energy(&alone[16_000..]), "silence has left its mark");
    }
}

#[test]
fn two_streams_interleaved_equal_two_apart() {
    let model = builtin(Latency::ONE);
    let [a, b] = [1, 2].map(|seed| voice(seed, 8_000));
    let run = |denoiser: &mut Denoiser, hop: &[f32]| {
        let mut output = vec![0.0; 160];
        denoiser.process_hop(hop, &mut output);
        output
    };
    let alone = |signal: &[f32]| {
        let mut denoiser = Denoiser::new(&model);
        signal.chunks_exact(160).flat_map(|hop| run(&mut denoiser, hop)).collect::<Vec<_>>()
    };
    let (mut first, mut second) = (Denoiser::new(&model), Denoiser::new(&model));
    let mut mixed = (Vec::new(), Vec::new());
    for (a, b) in a.chunks_exact(160).zip(b.chunks_exact(160)) {
        mixed.0.extend(run(&mut first, a));
        mixed.1.extend(run(&mut second, b));
    }
    assert_eq!(mixed, (alone(&a), alone(&b)));
}
