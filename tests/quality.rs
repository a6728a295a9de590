//! The built-in models are as good as they were: figures on the clip of `examples/make_noisy.sh`, whose voice alone is
//! `tests/data/voice.wav`. A change of weights or of arithmetic shows here.
#![cfg(feature = "eval")]

use framewise::engine::Denoiser;
use framewise::eval::metrics::{si_sdr, stoi};
use framewise::model::{Latency, Model};
use std::path::Path;

const RATE: u32 = 16_000;
const TOLERANCE: f64 = 0.01;

fn read(path: &str) -> Vec<f32> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let mut reader = hound::WavReader::open(&file).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert_eq!(reader.spec().sample_rate, RATE, "{path}");
    reader.samples::<i16>().map(|sample| f32::from(sample.unwrap()) / 32768.0).collect()
}

/// SI-SDR in dB and STOI.
fn scores(sound: &[f32]) -> [f64; 2] {
    let voice = read("tests/data/voice.wav");
    [si_sdr(&voice, sound).unwrap(), stoi(&voice, sound, RATE).unwrap()]
}

fn check(name: &str, found: [f64; 2], expected: [f64; 2]) {
    println!("{name}: SI-SDR {:.3} dB, STOI {:.4}", found[0], found[1]);
    for (measure, (found, expected)) in ["SI-SDR", "STOI"].iter().zip(found.iter().zip(expected)) {
        assert!(
            (found - expected).abs() <= TOLERANCE,
            "{name}: {measure} is {found:.4}, expected {expected}"
        );
    }
}

fn check_builtin(latency: Latency, expected: [f64; 2]) {
    let model = Model::builtin(latency);
    let cleaned = Denoiser::new(&model).process_clip(&read("examples/noisy.wav"));
    check(&model.header().name, scores(&cleaned), expected);
}

#[test]
fn the_clip_is_what_it_was() {
    check("noisy", scores(&read("examples/noisy.wav")), [5.122, 0.894]);
}

#[test]
fn the_model_of_zero_frames_keeps_its_quality() {
    check_builtin(Latency::ZERO, [12.287, 0.920]);
}

#[test]
fn the_model_of_one_frame_keeps_its_quality() {
    check_builtin(Latency::ONE, [12.463, 0.916]);
}
