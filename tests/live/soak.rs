//! Hours of clocks that differ, late calls, blocks of any size and stalls: the delay stays where it should be.

use crate::common::signals::identity;
use crate::devices::{Habits, Kind, Stall, run};
use framewise::dsp::Stft;
use framewise::io::live::{Link, LinkConfig, Report, Side};
use framewise::model::Model;
use std::sync::Arc;

/// A model at 48 kHz that changes nothing and looks so many frames ahead, so that an hour takes seconds.
fn transparent(frames: usize) -> Model {
    let model = identity(960, 480, frames);
    let stft = Stft::sqrt_hann(960, 480).expect("windows that reconstruct");
    Model::from_graph("transparent", 48_000, stft, Arc::clone(model.graph())).expect("spectra in and out")
}

/// Seconds since the last stall ended, or since the start.
fn settled(time: f64, stalls: &[Stall]) -> f64 {
    let ends = stalls.iter().map(|stall| if time < stall.start { 0.0 } else { stall.start + stall.length });
    time - ends.fold(0.0, f64::max)
}

struct Outcome {
    report: Report,
    /// Largest distance of the delay from its target in seconds, two seconds after the last fault.
    worst: f64,
    /// The same, averaged over ten seconds.
    average: f64,
}

fn soak(seconds: f64, habits: [Habits; 2], hints: [usize; 2], stalls: &[Stall]) -> Outcome {
    soak_at(0, seconds, habits, hints, stalls)
}

fn soak_at(frames: usize, seconds: f64, habits: [Habits; 2], hints: [usize; 2], stalls: &[Stall]) -> Outcome {
    let side = |n: usize| Side::new(48_000, 1).longest_block(hints[n]);
    let mut link = Link::new(&LinkConfig::new(side(0), side(1)), &[transparent(frames)]);
    let (mut worst, mut average) = (0.0f64, 0.0f64);
    let (mut sum, mut count, mut edge) = (0.0, 0.0, 10.0);
    let tone = |n: u64| ((n % 480) as f32 / 480.0 * std::f32::consts::TAU).sin() * 0.5;
    let (mut last, mut jump) = (0.0f32, 0.0f32);
    run::<f32, f32>(&mut link, habits, seconds, stalls, tone, |seen, link| {
        let report = link.handle.report();
        let error = report.ring.as_secs_f64() - report.target.as_secs_f64();
        if settled(seen.time, stalls) > 2.0 {
            worst = worst.max(error.abs());
            (sum, count) = (sum + error, count + 1.0);
        }
        if seen.time > edge {
            if count > 0.0 {
                average = average.max((sum / count).abs());
            }
            (sum, count, edge) = (0.0, 0.0, edge + 10.0);
        }
        for &sample in seen.samples {
            jump = jump.max((sample - last).abs());
            last = sample;
        }
    });
    // A tone of 100 Hz moves by 0.0066 a sample. Fades over 5 ms and cross-fades over 10 ms add little; a break adds up to 1.
    assert!(jump < 0.02, "a step of {jump} is heard as a click");
    Outcome { report: link.handle.report(), worst, average }
}

fn free(ppm: f64, jitter: f64) -> Habits {
    Habits { ppm, jitter, blocks: 1..4097, ..Habits::steady(48_000, 1) }
}

#[test]
fn an_hour_of_clocks_that_differ_by_500_ppm_neither_starves_nor_grows() {
    for (frames, ppm) in [(0, 500.0), (0, -500.0), (1, 500.0), (1, -500.0)] {
        let seconds = if frames == 0 || ppm > 0.0 { 3600.0 } else { 1200.0 };
        let found = soak_at(frames, seconds, [free(ppm, 1e-3), free(0.0, 1e-3)], [4096; 2], &[]);
        let report = &found.report;
        assert_eq!((report.underruns, report.drops, report.lost, report.silent), (0, 0, 0, 0), "{report:?}");
        assert!(found.worst < 6e-3, "{} ms off", found.worst * 1e3);
        assert!(found.average < 2.5e-3, "{} ms off", found.average * 1e3);
        assert!((report.correction_ppm - ppm).abs() < 150.0, "{} ppm", report.correction_ppm);
    }
}

#[test]
fn stalls_are_paid_back_within_two_seconds_and_counted() {
    for kind in [Kind::Output, Kind::InputLost, Kind::InputLate] {
        let stalls: Vec<Stall> =
            (1..10).map(|n| Stall { start: 60.0 * f64::from(n), length: 0.5, kind }).collect();
        let found = soak(600.0, [free(200.0, 1e-3), free(-100.0, 1e-3)], [4096; 2], &stalls);
        let report = &found.report;
        assert!(found.worst < 6e-3, "{kind:?}: {} ms off", found.worst * 1e3);
        assert_eq!(report.lost, 0, "{kind:?}");
        let half = 24_000.0 * 9.0;
        let near = |paid: u64| (paid as f64 - half).abs() < 0.25 * half;
        match kind {
            Kind::Output => {
                assert!(report.underruns == 0 && report.drops == 9 && near(report.dropped), "{report:?}")
            }
            Kind::InputLost => {
                assert!(report.underruns == 9 && report.drops == 0 && near(report.silent), "{report:?}")
            }
            // What comes late is passed over; what is still under way then is dropped.
            Kind::InputLate | Kind::OutputLate => {
                assert!(report.underruns == 9 && report.drops <= 9, "{report:?}")
            }
        }
    }
}

/// A surplus too short to be a hop: it must leave as well, or every such stall would add to the delay for good.
#[test]
fn short_stalls_leave_no_delay_behind() {
    for length in [7e-3, 8e-3, 9.5e-3, 15e-3] {
        let stalls: Vec<Stall> =
            (1..20).map(|n| Stall { start: 5.0 * f64::from(n), length, kind: Kind::Output }).collect();
        let steady = || Habits::steady(48_000, 480);
        let found = soak(105.0, [steady(), steady()], [0; 2], &stalls);
        assert!(found.worst < 6e-3, "{} s: {} ms off", length, found.worst * 1e3);
        assert!(found.average < 2.5e-3, "{} s: {} ms off", length, found.average * 1e3);
        assert_eq!(found.report.underruns, 0, "{length} s: {:?}", found.report);
    }
}

#[test]
fn a_stall_longer_than_the_ring_is_counted_as_lost_and_paid_back() {
    let stall = Stall { start: 20.0, length: 15.0, kind: Kind::Output };
    let found = soak(60.0, [Habits::steady(48_000, 480), Habits::steady(48_000, 480)], [0; 2], &[stall]);
    let report = &found.report;
    assert!(found.worst < 6e-3, "{} ms off", found.worst * 1e3);
    assert!(report.lost > 135_000 && report.overruns > 250, "{report:?}");
    assert_eq!((report.underruns, report.drops), (0, 1));
}

#[test]
fn blocks_that_nobody_announced_are_learnt() {
    let found = soak(120.0, [free(100.0, 1e-3), free(0.0, 1e-3)], [0; 2], &[]);
    assert!(found.report.underruns <= 12, "{:?}", found.report);
    let steady = soak(120.0, [Habits::steady(48_000, 480), Habits::steady(48_000, 480)], [0; 2], &[]);
    assert_eq!(steady.report.underruns, 0);
    // Two blocks, whole hops, the allowance for late calls, and rounding.
    let target = steady.report.target.as_secs_f64();
    assert!((target - 0.020 - 0.002 - 4.0 / 48_000.0).abs() < 1e-4, "{target}");
}

#[test]
fn calls_later_than_allowed_for_are_learnt_from() {
    let late = Habits { jitter: 12e-3, ..Habits::steady(48_000, 480) };
    let found = soak(600.0, [late.clone(), late], [0; 2], &[]);
    assert!(found.report.underruns < 20, "{:?}", found.report);
    assert!(found.report.target.as_secs_f64() < 0.020 + 0.030, "{:?}", found.report);
}
