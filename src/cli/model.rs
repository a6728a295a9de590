//! `framewise model`: what a model is.

use super::args::ModelArgs;
use crate::engine::Denoiser;
use crate::model::Model;
use std::error::Error;
use std::io::Write;

/// Prints header, layers, cost and delays.
pub fn run(args: &ModelArgs) -> Result<(), Box<dyn Error>> {
    let model = args.choice.load(args.file.as_ref())?;
    let mut out = std::io::stdout().lock();
    write_header(&mut out, &model)?;
    let summary = model.graph().summary();
    writeln!(out, "\n{summary}\n")?;
    writeln!(out, "parameters      {}", summary.parameters())?;
    let per_second = model.multiply_adds_per_second() / 1e6;
    writeln!(out, "multiply-adds   {} a frame, {per_second:.1} million a second", summary.multiply_adds())?;
    writeln!(out, "state           {} floats a channel", summary.state())?;
    writeln!(out, "delay           {}", delay(&model))?;
    Ok(())
}

fn write_header(out: &mut impl Write, model: &Model) -> Result<(), Box<dyn Error>> {
    let header = model.header();
    let milliseconds = |samples: usize| samples as f64 * 1e3 / f64::from(header.sample_rate);
    writeln!(out, "name            {}", header.name)?;
    writeln!(out, "architecture    {}", header.architecture)?;
    writeln!(out, "configuration   {}", header.configuration)?;
    writeln!(out, "sample rate     {} Hz", header.sample_rate)?;
    writeln!(out, "window          {} samples, {:.1} ms", header.window, milliseconds(header.window))?;
    writeln!(out, "hop             {} samples, {:.1} ms", header.hop, milliseconds(header.hop))?;
    write!(out, "latency         {} frames", header.latency.frames)?;
    for (layer, frames) in &header.latency.look_ahead {
        write!(out, ", {frames} in {layer}")?;
    }
    writeln!(out)?;
    if !header.training.is_null() {
        writeln!(out, "training        {}", header.training)?;
    }
    writeln!(out, "licence         {}", header.licence)?;
    Ok(())
}

/// The delay from hop in to hop out with its formula, in samples and milliseconds.
pub fn delay(model: &Model) -> String {
    let total = Denoiser::new(model).delays().total();
    let (window, hop, frames) = (model.stft().window(), model.stft().hop(), model.graph().delay());
    let milliseconds = total as f64 * 1e3 / f64::from(model.sample_rate());
    format!("{total} samples = (window {window} - hop {hop}) + {frames} x {hop} = {milliseconds:.1} ms")
}
