//! The files of a command: what is never written over, what is found before the work, and what is left behind.

use crate::common::signals::voice;
use crate::program::*;
use hound::SampleFormat;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/golden/crn-zero.safetensors");
const CHECKPOINT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/golden/gtcrn.tar");

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let inside = |name: &str| folder.path().join(name);
    write(&inside("in.wav"), spec(1, 16_000, SampleFormat::Int), &[voice(1, 800)]);
    fs::create_dir(inside("sounds")).unwrap();
    fs::copy(inside("in.wav"), inside("sounds/a.wav")).unwrap();
    fs::copy(MODEL, inside("model")).unwrap();
    fs::copy(CHECKPOINT, inside("checkpoint")).unwrap();
    folder
}

/// Everything below a folder: its path, and what it holds.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .flat_map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() {
                contents(&path)
            } else {
                // A link that leads nowhere is there as well.
                vec![(path.display().to_string(), fs::read(&path).unwrap_or_default())]
            }
        })
        .collect();
    found.sort();
    found
}

/// Fails unless these arguments are refused as wrong in one line with the words, and every file is as it was.
#[track_caller]
fn assert_same_file(folder: &Path, arguments: &[&str], words: &[&str]) {
    let before = contents(folder);
    let output = run(folder, arguments);
    let said = text(&output.stderr);
    assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{arguments:?}: {said}");
    for word in words.iter().chain(&["are the same"]) {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
    assert!(contents(folder) == before, "{arguments:?} changed a file");
}

#[test]
fn no_output_is_written_over_another_file_of_the_command() {
    let folder = folder();
    let refused = |arguments: &[&str], words: &[&str]| assert_same_file(folder.path(), arguments, words);
    refused(&["wav", "in.wav", "-o", "n.wav", "--spectrogram", "n.wav"], &["-o", "--spectrogram", "n.wav"]);
    refused(&["wav", "in.wav", "-o", "n.wav", "--spectrogram", "./sounds/../n.wav"], &["n.wav"]);
    refused(&["wav", "in.wav", "-fo", "in.wav"], &["the input", "-o", "in.wav"]);
    refused(&["wav", "in.wav", "-fo", "o.wav", "--spectrogram", "in.wav"], &["the input", "--spectrogram"]);
    refused(&["wav", "in.wav", "-fo", "model", "--model", "model"], &["--model", "-o"]);
    refused(&["wav", "in.wav", "-fo", "o.wav", "--model", "model", "--spectrogram", "model"], &["--model"]);
    refused(&["wav", "-", "-fo", "model", "--model", "model"], &["--model", "-o"]);
    refused(&["wav", "sounds", "-o", "sounds/../sounds"], &["the same folder", "sounds"]);
    refused(&["model", "import", "checkpoint", "-fo", "checkpoint"], &["the checkpoint", "-o"]);
    let pairs = ["compare", "--clean", "sounds", "--noisy", "sounds", "-fo", "."];
    fs::copy(folder.path().join("model"), folder.path().join("results.json")).unwrap();
    refused(&[&pairs[..], &["--model", "results.json"]].concat(), &["--model", "results.json"]);
}

#[cfg(unix)]
#[test]
fn links_do_not_hide_that_two_names_are_one_file() {
    use std::os::unix::fs::symlink;
    let folder = folder();
    let inside = |name: &str| folder.path().join(name);
    fs::hard_link(inside("in.wav"), inside("hard.wav")).unwrap();
    symlink("in.wav", inside("soft.wav")).unwrap();
    symlink("later.wav", inside("dangling.wav")).unwrap();
    symlink("sounds", inside("more")).unwrap();
    let refused = |arguments: &[&str]| assert_same_file(folder.path(), arguments, &[]);
    refused(&["wav", "in.wav", "-fo", "hard.wav"]);
    refused(&["wav", "soft.wav", "-fo", "in.wav"]);
    refused(&["wav", "hard.wav", "-fo", "soft.wav"]);
    refused(&["wav", "in.wav", "-fo", "dangling.wav", "--spectrogram", "later.wav"]);
    refused(&["wav", "sounds", "-fo", "more"]);
}

#[cfg(unix)]
#[test]
fn a_redirected_stream_is_compared_as_well() {
    let folder = folder();
    let file = || File::open(folder.path().join("in.wav")).unwrap();
    let before = contents(folder.path());
    let streamed = |arguments: &[&str], stdin: Stdio, stdout: Stdio| -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_framewise"));
        command.current_dir(folder.path()).args(arguments).stdin(stdin).stdout(stdout).stderr(Stdio::piped());
        command.spawn().unwrap().wait_with_output().unwrap()
    };
    let onto = || File::options().append(true).open(folder.path().join("in.wav")).unwrap();
    for output in [
        streamed(&["wav", "-", "-fo", "in.wav"], file().into(), Stdio::null()),
        streamed(&["wav", "in.wav", "-o", "-"], Stdio::null(), onto().into()),
        streamed(&["wav", "-", "-o", "-"], file().into(), onto().into()),
    ] {
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains("are the same file"), "{}", text(&output.stderr));
    }
    assert!(contents(folder.path()) == before);
    // A device may be both: nothing in it can be lost.
    let arguments = ["wav", "in.wav", "-o", "/dev/null", "--spectrogram", "/dev/null"];
    assert!(run(folder.path(), &arguments).status.success());
}

#[cfg(unix)]
#[test]
fn files_of_a_folder_are_not_written_over_each_other() {
    let folder = folder();
    let inside = |name: &str| folder.path().join(name);
    fs::copy(inside("in.wav"), inside("sounds/b.wav")).unwrap();
    fs::create_dir(inside("out")).unwrap();
    std::os::unix::fs::symlink("../sounds/b.wav", inside("out/a.wav")).unwrap();
    let before = fs::read(inside("sounds/b.wav")).unwrap();
    for arguments in [&["wav", "sounds", "-fo", "out"][..], &["wav", "sounds", "-fo", "out", "--jobs", "1"]] {
        let output = run(folder.path(), arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("a.wav  is read as well") && said.contains("1 cleaned, 0 skipped, 1 failed"));
        assert!(fs::read(inside("sounds/b.wav")).unwrap() == before && inside("out/b.wav").is_file());
    }
}

#[test]
fn what_cannot_be_written_is_said_before_anything_is_read() {
    let folder = folder();
    let long = format!("{}.wav", "n".repeat(300));
    let before = contents(folder.path());
    fs::create_dir(folder.path().join("empty")).unwrap();
    // Nothing ever comes from this input: whoever waited for it would wait for ever.
    let refused = |arguments: &[&str], words: &[&str]| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_framewise"))
            .current_dir(folder.path())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take();
        assert_refused(&child.wait_with_output().unwrap(), words);
        drop(stdin);
        assert!(contents(folder.path()) == before, "{arguments:?} left something");
    };
    refused(&["wav", "-", "-o", "nowhere/o.wav"], &["nowhere/o.wav", "no folder nowhere"]);
    refused(&["wav", "-", "-o", &long], &[&long]);
    refused(&["wav", "-", "-o", "empty"], &["empty", "is a folder"]);
    refused(&["wav", "-", "-o", "new/"], &["new/", "names no file"]);
    refused(&["wav", "-", "-o", "in.wav/o.wav"], &["in.wav/o.wav"]);
    refused(&["wav", "-", "-o", "in.wav"], &["in.wav", "--force"]);
    for picture in ["nowhere/o.png", &long, "empty"] {
        refused(&["wav", "-", "-o", "o.wav", "--spectrogram", picture], &[picture]);
    }
    refused(&["wav", "sounds", "-o", "in.wav"], &["in.wav", "expected a folder"]);
    refused(&["wav", "sounds", "-o", &long], &[&long]);
    refused(&["model", "import", "nowhere.tar", "-o", "nowhere/o"], &["nowhere/o", "no folder"]);
    let pairs = ["compare", "--clean", "sounds", "--noisy", "sounds", "-o"];
    refused(&[&pairs[..], &["in.wav/report"]].concat(), &["in.wav/report"]);
    refused(&[&pairs[..], &[&long]].concat(), &[&long]);
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_to_is_said_first() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
    if File::create(closed.join("try")).is_ok() {
        return; // The superuser may write anywhere.
    }
    for output in [&["wav", "none.wav", "-o", "closed/o.wav"][..], &["wav", "sounds", "-o", "closed/new"]] {
        assert_refused(&run(folder.path(), output), &["closed", "ermission denied"]);
    }
}

#[cfg(unix)]
#[test]
fn a_replaced_file_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let path = folder.path().join("o.wav");
    fs::write(&path, "before").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(run(folder.path(), &["wav", "in.wav", "-fo", "o.wav"]).status.success());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(read(&path).1[0].len(), 800);
}

#[cfg(unix)]
#[test]
fn what_a_killed_run_left_is_removed_by_the_next_and_what_a_running_one_has_stays() {
    use std::io::Write;
    let folder = folder();
    let parts = || names(&folder).into_iter().filter(|name| name.extension().is_some_and(|e| e == "part"));
    let start = |output: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_framewise"))
            .current_dir(folder.path())
            .args(["wav", "-", "-o", output, "--raw", "s16le", "--rate", "16000", "--channels", "1"])
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // More than a pipe holds: once all is taken, the output has begun.
        stdin.write_all(&[0; 1 << 18]).unwrap();
        (child, stdin)
    };
    let (mut killed, pipe) = start("killed.wav");
    let (mut running, rest) = start("running.wav");
    assert_eq!(parts().count(), 2);
    killed.kill().unwrap();
    killed.wait().unwrap();
    drop(pipe);
    assert_eq!(parts().count(), 2, "nobody could remove it");
    assert!(run(folder.path(), &["wav", "in.wav", "-o", "next.wav"]).status.success());
    assert_eq!(parts().count(), 1, "{:?}", names(&folder));
    drop(rest);
    assert!(running.wait().unwrap().success());
    assert_eq!(read(&folder.path().join("running.wav")).1[0].len(), 1 << 17);
    assert_eq!(parts().count(), 0);
}

#[cfg(unix)]
#[test]
fn a_stream_is_taken_to_its_end_so_that_its_sender_does_not_fail() {
    let folder = folder();
    let mut bytes = fs::read(folder.path().join("in.wav")).unwrap();
    bytes.extend(b"LIST\x00\x00\x10\x00");
    bytes.resize(bytes.len() + (1 << 20), 0);
    fs::write(folder.path().join("long.wav"), &bytes).unwrap();
    let program = env!("CARGO_BIN_EXE_framewise");
    for rest in ["wav - -o o.wav", "wav - -o - >o.wav", "inspect -"] {
        let line = format!("set -o pipefail; cat long.wav | '{program}' {rest}");
        let output = Command::new("bash").current_dir(folder.path()).args(["-c", &line]).output().unwrap();
        assert!(output.status.success(), "{rest}: {}", text(&output.stderr));
    }
}

#[cfg(unix)]
#[test]
fn names_are_shown_on_one_line_whatever_they_hold() {
    let folder = folder();
    let odd = "a\nb\u{1b}[31m\u{202e}c.wav";
    let shown = "a\\nb\\u{1b}[31m\\u{202e}c.wav";
    let inside = |name: &str| folder.path().join(name);
    fs::rename(inside("in.wav"), inside(odd)).unwrap();
    fs::create_dir(inside("odd\n")).unwrap();
    fs::copy(inside(odd), inside("odd\n").join(odd)).unwrap();
    fs::write(inside("odd\n").join("text\r.wav"), "no sound").unwrap();
    let one = |output: Output| {
        let said = text(&output.stderr) + &text(&output.stdout);
        assert!(!said.contains(['\u{1b}', '\u{202e}', '\r']), "{said:?}");
        said
    };
    for arguments in [
        &["wav", odd, "-o", "o\n.wav"][..],
        &["wav", odd, "-o", "o\n.wav"],
        &["wav", odd, "-o", odd],
        &["wav", "none\n.wav", "-o", "new.wav"],
        &["wav", odd, "-o", "none\n/o.wav"],
        &["wav", odd, "-o", "new.wav", "--model", "none\n"],
        &["wav", odd, "-o", "new.wav", "--model", odd],
        &["model", "none\n"],
        &["model", "import", "none\n", "-o", "new"],
        &["compare", "--clean", "none\n", "--noisy", "odd\n", "-o", "report"],
    ] {
        let said = one(run(folder.path(), arguments));
        assert_eq!(said.lines().count(), 1, "{arguments:?}: {said:?}");
    }
    assert!(one(run(folder.path(), &["inspect", odd])).starts_with(&format!("{shown}\n")));
    let said = one(run(folder.path(), &["wav", "odd\n", "-o", "out\n"]));
    assert!(
        said.contains("text\\r.wav  is not a WAV file") && said.contains("\nout\\n: 1 cleaned"),
        "{said}"
    );
    let said = one(run(folder.path(), &["wav", "a.wav", "-o", "b.wav", "\u{202e}"]));
    assert!(said.contains("unexpected argument '\\u{202e}'"), "{said}");
    // Programs are told the name itself.
    let json = run(folder.path(), &["inspect", "--json", odd]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["file"], odd);
}
