//! The shortest live program: the default microphone through the built-in model to the default output.
//!
//! `cargo run --release --features live --example live_microphone`, with headphones on. Enter ends it.

use framewise::io::live::{Running, Wish};
use framewise::model::{Latency, Model};
use std::error::Error;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

fn main() -> Result<(), Box<dyn Error>> {
    let models = [Model::builtin(Latency::ZERO)];
    // Opens both devices and runs the model in their callbacks until it is dropped.
    let mut running = Running::open(&Wish::default(), &Wish::default(), &models)?;
    println!("from {}\nto   {}", running.input, running.output);

    let (enter, entered) = channel();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_line(&mut String::new());
        let _ = enter.send(());
    });
    while entered.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
        let report = running.handle.report();
        println!(
            "delay {:.1} ms, clocks {:+.0} ppm apart, {} underruns, hop in {:.2} ms",
            running.handle.parts(&report).total().as_secs_f64() * 1e3,
            report.correction_ppm,
            report.underruns,
            report.hop_p99.as_secs_f64() * 1e3,
        );
        // A device that went away: a program that stays would open both again, after a while.
        if let Some(fault) = running.fault() {
            return Err(fault.into());
        }
    }
    Ok(())
}
