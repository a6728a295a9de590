//! Numbers far beyond full scale, and networks that give none: exact where they can be, counted where they cannot.

mod common;

use common::signals::{identity, noise, voice};
use framewise::dsp::Stft;
use framewise::engine::{Channels, Denoiser, Mask};
use framewise::model::{Latency, Model};
use framewise::nn::{FrameShape, GraphBuilder, Inputs, Layer, NnError, Workspace};

fn scaled(samples: &[f32], factor: f32) -> Vec<f32> {
    samples.iter().map(|sample| sample * factor).collect()
}

#[test]
fn integers_stored_as_floats_are_cleaned_like_the_same_sound_at_full_scale_to_the_bit() {
    // Loud enough that each hop is known for what it is.
    let sound: Vec<f32> = voice(3, 16_000).iter().zip(noise(4, 16_000, 0.1)).map(|(a, b)| a + b).collect();
    for latency in Latency::ALL {
        let mut denoiser = Denoiser::new(&Model::builtin(latency));
        let expected = denoiser.process_clip(&sound);
        assert_eq!(denoiser.counts().lowered, 0);
        for bits in [15, 23, 31] {
            let factor = 2f32.powi(bits);
            let output = denoiser.process_clip(&scaled(&sound, factor));
            assert_eq!(output, scaled(&expected, factor), "2^{bits}");
            assert_eq!(denoiser.counts().lowered, bits);
        }
    }
}

#[test]
fn a_network_hears_peaks_beyond_full_scale_at_full_scale() {
    let model = Model::builtin(Latency::ONE);
    // Every hop has the same peak, so that every frame is taken down alike.
    let mut sound = voice(3, 16_000);
    sound.iter_mut().step_by(160).for_each(|sample| *sample = 0.9);
    let expected = Denoiser::new(&model).process_clip(&sound);
    let mut denoiser = Denoiser::new(&model);
    let output = denoiser.process_clip(&scaled(&sound, 8.0));
    assert_eq!(output, scaled(&expected, 8.0));
    assert_eq!(denoiser.counts().lowered, 3);
}

#[test]
fn taking_down_and_up_again_changes_no_sample_wherever_it_begins_and_ends() {
    let mut sound = noise(1, 32_000, 0.5);
    for (place, peak) in [(3_000, 9.0), (9_000, 40_000.0), (9_001, -2e9), (20_000, 3.0)] {
        sound[place] = peak;
    }
    for frames in [0, 1, 3] {
        let model = identity(320, 160, frames);
        let output = Denoiser::new(&model).process_clip(&sound);
        for (n, (a, b)) in output.iter().zip(&sound).enumerate() {
            // Roundings of a transform of 320 samples, of the loudest in its window.
            let near = sound[n.saturating_sub(320)..(n + 320).min(sound.len())].iter();
            let loudest = near.fold(0.0f32, |loudest, sample| loudest.max(sample.abs()));
            assert!((a - b).abs() <= 2e-6 * loudest, "{a} for {b} at {n}");
        }
    }
}

#[test]
fn one_click_beyond_all_measure_leaves_the_rest_as_it_was() {
    let model = Model::builtin(Latency::ZERO);
    let quiet = voice(5, 64_000);
    let mut clicked = quiet.clone();
    clicked[16_000] = 1e9;
    let [expected, output] = [&quiet, &clicked].map(|clip| Denoiser::new(&model).process_clip(clip));
    assert_eq!(output[..15_500], expected[..15_500]);
    let error: f32 = output[32_000..].iter().zip(&expected[32_000..]).map(|(a, b)| (a - b).powi(2)).sum();
    let power: f32 = expected[32_000..].iter().map(|v| v * v).sum();
    // What the network remembers of a second before.
    assert!(error < 0.05 * power, "{error} of {power}");
}

/// Gives its input back, but for some frames that are broken.
#[derive(Debug)]
struct Broken {
    bad: f32,
    frames: std::ops::Range<u64>,
}

impl Layer for Broken {
    fn kind(&self) -> &'static str {
        "broken"
    }
    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        Ok(inputs[0])
    }
    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        output.copy_from_slice(inputs.get(0));
        if self.frames.contains(&work.step) {
            output[10] = self.bad;
        }
    }
}

/// A model of that layer.
fn broken(bad: f32, frames: std::ops::Range<u64>) -> Model {
    let stft = Stft::sqrt_hann(320, 160).expect("windows that reconstruct");
    let mut graph = GraphBuilder::new(FrameShape::new(stft.bins(), 2));
    let input = graph.input();
    let output = graph.add("broken", Broken { bad, frames }, &[input]).expect("it fits");
    Model::from_graph("broken", 16_000, stft, graph.finish(output).expect("a graph")).expect("spectra")
}

#[test]
fn frames_of_a_network_that_are_not_finite_are_silent_and_counted() {
    let sound = noise(2, 16_000, 0.5);
    for bad in [f32::NAN, f32::INFINITY, f32::MIN] {
        let model = broken(bad, 20..23);
        let mut denoiser = Denoiser::new(&model);
        let output = denoiser.process_clip(&sound);
        assert_eq!((denoiser.counts().lost, denoiser.counts().frames), (3, 101), "{bad}");
        assert!(output.iter().all(|sample| sample.is_finite()));
        // Frame 20 spans hops 19 and 20: hops 20 and 21 have no frame left.
        for (n, (a, b)) in output.iter().zip(&sound).enumerate() {
            match n / 160 {
                20..=21 => assert_eq!(*a, 0.0),
                19 | 22 => assert!(a.abs() < 1.0),
                _ => assert!((a - b).abs() < 1e-5, "{a} for {b} at {n}"),
            }
        }

        let mut channels = Channels::new(&model, 2, Mask::Shared);
        let mut planes = vec![Vec::new(); 2];
        channels.push(&[sound.clone(), sound.clone()], &mut planes, |_, _| ());
        let counts = channels.finish(&mut planes, |_, _| ());
        assert_eq!((counts.lost, counts.frames, counts.scrubbed), (6, 202, 0));
        for (a, b) in planes.iter().flat_map(|plane| plane.iter().zip(&output)) {
            assert!((a - b).abs() < 1e-5, "one mask for twins is the mask of each");
        }
    }
}

#[test]
fn numbers_that_only_add_up_to_no_sample_are_counted_too() {
    let mut denoiser = Denoiser::new(&broken(1e19, 20..21));
    let output = denoiser.process_clip(&noise(2, 16_000, 0.5));
    // The frame reaches into two hops.
    assert_eq!(denoiser.counts().lost, 2);
    assert!(output.iter().all(|sample| sample.abs() < 2.0));
}
