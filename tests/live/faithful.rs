//! Where nothing is corrected, live sound is file mode to the bit.

use crate::common::signals::{identity, voice};
use crate::devices::{Habits, Kind, Stall, run};
use framewise::engine::Denoiser;
use framewise::io::live::{Link, LinkConfig, Side};
use framewise::model::{Latency, Model};

/// The longest run of samples in `found` that lies in `source` without a break, and where it begins in both.
fn place(found: &[f32], source: &[f32], probe: usize) -> usize {
    let piece = &found[probe..probe + 64];
    source.windows(64).position(|window| window == piece).expect("the piece is in the source")
}

/// Runs at 16 kHz on both sides; returns dry and wet sound from the tap, and the output of the device.
fn taps(model: &Model, blocks: [std::ops::Range<usize>; 2], signal: &[f32]) -> (Vec<[f32; 2]>, Vec<f32>) {
    let [longest_in, longest_out] = [blocks[0].end - 1, blocks[1].end - 1];
    let side = |longest_block| Side::new(16_000, 1).longest_block(longest_block);
    let mut link =
        Link::new(&LinkConfig::new(side(longest_in), side(longest_out)), std::slice::from_ref(model));
    link.handle.switches().set_tapped(true);
    let habits = blocks.map(|blocks| Habits { blocks, jitter: 1e-3, ..Habits::steady(16_000, 1) });
    let (mut pairs, mut out) = (Vec::new(), Vec::new());
    let seconds = signal.len() as f64 / 16_000.0;
    let mut tap = std::mem::replace(&mut link.tap, empty_tap(model));
    let hear = |n: u64| signal.get(n as usize).copied().unwrap_or(0.0);
    run::<f32, f32>(&mut link, habits, seconds, &[], hear, |seen, _| {
        out.extend_from_slice(seen.samples);
        let mut block = [[0.0; 2]; 8192];
        let count = tap.read(&mut block);
        pairs.extend_from_slice(&block[..count]);
    });
    let report = link.handle.report();
    assert_eq!((report.underruns, report.drops, report.tap_lost, report.lost), (0, 0, 0, 0));
    assert_eq!(report.correction_ppm, 0.0);
    (pairs, out)
}

fn empty_tap(model: &Model) -> framewise::io::live::Tap {
    let side = Side::new(16_000, 1);
    Link::new(&LinkConfig::new(side, side), std::slice::from_ref(model)).tap
}

#[test]
fn any_callback_sizes_give_what_file_mode_gives_to_the_bit() {
    let mut signal = vec![0.0; 16_000];
    signal.extend(voice(5, 16_000 * 4));
    let sizes = [[160..161, 160..161], [480..481, 160..161], [1..1500, 1..1500], [1056..1057, 37..480]];
    for latency in Latency::ALL {
        let model = Model::builtin(latency);
        for blocks in sizes.clone() {
            let (pairs, out) = taps(&model, blocks.clone(), &signal);
            let delay = Denoiser::new(&model).delays().total();
            let dry: Vec<f32> = pairs.iter().skip(delay).map(|pair| pair[0]).collect();
            let wet: Vec<f32> = pairs.iter().skip(delay).map(|pair| pair[1]).collect();

            // The engine was fed the microphone's samples, all of them, in order.
            let probe = dry.len() / 2;
            let at = place(&dry, &signal, probe);
            let start = 16_000 + probe - at;
            assert_eq!(dry[start..], signal[16_000..][..dry.len() - start], "{blocks:?}");
            // It did with them what it does with a file.
            let file = Denoiser::new(&model).process_clip(&dry);
            assert_eq!(wet[..wet.len() - delay], file[..wet.len() - delay], "{blocks:?}");
            // And the device got what the engine gave.
            let at = place(&out, &wet, out.len() / 2);
            let count = (wet.len() - at).min(out.len() - out.len() / 2);
            assert_eq!(out[out.len() / 2..][..count], wet[at..][..count], "{blocks:?}");
        }
    }
}

#[test]
fn after_a_stall_is_paid_back_samples_are_the_microphones_own_again() {
    let signal = voice(6, 16_000 * 20);
    for kind in [Kind::Output, Kind::InputLost, Kind::InputLate] {
        let model = identity(320, 160, 0);
        let side = Side::new(16_000, 1);
        let mut link = Link::new(&LinkConfig::new(side, side), &[model]);
        let stall = Stall { start: 8.0, length: 0.5, kind };
        let habits = [Habits::steady(16_000, 160), Habits::steady(16_000, 256)];
        let mut out = Vec::new();
        let hear = |n: u64| signal.get(n as usize).copied().unwrap_or(0.0);
        run::<f32, f32>(&mut link, habits, 19.0, &[stall], hear, |seen, _| {
            out.extend_from_slice(seen.samples)
        });
        let second = &out[out.len() - 16_000..];
        let best = signal.windows(16_000).map(|window| {
            window.iter().zip(second).step_by(97).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
        });
        let best = best.fold(f32::INFINITY, f32::min);
        assert!(best < 1e-5, "{kind:?}: {best}");
    }
}

#[test]
fn rates_formats_and_channels_of_the_two_sides_are_their_own() {
    let model = identity(320, 160, 0);
    let config = LinkConfig::new(Side::new(44_100, 1), Side::new(48_000, 2));
    let mut link = Link::new(&config, &[model]);
    let habits = [Habits::steady(44_100, 441), Habits { channels: 2, ..Habits::steady(48_000, 512) }];
    let tone = |n: u64| ((n as f64 / 44_100.0 * 500.0 * std::f64::consts::TAU).sin() * 16_000.0) as i16;
    let mut out = Vec::new();
    run::<i16, f32>(&mut link, habits, 5.0, &[], tone, |seen, _| out.extend_from_slice(seen.samples));
    let frames: Vec<[f32; 2]> = out.chunks_exact(2).map(|frame| [frame[0], frame[1]]).collect();
    assert!(frames.iter().all(|frame| frame[0] == frame[1]), "both channels carry the same");
    let last = &frames[frames.len() - 48_000..];
    let (mut sine, mut cosine, mut power) = (0.0, 0.0, 0.0);
    for (n, frame) in last.iter().enumerate() {
        let phase = n as f64 / 48_000.0 * 500.0 * std::f64::consts::TAU;
        sine += f64::from(frame[0]) * phase.sin() / 24_000.0;
        cosine += f64::from(frame[0]) * phase.cos() / 24_000.0;
        power += f64::from(frame[0]).powi(2) / 48_000.0;
    }
    let amplitude = sine.hypot(cosine);
    assert!((amplitude - 16_000.0 / 32_768.0).abs() < 0.01, "{amplitude}");
    assert!((power - amplitude * amplitude / 2.0).abs() < 1e-4 * power, "nothing but the tone");
    assert_eq!(link.handle.report().underruns, 0);
}
