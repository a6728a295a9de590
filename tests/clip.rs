//! Whole clips: as long as they were, aligned to the sample, the same however they are cut.

mod common;

use common::kernels::builtin;
use common::signals::{identity, noise, voice};
use framewise::dsp::{Analysis, DspError, Stft, Synthesis, Window};
use framewise::engine::{Channels, Denoiser, Mask};
use framewise::model::Latency;

#[test]
fn every_length_comes_back_aligned_to_the_sample() {
    for (window, hop) in [(320, 160), (512, 128), (512, 256), (30, 10)] {
        for frames in [0, 1, 3] {
            let mut denoiser = Denoiser::new(&identity(window, hop, frames));
            for length in
                [0, 1, 2, hop - 1, hop, hop + 1, 2 * hop - 1, 2 * hop, window, window + 1, 1000, 1001]
            {
                let input = noise(length as u64, length, 1.0);
                let output = denoiser.process_clip(&input);
                assert_eq!(output.len(), length);
                let worst = input.iter().zip(&output).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(
                    worst < 2e-6,
                    "{worst:e} at length {length}, window {window}, hop {hop}, {frames} frames"
                );
            }
        }
    }
}

#[test]
fn pieces_of_any_size_give_the_clip() {
    let input = voice(4, 5_003);
    for latency in Latency::ALL {
        let mut denoiser = Denoiser::new(&builtin(latency));
        let expected = denoiser.process_clip(&input);
        for size in [1, 7, 159, 160, 161, 1000] {
            let mut channel = Channels::new(denoiser.model(), 1, Mask::Each);
            let mut output = [Vec::new()];
            for piece in input.chunks(size) {
                channel.push(&[piece], &mut output, |_, _| ());
            }
            channel.finish(&mut output, |_, _| ());
            assert_eq!(output[0], expected, "pieces of {size}");
        }
    }
}

#[test]
fn a_clip_after_another_is_the_clip_alone() {
    let [first, second] = [11, 12].map(|seed| voice(seed, 7_000));
    let model = builtin(Latency::ONE);
    let alone = Denoiser::new(&model).process_clip(&second);
    let mut denoiser = Denoiser::new(&model);
    denoiser.process_clip(&first);
    assert_eq!(denoiser.process_clip(&second), alone);
}

#[test]
fn windows_reconstruct_also_where_analysis_and_synthesis_differ() {
    let last_half = |n: f64| if n < 0.5 { 0.0 } else { 1.0 };
    let pairs = [
        (Window::sqrt_hann(320), Window::sqrt_hann(320), 160),
        (Window::sqrt_hann(321), Window::sqrt_hann(321), 107),
        (Window::hann(512), Window::rectangular(512), 128),
        (Window::rectangular(512), Window::hann(256), 64),
        (Window::rectangular(100), Window::rectangular(100), 100),
        (Window::from_fn(64, last_half), Window::rectangular(32), 8),
    ];
    for (analysis, synthesis, hop) in pairs {
        let stft = Stft::new(analysis, synthesis, hop).expect("a pair that reconstructs");
        let (mut analysis, mut synthesis) = (Analysis::new(&stft), Synthesis::new(&stft));
        let input = noise(1, hop * 40, 1.0);
        let (mut spectrum, mut out) = (vec![0.0; 2 * stft.bins()], vec![0.0; hop]);
        let mut output = Vec::new();
        for piece in input.chunks_exact(hop) {
            analysis.push(piece, &mut spectrum);
            synthesis.push(&spectrum, &mut out);
            output.extend_from_slice(&out);
        }
        let delay = stft.delay();
        let worst = output[delay..].iter().zip(&input).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 2e-6, "{worst:e} for {stft:?}");
    }
}

#[test]
fn windows_that_do_not_reconstruct_are_refused_with_the_reason() {
    let refused =
        |analysis, synthesis, hop| Stft::new(analysis, synthesis, hop).expect_err("no such transform");
    let hann = Window::sqrt_hann;
    assert!(matches!(refused(hann(320), hann(320), 320), DspError::NotReconstructing { .. }));
    assert!(matches!(refused(hann(320), hann(320), 200), DspError::NotReconstructing { .. }));
    assert!(matches!(refused(hann(320), hann(320), 0), DspError::Hop { hop: 0, window: 320 }));
    assert!(matches!(refused(hann(320), hann(320), 321), DspError::Hop { .. }));
    assert!(matches!(refused(hann(160), hann(320), 80), DspError::SynthesisWindow { .. }));
    for odd in [31, 321, 511] {
        let error = Stft::low_delay(512, odd, 1).expect_err("half a sample falls");
        assert_eq!(error, DspError::OddSynthesisWindow { synthesis: odd });
        assert_eq!(error.to_string(), format!("synthesis window of {odd} samples: expected an even number"));
    }
    assert!(Stft::low_delay(511, 320, 160).is_ok());
    let rectangular = Window::rectangular;
    let alike = |value: f32| Window::from_values(vec![value; 64]);
    for gain in [0.0, -1.0] {
        assert!(
            matches!(refused(rectangular(64), alike(gain), 64), DspError::NotReconstructing { .. }),
            "{gain}"
        );
    }
    let nan = Window::from_values(vec![f32::NAN; 320]);
    assert!(matches!(refused(nan, hann(320), 160), DspError::NotReconstructing { .. }));
}

/// A gain that is off by a hundred-thousandth, -100 dB, in one sample of a hop is refused, and one within the roundings of
/// windows in single precision is not.
#[test]
fn windows_may_miss_a_gain_of_one_by_their_roundings_and_no_more() {
    let hop = 64;
    let off_by = |error: f32, period: usize| {
        let weight = |n: usize| if n.is_multiple_of(period) { 1.0 + error } else { 1.0 };
        let synthesis = Window::from_values((0..hop).map(weight).collect());
        Stft::new(Window::rectangular(hop), synthesis, hop)
    };
    for error in [1e-6, -1e-6, 5e-6, -5e-6] {
        assert!(off_by(error, hop).is_ok(), "{error}");
    }
    for error in [2e-5, -2e-5, 1e-4, 1e-3] {
        let refused = off_by(error, hop).expect_err("one sample is louder or softer than the others");
        let DspError::NotReconstructing { hop: 64, least, most } = refused else { panic!("{refused}") };
        assert_eq!(least.min(most), 1f32.min(1.0 + error));
        assert_eq!(least.max(most), 1f32.max(1.0 + error));
        assert!(off_by(error, 2).is_ok() == (error.abs() < 2e-5), "every other sample by {error}");
    }
    // The same gain everywhere, whatever it is, is scaled to one.
    assert!(off_by(1e-3, 1).is_ok());
}
