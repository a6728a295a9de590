//! An interrupt in the middle of a file.
#![cfg(unix)]

use crate::program::*;
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

#[test]
fn an_interrupt_leaves_no_unfinished_file() {
    let folder = TempDir::new().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_framewise"))
        .current_dir(folder.path())
        .args(["wav", "-", "-o", "out.wav", "--raw", "s16le", "--rate", "16000", "--channels", "1"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&[0; 64_000]).unwrap();
    let start = Instant::now();
    while names(&folder).is_empty() {
        assert!(start.elapsed() < Duration::from_secs(60), "the program did not begin a file");
        std::thread::sleep(Duration::from_millis(10));
    }
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "{:?}", names(&folder));
    drop(stdin);
}
