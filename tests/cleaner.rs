//! Recorded sound of any rate and any number of channels comes out in place, whole, and as the formula says.
#![cfg(feature = "wav")]

mod common;

use common::signals::{identity, noise, voice};
use framewise::engine::{Denoiser, Mask};
use framewise::io::{CleanConfig, Cleaner, HighBand};
use framewise::model::{Latency, Model};

fn clean(
    model: &Model,
    rate: u32,
    planes: &[Vec<f32>],
    config: CleanConfig,
    sizes: &[usize],
) -> Vec<Vec<f32>> {
    let mut cleaner = Cleaner::new(model, rate, planes.len(), config);
    let mut output = vec![Vec::new(); planes.len()];
    let (mut start, mut sizes) = (0, sizes.iter().cycle());
    while start < planes[0].len() {
        let end = (start + sizes.next().expect("sizes repeat")).min(planes[0].len());
        let piece: Vec<_> = planes.iter().map(|plane| plane[start..end].to_vec()).collect();
        cleaner.push(&piece, &mut output);
        start = end;
    }
    cleaner.finish(&mut output);
    output
}

fn worst(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

fn power(signal: &[f32]) -> f32 {
    signal.iter().map(|v| v * v).sum::<f32>() / signal.len().max(1) as f32
}

fn sine(rate: u32, hertz: f64, length: usize) -> Vec<f32> {
    (0..length)
        .map(|n| (0.3 * (std::f64::consts::TAU * hertz * n as f64 / f64::from(rate)).sin()) as f32)
        .collect()
}

const RATES: [u32; 10] = [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000];

#[test]
fn a_model_that_changes_nothing_gives_every_file_back_at_every_rate_with_the_high_band_kept() {
    for rate in RATES {
        for high_band in [HighBand::Keep, HighBand::Follow] {
            let input = noise(u64::from(rate), rate as usize / 3 + 17, 0.5);
            let config = CleanConfig::default().high_band(high_band);
            let output = clean(&identity(320, 160, 1), rate, std::slice::from_ref(&input), config, &[1000]);
            let error = worst(&output[0], &input);
            assert!(error < 2e-5, "{error:e} at {rate}, {high_band:?}");
        }
    }
}

#[test]
fn every_length_is_kept_at_every_rate() {
    let model = Model::builtin(Latency::ONE);
    for rate in RATES {
        for length in [0, 1, 2, 159, 160, 161, 2_000, 3_001] {
            for raw_delay in [false, true] {
                let config = CleanConfig::default().raw_delay(raw_delay);
                let output = clean(&model, rate, &[noise(1, length, 0.1), vec![0.0; length]], config, &[700]);
                assert!(output.iter().all(|plane| plane.len() == length), "{length} at {rate}");
            }
        }
    }
}

#[test]
fn at_the_models_rate_it_is_the_engine_to_the_bit() {
    for latency in Latency::ALL {
        let model = Model::builtin(latency);
        let planes = [voice(1, 7_003), voice(2, 7_003)];
        let output = clean(&model, 16_000, &planes, CleanConfig::default(), &[999, 1]);
        let mut denoiser = Denoiser::new(&model);
        for (plane, output) in planes.iter().zip(&output) {
            assert_eq!(*output, denoiser.process_clip(plane));
        }
    }
}

#[test]
fn pieces_of_any_size_give_the_same_samples() {
    let model = Model::builtin(Latency::ONE);
    let planes = [voice(1, 9_000), voice(5, 9_000)];
    for mask in [Mask::Each, Mask::Shared] {
        let config = CleanConfig::default().mask(mask);
        let whole = clean(&model, 44_100, &planes, config, &[9_000]);
        for sizes in [&[1, 500][..], &[441], &[7, 4_096]] {
            assert_eq!(clean(&model, 44_100, &planes, config, sizes), whole, "{sizes:?}");
        }
    }
}

#[test]
fn a_strength_of_zero_gives_the_input_to_the_bit_at_every_rate() {
    let model = Model::builtin(Latency::ZERO);
    for rate in [8_000, 16_000, 44_100, 48_000] {
        for high_band in [HighBand::Keep, HighBand::Mute, HighBand::Follow] {
            let input = noise(3, 8_001, 0.7);
            let config = CleanConfig::default().strength(0.0).high_band(high_band);
            let output = clean(&model, rate, std::slice::from_ref(&input), config, &[1000]);
            let same = output[0].iter().zip(&input).all(|(a, b)| a.to_bits() == b.to_bits());
            assert!(same && output[0].len() == input.len(), "{rate} Hz, {high_band:?}");
        }
    }
}

#[test]
fn strength_mixes_the_input_in_by_its_formula() {
    let model = Model::builtin(Latency::ONE);
    let input = voice(4, 9_000);
    let full = clean(&model, 16_000, std::slice::from_ref(&input), CleanConfig::default(), &[1000]);
    for decibels in [6.0f32, 12.0, 30.0] {
        let config = CleanConfig::default().strength(decibels);
        let output = clean(&model, 16_000, std::slice::from_ref(&input), config, &[1000]);
        let gain = 10f32.powf(-decibels / 20.0);
        let expected: Vec<f32> =
            input.iter().zip(&full[0]).map(|(x, wet)| gain * x + (1.0 - gain) * wet).collect();
        assert!(worst(&output[0], &expected) < 1e-6);
    }
}

#[test]
fn the_raw_output_at_the_models_rate_is_the_aligned_one_later_by_the_models_delay() {
    let input = noise(8, 12_000, 0.2);
    for latency in Latency::ALL {
        let model = Model::builtin(latency);
        let with = |config| clean(&model, 16_000, std::slice::from_ref(&input), config, &[1000]).remove(0);
        let (aligned, raw) = (with(CleanConfig::default()), with(CleanConfig::default().raw_delay(true)));
        let delay = Denoiser::new(&model).delays().total();
        assert_eq!(raw[delay..], aligned[..12_000 - delay]);
    }
}

#[test]
fn a_tone_above_the_band_is_kept_muted_or_follows_the_model() {
    let rate = 48_000;
    let input = sine(rate, 15_000.0, 48_000);
    let middle = 10_000..38_000;
    let with = |model: &Model, high_band, extra: &[f32]| {
        let sum: Vec<f32> = input.iter().zip(extra).map(|(a, b)| a + b).collect();
        let config = CleanConfig::default().high_band(high_band);
        clean(model, rate, &[sum], config, &[4096]).remove(0)
    };
    let same = identity(320, 160, 0);
    let silence = vec![0.0; input.len()];
    let kept = with(&same, HighBand::Keep, &silence);
    assert!(worst(&kept, &input) < 1e-5);
    let muted = with(&same, HighBand::Mute, &silence);
    assert!(power(&muted[middle.clone()]) < 1e-8 * power(&input));
    // Noise at the top of the model's band is taken away, and with it what lies above.
    let hiss = noise(2, input.len(), 0.2);
    let model = Model::builtin(Latency::ONE);
    let (kept, followed) = (with(&model, HighBand::Keep, &hiss), with(&model, HighBand::Follow, &hiss));
    assert!(power(&followed[middle.clone()]) < 0.5 * power(&kept[middle]), "the hiss above the band stays");
}

#[test]
fn linked_channels_share_one_mask() {
    let model = Model::builtin(Latency::ONE);
    let linked = CleanConfig::default().mask(Mask::Shared);
    let signal = voice(6, 16_000);
    // One channel of the same sound at a lower level and upside down: the model alone would treat it otherwise.
    let planes: Vec<Vec<f32>> =
        [1.0, 0.3, -0.7].iter().map(|gain| signal.iter().map(|v| v * gain).collect()).collect();
    let output = clean(&model, 16_000, &planes, linked, &[1000]);
    for (gain, plane) in [1.0, 0.3, -0.7].iter().zip(&output) {
        let expected: Vec<f32> = output[0].iter().map(|v| v * gain).collect();
        assert!(worst(plane, &expected) < 1e-5, "the image moved");
    }
}

#[test]
fn linked_channels_of_the_same_sound_are_that_sound_cleaned() {
    let signal = voice(6, 16_000);
    let linked = CleanConfig::default().mask(Mask::Shared);
    for latency in Latency::ALL {
        let model = Model::builtin(latency);
        let alone = clean(&model, 16_000, std::slice::from_ref(&signal), CleanConfig::default(), &[1000]);
        for plane in clean(&model, 16_000, &[signal.clone(), signal.clone()], linked, &[1000]) {
            assert!(worst(&plane, &alone[0]) < 1e-5);
        }
    }
}

#[test]
fn channels_by_themselves_do_not_hear_each_other() {
    let model = Model::builtin(Latency::ZERO);
    let planes: Vec<_> = (0..4).map(|seed| voice(seed, 6_000)).collect();
    let together = clean(&model, 48_000, &planes, CleanConfig::default(), &[1000]);
    for (plane, output) in planes.iter().zip(&together) {
        let alone = clean(&model, 48_000, std::slice::from_ref(plane), CleanConfig::default(), &[1000]);
        assert_eq!(*output, alone[0]);
    }
}

#[test]
fn a_sample_that_is_not_finite_harms_no_other() {
    let model = identity(320, 160, 0);
    for rate in [16_000, 48_000] {
        for strength in [None, Some(0.0), Some(6.0)] {
            let mut input = noise(1, 9_000, 0.3);
            let config = CleanConfig::default().strength(strength);
            (input[100], input[4_000]) = (f32::NAN, f32::INFINITY);
            let output = clean(&model, rate, std::slice::from_ref(&input), config, &[1000]);
            (input[100], input[4_000]) = (0.0, 0.0);
            assert!(worst(&output[0], &input) < 1e-4);
        }
    }
}
