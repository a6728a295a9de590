//! What only a process of its own can show: the load time from a cold start, and the memory.

use crate::contestants::Entry;
use crate::files::Files;
use crate::stats::median;
use anyhow::{Context, Result, bail, ensure};
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

/// Processes that are started for each contestant.
const STARTS: usize = 5;
/// Frames that a process runs before its peak is read.
const FRAMES: usize = 100;

/// Medians over some processes.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    pub milliseconds: f64,
    /// Resident before anything of the contestant was touched, in MB.
    pub before: f64,
    /// Most that was ever resident, in MB.
    pub peak: f64,
}

/// Loads and runs a contestant here, and prints what it took.
pub fn report(entry: &Entry, files: &Files) -> Result<()> {
    let before = resident_peak()?;
    (entry.prepare)(files)?;
    let start = Instant::now();
    let mut contestant = (entry.load)(files)?;
    let milliseconds = start.elapsed().as_secs_f64() * 1e3;
    let size = entry.feed.size();
    let (mut input, mut output) = (vec![0.0; size], vec![0.0; size]);
    let mut noise = 1u32;
    for _ in 0..FRAMES {
        input.fill_with(|| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from((noise >> 16) as u16) / 65_536.0 - 0.5
        });
        contestant.step(&input, &mut output)?;
    }
    println!("{milliseconds} {before} {}", resident_peak()?);
    Ok(())
}

/// Has processes of their own load and run a contestant.
pub fn measure(entry: &Entry, files: &Files, core: usize) -> Result<Load> {
    let (mut milliseconds, mut before, mut peak) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let mut command = Command::new(env::current_exe()?);
        command.args(["--memory", "--only", entry.name, "--core", &core.to_string()]);
        command.arg("--model").arg(&files.model).arg("--onnx").arg(&files.onnx);
        if let Some(library) = &files.onnx_runtime {
            command.arg("--onnxruntime").arg(library);
        }
        let output = command.output()?;
        ensure!(output.status.success(), "{}: {}", entry.name, String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout)?;
        let numbers: Vec<f64> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        let [took, at_first, most] = numbers[..] else { bail!("not three numbers: {text}") };
        milliseconds.push(took);
        before.push(at_first);
        peak.push(most);
    }
    Ok(Load { milliseconds: median(milliseconds), before: median(before), peak: median(peak) })
}

/// The most memory of this process that was ever resident, in MB.
fn resident_peak() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("VmHWM")?;
    let kibibytes: f64 = line.trim().trim_end_matches("kB").trim_end().parse()?;
    Ok(kibibytes * 1024.0 / 1e6)
}
