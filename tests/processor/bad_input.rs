//! Nothing is allocated, and nothing that comes in can break a processor: numbers that are none, blocks that do not fit.

use super::common::allocator::calls;
use super::common::signals::{noise, voice};
use super::{RATES, in_blocks, mono, worst};
use framewise::engine::{Blocks, HighBand, Mask, Processor};
use framewise::model::Latency;

#[test]
fn nothing_is_allocated_for_any_block_change_or_reset() {
    for rate in RATES {
        for channels in [1, 3] {
            let mut processor =
                Processor::builder(rate, channels).mask(Mask::Shared).build().expect("a processor");
            let controls = processor.controls().clone();
            let (input, mut output) =
                (vec![noise(3, 5_000, 0.5); channels], vec![vec![0.0; 5_000]; channels]);
            let mut woven = vec![0.1; 500 * channels];
            let mut broken = input.clone();
            broken[0][3] = f32::NAN;
            let count = calls(|| {
                for _ in 0..(rate as usize / 5_000).max(1) {
                    processor.process(&input, &mut output);
                }
                controls.set_latency(Latency::ONE).expect("a model of one frame");
                for _ in 0..(rate as usize / 5_000).max(1) {
                    processor.process(&broken, &mut output);
                    controls.set_strength(9.0);
                }
                controls.set_bypass(true);
                processor.process_in_place(&mut output);
                processor.process_interleaved(&mut woven);
                processor.process::<&[f32], &mut [f32]>(&[], &mut []);
                processor.reset();
                processor.process(&input[..1], &mut output);
            });
            assert_eq!(count, 0, "{rate} Hz, {channels} channels");
        }
    }
}

#[test]
fn samples_that_are_no_numbers_count_as_zero_are_counted_and_leave_no_trace() {
    for rate in [8_000, 16_000, 44_100] {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let clean = voice(7, 9_000);
            let (mut broken, mut patched) = (clean.clone(), clean);
            broken[3_000] = bad;
            patched[3_000] = 0.0;
            for bypass in [false, true] {
                let build = || Processor::builder(rate, 1).bypass(bypass).build().expect("a processor");
                let (mut processor, mut expected) = (build(), build());
                assert_eq!(
                    mono(&mut processor, &broken, &[100]),
                    mono(&mut expected, &patched, &[100]),
                    "{rate} Hz"
                );
                assert_eq!(
                    (processor.controls().counts().scrubbed, expected.controls().counts().scrubbed),
                    (1, 0)
                );
            }
        }
    }
}

#[test]
fn whatever_comes_in_a_finite_and_bounded_signal_comes_out() {
    let square: Vec<f32> = (0..20_000).map(|n| if n / 40 % 2 == 0 { 1.0 } else { -1.0 }).collect();
    let inputs =
        [square, noise(1, 20_000, 1.0), vec![0.9; 20_000], noise(3, 20_000, 1e-40), noise(4, 20_000, 1e30)];
    for rate in RATES {
        for high_band in [HighBand::Follow, HighBand::Keep] {
            let mut processor =
                Processor::builder(rate, 1).high_band(high_band).build().expect("a processor");
            for input in &inputs {
                processor.reset();
                let most = input.iter().fold(0.0f32, |most, v| most.max(v.abs())).min(1e4);
                let output = mono(&mut processor, input, &[512]);
                // The network's most is 4 times; resamplers overshoot, and the high band comes on top.
                assert!(output.iter().all(|v| v.is_finite() && v.abs() <= 8.0 * most), "{rate} Hz");
            }
        }
    }
}

#[test]
fn blocks_that_do_not_fit_are_taken_by_their_common_length_and_counted() {
    let mut processor = Processor::builder(48_000, 2).build().expect("a processor");
    let mut even = Processor::builder(48_000, 2).build().expect("a processor");
    let [left, right] = [voice(1, 48_000), voice(2, 48_000)];
    let expected = in_blocks(&mut even, &[left.clone(), right.clone()], &[480]);
    let (mut at, mut uneven) = (0, 0);
    for n in 0..60 {
        let (a, b, c, d) = match n % 4 {
            0 => (480, 480, 480, 480),
            1 => (480, 333, 500, 480),
            2 => (10, 700, 20, 700),
            _ => (300, 300, 7, 0),
        };
        let count = [a, b, c, d].into_iter().min().unwrap_or(0);
        let (mut out_left, mut out_right) = (vec![9.0; c], vec![9.0; d]);
        processor
            .process(&[&left[at..at + a], &right[at..at + b]], &mut [&mut out_left[..], &mut out_right[..]]);
        for (output, expected) in [(&out_left, &expected[0]), (&out_right, &expected[1])] {
            assert_eq!(output[..count], expected[at..at + count]);
            assert!(output[count..].iter().all(|v| *v == 0.0), "the rest is silent");
        }
        at += count;
        uneven += u64::from(n % 4 != 0);
    }
    assert_eq!(processor.controls().uneven(), uneven);
}

#[test]
fn a_channel_that_is_missing_is_silent_and_one_too_many_is_silenced() {
    let input = voice(1, 8_000);
    let silence = vec![0.0; 8_000];
    let build = || Processor::builder(16_000, 2).build().expect("a processor");
    let expected = in_blocks(&mut build(), &[input.clone(), silence], &[8_000]);
    let mut output = vec![vec![9.0; 8_000]; 3];
    let mut processor = build();
    processor.process(&[&input], &mut output);
    assert!(output[..2] == expected && output[2].iter().all(|v| *v == 0.0));
    let mut output = vec![vec![9.0; 8_000]];
    let mut processor = build();
    processor.process(&[&input], &mut output);
    assert!(output[..1] == expected[..1]);
    let mut odd = vec![0.5; 9];
    build().process_interleaved(&mut odd);
    assert_eq!(odd[8], 0.0, "half a frame is silenced");
    build().process_interleaved(&mut []);
}

#[test]
fn a_block_that_was_not_announced_makes_the_delay_grow_as_far_as_needed() {
    for rate in [16_000, 44_100, 48_000] {
        let block = rate as usize / 100;
        let mut processor = Processor::builder(rate, 1)
            .blocks(Blocks::Constant(block))
            .bypass(true)
            .build()
            .expect("a processor");
        // Long enough for every place in a hop where a block may end.
        let input = noise(5, 620 * block, 0.5);
        let first = processor.delays();
        assert_eq!(first.blocking, 0);
        let mut output = mono(&mut processor, &input[..10 * block], &[block]);
        output.extend(mono(&mut processor, &input[10 * block..], &[1, block - 7, 33]));
        let last = processor.delays();
        assert!(last.blocking > 0 && processor.controls().uneven() > 0);
        let any = Processor::builder(rate, 1).build().expect("a processor").delays();
        assert!(last.blocking <= any.blocking, "{rate} Hz: {last}");
        let tail = 600 * block..620 * block;
        assert_eq!(
            worst(&output[tail.clone()], &input[tail.start - last.total()..tail.end - last.total()]),
            0.0
        );
    }
}
