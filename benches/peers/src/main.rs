//! Framewise beside other ways to run a speech denoiser, on the same audio, on one core, in turns.

mod args;
mod check;
mod clock;
mod contestants;
mod files;
mod heap;
mod material;
mod process;
mod race;
mod stats;
mod table;

use anyhow::{Context, Result, ensure};
use args::Args;
use check::Reference;
use clap::Parser;
use contestants::{ENTRIES, Entry};
use files::Files;
use std::fs;

fn main() -> Result<()> {
    let args = Args::parse();
    let kernels = contestants::kernels()?.name();
    // Before anything could start a thread: threads stay where they are started.
    let core = pin(args.core)?;
    let scratch = tempfile::tempdir()?;
    let model = match (&args.model, &args.checkpoint) {
        (Some(model), _) => model.clone(),
        (None, Some(checkpoint)) => {
            let model = scratch.path().join("gtcrn.safetensors");
            fs::write(&model, framewise::model::import_gtcrn(checkpoint)?.bytes)?;
            model
        }
        (None, None) => unreachable!("one of them is required"),
    };
    let files = Files { model, onnx: args.onnx.clone(), onnx_runtime: args.onnxruntime.clone() };
    let chosen = |entry: &&Entry| args.only.is_empty() || args.only.iter().any(|name| name == entry.name);
    let entries: Vec<&Entry> = ENTRIES.iter().filter(chosen).collect();

    if args.memory {
        return entries.into_iter().try_for_each(|entry| process::report(entry, &files));
    }

    ensure!(
        heap::covers_shared_libraries(),
        "shared libraries do not call the allocator that counts: linked in a way this program does not know"
    );
    let reference = Reference::read(&args.reference)?;
    let audio = match &args.audio {
        Some(audio) => material::read_recording(audio)?,
        None => reference.noisy().to_vec(),
    };
    eprintln!("core {core}, kernels {kernels}");

    let mut rows = Vec::new();
    for entry in entries {
        let mut row = race::enter(entry, &files, &reference)?;
        if row.verdict.passed() {
            row.load = Some(process::measure(entry, &files, core)?);
        }
        eprintln!("{}: {}", entry.name, row.verdict);
        rows.push(row);
    }
    race::run(&mut rows, &audio, &args)?;
    table::print(&rows, &args, kernels);
    Ok(())
}

/// Keeps this thread, and all that it starts, on one core.
fn pin(asked: Option<usize>) -> Result<usize> {
    let cores = core_affinity::get_core_ids().context("the system does not list its cores")?;
    let core = match asked {
        Some(asked) => cores.into_iter().find(|core| core.id == asked),
        None => cores.into_iter().next_back(),
    };
    let core = core.context("no such core")?;
    ensure!(core_affinity::set_for_current(core), "core {} cannot be had", core.id);
    Ok(core.id)
}
