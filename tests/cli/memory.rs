//! Memory that does not grow with the sound.
#![cfg(target_os = "linux")]

use crate::common::signals::noise;
use std::fs::{self, File};
use std::io::Write;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The most that a process may hold, in kB.
const MOST: u64 = 40 * 1024;

/// Sends seconds of 48 kHz stereo down a pipe and returns the peak of the program's memory after each of them, in kB.
fn peaks(seconds: &[usize], options: &[&str]) -> Vec<u64> {
    let folder = TempDir::new().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_framewise"))
        .current_dir(folder.path())
        .args(
            [&["wav", "-", "-o", "out.wav", "--raw", "s16le", "--rate", "48000", "--channels", "2"], options]
                .concat(),
        )
        .stdin(Stdio::piped())
        .stderr(File::create("/dev/null").unwrap())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let second: Vec<u8> =
        noise(1, 96_000, 0.2).iter().flat_map(|v| ((v * 32_767.0) as i16).to_le_bytes()).collect();
    let mut sent = 0;
    let peaks = seconds
        .iter()
        .map(|&until| {
            for _ in sent..until {
                stdin.write_all(&second).unwrap();
            }
            sent = until;
            let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
            let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        })
        .collect();
    drop(stdin);
    assert!(child.wait().unwrap().success());
    assert_eq!(fs::metadata(folder.path().join("out.wav")).unwrap().len() / 1000, sent as u64 * 192);
    peaks
}

#[test]
fn memory_is_the_same_after_five_seconds_and_after_forty() {
    let found = peaks(&[5, 40], &[]);
    assert!(found[1] < MOST, "{found:?} kB");
    assert!(found[1] - found[0] < 1024, "{found:?} kB");
}

#[test]
#[ignore = "takes minutes: ten hours of sound"]
fn ten_hours_of_stereo_stay_below_40_mb() {
    let found = peaks(&[60, 36_000], &[]);
    println!("{found:?} kB");
    assert!(found[1] < MOST, "{found:?} kB");
}
