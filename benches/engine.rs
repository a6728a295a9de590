//! Time of the engine: a hop by model, latency and kernels, and a whole clip.
//!
//! `cargo bench --bench engine` runs every choice of kernels that this processor has, each in a process of its
//! own with a table of its own; `FRAMEWISE_KERNELS=avx2 cargo bench --bench engine` runs that one. GTCRN takes part where
//! `FRAMEWISE_GTCRN` names a folder with the checkpoint `gtcrn_dns3.tar`.

use divan::Bencher;
use divan::counter::ItemsCount;
use framewise::dsp::{Analysis, flush_denormals};
use framewise::engine::Denoiser;
use framewise::model::{Latency, Model, import_gtcrn};
use framewise::nn::{Kernels, Session};
use std::f32::consts::TAU;
use std::path::Path;
use std::process::{Command, exit};
use std::{env, fmt};

/// Environment variable with the name of the kernels to run on.
const VARIABLE: &str = "FRAMEWISE_KERNELS";

/// Samples of the clip: five seconds.
const CLIP: usize = 80_000;

fn main() {
    if env::var_os(VARIABLE).is_some() {
        return divan::main();
    }
    let program = env::current_exe().expect("the path of this program");
    for kernels in Kernels::available() {
        let mut command = Command::new(&program);
        command.args(env::args_os().skip(1)).env(VARIABLE, kernels.name());
        println!("\nkernels: {}", kernels.name());
        let status = command.status().expect("this program");
        if !status.success() {
            exit(status.code().unwrap_or(1));
        }
    }
}

/// A model under the name that the table shows.
struct Named(&'static str, Model);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

fn models() -> Vec<Named> {
    let mut models = vec![
        Named("CRN, no look-ahead", Model::builtin(Latency::ZERO)),
        Named("CRN, one frame of look-ahead", Model::builtin(Latency::ONE)),
    ];
    if let Some(folder) = env::var_os("FRAMEWISE_GTCRN") {
        let checkpoint = Path::new(&folder).join("gtcrn_dns3.tar");
        models.push(Named("GTCRN", import_gtcrn(checkpoint).expect("the checkpoint").model));
    }
    let kernels = env::var(VARIABLE).expect("the program sets it for its child");
    let kernels: Kernels = kernels.parse().unwrap_or_else(|error| panic!("{VARIABLE}: {error}"));
    models.into_iter().map(|Named(name, model)| Named(name, model.with_kernels(kernels))).collect()
}

/// A harmonic tone that swells four times a second, in noise.
fn sound() -> Vec<f32> {
    let mut noise = 1u32;
    (0..CLIP)
        .map(|n| {
            let time = n as f32 / 16_000.0;
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let hiss = f32::from((noise >> 16) as u16) / 65_536.0 - 0.5;
            let tone: f32 = (1..=12).map(|k| (TAU * 140.0 * k as f32 * time).sin() / k as f32).sum();
            0.1 * tone * (TAU * 4.0 * time).sin().max(0.0) + 0.05 * hiss
        })
        .collect()
}

/// A hop, samples to samples.
#[divan::bench(args = models(), sample_count = 500, sample_size = 10)]
fn hop(bencher: Bencher<'_, '_>, Named(_, model): &Named) {
    let mut denoiser = Denoiser::new(model);
    let sound = sound();
    let mut hops = sound.chunks_exact(denoiser.hop()).cycle();
    let mut output = vec![0.0; denoiser.hop()];
    bencher.bench_local(|| denoiser.process_hop(hops.next().expect("it goes round"), &mut output));
}

/// The network's part of a hop, spectrum to spectrum.
#[divan::bench(args = models(), sample_count = 500, sample_size = 10)]
fn network(bencher: Bencher<'_, '_>, Named(_, model): &Named) {
    let mut session = Session::new(model.graph());
    let mut output = vec![0.0; model.graph().input_shape().size()];
    let mut analysis = Analysis::new(model.stft());
    let mut spectra = Vec::new();
    for hop in sound().chunks_exact(model.stft().hop()) {
        analysis.push(hop, &mut output);
        spectra.extend_from_slice(&output);
    }
    let mut frames = spectra.chunks_exact(output.len()).cycle();
    flush_denormals(|| {
        bencher.bench_local(|| session.step(frames.next().expect("it goes round"), &mut output));
    });
}

/// A whole clip, aligned: the rate counts samples.
#[divan::bench(args = models(), sample_count = 20, sample_size = 1)]
fn clip(bencher: Bencher<'_, '_>, Named(_, model): &Named) {
    let mut denoiser = Denoiser::new(model);
    let sound = sound();
    bencher.counter(ItemsCount::new(CLIP)).bench_local(|| denoiser.process_clip(&sound));
}
