//! What the command line says.

use crate::clock::Clock;
use crate::contestants::ENTRIES;
use clap::Parser;
use clap::builder::PossibleValuesParser;
use std::path::PathBuf;

/// Times Framewise beside other ways to run a speech denoiser: the same audio, one thread on one core, a frame at a
/// time, in turns. Prints a Markdown table.
#[derive(Parser, Debug)]
#[command(version)]
pub struct Args {
    /// Published GTCRN checkpoint
    #[arg(long, value_name = "FILE", conflicts_with = "model", required_unless_present = "model")]
    pub checkpoint: Option<PathBuf>,

    /// The same, already imported into a model file
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,

    /// Streaming ONNX export of the same weights
    #[arg(long, value_name = "FILE")]
    pub onnx: PathBuf,

    /// ONNX Runtime's shared library
    #[arg(long, value_name = "FILE", env = "ORT_DYLIB_PATH")]
    pub onnxruntime: Option<PathBuf>,

    #[command(flatten)]
    pub reference: ReferenceFiles,

    /// Recording to time with, mono at 16 kHz [default: the noisy one of the reference]
    #[arg(long, value_name = "FILE")]
    pub audio: Option<PathBuf>,

    /// Time only these
    #[arg(long, value_name = "NAME", value_parser = names())]
    pub only: Vec<String>,

    /// Turns of each contestant
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    pub rounds: usize,

    /// Frames at the start of each turn that run but do not count
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    pub warm_up: usize,

    /// What counts as time
    #[arg(long, value_enum, default_value_t = Clock::Wall)]
    pub clock: Clock,

    /// Core to stay on, counted from 0 [default: the last]
    #[arg(long, value_name = "NUMBER")]
    pub core: Option<usize>,

    /// Do nothing but load the one contestant that --only names, run some frames, and say how long the load took and
    /// how much memory the process had before and at its peak
    #[arg(long, requires = "only", requires = "model")]
    pub memory: bool,
}

/// PyTorch's output, and what it was made from.
#[derive(clap::Args, Debug)]
pub struct ReferenceFiles {
    /// Noisy recording, mono at 16 kHz
    #[arg(long, value_name = "FILE", required_unless_present = "memory")]
    pub noisy: Option<PathBuf>,

    /// Its spectrum: 32-bit numbers, (257, frames, 2)
    #[arg(long, value_name = "FILE", required_unless_present = "memory")]
    pub noisy_spectrum: Option<PathBuf>,

    /// The spectrum that PyTorch's GTCRN makes of it
    #[arg(long, value_name = "FILE", required_unless_present = "memory")]
    pub enhanced_spectrum: Option<PathBuf>,

    /// The recording that PyTorch's GTCRN makes of it, with zeros before the first sample
    #[arg(long, value_name = "FILE", required_unless_present = "memory")]
    pub enhanced: Option<PathBuf>,
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(ENTRIES.iter().map(|entry| entry.name))
}
