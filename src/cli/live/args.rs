//! The arguments of `framewise live` and `framewise devices`.

use crate::cli::args::ModelChoice;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct LiveArgs {
    /// Microphone: an id, a name, or a part of either; see `framewise devices`
    #[arg(short, long, value_name = "NAME")]
    pub input: Option<String>,
    /// Where the clean sound goes
    #[arg(short, long, value_name = "NAME")]
    pub output: Option<String>,
    #[command(flatten)]
    pub choice: ModelChoice,
    /// Model file instead of the built-in models
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Most attenuation of noise in dB; without it, all that the model does
    #[arg(long, value_name = "DB")]
    pub strength: Option<f32>,
    /// Start with the sound unchanged
    #[arg(long)]
    pub bypass: bool,
    /// Block that the devices are asked for, in frames
    #[arg(long, value_name = "FRAMES")]
    pub block: Option<u32>,
    /// Rate that the devices are asked for; without it, each keeps its own
    #[arg(long, value_name = "HZ")]
    pub rate: Option<u32>,
    /// Measure the way round, from the output back to the input and through the program: play chirps, and compare with the
    /// delay that is reported. Needs a cable or a virtual one
    #[arg(long, conflicts_with_all = ["record_dir", "control", "bypass", "seconds", "strength"])]
    pub measure: bool,
    /// Record dry and clean sound into two WAV files in this folder
    #[arg(long, value_name = "DIR")]
    pub record_dir: Option<PathBuf>,
    /// Stop after so many seconds
    #[arg(long, value_name = "N")]
    pub seconds: Option<f64>,
    /// File with lines such as `bypass on`, `latency one`, `strength 12`, `record on`, `quit`: read again when it changes
    #[arg(long, value_name = "FILE")]
    pub control: Option<PathBuf>,
    /// Print a line a second instead of drawing
    #[arg(long)]
    pub no_ui: bool,
    /// Print the lines as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct DevicesArgs {
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
}
