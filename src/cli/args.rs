//! The arguments of every command.

use crate::model::{Latency, Model, ModelError};
use clap::{Args as ClapArgs, Parser, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Parser)]
#[command(name = "framewise", version, about = "Streaming speech denoiser: zero or one frame of latency")]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Denoise a WAV file
    Wav(WavArgs),
    /// Show what a model is: header, layers, delays, cost
    Model(ModelArgs),
    /// Denoise a microphone while people speak into it
    #[cfg(feature = "live")]
    Live(super::live::LiveArgs),
    /// List the sound devices
    #[cfg(feature = "live")]
    Devices(super::live::DevicesArgs),
}

/// Which model to run.
#[derive(Debug, Clone, ClapArgs)]
pub struct ModelChoice {
    /// Future frames that each output may use: zero or one
    #[arg(long, value_name = "zero|one")]
    pub latency: Option<Latency>,
}

impl ModelChoice {
    /// The model in `file`, or else the built-in one; with the latency that was asked for.
    pub fn load(&self, file: Option<&PathBuf>) -> Result<Model, ModelError> {
        match (file, self.latency) {
            (Some(file), Some(latency)) => Model::open(file)?.with_latency(latency),
            (Some(file), None) => Model::open(file),
            (None, latency) => Ok(Model::builtin(latency.unwrap_or_default())),
        }
    }
}

#[derive(Debug, ClapArgs)]
pub struct WavArgs {
    /// Noisy WAV file
    pub input: PathBuf,
    /// Clean WAV file to write
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    #[command(flatten)]
    pub choice: ModelChoice,
    /// Model file instead of a built-in model
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Leave the delay in: the output as a live stream would give it
    #[arg(long)]
    pub raw_delay: bool,
    /// Replace the output file if it is there
    #[arg(short, long)]
    pub force: bool,
    /// Print nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Debug, ClapArgs)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ModelArgs {
    #[command(subcommand)]
    pub command: Option<ModelCommand>,
    /// Model file; without it, the built-in model
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub choice: ModelChoice,
    /// Show where the time of a frame goes, layer by layer, measured here and now
    #[arg(long)]
    pub profile: bool,
}

#[derive(Debug, Subcommand)]
pub enum ModelCommand {
    /// Turn a published GTCRN checkpoint (PyTorch or safetensors) into a model file
    Import(ImportArgs),
}

#[derive(Debug, ClapArgs)]
pub struct ImportArgs {
    /// Checkpoint as its authors publish it, whatever its name ends in
    pub checkpoint: PathBuf,
    /// Model file to write
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Replace the output file if it is there
    #[arg(short, long)]
    pub force: bool,
}
