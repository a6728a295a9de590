//! Controls while sound runs: nothing clicks, and dry lies beside wet.

use crate::common::signals::identity;
use crate::devices::{Habits, run};
use framewise::io::live::{Link, LinkConfig, Side};

const SECONDS: f64 = 6.0;

/// A slow tone through two models that change nothing but the delay, with a change at the third second.
fn change(act: impl Fn(&Link)) -> (Vec<f32>, Link) {
    let models = [identity(320, 160, 0), identity(320, 160, 1)];
    let side = Side::new(16_000, 1);
    let mut link = Link::new(&LinkConfig::new(side, side), &models);
    let habits = [Habits::steady(16_000, 160), Habits::steady(16_000, 160)];
    let tone = |n: u64| ((n % 16_000) as f32 / 80.0 * std::f32::consts::TAU).sin() * 0.5;
    let mut out = Vec::new();
    let mut done = false;
    run::<f32, f32>(&mut link, habits, SECONDS, &[], tone, |seen, link| {
        out.extend_from_slice(seen.samples);
        if seen.time > SECONDS / 2.0 && !done {
            act(link);
            done = true;
        }
    });
    (out, link)
}

fn largest_step(samples: &[f32]) -> f32 {
    samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
}

/// By how many samples `late` is later than `early`, at their ends.
fn lag(early: &[f32], late: &[f32]) -> usize {
    let n = early.len().min(late.len());
    let piece = &late[n - 400..n];
    let error = |lag: usize| -> f32 {
        early[n - 400 - lag..n - lag].iter().zip(piece).map(|(a, b)| (a - b).powi(2)).sum()
    };
    (0..400).min_by(|&a, &b| error(a).total_cmp(&error(b))).expect("lags")
}

#[test]
fn bypass_and_strength_change_nothing_in_time_and_do_not_click() {
    let (plain, _) = change(|_| {});
    let (bypassed, _) = change(|link| link.handle.controls().set_bypass(true));
    let (weak, _) = change(|link| link.handle.controls().set_strength(6.0));
    for other in [bypassed, weak] {
        let worst = plain.iter().zip(&other).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 1e-5, "{worst}");
    }
}

#[test]
fn a_change_of_latency_moves_the_delay_by_one_hop_and_does_not_click() {
    // A tone whose period is not the hop, so that a hop of delay shows.
    let models = [identity(320, 160, 0), identity(320, 160, 1)];
    let side = Side::new(16_000, 1);
    let play = |changed: bool| {
        let mut link = Link::new(&LinkConfig::new(side, side), &models);
        let habits = [Habits::steady(16_000, 160), Habits::steady(16_000, 160)];
        let tone = |n: u64| ((n as f64 / 733.0 * std::f64::consts::TAU).sin() * 0.5) as f32;
        let mut out = Vec::new();
        run::<f32, f32>(&mut link, habits, SECONDS, &[], tone, |seen, link| {
            if seen.time > 3.0 && changed {
                link.handle.controls().set_model(1);
            }
            out.extend_from_slice(seen.samples);
        });
        (out, link.handle.report().model)
    };
    let ((zero, first), (one, second)) = (play(false), play(true));
    assert_eq!((first, second), (0, 1));
    assert_eq!(lag(&zero, &one), 160);
    // Between two sines half a radian apart, over four hops: hardly steeper than the tone itself.
    assert!(largest_step(&one[1600..]) < 1.3 * largest_step(&zero[1600..]));
}

#[test]
fn a_model_that_is_not_there_changes_nothing() {
    let (out, link) = change(|link| link.handle.controls().set_model(7));
    assert_eq!(link.handle.report().model, 0);
    assert!(out.iter().any(|&v| v != 0.0));
}

#[test]
fn muting_fades_to_silence() {
    let (out, _) = change(|link| link.handle.switches().set_muted(true));
    assert!(out[out.len() - 8_000..].iter().all(|&v| v == 0.0));
    assert!(largest_step(&out[8_000..]) < 0.06);
}
