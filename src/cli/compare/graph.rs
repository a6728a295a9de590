//! `framewise compare --graph`: where a look-ahead goes.

use super::args::CompareArgs;
use crate::cli::usage::Usage;
use crate::engine::Delays;
use crate::eval::{LookAhead, spend_look_ahead};
use crate::model::builtin::open;
use crate::nn::NodeSummary;
use std::error::Error;
use std::io::{self, Write};

/// Seed of the weights, which only have to be some.
const SEED: u64 = 1;

/// Builds the network at every look-ahead and prints its wires.
pub fn run(args: &CompareArgs) -> Result<(), Box<dyn Error>> {
    let model = match args.model.as_slice() {
        [] => open(None, args.latency.as_ref().and_then(|latencies| latencies.first().copied()))?,
        [file] => open(Some(&file.path), None)?,
        _ => return Err(Box::new(Usage("--graph takes one model"))),
    };
    let header = model.header();
    // The last layer that can look ahead, unless others are named.
    let layers = match args.graph.layer.as_slice() {
        [] => model.look_ahead_layers().last().cloned().into_iter().collect(),
        named => named.to_vec(),
    };
    let most = args.graph.look_ahead.iter().max().copied().unwrap_or(0).div_ceil(layers.len().max(1));
    let kernel = args.graph.kernel.or_else(|| header.wider_kernel_for(most));
    let built = args.graph.look_ahead.iter();
    let built = built.map(|&frames| spend_look_ahead(header, &layers, frames, kernel, SEED));
    let built = built.collect::<Result<Vec<_>, _>>()?;
    let mut out = io::stdout().lock();
    let spent = layers.join(", then ");
    write!(out, "{} untrained, look-ahead spent in {spent}", header.name)?;
    match kernel {
        Some(kernel) => writeln!(out, "; kernel along time {kernel}")?,
        None => writeln!(out)?,
    }
    print_wires(&mut out, &built)?;
    print_lines(&mut out, &built)?;
    print_totals(&mut out, &built)?;
    Ok(())
}

/// Delay of every wire, a column for each look-ahead.
fn print_wires(out: &mut impl Write, built: &[LookAhead]) -> io::Result<()> {
    let graphs: Vec<_> = built.iter().map(|found| found.model.graph()).collect();
    let Some(widest) = graphs.first() else { return Ok(()) };
    let nodes: Vec<NodeSummary> = widest.summary().nodes.into_iter().filter(|node| !node.inserted).collect();
    let width = nodes.iter().map(|node| node.name.len()).max().unwrap_or(0).max(4);
    writeln!(out, "\ndelay of every wire, in frames")?;
    write!(out, "{:width$}", "wire")?;
    for found in built {
        write!(out, "  {:>7}", format!("d = {}", found.frames))?;
    }
    writeln!(out)?;
    for node in &nodes {
        write!(out, "{:width$}", node.name)?;
        for graph in &graphs {
            let wire = graph.wire(&node.name);
            let delay = wire.map_or_else(|| "-".into(), |wire| graph.wire_delay(wire).to_string());
            write!(out, "  {delay:>7}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Delay lines that were inserted, for every look-ahead.
fn print_lines(out: &mut impl Write, built: &[LookAhead]) -> io::Result<()> {
    writeln!(out, "\ndelay lines that the joins needed")?;
    for found in built {
        let summary = found.model.graph().summary();
        let lines: Vec<_> = summary.delay_lines().collect();
        if lines.is_empty() {
            writeln!(out, "d = {}: none", found.frames)?;
        }
        for line in lines {
            let readers = summary.nodes.iter().filter(|node| node.inputs.contains(&line.name));
            let readers: Vec<_> = readers.map(|node| node.name.as_str()).collect();
            writeln!(
                out,
                "d = {}: {} held back by {} for {}, {} floats",
                found.frames,
                line.inputs.join(", "),
                line.delay - summary.nodes.iter().find(|n| n.name == line.inputs[0]).map_or(0, |n| n.delay),
                readers.join(", "),
                line.state
            )?;
        }
    }
    Ok(())
}

/// What each look-ahead comes to.
fn print_totals(out: &mut impl Write, built: &[LookAhead]) -> io::Result<()> {
    writeln!(
        out,
        "\n{:>10}  {:>8}  {:>13}  {:>16}  {:>19}  {:>12}",
        "look-ahead", "measured", "delay, frames", "hop in, hop out", "window + look-ahead", "state"
    )?;
    for found in built {
        let (model, graph) = (&found.model, found.model.graph());
        let milliseconds = |samples: usize| samples as f64 * 1e3 / f64::from(model.sample_rate());
        let collected = Delays::of(model).total() + model.stft().hop();
        writeln!(
            out,
            "{:>10}  {:>8}  {:>13}  {:>13.1} ms  {:>16.1} ms  {:>9.1} kB",
            found.frames,
            found.measured.map_or_else(|| "-".into(), |frames| frames.to_string()),
            graph.delay(),
            milliseconds(Delays::of(model).total()),
            milliseconds(collected),
            (graph.summary().state() * size_of::<f32>()) as f64 / 1e3
        )?;
    }
    Ok(())
}
