//! Changes while sound runs: no click, no jump in time unannounced, and a reset that forgets all of it.

use super::common::signals::{identity, noise, voice};
use super::{RATES, in_blocks, mono};
use framewise::engine::{Mask, Processor};
use framewise::model::Latency;
use std::f32::consts::TAU;

/// Of which a hop is no whole number of periods: delayed by one more, it is another.
const HERTZ: f32 = 225.0;

fn tone(rate: u32, length: usize) -> Vec<f32> {
    let turns = |n: usize| f64::from(HERTZ) * n as f64 / f64::from(rate);
    (0..length).map(|n| 0.5 * (std::f64::consts::TAU * turns(n)).sin() as f32).collect()
}

fn greatest_step(samples: &[f32]) -> f32 {
    samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
}

#[test]
fn a_switch_of_latency_moves_sound_by_one_hop_under_a_cross_fade() {
    for rate in RATES {
        let models = || [identity(320, 160, 0), identity(320, 160, 1)];
        for bypass in [false, true] {
            let mut processor =
                Processor::builder(rate, 1).models(models()).bypass(bypass).build().expect("a processor");
            let controls = processor.controls().clone();
            let second = rate as usize;
            let input = tone(rate, 3 * second);
            let before = processor.delays();
            let mut output = mono(&mut processor, &input[..second], &[480]);
            controls.set_latency(Latency::ONE).expect("a model of one frame");
            assert_eq!(processor.delays(), before, "not yet");
            output.extend(mono(&mut processor, &input[second..2 * second], &[480]));
            let after = processor.delays();
            assert_eq!(after, controls.delays_of(1));
            assert!((after.total() - before.total()).abs_diff(second / 100) <= 1);
            controls.set_latency(Latency::ZERO).expect("a model of zero frames");
            output.extend(mono(&mut processor, &input[2 * second..], &[480]));
            assert_eq!(processor.delays(), before);
            let near = |range: std::ops::Range<usize>, delay: usize| {
                range.map(|n| (output[n] - input[n - delay]).abs()).fold(0.0, f32::max)
            };
            // A hop that is no whole number of samples leaves half a sample of the tone.
            let bound = if rate.is_multiple_of(100) { 1e-5 } else { 0.5 * 0.52 * TAU * HERTZ / rate as f32 };
            let half = second / 2;
            assert!(near(half..second, before.total()) < 1e-5, "{rate} Hz");
            assert!(near(second + half..2 * second, after.total()) <= bound, "{rate} Hz");
            assert!(near(2 * second + half..3 * second, before.total()) < 1e-5, "{rate} Hz");
            // The tone itself, and over four hops from it to another as far away as can be; and rounding.
            let most = 0.5 * TAU * HERTZ / rate as f32 + 1.0 / (4.0 * rate as f32 / 100.0) + 5e-5;
            let step = greatest_step(&output[half..]);
            assert!(step < most, "{rate} Hz: a step of {step}");
        }
    }
}

#[test]
fn strength_and_bypass_change_over_a_hop() {
    for rate in [16_000, 48_000] {
        // Nothing is left of a constant by the model: what is dry and what is wet can be told apart.
        let mut processor = Processor::builder(rate, 1).build().expect("a processor");
        let controls = processor.controls().clone();
        let hop = rate as usize / 100;
        let input = vec![0.25; 60 * hop];
        mono(&mut processor, &input, &[hop]);
        let wet = mono(&mut processor, &input, &[hop]);
        controls.set_bypass(true);
        let turning = mono(&mut processor, &input, &[hop]);
        assert!(turning[2 * hop..].iter().all(|v| *v == 0.25));
        controls.set_bypass(false);
        controls.set_strength(6.0);
        let mixed = mono(&mut processor, &input, &[hop]);
        let difference = 0.25 + wet.iter().fold(0.0f32, |most, v| most.max(v.abs()));
        for output in [turning, mixed] {
            let step = greatest_step(&output);
            assert!(
                step < greatest_step(&wet) + 1.5 * difference / hop as f32,
                "{rate} Hz: a step of {step}"
            );
        }
    }
}

#[test]
fn a_switch_that_is_taken_back_in_time_is_not_heard() {
    let input = voice(1, 16_000);
    let mut processor = Processor::builder(16_000, 1).build().expect("a processor");
    let expected = mono(&mut processor, &input, &[160]);
    processor.reset();
    let controls = processor.controls().clone();
    let mut output = mono(&mut processor, &input[..4_000], &[160]);
    controls.set_latency(Latency::ONE).expect("a model of one frame");
    output.extend(mono(&mut processor, &input[4_000..6_000], &[160]));
    controls.set_latency(Latency::ZERO).expect("a model of zero frames");
    output.extend(mono(&mut processor, &input[6_000..], &[160]));
    assert_eq!(output, expected);
}

#[test]
fn after_a_switch_it_sounds_like_one_that_always_had_that_latency() {
    for rate in [16_000, 48_000] {
        let input = voice(2, 3 * rate as usize);
        let mut processor = Processor::builder(rate, 1).build().expect("a processor");
        processor.controls().set_latency(Latency::ONE).expect("a model of one frame");
        let output = mono(&mut processor, &input, &[480]);
        let mut always = Processor::builder(rate, 1).latency(Latency::ONE).build().expect("a processor");
        let expected = mono(&mut always, &input, &[480]);
        let energy = |samples: &[f32]| samples.iter().map(|v| v * v).sum::<f32>();
        let later = 2 * rate as usize;
        let difference: Vec<f32> =
            output[later..].iter().zip(&expected[later..]).map(|(a, b)| a - b).collect();
        assert!(energy(&difference) < 1e-3 * energy(&expected[later..]), "{rate} Hz");
    }
}

#[test]
fn a_reset_equals_a_new_one_with_the_same_settings_to_the_bit() {
    for (n, rate) in RATES.into_iter().enumerate() {
        let channels = n % 3 + 1;
        let input: Vec<_> = (0..channels).map(|c| voice(c as u64, 4_000)).collect();
        let build = |latency| {
            Processor::builder(rate, channels)
                .latency(latency)
                .mask(Mask::Shared)
                .strength(20.0)
                .build()
                .expect("one")
        };
        let expected = in_blocks(&mut build(Latency::ONE), &input, &[300]);
        let mut processor = build(Latency::ZERO);
        let controls = processor.controls().clone();
        // In the middle of a fade between latencies, with whatever in every line.
        for seconds in [0, 1, 33, 50] {
            controls.set_latency(Latency::ONE).expect("a model of one frame");
            controls.set_strength(3.0);
            let mut wild = vec![noise(9, seconds * rate as usize / 100 + 13, 3e4); channels];
            wild[0][7] = f32::NAN;
            in_blocks(&mut processor, &wild, &[77]);
            processor.process::<&[f32], &mut [f32]>(&[&[1.0; 9]], &mut []);
            controls.set_strength(20.0);
            processor.reset();
            assert_eq!((controls.counts().scrubbed, controls.uneven()), (0, 0));
            assert!(in_blocks(&mut processor, &input, &[300]) == expected, "{rate} Hz after {seconds} hops");
            controls.set_latency(Latency::ZERO).expect("a model of zero frames");
            processor.reset();
        }
    }
}

#[test]
fn controls_belong_to_any_thread() {
    let mut processor = Processor::builder(48_000, 1).build().expect("a processor");
    let controls = processor.controls().clone();
    let other = std::thread::spawn(move || {
        for n in 0..200 {
            controls.set_strength(n as f32);
            controls.set_bypass(n % 3 == 0);
            controls.set_latency(Latency::ALL[n % 2]).expect("a model of either");
            std::thread::yield_now();
        }
    });
    let output = mono(&mut processor, &voice(1, 48_000), &[64]);
    other.join().expect("no panic");
    assert!(output.iter().all(|v| v.abs() < 2.0));
}

#[test]
fn the_post_filter_lowers_what_the_model_lowered_delays_nothing_and_changes_over_a_hop() {
    for rate in [16_000, 48_000] {
        let hop = rate as usize / 100;
        let hiss = noise(4, 100 * hop, 0.05);
        let input: Vec<f32> =
            voice(3, 100 * hop).iter().zip(&hiss).map(|(voice, hiss)| voice + hiss).collect();
        let build = || Processor::builder(rate, 1);
        let mut plain = build().build().expect("a processor");
        let mut filtered = build().post_filter(true).build().expect("a processor");
        assert_eq!(plain.delays(), filtered.delays());
        let (without, with) = (mono(&mut plain, &input, &[hop]), mono(&mut filtered, &input, &[hop]));
        let energy = |samples: &[f32]| samples.iter().map(|v| v * v).sum::<f32>();
        let ratio = energy(&with) / energy(&without);
        assert!(ratio > 0.5 && ratio < 0.999, "{ratio}");
        // Switched on in the middle, it is the one before and the other after, with a hop and a window between.
        plain.reset();
        let mut output = mono(&mut plain, &input[..50 * hop], &[hop]);
        plain.controls().set_post_filter(true);
        output.extend(mono(&mut plain, &input[50 * hop..], &[hop]));
        let between = 50 * hop..50 * hop + 4 * hop;
        assert!(output[..between.start] == without[..between.start]);
        assert!(output[between.end..] == with[between.end..]);
        let steps = greatest_step(&without).max(greatest_step(&with));
        assert!(greatest_step(&output[between]) <= 1.5 * steps, "{rate} Hz");
        // A model that lowers nothing has nothing to filter.
        let identity = || build().model(identity(320, 160, 0));
        let kept = mono(&mut identity().post_filter(true).build().expect("a processor"), &input, &[hop]);
        let expected = mono(&mut identity().build().expect("a processor"), &input, &[hop]);
        assert!(super::worst(&kept, &expected) < 1e-6);
    }
}
