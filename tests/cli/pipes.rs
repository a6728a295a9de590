//! Standard input and output, with a header and without.

use crate::common::signals::voice;
use crate::program::*;
use framewise::engine::Denoiser;
use framewise::model::{Latency, Model};
use hound::SampleFormat;
use std::fs;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use tempfile::TempDir;

fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_framewise"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program")
}

/// Sends all of `input` through the program and returns what came out.
fn through(arguments: &[&str], input: Vec<u8>) -> Vec<u8> {
    let mut child = start(arguments);
    let mut stdin = child.stdin.take().unwrap();
    let sender = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    sender.join().unwrap().expect("all was read");
    assert!(output.status.success(), "{}", text(&output.stderr));
    output.stdout
}

fn f32le(samples: &[f32]) -> Vec<u8> {
    samples.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn from_f32le(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect()
}

#[test]
fn a_wav_stream_of_unknown_length_comes_out_as_one() {
    let folder = TempDir::new().unwrap();
    let planes = [voice(1, 5_003), voice(2, 5_003)];
    write(&folder.path().join("in.wav"), spec(2, 48_000, SampleFormat::Float), &planes);
    run(folder.path(), &["wav", "in.wav", "-o", "out.wav"]);
    let mut bytes = fs::read(folder.path().join("in.wav")).unwrap();
    let data = bytes.windows(4).position(|name| name == b"data").unwrap();
    bytes[data + 4..data + 8].fill(0xFF);
    let piped = through(&["wav", "-", "-o", "-"], bytes);
    let data = piped.windows(4).position(|name| name == b"data").unwrap();
    assert_eq!(piped[data + 4..data + 8], [0xFF; 4], "the length stays open");
    let (_, expected) = read(&folder.path().join("out.wav"));
    let found = from_f32le(&piped[data + 8..]);
    let expected: Vec<f32> = (0..5_003).flat_map(|n| [expected[0][n], expected[1][n]]).collect();
    assert_eq!(found, expected);
}

#[test]
fn raw_floats_come_out_as_the_library_cleans_them() {
    let input = voice(7, 6_001);
    let arguments = ["wav", "-", "-o", "-", "--raw", "f32le", "--rate", "16000", "--channels", "1"];
    let output = from_f32le(&through(&arguments, f32le(&input)));
    assert_eq!(output, Denoiser::new(&Model::builtin(Latency::ZERO)).process_clip(&input));
}

#[test]
fn raw_integers_of_several_channels_keep_their_form() {
    let input: Vec<u8> = (0..3_000i16).flat_map(|n| (n * 7 - 9_000).to_le_bytes()).collect();
    let arguments =
        ["wav", "-", "-o", "-", "--raw", "s16le", "--rate", "44100", "--channels", "2", "--strength", "0"];
    assert_eq!(through(&arguments, input.clone()), input);
}

#[test]
fn raw_input_to_a_file_becomes_wav() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("in.raw"), f32le(&voice(1, 1_000))).unwrap();
    let arguments = ["wav", "in.raw", "-o", "out.wav", "--raw", "f32le", "--rate", "8000", "--channels", "1"];
    assert!(run(folder.path(), &arguments).status.success());
    let (found, planes) = read(&folder.path().join("out.wav"));
    assert_eq!((found.sample_rate, planes[0].len()), (8_000, 1_000));
}

#[test]
fn every_hop_comes_out_while_the_next_is_still_unspoken() {
    let mut child = start(&[
        "wav",
        "-",
        "-o",
        "-",
        "--raw",
        "f32le",
        "--rate",
        "16000",
        "--channels",
        "1",
        "--raw-delay",
    ]);
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let mut hop = [0; 160 * 4];
        while stdout.read_exact(&mut hop).is_ok() && send.send(()).is_ok() {}
    });
    let hop = f32le(&voice(1, 160));
    // Two hops hold the window and what is compensated; from then on each brings one.
    stdin.write_all(&hop).unwrap();
    for n in 0..20 {
        stdin.write_all(&hop).unwrap();
        stdin.flush().unwrap();
        receive.recv_timeout(Duration::from_secs(60)).unwrap_or_else(|_| panic!("hop {n} did not come out"));
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let mut child = start(&["wav", "-", "-o", "-", "--raw", "s16le", "--rate", "16000", "--channels", "1"]);
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    while stdin.write_all(&[0; 4096]).is_ok() {}
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn options_that_do_not_fit_a_stream_are_wrong_arguments() {
    let folder = TempDir::new().unwrap();
    for arguments in [
        &["wav", "-", "-o", "-", "--raw", "f32le"][..],
        &["wav", "-", "-o", "-", "--raw", "f32le", "--rate", "16000"],
        &["wav", "-", "-o", "-", "--rate", "16000"],
        &["wav", "-", "-o", "-", "--json"],
        &["wav", "-", "-o", "out.wav", "--jobs", "2"],
        &["wav", ".", "-o", "-"],
    ] {
        assert_eq!(run(folder.path(), arguments).status.code(), Some(2), "{arguments:?}");
    }
    let arguments = ["wav", "-", "-o", "-", "--raw", "f32le", "--rate", "0", "--channels", "1"];
    assert_refused(&run(folder.path(), &arguments), &["standard input", "sample rate of 0 Hz"]);
}
