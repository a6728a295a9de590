//! An hour of the built-in models on clocks that agree, with late calls, blocks of any size, and in its second half stalls of
//! every kind. All of it is what file mode makes of what the engine was given, to the bit; and as long as nothing had to be
//! corrected, the engine was given the microphone's own samples, to the bit.

use crate::devices::{Habits, Kind, Stall, run};
use framewise::engine::Denoiser;
use framewise::io::live::{Link, LinkConfig, Side, Tap};
use framewise::model::{Latency, Model};
use std::collections::VecDeque;

const HOUR: f64 = 3600.0;
/// Until then nothing happens that has to be corrected.
const CALM: f64 = 1800.0;
const LONGEST: usize = 1500;

/// What the microphone hears at its sample `n`: noise under a slow envelope that no other sample equals for long.
fn sound(n: u64) -> f32 {
    let mut mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let noise = ((mixed >> 40) as f32 / (1 << 23) as f32) - 1.0;
    noise * (0.05 + 0.2 * ((n / 4000) % 5) as f32 / 5.0)
}

/// Follows the start of a stream: silence, a fade, then the microphone's own samples in order.
#[derive(Default)]
struct Follower {
    next: Option<u64>,
    /// Samples in order.
    right: u64,
    recent: VecDeque<f32>,
}

impl Follower {
    const PROBE: usize = 16;

    /// Takes the next sample; `heard` is the last one that the microphone gave.
    fn take(&mut self, sample: f32, heard: u64) {
        if let Some(next) = &mut self.next {
            assert_eq!(sample, sound(*next), "sample {next} of the microphone");
            (*next, self.right) = (*next + 1, self.right + 1);
            return;
        }
        self.recent.push_back(sample);
        if self.recent.len() > Self::PROBE {
            self.recent.pop_front();
        }
        let fits = |start: u64| self.recent.iter().zip(start..).all(|(&v, n)| v == sound(n));
        if self.recent.len() == Self::PROBE && sample != 0.0 {
            self.next = (0..heard).find(|&start| fits(start)).map(|start| start + Self::PROBE as u64);
        }
    }
}

fn take_tap(link: &mut Link, model: &Model) -> Tap {
    let side = Side::new(16_000, 1);
    let other = Link::new(&LinkConfig::new(side, side), std::slice::from_ref(model)).tap;
    std::mem::replace(&mut link.tap, other)
}

fn hour(latency: Latency) {
    let model = Model::builtin(latency);
    let side = Side::new(16_000, 1).longest_block(LONGEST);
    let mut link = Link::new(&LinkConfig::new(side, side), std::slice::from_ref(&model));
    link.handle.switches().set_tapped(true);
    let mut tap = take_tap(&mut link, &model);
    let habits = Habits { blocks: 1..LONGEST + 1, jitter: 1e-3, ..Habits::steady(16_000, 1) };
    let kinds = [Kind::Output, Kind::InputLost, Kind::InputLate];
    let stalls: Vec<Stall> = (1..12)
        .map(|n| Stall { start: CALM + 150.0 * f64::from(n), length: 0.5, kind: kinds[n as usize % 3] })
        .collect();

    // File mode: the same network on what the live engine was given.
    let mut reference = Denoiser::new(&model);
    let (hop, delay) = (reference.hop(), reference.delays().total());
    let (mut dry, mut wet) = (VecDeque::new(), VecDeque::new());
    let (mut given, mut expected) = (vec![0.0; hop], vec![0.0; hop]);
    let (mut skipped, mut hops, mut worst) = (0, 0u64, 0.0f64);
    let mut follower = Follower::default();
    let heard = std::cell::Cell::new(0);
    let hear = |n: u64| {
        heard.set(n);
        sound(n)
    };
    let mut pairs = vec![[0.0; 2]; 8192];
    run::<f32, f32>(&mut link, [habits.clone(), habits], HOUR, &stalls, hear, |seen, link| {
        let count = tap.read(&mut pairs);
        for [dry_sample, wet_sample] in &pairs[..count] {
            wet.push_back(*wet_sample);
            // The dry path is as late as the denoised one: its first samples are from before the start.
            if skipped < delay {
                skipped += 1;
                continue;
            }
            dry.push_back(*dry_sample);
            if seen.time < CALM {
                follower.take(*dry_sample, heard.get());
            }
        }
        while dry.len() >= hop {
            given.iter_mut().zip(dry.drain(..hop)).for_each(|(given, sample)| *given = sample);
            reference.process_hop(&given, &mut expected);
            assert!(wet.drain(..hop).eq(expected.iter().copied()), "hop {hops} at {:.1} s", seen.time);
            hops += 1;
        }
        if seen.time < CALM {
            let report = link.handle.report();
            let corrected = (report.correction_ppm, report.underruns, report.drops);
            assert_eq!(corrected, (0.0, 0, 0), "at {:.1} s: {report:?}", seen.time);
        }
        let settled = stalls.iter().all(|stall| seen.time < stall.start || seen.time > stall.start + 2.5);
        if settled && seen.time > 2.0 {
            let report = link.handle.report();
            worst = worst.max((report.ring.as_secs_f64() - report.target.as_secs_f64()).abs());
        }
    });
    let report = link.handle.report();
    assert_eq!((report.lost, report.tap_lost), (0, 0), "{report:?}");
    assert!(hops > 359_000, "{hops}");
    assert!(follower.right as f64 > 16_000.0 * (CALM - 2.0), "{} samples in order", follower.right);
    // The delay moves with the callbacks' sizes and lateness, and comes back after every stall.
    assert!(worst < 6e-3, "{} ms off", worst * 1e3);
    // Four stalls lose what the microphone hears, four bring it late; the output's three are dropped, as is what is left of
    // those that came late.
    let ran_dry = stalls.iter().filter(|stall| stall.kind != Kind::Output).count() as u64;
    assert_eq!(report.underruns, ran_dry, "{report:?}");
    assert!((3..=7).contains(&report.drops), "{report:?}");
    assert!(report.correction_ppm.abs() < 20.0, "{report:?}");
}

#[test]
fn an_hour_at_zero_frames_is_file_mode_to_the_bit() {
    hour(Latency::ZERO);
}

#[test]
fn an_hour_at_one_frame_is_file_mode_to_the_bit() {
    hour(Latency::ONE);
}
