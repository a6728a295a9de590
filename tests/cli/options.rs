//! What each option does to the sound and to the file.

use crate::common::signals::{noise, voice};
use crate::program::*;
use hound::SampleFormat;
use tempfile::TempDir;

/// Cleans `in.wav` with these options and reads what came of it.
fn cleaned(folder: &TempDir, options: &[&str]) -> (hound::WavSpec, Vec<Vec<f32>>) {
    let arguments = [&["wav", "in.wav", "-o", "out.wav", "--force"], options].concat();
    let output = run(folder.path(), &arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    read(&folder.path().join("out.wav"))
}

fn folder_with(
    channels: u16,
    rate: u32,
    format: SampleFormat,
    planes: &[Vec<f32>],
) -> (TempDir, Vec<Vec<f32>>) {
    let folder = TempDir::new().unwrap();
    let held = write(&folder.path().join("in.wav"), spec(channels, rate, format), planes);
    (folder, held)
}

#[test]
fn rate_channels_and_length_are_kept_at_any_rate() {
    for (rate, channels) in [(8_000, 1), (11_025, 2), (22_050, 1), (44_100, 2), (48_000, 6), (192_000, 1)] {
        let planes: Vec<_> = (0..channels).map(|c| noise(u64::from(c), 7_001, 0.2)).collect();
        let (folder, _) = folder_with(channels, rate, SampleFormat::Float, &planes);
        let (found, clean) = cleaned(&folder, &[]);
        assert_eq!((found.sample_rate, found.channels), (rate, channels));
        assert!(clean.len() == usize::from(channels) && clean.iter().all(|plane| plane.len() == 7_001));
    }
}

#[test]
fn a_strength_of_zero_gives_the_file_back_and_more_strength_takes_more_away() {
    for (rate, format) in
        [(16_000, SampleFormat::Int), (16_000, SampleFormat::Float), (44_100, SampleFormat::Int)]
    {
        let (folder, held) = folder_with(1, rate, format, &[noise(1, 9_001, 0.3)]);
        assert_eq!(cleaned(&folder, &["--strength", "0"]).1, held);
        let powers: Vec<f32> = ["0", "6", "12", "40"]
            .iter()
            .map(|strength| cleaned(&folder, &["--strength", strength]).1[0].iter().map(|v| v * v).sum())
            .collect();
        assert!(powers.is_sorted_by(|a, b| a > b), "{powers:?}");
    }
}

#[test]
fn a_strength_that_is_no_attenuation_is_refused() {
    let (folder, _) = folder_with(1, 16_000, SampleFormat::Int, &[vec![0.0; 10]]);
    for strength in ["-3", "nan", "inf", "much"] {
        let option = format!("--strength={strength}");
        assert_eq!(run(folder.path(), &["wav", "in.wav", "-o", "out.wav", &option]).status.code(), Some(2));
    }
}

#[test]
fn the_high_band_is_kept_or_muted_as_asked() {
    let tone: Vec<f32> =
        (0..48_000).map(|n| 0.3 * (n as f32 * 15.0 / 48.0 * std::f32::consts::TAU).sin()).collect();
    let (folder, held) = folder_with(1, 48_000, SampleFormat::Float, &[tone]);
    let power = |planes: &[Vec<f32>]| planes[0].iter().map(|v| v * v).sum::<f32>();
    assert!(power(&cleaned(&folder, &["--high-band", "keep"]).1) > 0.99 * power(&held));
    assert!(power(&cleaned(&folder, &["--high-band", "mute"]).1) < 1e-3 * power(&held));
    assert_eq!(cleaned(&folder, &["--high-band", "follow"]), cleaned(&folder, &[]));
}

#[test]
fn linked_channels_keep_their_image() {
    let left = voice(3, 12_000);
    let right = left.iter().map(|v| -0.4 * v).collect();
    let (folder, _) = folder_with(2, 16_000, SampleFormat::Float, &[left, right]);
    let (_, clean) = cleaned(&folder, &["--link"]);
    let worst = clean[0].iter().zip(&clean[1]).map(|(l, r)| (-0.4 * l - r).abs()).fold(0.0, f32::max);
    assert!(worst < 1e-5, "{worst:e}");
}

#[test]
fn the_bit_depth_is_kept_or_the_one_asked_for() {
    let (folder, held) = folder_with(1, 16_000, SampleFormat::Int, &[voice(1, 2_000)]);
    for (option, bits, format) in [
        ("8", 8, SampleFormat::Int),
        ("16", 16, SampleFormat::Int),
        ("24", 24, SampleFormat::Int),
        ("32", 32, SampleFormat::Int),
        ("32f", 32, SampleFormat::Float),
    ] {
        let arguments = ["wav", "in.wav", "-o", "out.wav", "-f", "--strength", "0", "--bit-depth", option];
        assert!(run(folder.path(), &arguments).status.success());
        let mut reader = hound::WavReader::open(folder.path().join("out.wav")).unwrap();
        assert_eq!((reader.spec().bits_per_sample, reader.spec().sample_format), (bits, format));
        let scale = (1u64 << (bits - 1)) as f32;
        let samples: Vec<f32> = match format {
            SampleFormat::Float => reader.samples::<f32>().map(Result::unwrap).collect(),
            SampleFormat::Int => reader.samples::<i32>().map(|v| v.unwrap() as f32 / scale).collect(),
        };
        let step = if bits == 8 { 0.5 / 128.0 } else { 0.0 };
        assert!(samples.iter().zip(&held[0]).all(|(a, b)| (a - b).abs() <= step), "{option}");
    }
}

#[test]
fn dither_adds_less_than_two_steps_and_the_same_each_time() {
    let (folder, held) = folder_with(1, 16_000, SampleFormat::Float, &[noise(1, 4_000, 0.5)]);
    let options = ["--strength", "0", "--bit-depth", "16"];
    let plain = cleaned(&folder, &options).1.remove(0);
    let dithered = || cleaned(&folder, &[&options[..], &["--dither"]].concat()).1.remove(0);
    let (once, again) = (dithered(), dithered());
    assert_eq!(once, again);
    assert_ne!(once, plain);
    let worst =
        |found: &[f32]| found.iter().zip(&held[0]).map(|(a, b)| (a - b).abs() * 32_768.0).fold(0.0, f32::max);
    assert!(worst(&plain) <= 0.5 && worst(&once) <= 1.5, "{} {}", worst(&plain), worst(&once));
}

#[test]
fn peaks_beyond_full_scale_saturate_and_are_counted() {
    let mut loud = noise(1, 4_000, 0.2);
    (loud[1_000], loud[2_000]) = (1.5, -2.0);
    let (folder, _) = folder_with(1, 16_000, SampleFormat::Float, &[loud]);
    let output =
        run(folder.path(), &["wav", "in.wav", "-o", "out.wav", "--strength", "0", "--bit-depth", "16"]);
    assert!(
        text(&output.stderr).contains("2 samples beyond full scale, saturated"),
        "{}",
        text(&output.stderr)
    );
    let clean = read(&folder.path().join("out.wav")).1.remove(0);
    assert_eq!((clean[1_000], clean[2_000]), (32_767.0 / 32_768.0, -1.0));
}

#[test]
fn one_file_can_be_reported_as_json() {
    let (folder, _) = folder_with(2, 44_100, SampleFormat::Int, &[voice(1, 4_410), voice(2, 4_410)]);
    let output = run(folder.path(), &["wav", "in.wav", "-o", "out.wav", "--json", "--quiet"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["status"], "cleaned");
    assert_eq!((&report["frames"], &report["channels"]), (&4_410.into(), &2.into()));
    assert_eq!(report["seconds"], 0.1);
    let output = run(folder.path(), &["wav", "nowhere.wav", "-o", "other.wav", "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["status"], "failed");
    assert!(report["error"].as_str().unwrap().contains("nowhere.wav"));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn the_help_says_what_the_exit_codes_mean() {
    let folder = TempDir::new().unwrap();
    let help = text(&run(folder.path(), &["wav", "--help"]).stdout);
    for words in ["Exit codes", "--strength", "--high-band", "--shard", "10^(-DB/20)"] {
        assert!(help.contains(words), "`{words}` is not in: {help}");
    }
}
