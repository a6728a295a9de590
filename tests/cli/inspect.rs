//! What `inspect` says of files whose every sample is known.

use crate::common::signals::noise;
use crate::program::*;
use hound::SampleFormat;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn inspected(folder: &Path, file: &str) -> (String, serde_json::Value) {
    let words = run(folder, &["inspect", file]);
    assert!(words.status.success(), "{}", text(&words.stderr));
    let json = run(folder, &["inspect", file, "--json"]);
    (text(&words.stdout), serde_json::from_slice(&json.stdout).unwrap())
}

#[test]
fn levels_and_noise_floor_are_those_of_the_signal() {
    let folder = TempDir::new().unwrap();
    // A tone at half of full scale for half of the time, over noise at -60 dBFS.
    let hiss = noise(1, 32_000, 0.001 * 3f32.sqrt());
    let tone = |n: usize| if n % 8_000 < 4_000 { 0.5 * (n as f32 * 0.39).sin() } else { 0.0 };
    let signal: Vec<f32> = (0..32_000).map(|n| tone(n) + hiss[n]).collect();
    write(&folder.path().join("in.wav"), spec(1, 16_000, SampleFormat::Float), &[signal]);
    let (words, json) = inspected(folder.path(), "in.wav");
    let levels = &json["channels"][0];
    for (name, expected) in [("peak", -6.0), ("mean", -12.04), ("loud", -9.03), ("noise_floor", -60.0)] {
        let found = levels[name].as_f64().unwrap();
        assert!((found - expected).abs() < 0.6, "{name}: {found} for {expected}");
    }
    assert_eq!((&json["frames"], &json["sample_rate"]), (&32_000.into(), &16_000.into()));
    assert_eq!(json["odd"].as_array().unwrap().len(), 0);
    for word in ["32-bit float", "16000 Hz", "1 channels", "2.000 s", "nothing"] {
        assert!(words.contains(word), "`{word}` is not in: {words}");
    }
}

#[test]
fn clipping_offset_silence_and_twin_channels_are_odd() {
    let folder = TempDir::new().unwrap();
    let mut clipped: Vec<f32> =
        noise(2, 16_000, 0.9).iter().map(|v| if v.abs() > 0.02 { v + 0.01 } else { *v }).collect();
    clipped[100..105].fill(1.0);
    clipped[900] = -1.0;
    clipped[8_000..12_800].fill(0.0);
    write(&folder.path().join("in.wav"), spec(2, 16_000, SampleFormat::Int), &[clipped.clone(), clipped]);
    let (words, json) = inspected(folder.path(), "in.wav");
    assert_eq!(json["channels"][1]["clipped"], 5);
    for word in [
        "channel 2: 5 samples are clipped",
        "steady offset",
        "exactly silent for 30 %",
        "all channels hold the same",
    ] {
        assert!(words.contains(word), "`{word}` is not in: {words}");
    }
}

#[test]
fn what_a_broken_header_hides_is_said() {
    let folder = TempDir::new().unwrap();
    write(&folder.path().join("in.wav"), spec(1, 8_000, SampleFormat::Int), &[noise(1, 4_000, 0.1)]);
    let mut bytes = fs::read(folder.path().join("in.wav")).unwrap();
    bytes.truncate(bytes.len() - 1_001);
    fs::write(folder.path().join("cut.wav"), bytes).unwrap();
    assert!(inspected(folder.path(), "cut.wav").0.contains("cut short: the header promises 4000"));
}

#[test]
fn silence_and_nothing_at_all_have_no_level() {
    let folder = TempDir::new().unwrap();
    for (length, word) in [(0, "there is no sound in it"), (5_000, "exactly silent from end to end")] {
        write(&folder.path().join("in.wav"), spec(1, 8_000, SampleFormat::Int), &[vec![0.0; length]]);
        let (words, json) = inspected(folder.path(), "in.wav");
        assert!(words.contains(word), "`{word}` is not in: {words}");
        assert!(json["channels"][0]["peak"].is_null());
    }
}

#[test]
fn a_bad_file_among_good_ones_is_a_failure_but_no_end() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("bad.wav"), "text").unwrap();
    write(&folder.path().join("good.wav"), spec(1, 8_000, SampleFormat::Int), &[vec![0.1; 10]]);
    let output = run(folder.path(), &["inspect", "bad.wav", "good.wav"]);
    assert_refused(&output, &["bad.wav", "is not a WAV file"]);
    assert!(text(&output.stdout).contains("good.wav"));
}
