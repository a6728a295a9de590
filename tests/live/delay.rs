//! The delay that is reported is the delay that there is, to the sample: from the start on, and after every stall.

use crate::common::signals::{identity, noise};
use crate::devices::{Habits, Kind, Stall, run};
use framewise::io::live::{Link, LinkConfig, Report, Side};

const RATE: u32 = 16_000;
const PROBE: usize = 64;
/// The time of a stall, long after the start and a whole number of all blocks, and its length.
const STALL: [f64; 2] = [8.0, 0.5];
const SECONDS: f64 = 12.0;

/// How late the first sample of a call is, from microphone to speaker, and what was reported then; in samples.
#[derive(Debug)]
struct Late {
    measured: f64,
    reported: f64,
    target: f64,
}

/// Runs the dry path, which gives samples back to the bit, through a stall; looks before it and at the end.
fn before_and_after(blocks: [usize; 2], frames: usize, kind: Kind) -> ([Late; 2], Report) {
    let signal = noise(11, (SECONDS * f64::from(RATE)) as usize, 0.5);
    let side = Side::new(RATE, 1);
    let mut link = Link::new(&LinkConfig::new(side, side), &[identity(320, 160, frames)]);
    link.handle.controls().set_bypass(true);
    let [start, length] = STALL;
    let stall = Stall { start, length, kind };
    let hear = |n: u64| signal.get(n as usize).copied().unwrap_or(0.0);
    let (mut out, mut calls) = (Vec::new(), Vec::new());
    run::<f32, f32>(
        &mut link,
        blocks.map(|block| Habits::steady(RATE, block)),
        SECONDS,
        &[stall],
        hear,
        |seen, link| {
            let report = link.handle.report();
            let parts = link.handle.parts(&report);
            let reported = parts.total() - parts.device_out.delay;
            calls.push((seen.time, out.len(), reported, report.target));
            out.extend_from_slice(seen.samples);
        },
    );
    let samples = |seconds: f64| seconds * f64::from(RATE);
    // What the microphone lost puts off all that it hears later, by the time between the call that did not come and the
    // end of the stall.
    let block = blocks[0] as f64;
    let lost = match kind {
        Kind::InputLost => samples(start + length) - (samples(start) / block).ceil() * block,
        Kind::Output | Kind::InputLate | Kind::OutputLate => 0.0,
    };
    let look = |end: f64| {
        let call = calls.iter().rposition(|&(time, at, ..)| time < end && at + PROBE <= out.len());
        let (time, at, reported, target) = calls[call.expect("a call")];
        let piece = &out[at..at + PROBE];
        let place = signal.windows(PROBE).position(|window| window == piece).expect("the microphone's own");
        let heard = place as f64 + if place as f64 > samples(start) { lost } else { 0.0 };
        Late {
            measured: samples(time) - heard,
            reported: samples(reported.as_secs_f64()),
            target: samples(target.as_secs_f64()),
        }
    };
    ([look(start), look(SECONDS)], link.handle.report())
}

#[test]
fn after_every_stall_the_delay_is_what_it_was_and_what_is_reported() {
    for blocks in [[160, 160], [160, 256], [441, 100], [1000, 480]] {
        for (frames, kind) in [(0, Kind::Output), (1, Kind::InputLost), (0, Kind::InputLate)] {
            let (late, report) = before_and_after(blocks, frames, kind);
            // The window and the look-ahead, and one sample of the steered resampler.
            let model = 160.0 * (1 + frames) as f64 + 1.0;
            for Late { measured, reported, target } in &late {
                // Reports are whole microseconds.
                assert!((measured - reported).abs() < 0.05, "{blocks:?}, {kind:?}: {late:?}");
                // Never less than what is needed, and not a sample more than that.
                let beyond = measured - model - target;
                assert!((-0.05..1.05).contains(&beyond), "{blocks:?}, {kind:?}: {beyond} of {late:?}");
            }
            assert_eq!(report.correction_ppm, 0.0, "{blocks:?}, {kind:?}");
            let ran_dry = u64::from(kind != Kind::Output);
            assert_eq!(report.underruns, ran_dry, "{blocks:?}, {kind:?}: {report:?}");
        }
    }
}
