//! Runs the built program, and makes and reads its files.

use hound::{SampleFormat, WavSpec};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_framewise"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("the program")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("words")
}

/// Fails unless the program failed with exactly one line on standard error that holds all the words.
#[track_caller]
pub fn assert_refused(output: &Output, words: &[&str]) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
}

pub fn spec(channels: u16, rate: u32, format: SampleFormat) -> WavSpec {
    let bits_per_sample = if format == SampleFormat::Float { 32 } else { 16 };
    WavSpec { channels, sample_rate: rate, bits_per_sample, sample_format: format }
}

/// Writes the channels, and returns them as the file holds them.
pub fn write(path: &Path, spec: WavSpec, channels: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let mut held = vec![Vec::new(); channels.len()];
    let mut writer = hound::WavWriter::create(path, spec).expect("a file");
    for n in 0..channels[0].len() {
        for (channel, held) in channels.iter().zip(&mut held) {
            if spec.sample_format == SampleFormat::Float {
                writer.write_sample(channel[n]).expect("a sample");
                held.push(channel[n]);
            } else {
                let value = (channel[n] * 32768.0).round().clamp(-32768.0, 32767.0) as i16;
                writer.write_sample(value).expect("a sample");
                held.push(f32::from(value) / 32768.0);
            }
        }
    }
    writer.finalize().expect("a whole file");
    held
}

pub fn read(path: &Path) -> (WavSpec, Vec<Vec<f32>>) {
    let mut reader = hound::WavReader::open(path).expect("a WAV file");
    let spec = reader.spec();
    let samples: Vec<f32> = if spec.sample_format == SampleFormat::Float {
        reader.samples::<f32>().map(Result::unwrap).collect()
    } else {
        reader.samples::<i16>().map(|v| f32::from(v.unwrap()) / 32768.0).collect()
    };
    let count = usize::from(spec.channels);
    (spec, (0..count).map(|c| samples.iter().skip(c).step_by(count).copied().collect()).collect())
}

pub fn names(folder: &TempDir) -> Vec<PathBuf> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into()).collect();
    names.sort();
    names
}
