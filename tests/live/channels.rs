//! Several channels, each cleaned by itself or all by one mask: what goes in together comes out together, at its place.

use crate::common::signals::{identity, noise, voice};
use framewise::engine::{Blocks, Mask, Processor};
use framewise::io::live::{Channel, Link, LinkConfig, Moment, Side};
use framewise::model::{Latency, Model};
use std::time::Duration;

const BLOCK: usize = 160;

/// What channels of a microphone come out as: dry and wet from the tap, and the output's channels, all planar.
struct Heard {
    dry: Vec<Vec<f32>>,
    wet: Vec<Vec<f32>>,
    out: Vec<Vec<f32>>,
}

fn run(input: &[Vec<f32>], outputs: usize, rates: [u32; 2], mask: Mask, models: &[Model]) -> Heard {
    let inputs = input.len();
    let config = LinkConfig::new(Side::new(rates[0], inputs), Side::new(rates[1], outputs));
    let config = config.channel(Channel::All).mask(mask);
    let Link { mut capture, mut playback, handle, mut tap, .. } = Link::new(&config, models);
    handle.switches().set_tapped(true);
    assert_eq!((handle.channels(), tap.channels()), (inputs, inputs));
    let blocks = rates.map(|rate| BLOCK * rate as usize / 16_000);
    let planes = |count: usize| vec![Vec::new(); count];
    let mut heard = Heard { dry: planes(inputs), wet: planes(inputs), out: planes(outputs) };
    let mut pairs = vec![[0.0; 2]; 16_000 * inputs];
    for turn in 0..input[0].len() / blocks[0] {
        let now = Moment::new(Duration::from_secs(1) + turn as u32 * Duration::from_millis(10));
        let at = turn * blocks[0];
        let block: Vec<f32> =
            (at..at + blocks[0]).flat_map(|n| input.iter().map(move |plane| plane[n])).collect();
        capture.capture(&block, now);
        let mut played = vec![0.5f32; blocks[1] * outputs];
        playback.playback(&mut played, now);
        played.iter().enumerate().for_each(|(n, &sample)| heard.out[n % outputs].push(sample));
        let count = tap.read(&mut pairs);
        for (n, [dry, wet]) in pairs[..count].iter().enumerate() {
            heard.dry[n % inputs].push(*dry);
            heard.wet[n % inputs].push(*wet);
        }
    }
    let report = handle.report();
    assert_eq!((report.underruns, report.lost, report.tap_lost, report.channel), (0, 0, 0, None));
    heard
}

/// How many samples later `late` is than `early`, to the bit from some place on.
fn later(early: &[f32], late: &[f32]) -> usize {
    let probe = late.len() / 2;
    let piece = &late[probe..probe + 64];
    let at = early.windows(64).position(|window| window == piece).expect("the samples are the other's own");
    let (early, late) = (&early[at..], &late[probe..]);
    let count = early.len().min(late.len());
    assert!(early[..count] == late[..count], "they go on alike");
    probe - at
}

#[test]
fn every_channel_comes_out_as_a_processor_cleans_it_by_itself_or_by_one_mask() {
    for (channels, mask) in
        [(1, Mask::Each), (2, Mask::Each), (2, Mask::Shared), (3, Mask::Shared), (8, Mask::Each)]
    {
        let input: Vec<_> = (0..channels).map(|c| voice(c as u64, 24_000)).collect();
        for latency in Latency::ALL {
            let model = Model::builtin(latency);
            let heard = run(&input, channels, [16_000; 2], mask, std::slice::from_ref(&model));
            // What was heard, silence before it among it, by another way; dry sound lies beside the wet.
            let builder = Processor::builder(16_000, channels).model(model).mask(mask);
            let mut processor = builder.blocks(Blocks::Constant(BLOCK)).build().expect("a processor");
            let delay = processor.delays().total();
            let mut expected: Vec<_> = heard.dry.iter().map(|plane| plane[delay..].to_vec()).collect();
            processor.process_in_place(&mut expected);
            for c in 0..channels {
                let about = format!("channel {c} of {channels}, {mask:?}, {latency}");
                assert!(later(&input[c], &heard.dry[c]) > 0, "{about}");
                assert!(heard.wet[c][..expected[c].len()] == expected[c], "{about}");
                assert!(heard.wet[c] == heard.out[c][..heard.wet[c].len()], "{about}");
                assert!(expected[c].iter().any(|v| v.abs() > 0.01), "{about}: something is heard");
            }
        }
    }
}

#[test]
fn one_mask_leaves_the_image_where_it_is() {
    let sound = voice(6, 24_000);
    let input: Vec<Vec<f32>> =
        [1.0, 0.3].iter().map(|gain| sound.iter().map(|v| v * gain).collect()).collect();
    let model = Model::builtin(Latency::ONE);
    let heard = run(&input, 2, [16_000; 2], Mask::Shared, std::slice::from_ref(&model));
    let worst = heard.out[0].iter().zip(&heard.out[1]).map(|(a, b)| (0.3 * a - b).abs()).fold(0.0, f32::max);
    // Roundings of a mask that is the same.
    assert!(worst < 1e-5, "{worst}");
    assert!(heard.out[0].iter().any(|v| v.abs() > 0.05));
}

#[test]
fn channels_keep_their_places_whatever_the_rates_and_the_outputs() {
    let model = identity(320, 160, 0);
    for (inputs, outputs, rates) in [
        (2, 2, [48_000; 2]),
        (2, 2, [16_000, 48_000]),
        (3, 2, [16_000; 2]),
        (2, 4, [16_000; 2]),
        (2, 1, [16_000; 2]),
    ] {
        // Channel `c` holds the constant `c + 1`, of which filters leave what it is.
        let input: Vec<_> = (1..=inputs).map(|c| vec![0.1 * c as f32; rates[0] as usize]).collect();
        let heard = run(&input, outputs, rates, Mask::Each, std::slice::from_ref(&model));
        let expected: &[f32] = match (inputs, outputs) {
            (2, 2) => &[0.1, 0.2],
            (3, 2) => &[0.2, 0.2],
            (2, 4) => &[0.1, 0.2, 0.0, 0.0],
            _ => &[0.15],
        };
        for (c, (plane, expected)) in heard.out.iter().zip(expected).enumerate() {
            let last = &plane[plane.len() - 100..];
            assert!(
                last.iter().all(|v| (v - expected).abs() < 1e-3),
                "{inputs} in, channel {c} of {outputs}: {last:?}"
            );
        }
    }
}

#[test]
fn channels_that_are_all_heard_lose_nothing_where_the_ring_is_full() {
    let config = LinkConfig::new(Side::new(16_000, 3), Side::new(16_000, 3)).channel(Channel::All);
    let Link { mut capture, handle, .. } = Link::new(&config, &[identity(320, 160, 0)]);
    let block = noise(1, 3 * 16_000, 0.5);
    (0..20).for_each(|n| capture.capture(&block, Moment::new(Duration::from_secs(n))));
    let report = handle.report();
    // Twelve seconds are kept, whole frames, and what is lost is counted in frames.
    assert_eq!((report.captured, report.lost, report.overruns), (20 * 16_000, 8 * 16_000, 8));
}
