//! After a disturbance that ends, the delay comes back: to what it was, without a click, and meanwhile it is no longer than the
//! disturbance demands.

use crate::common::signals::identity;
use crate::devices::{Habits, Kind, Stall, run};
use framewise::dsp::Stft;
use framewise::io::live::{Link, LinkConfig, Report, Side};
use framewise::model::Model;
use proptest::prelude::*;
use proptest::test_runner::{TestRng, TestRunner};
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
    // No hop holds a whole number of its periods: whatever is passed over shows.
    let tone =
        |n: u64| ((n as f64 * 73.0 / f64::from(RATE)).fract() * std::f64::consts::TAU).sin() as f32 * 0.5;
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

/// One block beside the others puts all later ones between hops: that may cost a hop less one frame, and not for ever.
#[test]
fn one_block_that_does_not_fit_hops_is_forgotten_with_what_it_left_of_a_hop() {
    for odd in [481, 479, 700, 100, 1] {
        let mut habits = steady();
        habits[1].odd = Some((CALM..CALM + 9e-3, odd..odd + 1));
        let found = disturbed(habits, &[], CALM + 1.0);
        let [before, after] = found.target;
        let longer = (odd as f64 / f64::from(RATE) - HOP).max(0.0);
        assert!(found.longest_target > before + 5e-3, "{odd}: it was noticed");
        assert!(found.longest_target < before + longer + HOP + 2e-3, "{odd}: {} s", found.longest_target);
        assert!(found.longest < found.before + 2.0 * longer + HOP + 2e-3, "{odd}: {} s", found.longest);
        assert!((after - before).abs() < 1e-4, "{odd}: {before} s, then {after} s");
        assert!(
            (found.after - found.before).abs() < 1e-3,
            "{odd}: {} s, then {} s",
            found.before,
            found.after
        );
        assert!(found.step < 0.02, "{odd}: a step of {} is a click", found.step);
        // What is left of a hop and is more than rounding is passed over, once.
        let beyond = (480 - odd % 480) % 480;
        assert_eq!(found.report.drops, u64::from(beyond > 4), "{odd}: {:?}", found.report);
        assert_eq!(found.report.dropped, if beyond > 4 { beyond as u64 } else { 0 }, "{odd}");
    }
}

/// What goes wrong, and when it is over.
#[derive(Clone, Debug)]
enum Trouble {
    /// Twice a second for ten seconds.
    Late(Kind, f64),
    Once(Kind, f64),
    /// Blocks of other sizes, fit for hops or not, for so many seconds.
    Blocks {
        device: usize,
        sizes: std::ops::Range<usize>,
        seconds: f64,
    },
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::InputLate), Just(Kind::OutputLate), Just(Kind::InputLost), Just(Kind::Output)]
}

fn trouble() -> impl Strategy<Value = Trouble> {
    let blocks = (0..2usize, 1..4000usize, 1..500usize, 1e-3..5.0);
    prop_oneof![
        1 => (kind(), 3e-3..25e-3).prop_map(|(kind, length)| Trouble::Late(kind, length)),
        1 => (kind(), 0.05..1.0).prop_map(|(kind, length)| Trouble::Once(kind, length)),
        2 => blocks.prop_map(|(device, least, more, seconds)| {
            Trouble::Blocks { device, sizes: least..least + more, seconds }
        }),
    ]
}

/// Devices of these blocks, in frames, and clocks, in millionths.
fn devices(blocks: [usize; 2], clocks: [f64; 2]) -> [Habits; 2] {
    [0, 1].map(|n| Habits { ppm: clocks[n], jitter: 0.5e-3, ..Habits::steady(RATE, blocks[n]) })
}

#[test]
fn after_any_disturbance_the_delay_is_back_within_a_millisecond_in_two_minutes() {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) };
    let rng = TestRng::deterministic_rng(config.rng_algorithm);
    let sizes = || proptest::sample::select(vec![160usize, 256, 480, 512, 960, 1024]);
    let clocks = [-200.0..200.0, -200.0..200.0];
    let moved = std::cell::Cell::new(0);
    let held = |(blocks, clocks, trouble): ([usize; 2], [f64; 2], Trouble)| {
        let mut habits = devices(blocks, clocks);
        let (stalls, cost) = match trouble.clone() {
            Trouble::Late(kind, length) => (late(length, kind), length),
            Trouble::Once(kind, length) => (vec![Stall { start: CALM + 1.0, length, kind }], length),
            Trouble::Blocks { device, sizes, seconds } => {
                let cost = sizes.end as f64 / f64::from(RATE);
                habits[device].odd = Some((CALM..CALM + seconds, sizes));
                (Vec::new(), cost)
            }
        };
        let found = disturbed(habits, &stalls, CALM + 10.0);
        // Clocks that hardly differ are let be: before, the delay may lie a millisecond beside its target, too.
        let off = found.after - found.target[1];
        prop_assert!(off.abs() < 1e-3, "{} s beside {:?}", off, found.target);
        prop_assert!((found.target[1] - found.target[0]).abs() < 0.5e-3, "{:?}", found.target);
        // The disturbance itself, what is learnt of it, a hop that no longer fits the blocks, and what is not steered away.
        let bound = found.before + 2.0 * cost + HOP + 7e-3;
        prop_assert!(found.longest < bound, "{} s, at most {} s", found.longest, bound);
        prop_assert!(found.step < 0.02, "a step of {} is a click", found.step);
        prop_assert_eq!(found.report.lost, 0);
        moved.set(moved.get() + u64::from(found.longest > found.before + 2e-3));
        Ok(())
    };
    let strategy = ([sizes(), sizes()], clocks, trouble());
    TestRunner::new_with_rng(config, rng).run(&strategy, held).unwrap_or_else(|failed| panic!("{failed}"));
    assert!(moved.get() > 8, "only {} disturbances moved the delay", moved.get());
}
