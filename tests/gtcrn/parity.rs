//! What the imported network gives, step by step, against what PyTorch gives.

use super::common::kernels::kernels;
use super::common::{allocator, assert_same_bits, observe, stream, wire};
use super::{Golden, model};
use framewise::engine::Denoiser;
use framewise::nn::Session;
use ndarray::{Array3, s};

/// Most that a number of the spectrum may be off, relative to the peak of the spectrum.
const SPECTRUM: f32 = 2e-5 / 30.7;
/// Most that the decoder's output, which lies within 1, may be off.
const DECODER: f32 = 1e-5;
/// Most that a sample may be off.
const SAMPLES: f32 = 1e-6;

fn peak<'a>(values: impl IntoIterator<Item = &'a f32>) -> f32 {
    values.into_iter().fold(0.0, |peak, v| peak.max(v.abs()))
}

/// The largest distance; that to a NaN is endless.
fn worst<'a>(found: impl IntoIterator<Item = &'a f32>, expected: impl IntoIterator<Item = &'a f32>) -> f32 {
    found.into_iter().zip(expected).fold(0.0, |worst, (a, b)| {
        let distance = (a - b).abs();
        if distance <= worst { worst } else { distance.max(f32::MIN_POSITIVE) }
    })
}

fn say(what: &str, error: f32, bound: f32) {
    println!("{what}: off by {error:.1e} of {bound:.1e} ({} kernels)", kernels().name());
}

#[test]
fn the_spectrum_of_the_whole_clip_is_that_of_pytorch() {
    let golden = Golden::read();
    let expected = golden.clip("expected");
    let found = model().graph().run(golden.clip("input").view());
    assert_eq!(found.dim(), expected.dim());
    let (error, bound) = (worst(&found, &expected), SPECTRUM * peak(&expected));
    say("spectrum", error, bound);
    assert!(error <= bound, "{error:e}");
}

#[test]
fn the_decoder_gives_the_band_mask_of_pytorch() {
    let golden = Golden::read();
    let expected = golden.clip("band_mask");
    let graph = model().graph().clone();
    let mask = wire(&graph, "band_mask");
    let mut error = 0.0f32;
    observe(&mut Session::new(&graph), &golden.clip("input"), |n, session| {
        let expected = expected.slice(s![n as usize, .., ..]);
        assert_eq!(session.frame(mask).len(), expected.len());
        error = error.max(worst(session.frame(mask), expected));
    });
    say("decoder", error, DECODER);
    assert!(error <= DECODER, "{error:e}");
}

#[test]
fn the_samples_of_a_stream_are_those_of_pytorch() {
    let golden = Golden::read();
    let expected = golden.samples("enhanced");
    let found = Denoiser::new(&model()).process_clip(&golden.samples("samples"));
    assert_eq!(found.len(), expected.len());
    let error = worst(&found, &expected);
    say("samples", error, SAMPLES);
    assert!(error <= SAMPLES, "{error:e}");
}

/// The vectors prove little where a network is silent, saturated or without variety.
#[test]
fn the_vectors_have_something_to_say() {
    let golden = Golden::read();
    let (input, mask) = (golden.clip("input"), golden.clip("band_mask"));
    assert_eq!(input.dim(), (40, 257, 2));
    assert_eq!(mask.dim(), (40, 129, 2));
    assert!(peak(&input) > 20.0 && peak(&golden.samples("samples")) > 0.3);
    let small = mask.iter().filter(|v| v.abs() < 0.8).count();
    let large = mask.iter().filter(|v| v.abs() > 0.2).count();
    assert!(small > mask.len() * 9 / 10 && large > mask.len() / 2, "{small} {large} of {}", mask.len());
    let change = &mask.slice(s![1.., .., ..]) - &mask.slice(s![..-1, .., ..]);
    let changing = change.outer_iter().filter(|frame| peak(frame) > 0.05).count();
    assert!(changing > 30, "{changing} frames differ from the one before");
}

#[test]
fn a_stream_equals_the_whole_clip_to_the_bit() {
    let input = Golden::read().clip("input");
    let model = model();
    for frames in [0, 1, 2, 11, 40] {
        let clip = input.slice(s![..frames, .., ..]).to_owned();
        let whole = model.graph().run(clip.view());
        let mut session = Session::new(model.graph());
        assert_same_bits(&stream(&mut session, &clip), &whole, &frames);
        session.reset();
        assert_same_bits(&stream(&mut session, &clip), &whole, &"after a reset");
    }
}

#[test]
fn no_frame_reaches_an_earlier_one() {
    let input = Golden::read().clip("input");
    let graph = model().graph().clone();
    let clean = graph.run(input.view());
    for n in [0, 1, 17, 39] {
        let mut canary = input.clone();
        canary.slice_mut(s![n, .., ..]).fill(f32::NAN);
        let found = graph.run(canary.view());
        let before = s![..n, .., ..];
        assert_same_bits(&found.slice(before).to_owned(), &clean.slice(before).to_owned(), &n);
        assert!(found.slice(s![n, .., ..]).iter().all(|v| v.is_nan()), "frame {n} reaches itself");
    }
}

#[test]
fn every_frame_comes_out_with_its_own_hop() {
    let model = model();
    assert_eq!(model.graph().delay(), 0);
    let header = model.header();
    assert_eq!((header.sample_rate, header.window, header.hop), (16_000, 512, 256));
    let mut session = Session::new(model.graph());
    let mut frame = vec![0.0; 257 * 2];
    for n in 0..3 {
        assert_eq!(session.step(&[0.1; 257 * 2], &mut frame), Some(n));
    }
    assert_eq!(session.drain(&mut frame), None, "nothing is left under way");

    let mut denoiser = Denoiser::new(&model);
    let delays = denoiser.delays();
    assert_eq!((delays.window, delays.look_ahead, delays.total()), (256, 0, 256));
    let mut hop = vec![0.0; 256];
    denoiser.process_hop(&[0.1; 256], &mut hop);
    assert!(denoiser.flush(&mut hop), "the hop that the last window holds");
    assert!(!denoiser.flush(&mut hop));
}

#[test]
fn a_hop_allocates_nothing() {
    let golden = Golden::read();
    let samples = golden.samples("samples");
    let mut denoiser = Denoiser::new(&model());
    let mut hop = vec![0.0; 256];
    let count = allocator::calls(|| {
        for input in samples.chunks_exact(256) {
            denoiser.process_hop(input, &mut hop);
        }
        while denoiser.flush(&mut hop) {}
        denoiser.reset();
    });
    assert_eq!(count, 0);
}

#[test]
fn whatever_comes_in_finite_numbers_come_out() {
    let model = model();
    let noise = super::common::signals::noise;
    let far = |n: usize| if n % 700 < 350 { 1e30 } else { -1e30 };
    for input in [
        vec![0.0; 8_000],
        vec![f32::NAN; 8_000],
        vec![1.0; 8_000],
        noise(1, 8_000, 1.0),
        noise(2, 8_000, 1e-40),
        noise(3, 8_000, 1e30),
        (0..8_000).map(far).collect(),
    ] {
        let output = Denoiser::new(&model).process_clip(&input);
        assert!(output.iter().all(|v| v.is_finite()), "from {:?} on", &input[..2]);
    }
}

#[test]
fn two_streams_do_not_touch_each_other() {
    let input = Golden::read().clip("input");
    let graph = model().graph().clone();
    let other = input.mapv(|v| 0.3 - v);
    let alone = [graph.run(input.view()), graph.run(other.view())];
    let mut sessions = [Session::new(&graph), Session::new(&graph)];
    let mut found = [Array3::zeros(input.dim()), Array3::zeros(input.dim())];
    for n in 0..input.dim().0 {
        for (which, clip) in [&input, &other].into_iter().enumerate() {
            let frame = clip.slice(s![n, .., ..]);
            let mut place = found[which].slice_mut(s![n, .., ..]);
            let output = place.as_slice_mut().expect("in memory order");
            sessions[which].step(frame.as_slice().expect("in memory order"), output);
        }
    }
    for (found, alone) in found.iter().zip(&alone) {
        assert_same_bits(found, alone, &"interleaved");
    }
}

/// Names the kernels that a process started by [`super::parity_holds_for_every_choice_of_kernels`] must run on.
pub const CHOSEN: &str = "FRAMEWISE_GTCRN_KERNELS";

#[test]
fn kernels_are_the_chosen_ones() {
    if let Ok(chosen) = std::env::var(CHOSEN) {
        assert_eq!(kernels().name(), chosen);
    }
}
