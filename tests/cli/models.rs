//! Models by name, by family and latency, and from files.

use crate::common::signals::voice;
use crate::program::*;
use hound::SampleFormat;
use std::fs;
use tempfile::TempDir;

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    write(&folder.path().join("in.wav"), spec(1, 16_000, SampleFormat::Float), &[voice(1, 8_000)]);
    folder
}

fn cleaned(folder: &TempDir, options: &[&str]) -> Vec<Vec<f32>> {
    let output = run(folder.path(), &[&["wav", "in.wav", "-o", "out.wav", "--force"], options].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    read(&folder.path().join("out.wav")).1
}

#[test]
fn the_list_names_every_built_in_model_by_what_its_file_says() {
    let folder = TempDir::new().unwrap();
    let output = run(folder.path(), &["model", "--list"]);
    let list = text(&output.stdout);
    assert!(output.status.success() && list.lines().count() == 1 + framewise::model::builtin::ALL.len());
    for (name, frames) in [("dual-path-zero", "0"), ("dual-path-one-frame", "1")] {
        let file = format!("{}/models/{name}.safetensors", env!("CARGO_MANIFEST_DIR"));
        let bytes = fs::metadata(file).expect("a model").len().to_string();
        let line = list.lines().find(|line| line.starts_with(&format!("{name} "))).expect("a line");
        let words: Vec<_> = line.split_whitespace().collect();
        assert_eq!(words, [name, "dual-path", "16000", frames, &bytes], "{list}");
    }
    assert_eq!(run(folder.path(), &["model", "--list", "--profile"]).status.code(), Some(2));
}

#[test]
fn a_name_a_family_and_a_file_give_the_same_model() {
    let folder = folder();
    for (name, latency) in [("dual-path-zero", "zero"), ("dual-path-one-frame", "one")] {
        let file = format!("{}/models/{name}.safetensors", env!("CARGO_MANIFEST_DIR"));
        let expected = cleaned(&folder, &["--latency", latency]);
        for options in [
            &["--model", name][..],
            &["--model", name, "--latency", latency],
            &["--model", "dual-path", "--latency", latency],
            &["--model", &file],
        ] {
            assert!(cleaned(&folder, options) == expected, "{options:?}");
        }
    }
    assert_ne!(cleaned(&folder, &["--latency", "zero"]), cleaned(&folder, &["--latency", "1"]));
}

#[test]
fn a_latency_without_a_model_and_a_name_without_a_file_are_refused() {
    let folder = folder();
    let refused =
        |options: &[&str]| run(folder.path(), &[&["wav", "in.wav", "-o", "out.wav"], options].concat());
    assert_refused(
        &refused(&["--latency", "2"]),
        &["`dual-path` has no latency of 2: there are zero and one"],
    );
    let other = ["--model", "dual-path-zero", "--latency", "one"];
    assert_refused(&refused(&other), &["`dual-path-zero` has no latency of one: there is zero"]);
    assert_refused(&refused(&["--model", "nothing"]), &["nothing", "cannot be read"]);
    assert_eq!(refused(&["--latency", "two"]).status.code(), Some(2));
    assert!(!folder.path().join("out.wav").exists());
}

#[test]
fn the_post_filter_takes_more_away_and_keeps_the_length() {
    let folder = folder();
    let energy = |planes: &[Vec<f32>]| planes[0].iter().map(|v| v * v).sum::<f32>();
    let (without, with) = (cleaned(&folder, &[]), cleaned(&folder, &["--post-filter"]));
    assert_eq!(with[0].len(), 8_000);
    assert!(energy(&with) < energy(&without) && energy(&with) > 0.5 * energy(&without));
}
