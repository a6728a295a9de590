//! The delay that is reported is there, to the sample, and no block changes what comes out.

use super::common::signals::{identity, noise, voice};
use super::{RATES, in_blocks, mono, worst};
use framewise::engine::{Blocks, Denoiser, HighBand, Mask, Processor};
use framewise::model::{Latency, Model};

#[test]
fn an_impulse_comes_out_exactly_at_the_reported_delay() {
    for rate in RATES {
        for frames in [0, 1, 3] {
            for (high_band, block) in [(HighBand::Keep, 1), (HighBand::Keep, 333), (HighBand::Mute, 480)] {
                let mut processor = Processor::builder(rate, 1)
                    .model(identity(320, 160, frames))
                    .high_band(high_band)
                    .build()
                    .expect("a processor");
                let delay = processor.delays().total();
                for at in [0, 1, 777] {
                    processor.reset();
                    let mut input = vec![0.0; at + 2 * delay + 100];
                    input[at] = 1.0;
                    let mut output = mono(&mut processor, &input, &[block]);
                    let peak = output.iter().copied().fold(0.0, f32::max);
                    assert_eq!(output[at + delay], peak, "{rate} Hz, {frames} frames, {high_band:?}, {at}");
                    if high_band == HighBand::Keep {
                        output[at + delay] -= 1.0;
                        assert!(
                            output.iter().all(|v| v.abs() < 1e-5),
                            "{rate} Hz: the impulse comes back whole"
                        );
                    } else {
                        // A filter of linear phase is as high on both sides.
                        let sides = output[at + delay - 1] - output[at + delay + 1];
                        assert!(sides.abs() < 1e-4, "{rate} Hz, {frames} frames: {sides}");
                    }
                }
            }
        }
    }
}

#[test]
fn with_two_latencies_they_lie_one_hop_apart() {
    for rate in RATES {
        let [zero, one] = Latency::ALL.map(|latency| {
            let processor = Processor::builder(rate, 1).latency(latency).build().expect("a processor");
            assert_eq!(processor.controls().latency(), latency);
            processor.delays()
        });
        let hop = f64::from(rate) / 100.0;
        assert!(((one.total() - zero.total()) as f64 - hop).abs() <= 0.5, "{rate} Hz: {zero}, {one}");
        assert_eq!((zero.window, zero.blocking, zero.resampling), (one.window, one.blocking, one.resampling));
        assert_eq!(zero.look_ahead, 0);
        assert_eq!(zero.resampling == 0, rate == 16_000);
    }
}

#[test]
fn any_block_sizes_and_any_number_of_channels_give_the_same_samples() {
    for (n, rate) in RATES.into_iter().enumerate() {
        let channels = [1, 2, 3, 8][n % 4];
        let input: Vec<_> = (0..channels).map(|c| voice(c as u64, 6_000)).collect();
        for mask in [Mask::Each, Mask::Shared] {
            let mut processor = Processor::builder(rate, channels)
                .latency(Latency::ONE)
                .mask(mask)
                .build()
                .expect("a processor");
            let expected = in_blocks(&mut processor, &input, &[6_000]);
            for sizes in [&[1][..], &[7, 500], &[64], &[rate as usize / 100 + 1], &[1056, 480, 0, 3, 2_000]] {
                processor.reset();
                assert!(in_blocks(&mut processor, &input, sizes) == expected, "{rate} Hz in {sizes:?}");
            }
            assert_eq!(processor.controls().uneven(), 0);
            if mask == Mask::Each {
                let mut alone =
                    Processor::builder(rate, 1).latency(Latency::ONE).build().expect("a processor");
                let last = mono(&mut alone, &input[channels - 1], &[500]);
                assert!(last == expected[channels - 1], "{rate} Hz: a channel is as if it were alone");
            }
        }
    }
}

#[test]
fn in_place_and_interleaved_equal_apart() {
    for (rate, channels) in [(16_000, 1), (44_100, 2), (48_000, 5)] {
        let input: Vec<_> = (0..channels).map(|c| voice(c as u64, 5_000)).collect();
        let build = || Processor::builder(rate, channels).build().expect("a processor");
        let expected = in_blocks(&mut build(), &input, &[700]);
        let (mut planes, mut start, mut processor) = (input.clone(), 0, build());
        for size in [1, 999, 64, 2_000, 1_936] {
            let mut block: Vec<_> = planes.iter_mut().map(|plane| &mut plane[start..start + size]).collect();
            processor.process_in_place(&mut block);
            start += size;
        }
        assert!(start == 5_000 && planes == expected);
        let mut woven: Vec<f32> = (0..5_000).flat_map(|n| input.iter().map(move |plane| plane[n])).collect();
        let mut processor = build();
        woven.chunks_mut(channels * 123).for_each(|block| processor.process_interleaved(block));
        for (c, expected) in expected.iter().enumerate() {
            assert!(woven.iter().skip(c).step_by(channels).eq(expected), "channel {c}");
        }
    }
}

#[test]
fn at_the_models_rate_it_is_the_clip_to_the_bit() {
    for latency in Latency::ALL {
        let model = Model::builtin(latency);
        let input = voice(3, 16_000);
        let mut processor = Processor::builder(16_000, 1).latency(latency).build().expect("a processor");
        let output = mono(&mut processor, &input, &[100, 1]);
        let own = Denoiser::new(&model).delays();
        let delay = processor.delays().total();
        assert_eq!((delay, processor.delays().resampling), (own.total() + 159, 0));
        assert_eq!(output[delay..], Denoiser::new(&model).process_clip(&input)[..16_000 - delay]);
    }
}

#[test]
fn bypass_and_no_strength_give_the_input_back_to_the_bit_at_every_rate() {
    for rate in RATES {
        for high_band in [HighBand::Follow, HighBand::Mute] {
            let builder = Processor::builder(rate, 2).high_band(high_band);
            for builder in [builder.clone().bypass(true), builder.strength(0.0)] {
                let mut processor = builder.build().expect("a processor");
                let input = [noise(1, 9_000, 0.9), voice(2, 9_000)];
                let delay = processor.delays().total();
                for (input, output) in input.iter().zip(in_blocks(&mut processor, &input, &[441])) {
                    assert!(output[..delay].iter().all(|v| *v == 0.0));
                    assert!(output[delay..] == input[..9_000 - delay], "{rate} Hz");
                }
            }
        }
    }
}

#[test]
fn strength_mixes_by_its_formula() {
    for rate in [16_000, 48_000] {
        let input = voice(4, 9_000);
        let wet = mono(&mut Processor::builder(rate, 1).build().expect("a processor"), &input, &[480]);
        let mut processor = Processor::builder(rate, 1).strength(12.0).build().expect("a processor");
        let delay = processor.delays().total();
        let output = mono(&mut processor, &input, &[480]);
        let gain = 10f32.powf(-12.0 / 20.0);
        let expected: Vec<f32> =
            (delay..9_000).map(|n| gain * input[n - delay] + (1.0 - gain) * wet[n]).collect();
        assert!(worst(&output[delay..], &expected) < 1e-6);
    }
}

#[test]
fn blocks_that_are_announced_wait_for_less_and_give_the_same_samples() {
    for rate in RATES {
        let input = voice(6, 9_600);
        let any = mono(&mut Processor::builder(rate, 1).build().expect("a processor"), &input, &[960]);
        for block in [rate as usize / 100, 64, 480, 1_024] {
            let mut processor =
                Processor::builder(rate, 1).blocks(Blocks::Constant(block)).build().expect("a processor");
            let most = Processor::builder(rate, 1).build().expect("a processor").delays().blocking;
            let earlier = most - processor.delays().blocking;
            let whole = rate.is_multiple_of(100) && block == rate as usize / 100;
            assert!(!whole || processor.delays().blocking == 0, "{rate} Hz: whole hops wait for nothing");
            let length = input.len() / block * block;
            let output = mono(&mut processor, &input[..length], &[block]);
            assert_eq!(processor.controls().uneven(), 0, "{rate} Hz, blocks of {block}");
            assert!(output[..length - earlier] == any[earlier..length], "{rate} Hz, blocks of {block}");
        }
    }
}

#[test]
fn the_delay_in_the_readme_is_that_of_the_processor() {
    let processor = Processor::builder(48_000, 2).latency(Latency::ZERO).build().expect("a processor");
    let readme = include_str!("../../README.md");
    assert!(readme.contains(&format!("// {}\n", processor.delays())), "{}", processor.delays());
}
