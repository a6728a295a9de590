//! The commands of the documents, run as they stand, on files of the names that it uses.

use crate::commands::commands_of;
use crate::common::signals::{noise, voice};
use crate::program::*;
use hound::SampleFormat;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Every file that a command reads.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let inside = |name: &str| folder.path().join(name);
    for name in ["examples", "recordings"] {
        fs::create_dir(inside(name)).unwrap();
    }
    fs::copy(root.join("examples/noisy.wav"), inside("examples/noisy.wav")).unwrap();
    fs::copy(root.join("tests/data/golden/gtcrn.tar"), inside("model_trained_on_dns3.tar")).unwrap();
    fs::copy(root.join("models/dual-path-one-frame.safetensors"), inside("my-model.safetensors")).unwrap();
    for name in ["noisy.wav", "talk.wav", "stereo.wav", "recordings/a.wav", "recordings/b.wav"] {
        let channels = if name == "stereo.wav" { 2 } else { 1 };
        let planes: Vec<_> = (0..channels).map(|c| voice(u64::from(c), 4_000)).collect();
        write(&inside(name), spec(channels, 16_000, SampleFormat::Int), &planes);
    }
    for pair in ["clean", "noisy", "pairs/clean", "pairs/noisy", "speech", "noise", "theirs"] {
        let path = inside(pair);
        fs::create_dir_all(&path).unwrap();
        let hiss = noise(9, 16_000, 0.05);
        let clean = voice(1, 16_000);
        let sound = match pair {
            "clean" | "pairs/clean" | "speech" => clean,
            "noise" => hiss,
            _ => clean.iter().zip(hiss).map(|(s, n)| s + n).collect(),
        };
        write(&path.join("a.wav"), spec(1, 16_000, SampleFormat::Float), &[sound]);
    }
    folder
}

#[test]
fn every_command_of_the_documents_does_its_work() {
    let folder = folder();
    let documents = ["README.md", "docs/files.md", "docs/live.md", "docs/compare.md", "docs/models.md"];
    let ran: usize = documents.into_iter().map(|document| run_commands_of(document, folder.path())).sum();
    assert!(ran >= 40, "only {ran} commands were found");
}

/// Runs those that need no sound devices, and says how many they are.
fn run_commands_of(document: &str, folder: &Path) -> usize {
    let words = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(document)).unwrap();
    let mut ran = 0;
    for words in commands_of(&words) {
        if ["live", "devices"].contains(&words[0].as_str()) {
            continue;
        }
        // What an earlier command has made; the models are wanted by later ones.
        if words.starts_with(&["model".to_owned(), "import".to_owned()]) {
            let _ = fs::remove_file(folder.join("gtcrn.safetensors"));
        }
        for made in ["clean.wav", "before-after.png"] {
            let _ = fs::remove_file(folder.join(made));
        }
        for made in ["cleaned", "report", "figures"] {
            let _ = fs::remove_dir_all(folder.join(made));
        }
        let output = Command::new(env!("CARGO_BIN_EXE_framewise"))
            .current_dir(folder)
            .args(&words)
            .stdin(Stdio::from(File::open(folder.join("noisy.wav")).unwrap()))
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{document}: framewise {}: {}",
            words.join(" "),
            text(&output.stderr)
        );
        ran += 1;
    }
    ran
}
