//! Files: what the program writes, what it says, and what it leaves behind.

use crate::common::signals::voice;
use crate::program::*;
use framewise::engine::{Denoiser, Mask, Processor};
use framewise::model::{Latency, Model};
use hound::SampleFormat;
use std::fs;
use tempfile::TempDir;

#[test]
fn a_file_comes_out_as_the_library_cleans_it_at_both_latencies() {
    let folder = TempDir::new().unwrap();
    for (format, step) in [(SampleFormat::Float, 0.0), (SampleFormat::Int, 0.5 / 32768.0 + 1e-6)] {
        for channels in [1, 2] {
            let signals: Vec<_> = (0..channels).map(|c| voice(u64::from(c), 16_000 + 77)).collect();
            let held = write(&folder.path().join("noisy.wav"), spec(channels, 16_000, format), &signals);
            for latency in Latency::ALL {
                let chosen = latency.to_string();
                let output = run(
                    folder.path(),
                    &["wav", "noisy.wav", "-o", "clean.wav", "--latency", &chosen, "--force"],
                );
                assert!(output.status.success(), "{}", text(&output.stderr));
                let (found, clean) = read(&folder.path().join("clean.wav"));
                assert_eq!(found, spec(channels, 16_000, format));
                let mut denoiser = Denoiser::new(&Model::builtin(latency));
                for (clean, held) in clean.iter().zip(&held) {
                    let expected = denoiser.process_clip(held);
                    assert_eq!(clean.len(), held.len());
                    let worst = clean.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                    assert!(worst <= step, "{worst}");
                }
                let said = text(&output.stderr);
                let frames = latency.frames();
                for words in [
                    format!("latency {frames} frames"),
                    format!("{} samples = (window 320 - hop 160) + {frames} x 160", 160 + 160 * frames),
                    "x real time".into(),
                ] {
                    assert!(said.contains(&words), "`{words}` is not in: {said}");
                }
            }
        }
    }
}

#[test]
fn every_length_is_kept() {
    let folder = TempDir::new().unwrap();
    for length in [0, 1, 159, 160, 161, 320, 1001] {
        write(&folder.path().join("in.wav"), spec(1, 16_000, SampleFormat::Int), &[voice(1, length)]);
        for extra in [None, Some("--raw-delay")] {
            let mut arguments = vec!["wav", "in.wav", "-o", "out.wav", "--force"];
            arguments.extend(extra);
            let output = run(folder.path(), &arguments);
            assert!(output.status.success(), "{}", text(&output.stderr));
            assert_eq!(read(&folder.path().join("out.wav")).1[0].len(), length);
        }
    }
}

#[test]
fn the_raw_output_is_the_aligned_one_later_by_the_delay() {
    let folder = TempDir::new().unwrap();
    write(&folder.path().join("in.wav"), spec(1, 16_000, SampleFormat::Float), &[voice(1, 9_000)]);
    run(folder.path(), &["wav", "in.wav", "-o", "aligned.wav", "--latency", "one"]);
    run(folder.path(), &["wav", "in.wav", "-o", "raw.wav", "--latency", "one", "--raw-delay"]);
    let [aligned, raw] = ["aligned.wav", "raw.wav"].map(|name| read(&folder.path().join(name)).1.remove(0));
    assert_eq!(raw[320..], aligned[..9_000 - 320]);
}

/// What a plugin or any other host of a processor gives at the file's rate, in floats: only the blocks of a host cost it more delay.
#[test]
fn the_raw_output_is_a_processors_at_every_rate() {
    let folder = TempDir::new().unwrap();
    for rate in [16_000, 44_100, 48_000, 96_000] {
        let planes = [voice(2, rate as usize), voice(3, rate as usize)];
        write(&folder.path().join("in.wav"), spec(2, rate, SampleFormat::Float), &planes);
        for latency in Latency::ALL {
            let said = if latency == Latency::ZERO { "zero" } else { "one" };
            let arguments =
                ["wav", "in.wav", "-o", "raw.wav", "--raw-delay", "--link", "--force", "--latency", said];
            let output = run(folder.path(), &arguments);
            assert!(output.status.success(), "{}", text(&output.stderr));
            let raw = read(&folder.path().join("raw.wav")).1;
            let builder = Processor::builder(rate, 2).latency(latency).mask(Mask::Shared);
            let (mut processor, mut host) = (builder.build().expect("a processor"), planes.clone());
            let late = processor.delays().blocking;
            processor.process_in_place(&mut host);
            for (host, raw) in host.iter().zip(&raw) {
                let worst = host[late..].iter().zip(raw).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(raw.len() == host.len() && worst < 1e-6, "{rate} Hz, {latency}: {worst}");
            }
        }
    }
}

#[test]
fn an_existing_file_is_replaced_only_by_force() {
    let folder = TempDir::new().unwrap();
    write(&folder.path().join("in.wav"), spec(1, 16_000, SampleFormat::Int), &[voice(1, 500)]);
    fs::write(folder.path().join("out.wav"), "precious").unwrap();
    assert_refused(&run(folder.path(), &["wav", "in.wav", "-o", "out.wav"]), &["out.wav", "--force"]);
    assert_eq!(fs::read(folder.path().join("out.wav")).unwrap(), b"precious");
    assert!(run(folder.path(), &["wav", "in.wav", "-o", "out.wav", "-f"]).status.success());
    assert_eq!(read(&folder.path().join("out.wav")).1[0].len(), 500);
}

#[test]
fn a_bad_input_gets_one_line_and_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    write(&folder.path().join("2000.wav"), spec(1, 2_000, SampleFormat::Int), &[voice(1, 500)]);
    fs::write(folder.path().join("text.wav"), "this is no sound\n").unwrap();
    fs::write(folder.path().join("empty.wav"), "").unwrap();
    let before = names(&folder);
    for (file, words) in [
        ("nowhere.wav", &["nowhere.wav"][..]),
        ("2000.wav", &["2000.wav", "2000 Hz", "4000"]),
        ("text.wav", &["text.wav"]),
        ("empty.wav", &["empty.wav", "empty"]),
    ] {
        assert_refused(&run(folder.path(), &["wav", file, "-o", "out.wav"]), words);
    }
    assert_eq!(names(&folder), before);
}

#[test]
fn a_model_file_is_used_and_a_latency_that_it_lacks_is_refused() {
    let folder = TempDir::new().unwrap();
    write(&folder.path().join("in.wav"), spec(1, 16_000, SampleFormat::Float), &[voice(1, 4_000)]);
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/models/dual-path-one-frame.safetensors");
    run(folder.path(), &["wav", "in.wav", "-o", "built-in.wav", "--latency", "one"]);
    let output = run(folder.path(), &["wav", "in.wav", "-o", "file.wav", "--model", model]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(read(&folder.path().join("built-in.wav")), read(&folder.path().join("file.wav")));

    let refused =
        run(folder.path(), &["wav", "in.wav", "-o", "no.wav", "--model", model, "--latency", "zero"]);
    assert_refused(&refused, &["latency of 1 frames", "not for 0"]);
    let refused = run(folder.path(), &["wav", "in.wav", "-o", "no.wav", "--model", "in.wav"]);
    assert_refused(&refused, &["in.wav", "not a model file", "WAV"]);
    assert!(!folder.path().join("no.wav").exists());
}

#[test]
fn a_model_is_shown_with_its_layers_its_cost_and_its_delay() {
    let folder = TempDir::new().unwrap();
    let shown = text(&run(folder.path(), &["model", "--latency", "one"]).stdout);
    for words in [
        "dual-path-one-frame",
        "decoder.1",
        "input+1",
        "multiply-adds",
        "320 samples = (window 320 - hop 160) + 1 x 160",
    ] {
        assert!(shown.contains(words), "`{words}` is not in: {shown}");
    }
    assert!(
        !text(&run(folder.path(), &["model"]).stdout).contains("input+1"),
        "no delay line at zero frames"
    );
    assert_refused(&run(folder.path(), &["model", "nowhere.safetensors"]), &["nowhere.safetensors"]);
}

#[test]
fn wrong_arguments_are_told_apart_from_bad_files() {
    let folder = TempDir::new().unwrap();
    for arguments in [&["wav"][..], &["wav", "a.wav", "-o", "b.wav", "--latency", "two"], &["paint"]] {
        assert_eq!(run(folder.path(), arguments).status.code(), Some(2));
    }
}
