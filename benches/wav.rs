//! Speed of the whole command, from the start of the program to the finished file: seconds of sound in a second.
//!
//! `cargo bench --bench wav` makes the files, cleans each three times on one core, and shows the best. With `--floor`
//! after `--` it fails where a file is slower than it must be.

use framewise::io::wav::{OutEncoding, WavOutSpec, WavWriter};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

/// A file to clean, and how fast it must be.
struct Case {
    name: &'static str,
    rate: u32,
    channels: u16,
    seconds: u32,
    floor: f64,
}

const CASES: [Case; 3] = [
    Case { name: "16 kHz mono, 10 min", rate: 16_000, channels: 1, seconds: 600, floor: 400.0 },
    Case { name: "48 kHz stereo, 2 min", rate: 48_000, channels: 2, seconds: 120, floor: 60.0 },
    Case { name: "44.1 kHz stereo, 2 min", rate: 44_100, channels: 2, seconds: 120, floor: 60.0 },
];

fn main() -> ExitCode {
    let strict = std::env::args().any(|argument| argument == "--floor");
    let folder = tempfile::tempdir().expect("a folder");
    let mut slow = false;
    for case in &CASES {
        let input = folder.path().join("in.wav");
        make(&input, case);
        for latency in ["zero", "one"] {
            let best = (0..3).map(|_| clean(folder.path(), latency)).fold(f64::MAX, f64::min);
            let speed = f64::from(case.seconds) / best;
            println!(
                "{:<24} latency {latency:<5} {speed:>7.0} x real time ({best:.2} s), floor {:.0}",
                case.name, case.floor
            );
            slow |= speed < case.floor;
        }
    }
    if strict && slow { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Cleans the file and returns the seconds that it took.
fn clean(folder: &Path, latency: &str) -> f64 {
    let start = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_framewise"))
        .current_dir(folder)
        .args(["wav", "in.wav", "-o", "out.wav", "--force", "--quiet", "--latency", latency])
        .status()
        .expect("the program");
    assert!(status.success());
    start.elapsed().as_secs_f64()
}

/// A tone that swells, in noise.
fn make(path: &Path, case: &Case) {
    let spec = WavOutSpec::new(case.rate, case.channels, OutEncoding::I16)
        .expected_frames(u64::from(case.seconds * case.rate));
    let mut writer = WavWriter::create(path, spec, true).expect("a file");
    let mut noise = 1u32;
    for second in 0..case.seconds {
        let mut block = Vec::with_capacity((case.rate * u32::from(case.channels)) as usize);
        for n in 0..case.rate {
            let time = f64::from(second) + f64::from(n) / f64::from(case.rate);
            let tone = (0.5 - 0.5 * (time * 9.0).cos()) * (time * 900.0).sin() * 0.2;
            for _ in 0..case.channels {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                block.push(tone as f32 + (noise >> 8) as f32 / (1 << 24) as f32 * 0.1 - 0.05);
            }
        }
        writer.write(&block).expect("room");
    }
    writer.finish().expect("room");
}
