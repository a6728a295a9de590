//! Files of other formats than WAV through the program.
#![cfg(feature = "formats")]

use crate::program::*;
use hound::SampleFormat;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::{TempDir, tempdir};

/// Copies files of the tests into folder `in`, under these names.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempdir().expect("a folder");
    fs::create_dir(folder.path().join("in")).expect("a folder");
    for (from, to) in files {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats").join(from);
        fs::copy(from, folder.path().join("in").join(to)).expect("a copy");
    }
    folder
}

#[test]
fn every_format_of_a_folder_is_cleaned_to_wav_and_what_is_not_read_is_named() {
    let folder = folder(&[
        ("stereo.flac", "a.flac"),
        ("deep.flac", "deep.FLAC"),
        ("stereo.ogg", "b.ogg"),
        ("speech.mp3", "c.mp3"),
        ("stereo.aiff", "d.aiff"),
        ("stereo.w64", "e.w64"),
        ("stereo.flac", "without"),
        ("unread.opus", "f.opus"),
        ("make.sh", "notes.txt"),
    ]);
    let output = run(folder.path(), &["wav", "in", "-o", "out", "--strength", "0"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("7 cleaned, 0 skipped, 1 failed"), "{said}");
    assert!(said.contains("f.opus  is not a WAV file but Ogg Opus"), "{said}");
    for (name, channels, rate, bits, frames) in [
        ("a.wav", 2, 16_000, 16, 4_000),
        ("deep.wav", 1, 48_000, 24, 4_800),
        ("b.wav", 2, 44_100, 16, 8_820),
        ("c.wav", 1, 16_000, 16, 4_800),
        ("d.wav", 2, 16_000, 24, 800),
        ("e.wav", 2, 16_000, 16, 800),
        ("without", 2, 16_000, 16, 4_000),
    ] {
        let reader = hound::WavReader::open(folder.path().join("out").join(name)).expect("a WAV file");
        let spec = reader.spec();
        assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (channels, rate, bits), "{name}");
        assert_eq!((reader.duration(), spec.sample_format), (frames, SampleFormat::Int), "{name}");
    }
    assert_eq!(fs::read_dir(folder.path().join("out")).expect("a folder").count(), 7);
    // At a strength of 0 the sound is that of the file.
    let [flac, bare] = ["a.wav", "without"].map(|name| read(&folder.path().join("out").join(name)));
    assert_eq!(flac, bare);
    let again = run(folder.path(), &["wav", "in", "-o", "out", "--resume"]);
    assert!(text(&again.stderr).contains("0 cleaned, 7 skipped, 1 failed"), "{}", text(&again.stderr));
}

#[test]
fn two_files_of_one_output_are_not_written_over_each_other() {
    let folder = folder(&[("stereo.flac", "a.flac"), ("speech.mp3", "a.mp3"), ("stereo.ogg", "b.ogg")]);
    for shard in ["1/1", "1/2", "2/2"] {
        let output = format!("out {}", shard.replace('/', " "));
        let said = text(&run(folder.path(), &["wav", "in", "-o", &output, "--shard", shard]).stderr);
        let clash = said.contains("a.mp3  its output would be that of a.flac");
        let found = folder.path().join(&output);
        assert!(clash || shard != "1/1", "{said}");
        if let Ok(reader) = hound::WavReader::open(found.join("a.wav")) {
            assert_eq!(reader.spec().channels, 2, "of the FLAC file, in every share");
        }
    }
}

#[test]
fn a_name_of_another_format_is_refused_since_wav_is_what_is_written() {
    let folder = folder(&[("stereo.flac", "a.flac")]);
    for name in ["b.flac", "b.mp3", "b.OGG", "b.m4a"] {
        let output = run(folder.path(), &["wav", "in/a.flac", "-o", name]);
        assert_eq!((output.status.code(), folder.path().join(name).exists()), (Some(2), false), "{name}");
    }
    assert!(run(folder.path(), &["wav", "in/a.flac", "-o", "b.wav"]).status.success());
}

#[test]
fn a_compressed_stream_is_read_from_a_pipe_and_inspected() {
    let folder = folder(&[("stereo.ogg", "a.ogg"), ("speech.mp3", "a.mp3"), ("stereo.flac", "a.flac")]);
    for name in ["a.ogg", "a.mp3", "a.flac"] {
        let path = folder.path().join("in").join(name);
        let arguments = ["wav", "-", "-fo", "piped.wav"];
        let mut child = Command::new(env!("CARGO_BIN_EXE_framewise"))
            .current_dir(folder.path())
            .args(arguments)
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program");
        child.stdin.take().expect("a pipe").write_all(&fs::read(path).expect("a file")).expect("all of it");
        assert!(child.wait().expect("its end").success(), "{name}");
        let file = format!("in/{name}");
        assert!(run(folder.path(), &["wav", &file, "-fo", "file.wav"]).status.success());
        let [piped, filed] = ["piped.wav", "file.wav"].map(|name| read(&folder.path().join(name)));
        assert!(piped == filed, "{name}");
    }
    let shown = text(&run(folder.path(), &["inspect", "in/a.ogg", "in/a.mp3", "in/a.flac"]).stdout);
    for words in
        ["Ogg Vorbis, 32-bit float, 44100 Hz", "MP3, 32-bit float, 16000 Hz", "FLAC, 16-bit, 16000 Hz"]
    {
        assert!(shown.contains(words), "`{words}` is not in: {shown}");
    }
}

#[test]
fn pairs_of_other_formats_are_compared() {
    let folder = folder(&[("stereo.flac", "a.flac")]);
    let inside = |name: &str| folder.path().join(name);
    fs::rename(inside("in"), inside("clean")).expect("a name");
    fs::create_dir(inside("noisy")).expect("a folder");
    assert!(run(folder.path(), &["wav", "clean/a.flac", "-o", "noisy/a.wav"]).status.success());
    let output = run(
        folder.path(),
        &["compare", "--clean", "clean", "--noisy", "noisy", "-o", "report", "--latency", "zero"],
    );
    let said = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(said.contains("2 channels of 1 pair compared, 0 left out"), "{said}");
}
