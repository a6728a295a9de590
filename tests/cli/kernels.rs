//! `FRAMEWISE_KERNELS`: what the program makes of it.

use crate::common::signals::voice;
use crate::program::*;
use framewise::engine::Denoiser;
use framewise::model::{Latency, Model};
use framewise::nn::Kernels;
use hound::SampleFormat;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

fn run_on(kernels: &str, folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_framewise"))
        .current_dir(folder)
        .args(arguments)
        .env("FRAMEWISE_KERNELS", kernels)
        .output()
        .expect("the program")
}

#[test]
fn a_name_that_cannot_be_had_is_refused_by_every_command_before_it_does_anything() {
    let folder = TempDir::new().unwrap();
    write(&folder.path().join("in.wav"), spec(1, 16_000, SampleFormat::Int), &[voice(1, 1600)]);
    let lacking = Kernels::NAMES.iter().copied().find(|name| name.parse::<Kernels>().is_err());
    for name in ["bogus", "", "AVX2"].into_iter().chain(lacking) {
        for arguments in [
            &["wav", "in.wav", "-o", "out.wav"][..],
            &["inspect", "in.wav"],
            &["model"],
            &["model", "--profile"],
            &["compare", "--graph"],
        ] {
            let output = run_on(name, folder.path(), arguments);
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
            assert_eq!(said.lines().count(), 1, "{said}");
            assert!(
                said.starts_with("framewise: FRAMEWISE_KERNELS: ") && said.contains(&format!("`{name}`")),
                "{said}"
            );
            let names = Kernels::available().into_iter().map(Kernels::name).collect::<Vec<_>>().join(", ");
            assert!(said.contains(&names), "{said}");
            assert!(output.stdout.is_empty());
        }
    }
    assert_eq!(names(&folder), [Path::new("in.wav")]);
}

#[test]
fn recordings_are_cleaned_on_the_kernels_that_are_named() {
    let folder = TempDir::new().unwrap();
    let held = write(&folder.path().join("in.wav"), spec(1, 16_000, SampleFormat::Float), &[voice(1, 8000)]);
    let mut outputs = Vec::new();
    for kernels in Kernels::available() {
        let output = run_on(kernels.name(), folder.path(), &["wav", "in.wav", "-o", "out.wav", "--force"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let (_, found) = read(&folder.path().join("out.wav"));
        let model = Model::builtin(Latency::ZERO).with_kernels(kernels);
        assert_eq!(found, [Denoiser::new(&model).process_clip(&held[0])], "{}", kernels.name());
        outputs.push(found);
    }
    assert_ne!(outputs[0], outputs[1], "scalar and portable");
}

#[test]
fn profile_and_report_name_the_kernels_that_ran() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    for side in ["clean", "noisy"] {
        fs::create_dir(path.join(side)).unwrap();
        write(&path.join(side).join("a.wav"), spec(1, 16_000, SampleFormat::Int), &[voice(1, 16_000)]);
    }
    let output = run_on("scalar", path, &["model", "--profile"]);
    assert!(text(&output.stdout).contains("scalar kernels"), "{}", text(&output.stdout));
    let compare =
        ["compare", "--clean", "clean", "--noisy", "noisy", "--latency", "zero", "-o", "report", "--quiet"];
    let output = run_on("scalar", path, &compare);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let records = fs::read_dir(path.join("report")).unwrap().map(|entry| entry.unwrap().path());
    let record =
        records.into_iter().find(|path| path.extension().is_some_and(|e| e == "json")).expect("a record");
    let record: serde_json::Value = serde_json::from_str(&fs::read_to_string(record).unwrap()).expect("JSON");
    assert_eq!(record["provenance"]["kernels"], "scalar");
}
