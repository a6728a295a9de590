//! Time of the engine: a hop by model, latency and kernels, and a whole clip.
//!
//! `cargo bench --bench engine` runs every choice of kernels that this processor has, each in a process of its own,
//! since a process settles on one; `FRAMEWISE_KERNELS=avx2 cargo bench --bench engine` runs that one. GTCRN takes part
//! where `FRAMEWISE_GTCRN` names a folder with the checkpoint `gtcrn_dns3.tar`.

use criterion::{BenchmarkId, Criterion, Throughput};
use framewise::dsp::{Analysis, FlushDenormals};
use framewise::engine::Denoiser;
use framewise::model::{Latency, Model, import_gtcrn};
use framewise::nn::{Kernels, Session};
use std::f32::consts::TAU;
use std::path::Path;
use std::process::{Command, exit};
use std::{env, hint};

/// Seconds of the clip.
const CLIP: usize = 5;

fn main() {
    if env::var_os(Kernels::VARIABLE).is_none() {
        return every_choice();
    }
    let models = models();
    let mut criterion = Criterion::default().configure_from_args();
    hops(&mut criterion, &models);
    networks(&mut criterion, &models);
    clips(&mut criterion, &models);
    criterion.final_summary();
}

/// Starts this program again for each choice of kernels, one after the other.
fn every_choice() {
    let program = env::current_exe().expect("the path of this program");
    for kernels in Kernels::available() {
        let mut command = Command::new(&program);
        command.args(env::args_os().skip(1)).env(Kernels::VARIABLE, kernels.name());
        let status = command.status().expect("this program");
        if !status.success() {
            exit(status.code().unwrap_or(1));
        }
    }
}

fn models() -> Vec<(&'static str, Model)> {
    let mut models =
        vec![("crn-zero", Model::builtin(Latency::Zero)), ("crn-one", Model::builtin(Latency::OneFrame))];
    if let Some(folder) = env::var_os("FRAMEWISE_GTCRN") {
        let checkpoint = Path::new(&folder).join("gtcrn_dns3.tar");
        models.push(("gtcrn", import_gtcrn(checkpoint).expect("the checkpoint").model));
    }
    models
}

/// A harmonic tone that swells four times a second, in noise.
fn sound(samples: usize) -> Vec<f32> {
    let mut noise = 1u32;
    (0..samples)
        .map(|n| {
            let time = n as f32 / 16_000.0;
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let hiss = f32::from((noise >> 16) as u16) / 65_536.0 - 0.5;
            let tone: f32 = (1..=12).map(|k| (TAU * 140.0 * k as f32 * time).sin() / k as f32).sum();
            0.1 * tone * (TAU * 4.0 * time).sin().max(0.0) + 0.05 * hiss
        })
        .collect()
}

/// Samples to samples.
fn hops(criterion: &mut Criterion, models: &[(&'static str, Model)]) {
    let kernels = Kernels::selected().name();
    let mut group = criterion.benchmark_group("hop");
    for (name, model) in models {
        let mut denoiser = Denoiser::new(model);
        let sound = sound(16_000 * CLIP);
        let mut hops = sound.chunks_exact(denoiser.hop()).cycle();
        let mut output = vec![0.0; denoiser.hop()];
        group.bench_function(BenchmarkId::new(*name, kernels), |bencher| {
            bencher.iter(|| denoiser.process_hop(hops.next().expect("it goes round"), &mut output));
        });
    }
    group.finish();
}

/// Spectrum to spectrum.
fn networks(criterion: &mut Criterion, models: &[(&'static str, Model)]) {
    let kernels = Kernels::selected().name();
    let mut group = criterion.benchmark_group("network");
    for (name, model) in models {
        let mut session = Session::new(model.graph());
        let mut output = vec![0.0; model.graph().input_shape().size()];
        let mut analysis = Analysis::new(model.stft());
        let mut spectra = Vec::new();
        for hop in sound(16_000 * CLIP).chunks_exact(model.stft().hop()) {
            analysis.push(hop, &mut output);
            spectra.extend_from_slice(&output);
        }
        let mut frames = spectra.chunks_exact(output.len()).cycle();
        group.bench_function(BenchmarkId::new(*name, kernels), |bencher| {
            let _guard = FlushDenormals::new();
            bencher.iter(|| session.step(frames.next().expect("it goes round"), &mut output));
        });
    }
    group.finish();
}

/// A whole clip, alignment and all.
fn clips(criterion: &mut Criterion, models: &[(&'static str, Model)]) {
    let kernels = Kernels::selected().name();
    let mut group = criterion.benchmark_group("clip");
    group.sample_size(10).throughput(Throughput::Elements(16_000 * CLIP as u64));
    let sound = sound(16_000 * CLIP);
    for (name, model) in models {
        let mut denoiser = Denoiser::new(model);
        group.bench_function(BenchmarkId::new(*name, kernels), |bencher| {
            bencher.iter(|| denoiser.process_clip(hint::black_box(&sound)));
        });
    }
    group.finish();
}
