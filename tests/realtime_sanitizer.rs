//! Under the real-time sanitizer: nothing that runs in a callback allocates, locks or calls the system, and what does is seen.
//! `.ci/realtime.sh` builds and runs it; built otherwise it holds no test.
#![cfg(framewise_rtsan)]

mod common;

use common::signals::voice;
use framewise::dsp::Stft;
use framewise::engine::{Denoiser, Processor};
use framewise::model::{Latency, Model};
use framewise::nn::{FrameShape, GraphBuilder, Inputs, Layer, Memory, NnError, Workspace};
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

#[test]
fn a_denoiser_keeps_to_real_time_from_the_first_hop_to_the_last_flush() {
    for latency in Latency::ALL {
        let mut denoiser = Denoiser::new(&Model::builtin(latency));
        let mut output = vec![0.0; denoiser.hop()];
        for round in 0..2 {
            for hop in voice(round, 64_000).chunks_exact(denoiser.hop()) {
                denoiser.process_hop(hop, &mut output);
            }
            denoiser.process_hop(&vec![f32::NAN; denoiser.hop()], &mut output);
            while denoiser.flush(&mut output) {}
            denoiser.reset();
        }
    }
}

#[test]
fn a_processor_keeps_to_real_time_for_any_rate_block_and_change() {
    let sound = voice(4, 5000);
    for (rate, channels) in [(8_000, 1), (16_000, 2), (44_100, 2), (48_000, 3)] {
        let mut processor = Processor::builder(rate, channels).build().expect("a processor");
        let controls = processor.controls().clone();
        let mut output = vec![vec![0.0; 5000]; channels];
        for (n, size) in [1, 7, 160, 480, 1056, 0, 5000].repeat(4).into_iter().enumerate() {
            match n {
                5 => controls.set_latency(Latency::ONE).expect("there are both"),
                10 => controls.set_strength(12.0),
                15 => controls.set_bypass(true),
                _ => {}
            }
            let input = vec![&sound[..size]; channels];
            let mut output: Vec<_> = output.iter_mut().map(|plane| &mut plane[..size]).collect();
            processor.process(&input, &mut output);
            processor.process_in_place(&mut output);
        }
    }
}

#[cfg(feature = "live")]
mod live {
    use super::{Fault, Latency, Model, model_with, voice};
    use framewise::io::live::{DeviceSample, Link, LinkConfig, Moment, Side};
    use std::time::Duration;

    /// Callbacks through all that happens around them: other rates, silence, stalls, changes.
    fn call_back<T: DeviceSample, U: DeviceSample>(
        models: &[Model],
        rates: [u32; 2],
        [taken, given]: [usize; 2],
    ) -> u64 {
        let config = LinkConfig::new(Side::new(rates[0], 2), Side::new(rates[1], 2));
        let Link { mut capture, mut playback, handle, mut tap, .. } = Link::new(&config, models);
        let sound: Vec<T> = voice(9, 20_000).into_iter().map(T::from_f32).collect();
        let mut out = vec![U::from_f32(0.0); 2 * given];
        let mut pairs = [[0.0; 2]; 1024];
        let controls = handle.controls();
        handle.switches().set_tapped(true);
        let mut now = Duration::from_secs(1);
        for n in 0..300 {
            match n {
                50 if models.len() > 1 => controls.set_model(1),
                120 => controls.set_bypass(true),
                140 => controls.set_strength(12.0),
                160 => handle.switches().set_muted(true),
                _ => {}
            }
            if !(180..200).contains(&n) {
                capture.capture(&sound[..2 * taken], Moment { now, device: Duration::from_millis(20) });
            }
            if !(220..290).contains(&n) {
                playback.playback(&mut out, Moment { now, device: Duration::from_millis(20) });
            }
            tap.read(&mut pairs);
            now += Duration::from_secs_f64(taken as f64 / f64::from(rates[0]));
        }
        handle.report().hops
    }

    #[test]
    fn callbacks_keep_to_real_time_for_any_format_rate_and_block() {
        let models = Latency::ALL.map(Model::builtin);
        let hops = call_back::<f32, f32>(&models, [16_000; 2], [160; 2])
            + call_back::<i16, f32>(&models, [48_000; 2], [1056; 2])
            + call_back::<u8, i32>(&models, [44_100, 48_000], [441, 480])
            + call_back::<f64, i16>(&models, [96_000, 8_000], [960, 80]);
        assert!(hops > 500, "{hops}");
    }

    pub fn planted(fault: Fault) {
        call_back::<f32, f32>(&[model_with(fault)], [16_000; 2], [160; 2]);
    }
}

/// What may not be done in a callback, of what the sanitizer watches. `thread::sleep` and reading the clock are not seen: it
/// knows the functions of C's library by name, and those that sleep and tell the time in Rust are not among them.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Nothing,
    Allocation,
    Lock,
    File,
    Print,
}

const FAULTS: [Fault; 5] = [Fault::Nothing, Fault::Allocation, Fault::Lock, Fault::File, Fault::Print];

static HELD: Mutex<()> = Mutex::new(());

impl Fault {
    fn commit(self) {
        match self {
            Self::Nothing => {}
            Self::Allocation => drop(std::hint::black_box(vec![0u8; std::hint::black_box(100)])),
            // Another thread holds it.
            Self::Lock => drop(HELD.lock()),
            Self::File => drop(std::fs::read("/dev/null")),
            Self::Print => println!("something"),
        }
    }
}

/// A layer that does so in its fifth step, and passes on what it is given.
#[derive(Debug)]
struct Planted(Fault);

impl Layer for Planted {
    fn kind(&self) -> &'static str {
        "fault"
    }
    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        Ok(inputs[0])
    }
    fn memory(&self, _: &[FrameShape]) -> Memory {
        Memory::state(1)
    }
    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        if work.step == 5 {
            self.0.commit();
        }
        output.copy_from_slice(&inputs[0]);
    }
}

fn model_with(fault: Fault) -> Model {
    let stft = Stft::sqrt_hann(320, 160).expect("windows that reconstruct");
    let mut graph = GraphBuilder::new(FrameShape::new(stft.bins(), 2));
    let input = graph.input();
    let output = graph.add("fault", Planted(fault), &[input]).expect("it takes any frame");
    let graph = graph.finish(output).expect("its own wire");
    Model::from_graph("fault", 16_000, stft, graph).expect("spectra in and out")
}

const PLANTED: &str = "FRAMEWISE_PLANTED";

/// Commits the fault that the environment names, if any, in the callback that it names.
#[test]
fn planted_faults() {
    let Ok(planted) = std::env::var(PLANTED) else { return };
    let (host, fault) = planted.split_once(' ').expect("a host and a fault");
    let host = host.to_owned();
    let fault = FAULTS.into_iter().find(|known| format!("{known:?}") == fault).expect("a fault");
    let held = HELD.lock();
    let worker = std::thread::spawn(move || {
        let model = model_with(fault);
        let sound = voice(1, 16_000);
        match host.as_str() {
            "Denoiser" => {
                let mut denoiser = Denoiser::new(&model);
                let mut output = [0.0; 160];
                sound.chunks_exact(160).for_each(|hop| denoiser.process_hop(hop, &mut output));
            }
            "Processor" => {
                let builder = Processor::builder(16_000, 1).model(model);
                let mut processor = builder.build().expect("a processor");
                processor.process(&[&sound], &mut [vec![0.0; sound.len()]]);
            }
            #[cfg(feature = "live")]
            "Playback" => live::planted(fault),
            _ => panic!("no host {host}"),
        }
    });
    // Whoever waits for the lock ends the process; if nobody sees it, it is let go, and the test fails and does not hang.
    let start = Instant::now();
    while !worker.is_finished() && start.elapsed() < Duration::from_secs(60) {
        std::thread::yield_now();
    }
    drop(held);
    worker.join().expect("a clip");
}

#[test]
fn every_planted_fault_is_seen_in_every_callback() {
    let hosts = if cfg!(feature = "live") {
        &["Denoiser", "Processor", "Playback"][..]
    } else {
        &["Denoiser", "Processor"]
    };
    for host in hosts {
        for fault in FAULTS {
            let output = Command::new(std::env::current_exe().expect("this test program"))
                .args(["planted_faults", "--exact", "--nocapture"])
                .env(PLANTED, format!("{host} {fault:?}"))
                .output()
                .expect("it runs again");
            let said = String::from_utf8_lossy(&output.stderr);
            let seen = said.contains("RealtimeSanitizer");
            assert_eq!(seen, !matches!(fault, Fault::Nothing), "{fault:?} in {host}: {said}");
            assert_eq!(output.status.success(), !seen, "{fault:?} in {host}: {said}");
        }
    }
}
