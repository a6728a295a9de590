//! `framewise inspect`: what a file is, what is odd in it, how loud it is.

use super::args::InspectArgs;
use super::say;
use super::wav::Endpoint;
use crate::dsp::meters::{Levels, integer_bits};
use crate::io::Inspection;
use crate::io::wav::WavSpec;
use serde_json::json;
use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

/// Steady offsets from this part of full scale on are worth a word.
const OFFSET: f64 = 0.003;

/// Distance of loud parts from the noise floor, in dB, below which a file is noisy.
const NOISY: f64 = 20.0;

/// Shows every file; goes on after a bad one.
pub fn run(args: &InspectArgs) -> Result<ExitCode, Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    let mut failed = false;
    for (n, path) in args.files.iter().enumerate() {
        let file = Endpoint::new(path);
        let found = file.open(&args.raw).and_then(|reader| Ok(Inspection::of(reader)?));
        if found.is_ok() {
            file.drain();
        }
        match found {
            Ok(found) if args.json => writeln!(out, "{}", line(&file, &found))?,
            Ok(found) => {
                if n > 0 {
                    writeln!(out)?;
                }
                show(&mut out, &file, &found)?;
            }
            Err(error) => {
                failed = true;
                say::warn(error);
            }
        }
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn show(out: &mut impl Write, file: &Endpoint, found: &Inspection) -> std::io::Result<()> {
    let WavSpec { sample_rate, channels, encoding, .. } = found.spec;
    writeln!(out, "{file}")?;
    let plural = if channels == 1 { "" } else { "s" };
    let container = found.spec.container;
    writeln!(out, "  format       {container}, {encoding}, {sample_rate} Hz, {channels} channel{plural}")?;
    writeln!(out, "  length       {:.3} s, {} samples a channel", found.seconds(), found.frames)?;
    for (c, levels) in found.channels.iter().enumerate() {
        let name = if found.channels.len() == 1 { "level".to_owned() } else { format!("channel {}", c + 1) };
        let optional = |level: Option<f64>| level.map_or("none".to_owned(), |level| format!("{level:.1}"));
        writeln!(
            out,
            "  {name:<12} peak {:.1}, mean {:.1}, loud parts {}, noise floor {} dBFS",
            levels.peak,
            levels.mean,
            optional(levels.loud),
            optional(levels.noise_floor)
        )?;
    }
    let oddities = oddities(found);
    for (n, oddity) in oddities.iter().enumerate() {
        writeln!(out, "  {:<12} {oddity}", if n == 0 { "odd" } else { "" })?;
    }
    if oddities.is_empty() {
        writeln!(out, "  odd          nothing")?;
    }
    Ok(())
}

/// What is worth a word about a file, a line each.
fn oddities(found: &Inspection) -> Vec<String> {
    let mut words: Vec<String> = found.warnings.iter().map(ToString::to_string).collect();
    if found.frames == 0 {
        words.push("there is no sound in it".into());
        return words;
    }
    if let Some(bits) = integer_bits(found.peak) {
        words.push(unscaled(bits));
    }
    let several = found.channels.len() > 1;
    for (c, levels) in found.channels.iter().enumerate() {
        let place = if several { format!("channel {}: ", c + 1) } else { String::new() };
        words.extend(channel_oddities(levels).into_iter().map(|oddity| format!("{place}{oddity}")));
    }
    if found.same_channels {
        words.push("all channels hold the same sound".into());
    }
    words
}

/// What is said of floats that look like integers of so many bits.
pub fn unscaled(bits: u32) -> String {
    format!("floats as large as {bits}-bit integers: full scale is at {}, not at 1", 1u64 << (bits - 1))
}

fn channel_oddities(levels: &Levels) -> Vec<String> {
    let mut words = Vec::new();
    if levels.silent == 1.0 {
        words.push("exactly silent from end to end".into());
    } else if levels.silent >= 0.01 {
        words.push(format!("exactly silent for {:.0} % of the time", 100.0 * levels.silent));
    }
    if levels.clipped > 0 {
        words.push(format!("{} samples are clipped", levels.clipped));
    }
    if levels.peak > 0.0 {
        words.push(format!("peaks {:.1} dB beyond full scale", levels.peak));
    }
    if levels.offset.abs() >= OFFSET {
        words.push(format!("steady offset of {:.2} % of full scale", 100.0 * levels.offset));
    }
    if let (Some(loud), Some(floor)) = (levels.loud, levels.noise_floor)
        && loud - floor < NOISY
    {
        words.push(format!("loud parts only {:.0} dB above the noise floor", loud - floor));
    }
    words
}

fn line(file: &Endpoint, found: &Inspection) -> serde_json::Value {
    // Infinity has no place in JSON: silence is null.
    let level = |level: f64| level.is_finite().then_some(level);
    let channels: Vec<_> = found
        .channels
        .iter()
        .map(|levels| {
            json!({
                "peak": level(levels.peak),
                "mean": level(levels.mean),
                "loud": levels.loud,
                "noise_floor": levels.noise_floor,
                "offset": levels.offset,
                "clipped": levels.clipped,
                "silent": levels.silent,
            })
        })
        .collect();
    json!({
        "file": file.path(),
        "format": found.spec.container.to_string(),
        "encoding": found.spec.encoding.to_string(),
        "sample_rate": found.spec.sample_rate,
        "full_scale": found.full_scale,
        "frames": found.frames,
        "seconds": found.seconds(),
        "channels": channels,
        "odd": oddities(found),
    })
}
