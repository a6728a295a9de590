//! Between any two rates sound keeps its place, its length and its shape.
#![cfg(feature = "wav")]

mod common;

use common::signals::noise;
use framewise::io::Resampler;

const RATES: [u32; 11] =
    [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000];

/// Rates of old video and old computers, which have little in common with others.
const ODD_RATES: [u32; 5] = [22_254, 44_056, 47_952, 7_999, 4_000];

/// One channel in pieces of these sizes, over and over.
fn resample(from: u32, to: u32, input: &[f32], sizes: &[usize]) -> Vec<f32> {
    let mut resampler = Resampler::new(from, to, 1);
    let mut output = vec![Vec::new()];
    let (mut rest, mut sizes) = (input, sizes.iter().cycle());
    while !rest.is_empty() {
        let (now, later) = rest.split_at(rest.len().min(*sizes.next().expect("sizes repeat")));
        resampler.push(&[now.to_vec()], &mut output);
        rest = later;
    }
    resampler.finish(&mut output);
    output.remove(0)
}

/// Some tones below `band`, switched on and off smoothly, at `rate`: the same sound whatever the rate.
fn tones(rate: u32, band: f64, seconds: f64) -> Vec<f32> {
    let length = (f64::from(rate) * seconds) as usize;
    let sound = |n: usize| {
        let t = n as f64 / f64::from(rate);
        let envelope = (std::f64::consts::PI * t / seconds).sin().powi(2);
        let tone =
            |(k, part): (usize, f64)| (std::f64::consts::TAU * part * band * t + k as f64).sin() * 0.25;
        (envelope * [0.05, 0.23, 0.61, 0.97].into_iter().enumerate().map(tone).sum::<f64>()) as f32
    };
    (0..length).map(sound).collect()
}

fn worst(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn an_impulse_keeps_its_place_in_time_at_every_rate() {
    for from in RATES {
        for to in RATES {
            // A time that is a whole sample at both rates, some way into the clip.
            let at = (from / 4) as usize;
            let expected = at as f64 * f64::from(to) / f64::from(from);
            let mut input = vec![0.0; from as usize / 2];
            input[at] = 1.0;
            let output = resample(from, to, &input, &[1000]);
            let sum: f64 = output.iter().map(|v| f64::from(*v)).sum();
            let centre: f64 = output.iter().enumerate().map(|(n, v)| n as f64 * f64::from(*v)).sum::<f64>();
            assert!(
                (centre / sum - expected).abs() < 0.01,
                "{from} to {to}: {} for {expected}",
                centre / sum
            );
            let ratio = f64::from(to) / f64::from(from);
            assert!((sum / ratio - 1.0).abs() < 1e-3, "{from} to {to}: an area of {sum}");
        }
    }
}

#[test]
fn tones_come_out_as_if_they_had_been_made_at_the_other_rate() {
    for from in RATES {
        for to in RATES {
            let band = f64::from(from.min(to)) / 2.0 * 0.9;
            let (input, expected) = (tones(from, band, 0.5), tones(to, band, 0.5));
            let output = resample(from, to, &input, &[777]);
            let error = worst(&output, &expected);
            assert!(error < 1e-4, "{error:e} from {from} to {to}");
        }
    }
}

#[test]
fn there_and_back_changes_nothing_within_the_band() {
    for rate in RATES.into_iter().chain(ODD_RATES) {
        let input = tones(rate, f64::from(rate.min(16_000)) / 2.0 * 0.9, 0.4);
        let back = resample(16_000, rate, &resample(rate, 16_000, &input, &[512]), &[313]);
        let error = worst(&back, &input);
        assert!(error < 2e-4, "{error:e} at {rate}");
    }
}

#[test]
fn what_lies_above_the_lower_rate_does_not_fold_back() {
    for (from, to, tone) in [(48_000, 16_000, 9_000.0), (44_100, 8_000, 5_000.0), (192_000, 48_000, 30_000.0)]
    {
        let sine = |n: usize| (std::f64::consts::TAU * tone * n as f64 / f64::from(from)).sin() as f32;
        let input: Vec<f32> = (0..from as usize).map(sine).collect();
        let output = resample(from, to, &input, &[4096]);
        let middle = &output[output.len() / 4..output.len() * 3 / 4];
        let peak = middle.iter().map(|v| v.abs()).fold(0.0, f32::max);
        assert!(peak < 1e-4, "{peak:e} of {tone} Hz from {from} to {to}");
    }
}

#[test]
fn every_length_comes_out_as_its_time_says() {
    for (from, to) in
        [(8_000, 16_000), (44_100, 16_000), (16_000, 44_100), (48_000, 16_000), (16_000, 16_000)]
    {
        for length in [0, 1, 2, 159, 160, 161, 1_000, 4_096, 10_007] {
            let expected = (length as u64 * u64::from(to)).div_ceil(u64::from(from));
            let output = resample(from, to, &noise(3, length, 1.0), &[100]);
            assert_eq!(output.len() as u64, expected, "{length} samples from {from} to {to}");
            assert!(output.iter().all(|v| v.is_finite()));
        }
    }
}

#[test]
fn pieces_of_any_size_give_the_same_samples() {
    let input = noise(5, 20_000, 0.5);
    for (from, to) in [(44_100, 16_000), (16_000, 48_000), (11_025, 16_000)] {
        let whole = resample(from, to, &input, &[20_000]);
        for sizes in [&[1][..], &[7, 1_000], &[441], &[4_096, 1, 3]] {
            assert_eq!(resample(from, to, &input, sizes), whole, "{from} to {to} in {sizes:?}");
        }
    }
}

#[test]
fn channels_do_not_touch_each_other() {
    let planes = vec![noise(1, 9_000, 0.5), vec![0.0; 9_000], noise(2, 9_000, 0.5)];
    let mut resampler = Resampler::new(44_100, 16_000, 3);
    let mut output = vec![Vec::new(); 3];
    resampler.push(&planes, &mut output);
    resampler.finish(&mut output);
    for (plane, output) in planes.iter().zip(&output) {
        assert_eq!(*output, resample(44_100, 16_000, plane, &[9_000]));
    }
}

#[test]
fn what_is_held_back_is_no_more_than_the_delay_says() {
    for (from, to) in [(48_000, 16_000), (16_000, 44_100), (8_000, 16_000)] {
        let mut resampler = Resampler::new(from, to, 1);
        let mut output = vec![Vec::new()];
        for n in 1..200 {
            resampler.push(&[vec![0.0; 100]], &mut output);
            let held = n as f64 * 100.0 - output[0].len() as f64 * f64::from(from) / f64::from(to);
            assert!(held <= resampler.delay() as f64, "{held} samples held from {from} to {to}");
        }
    }
}

#[test]
fn rates_with_little_in_common_keep_place_and_shape_like_others() {
    let rates = [
        (47_999, 16_000),
        (16_000, 47_999),
        (383_999, 16_000),
        (16_000, 383_999),
        (7_999, 16_000),
        (16_000, 22_254),
    ];
    for (from, to) in rates {
        let band = f64::from(from.min(to)) / 2.0 * 0.9;
        let output = resample(from, to, &tones(from, band, 0.2), &[777]);
        let error = worst(&output, &tones(to, band, 0.2));
        assert!(error < 2e-4, "{error:e} from {from} to {to}");
        for length in [0, 1, 700, 10_007] {
            let expected = (length as u64 * u64::from(to)).div_ceil(u64::from(from));
            assert_eq!(resample(from, to, &noise(3, length, 1.0), &[100]).len() as u64, expected);
        }
    }
    let input = noise(5, 20_000, 0.5);
    let whole = resample(47_999, 16_000, &input, &[20_000]);
    assert_eq!(resample(47_999, 16_000, &input, &[7, 1_000]), whole);
    let mut resampler = Resampler::new(47_999, 16_000, 3);
    let mut output = vec![Vec::new(); 3];
    resampler.push(&[input.clone(), vec![0.0; 20_000], input.clone()], &mut output);
    resampler.finish(&mut output);
    assert!(output[0] == whole && output[2] == whole && output[1].iter().all(|v| *v == 0.0));
}
