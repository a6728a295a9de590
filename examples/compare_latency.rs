//! What a frame of future buys and costs, on pairs of clean and noisy speech.
//!
//! `cargo run --release --example compare_latency CLEAN_DIR NOISY_DIR`; without folders, on sounds made by formula.

use framewise::eval::{Experiment, Method, Metric, Pair, TestCase, pairs_of};
use framewise::model::{Latency, Model};
use std::env;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let folders: Vec<String> = env::args().skip(1).collect();
    let cases = match folders.as_slice() {
        [clean, noisy] => pairs_of(clean.as_ref(), noisy.as_ref())?.cases,
        _ => [0.02, 0.05, 0.1].map(made_by_formula).to_vec(),
    };
    let models = Latency::ALL.map(Model::builtin);
    let comparison = Experiment::new(Method::all(&models)?, cases).run(|left_out| {
        if let Some(pair) = left_out {
            eprintln!("left out: {}", pair.reason);
        }
    });
    for (n, row) in comparison.rows.iter().enumerate() {
        let score = |metric| comparison.mean(n, metric).map_or(f64::NAN, |found| found.mean);
        let (stoi, si_sdr) = (score(Metric::Stoi), score(Metric::SiSdr));
        println!("{:16} {:5.1} ms  STOI {stoi:.3}  SI-SDR {si_sdr:6.2} dB", row.name, comparison.delay_ms(n));
    }
    let [zero, one] = comparison.systems()[..] else { return Err("two models were compared".into()) };
    if let Some(gain) = comparison.difference(zero, one, Metric::SiSdr) {
        print!(
            "one frame more: {:+.2} dB SI-SDR over {} groups of clips, 95 % interval ",
            gain.mean, gain.groups
        );
        match gain.interval {
            Some(found) => println!("{:+.2} to {:+.2}", found.low, found.high),
            None => println!("none of so few"),
        }
    }
    Ok(())
}

/// Four seconds of harmonics in syllables, and the same in hiss.
fn made_by_formula(hiss: f32) -> TestCase {
    let voice = |n: u32| {
        let t = n as f32 / 16_000.0;
        let harmonics = (1..20).map(|k| (k as f32 * (800.0 * t + 2.0 * (3.0 * t).sin())).sin() / k as f32);
        0.2 * harmonics.sum::<f32>() * (7.0 * t).sin().powi(2)
    };
    let mut state = 1u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        hiss * ((state >> 8) as f32 / (1 << 23) as f32 - 1.0)
    };
    let clean: Vec<f32> = (0..64_000).map(voice).collect();
    let noisy = clean.iter().map(|sample| sample + noise()).collect();
    TestCase::samples(format!("hiss of {hiss}"), Pair::new(clean, noisy, 16_000))
}
