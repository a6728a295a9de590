//! After a disturbance that ends, the delay comes back: to what it was, without a click, and meanwhile it is no longer than the
//! disturbance demands.

use crate::common::rng;
use crate::common::signals::identity;
use crate::devices::{Habits, Kind, Stall, run};
use framewise::dsp::Stft;
use framewise::io::live::{Link, LinkConfig, Report, Side};
use framewise::model::Model;
use rand::Rng;
use std::sync::Arc;

const RATE: u32 = 48_000;
const HOP: f64 = 10e-3;
/// When a disturbance may begin, how long the delay may take after its end, and over what it is averaged.
const CALM: f64 = 90.0;
const PATIENCE: f64 = 120.0;
const AVERAGED: f64 = 15.0;

/// A model at the devices' rate that changes nothing, so that minutes take seconds.
fn transparent() -> Model {
    let stft = Stft::sqrt_hann(960, 480).expect("windows that reconstruct");
    let model = identity(960, 480, 0);
    Model::from_graph("transparent", RATE, stft, Arc::clone(model.graph())).expect("spectra in and out")
}

struct Outcome {
    /// Mean delay between the callbacks before the disturbance and at the end, in seconds.
    before: f64,
    after: f64,
    /// The target then.
    target: [f64; 2],
    /// The longest delay and target at any time.
    longest: f64,
    longest_target: f64,
    /// Largest step of a slow tone.
    step: f32,
    report: Report,
}

/// Runs until two minutes and a little after `end`, when the disturbance is over.
fn disturbed(habits: [Habits; 2], stalls: &[Stall], end: f64) -> Outcome {
    let side = Side::new(RATE, 1);
    let mut link = Link::new(&LinkConfig::new(side, side), &[transparent()]);
    let last = end + PATIENCE;
    let (mut before, mut after) = ((0.0, 0.0), (0.0, 0.0));
    let (mut target, mut longest, mut longest_target) = ([0.0; 2], 0.0f64, 0.0f64);
    let (mut previous, mut step) = (0.0f32, 0.0f32);
    let tone = |n: u64| ((n % 480) as f32 / 480.0 * std::f32::consts::TAU).sin() * 0.5;
    run::<f32, f32>(&mut link, habits, last + AVERAGED, stalls, tone, |seen, link| {
        let report = link.handle.report();
        let (ring, aim) = (report.ring.as_secs_f64(), report.target.as_secs_f64());
        if (CALM - AVERAGED..CALM).contains(&seen.time) {
            (before, target[0]) = ((before.0 + ring, before.1 + 1.0), aim);
        }
        if seen.time > last {
            (after, target[1]) = ((after.0 + ring, after.1 + 1.0), aim);
        }
        // Before it starts, the ring fills.
        if report.hops > 0 && seen.time > 1.0 {
            (longest, longest_target) = (longest.max(ring), longest_target.max(aim));
        }
        for &sample in seen.samples {
            step = step.max((sample - previous).abs());
            previous = sample;
        }
    });
    let report = link.handle.report();
    let [before, after] = [before, after].map(|(sum, count): (f64, f64)| sum / count);
    Outcome { before, after, target, longest, longest_target, step, report }
}

fn steady() -> [Habits; 2] {
    [Habits::steady(RATE, 480), Habits::steady(RATE, 480)]
}

/// So many seconds late, twice a second, for ten seconds.
fn late(length: f64, kind: Kind) -> Vec<Stall> {
    (0..20).map(|n| Stall { start: CALM + 0.5 * f64::from(n) + 1e-3, length, kind }).collect()
}

#[test]
fn lateness_costs_what_it_takes_and_is_forgotten() {
    for kind in [Kind::InputLate, Kind::OutputLate] {
        let found = disturbed(steady(), &late(12e-3, kind), CALM + 10.0);
        let [before, after] = found.target;
        // Two blocks, and 2 ms for late calls; then 12 ms, one of margin, and what a block hides.
        assert!((before - 0.0221).abs() < 1e-4, "{before}");
        assert!(found.longest_target < before + 12e-3 + 1e-3, "{kind:?}: {} s", found.longest_target);
        assert!((after - before).abs() < 1e-4, "{kind:?}: {before} s, then {after} s");
        assert!(
            (found.after - found.before).abs() < 1e-3,
            "{kind:?}: {} s, then {} s",
            found.before,
            found.after
        );
        assert!(found.step < 0.02, "{kind:?}: a step of {} is a click", found.step);
    }
}

#[test]
fn longer_blocks_are_forgotten() {
    for longer in [960, 1920, 4800] {
        let mut habits = steady();
        habits[1].odd = Some((CALM..CALM + 0.5, longer..longer + 1));
        let found = disturbed(habits, &[], CALM + 1.0);
        let [before, after] = found.target;
        assert!(found.longest_target > before + 2e-3, "it was noticed");
        assert!((after - before).abs() < 1e-4, "{longer}: {before} s, then {after} s");
        assert!(
            (found.after - found.before).abs() < 1e-3,
            "{longer}: {} s, then {} s",
            found.before,
            found.after
        );
        assert!(found.step < 0.02, "{longer}: a step of {} is a click", found.step);
    }
}

#[test]
fn blocks_of_seconds_play() {
    for seconds in [2, 3, 5] {
        let block = (seconds * RATE) as usize;
        let side = Side::new(RATE, 1);
        let mut link = Link::new(&LinkConfig::new(side, side), &[transparent()]);
        let habits = [Habits::steady(RATE, block), Habits::steady(RATE, block)];
        let tone = |n: u64| ((n % 480) as f32 / 480.0 * std::f32::consts::TAU).sin() * 0.5;
        let mut loud = 0;
        run::<f32, f32>(&mut link, habits, 80.0, &[], tone, |seen, _| {
            loud += seen.samples.iter().filter(|v| v.abs() > 0.4).count();
        });
        let report = link.handle.report();
        assert_eq!((report.underruns, report.lost), (0, 0), "{seconds} s: {report:?}");
        // A sine is beyond four fifths of its peak for two fifths of the time.
        assert!(loud as f64 > 0.35 * 50.0 * f64::from(RATE), "{seconds} s: {loud}");
    }
}

/// A disturbance at random, and the delay that it may cost in seconds.
fn random(seed: u64) -> ([Habits; 2], Vec<Stall>, f64) {
    let mut rng = rng(seed);
    let sizes = [160, 256, 480, 512, 960, 1024];
    let mut habits = [(); 2].map(|()| Habits {
        ppm: rng.random_range(-200.0..200.0),
        jitter: 0.5e-3,
        ..Habits::steady(RATE, sizes[rng.random_range(0..sizes.len())])
    });
    let kinds = [Kind::InputLate, Kind::OutputLate, Kind::InputLost, Kind::Output];
    let kind = kinds[rng.random_range(0..kinds.len())];
    match rng.random_range(0..3) {
        0 => {
            let length = rng.random_range(3e-3..25e-3);
            (habits, late(length, kind), length)
        }
        1 => {
            let length = rng.random_range(0.05..1.0);
            (habits, vec![Stall { start: CALM + 1.0, length, kind }], length)
        }
        _ => {
            // Blocks that do not fit hops would put all later ones between hops.
            let device = rng.random_range(0..2);
            let longer = habits[device].blocks.start * rng.random_range(2..5);
            habits[device].odd = Some((CALM..CALM + 5.0, longer..longer + 1));
            (habits, Vec::new(), longer as f64 / f64::from(RATE))
        }
    }
}

#[test]
fn after_any_disturbance_the_delay_is_back_within_a_millisecond_in_two_minutes() {
    let mut moved = 0;
    for seed in 0..24 {
        let (habits, stalls, cost) = random(seed);
        let about = format!("seed {seed}: {habits:?}, {:?} of {}", stalls.first(), stalls.len());
        let found = disturbed(habits, &stalls, CALM + 10.0);
        // Clocks that hardly differ are let be: before, the delay may lie a millisecond beside its target, too.
        let off = found.after - found.target[1];
        assert!(off.abs() < 1e-3, "{about}: {off} s beside {:?}", found.target);
        assert!((found.target[1] - found.target[0]).abs() < 0.5e-3, "{about}: {:?}", found.target);
        // The disturbance itself, what is learnt of it, a hop that no longer fits the blocks, and what is not steered away.
        let bound = found.before + 2.0 * cost + HOP + 7e-3;
        assert!(found.longest < bound, "{about}: {} s, at most {bound} s", found.longest);
        assert!(found.step < 0.02, "{about}: a step of {} is a click", found.step);
        assert_eq!(found.report.lost, 0, "{about}");
        moved += u64::from(found.longest > found.before + 2e-3);
    }
    assert!(moved > 8, "only {moved} disturbances moved the delay");
}
