//! `framewise model`: what a model is, where its time goes, and models from elsewhere.

use super::args::{ImportArgs, ModelArgs, ModelCommand};
use super::interrupt::leave_nothing_behind;
use super::paths::Paths;
use super::say;
use crate::engine::{Delays, profile};
use crate::io::{shown, write_whole};
use crate::model::{Model, builtin, import_gtcrn};
use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

/// Frames that a profile measures.
const PROFILE_FRAMES: usize = 3000;

/// Prints header, layers, cost and delays; or does what the subcommand says.
pub fn run(args: &ModelArgs) -> Result<ExitCode, Box<dyn Error>> {
    if let Some(ModelCommand::Import(args)) = &args.command {
        return import(args).map(|()| ExitCode::SUCCESS);
    }
    if args.list {
        list(&mut std::io::stdout().lock())?;
        return Ok(ExitCode::SUCCESS);
    }
    let model = args.selection.load(args.file.as_ref())?;
    let mut out = std::io::stdout().lock();
    if args.profile {
        writeln!(out, "{}", profile(&model, PROFILE_FRAMES))?;
        return Ok(ExitCode::SUCCESS);
    }
    write_header(&mut out, &model)?;
    let summary = model.graph().summary();
    writeln!(out, "\n{summary}\n")?;
    writeln!(out, "parameters      {}", summary.parameters())?;
    let per_second = model.multiply_adds_per_second() / 1e6;
    writeln!(out, "multiply-adds   {} a frame, {per_second:.1} million a second", summary.multiply_adds())?;
    writeln!(out, "state           {} floats a channel", summary.state())?;
    writeln!(out, "delay           {}", delay(&model))?;
    Ok(ExitCode::SUCCESS)
}

/// A line for each built-in model.
fn list(out: &mut impl Write) -> std::io::Result<()> {
    let width = builtin::ALL.iter().map(|one| one.name().len()).max().unwrap_or(0);
    writeln!(out, "{:width$}  family     rate in Hz  frames of latency    bytes", "name")?;
    for one in &builtin::ALL {
        let (name, family, frames) = (one.name(), one.family(), one.latency().frames());
        writeln!(
            out,
            "{name:width$}  {family:9}  {:>10}  {frames:>17}  {:>7}",
            one.sample_rate(),
            one.bytes().len()
        )?;
    }
    Ok(())
}

fn write_header(out: &mut impl Write, model: &Model) -> Result<(), Box<dyn Error>> {
    let header = model.header();
    let milliseconds = |samples: usize| samples as f64 * 1e3 / f64::from(header.sample_rate);
    writeln!(out, "name            {}", shown(&header.name))?;
    writeln!(out, "architecture    {}", shown(&header.architecture))?;
    writeln!(out, "configuration   {}", header.configuration)?;
    writeln!(out, "sample rate     {} Hz", header.sample_rate)?;
    writeln!(out, "window          {} samples, {:.1} ms", header.window, milliseconds(header.window))?;
    if let Some(samples) = header.synthesis_window {
        writeln!(out, "synthesis       {samples} samples, {:.1} ms", milliseconds(samples))?;
    }
    writeln!(out, "hop             {} samples, {:.1} ms", header.hop, milliseconds(header.hop))?;
    write!(out, "latency         {} frames", header.latency.frames)?;
    for (layer, frames) in &header.latency.look_ahead {
        write!(out, ", {frames} in {layer}")?;
    }
    writeln!(out)?;
    if !header.training.is_null() {
        writeln!(out, "training        {}", header.training)?;
    }
    let licence = if header.licence.is_empty() { "unspecified" } else { &header.licence };
    writeln!(out, "licence         {}", shown(licence))?;
    Ok(())
}

/// The delay from hop in to hop out with its formula, in samples and milliseconds.
pub fn delay(model: &Model) -> String {
    let total = Delays::of(model).total();
    let (window, hop, frames) = (model.stft().synthesis_window(), model.stft().hop(), model.graph().delay());
    let milliseconds = total as f64 * 1e3 / f64::from(model.sample_rate());
    format!("{total} samples = (window {window} - hop {hop}) + {frames} x {hop} = {milliseconds:.1} ms")
}

/// Reads a checkpoint and writes a model file, whole or not at all.
fn import(args: &ImportArgs) -> Result<(), Box<dyn Error>> {
    leave_nothing_behind();
    Paths::default()
        .reads("the checkpoint", &args.checkpoint)
        .writes("-o", &args.output)
        .check(args.force)?;
    let output = say::name(&args.output);
    let imported = import_gtcrn(&args.checkpoint)?;
    write_whole(&args.output, &imported.bytes, args.force)
        .map_err(|error| format!("{output}: cannot be written: {error}"))?;
    let summary = imported.model.graph().summary();
    let million = imported.model.multiply_adds_per_second() / 1e6;
    let parameters = summary.parameters();
    say::say(format_args!(
        "{output}: GTCRN, {parameters} parameters, {million:.1} million multiply-adds a second"
    ));
    Ok(())
}
