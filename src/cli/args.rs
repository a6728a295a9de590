//! The arguments of every command.

pub use super::model_selection::ModelSelection;
use super::values::{BitDepth, HighBandArg, RawFormat, Shard, decibels};
use clap::{Args as ClapArgs, Parser, Subcommand};
use std::num::NonZeroUsize;
use std::path::PathBuf;

#[derive(Debug, Parser)]
#[command(
    name = "framewise",
    version,
    about = "Streaming speech denoiser: zero or one frame of latency",
    after_help = EXIT_CODES
)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 something failed, and no output stands under its name; \
                          2 the arguments are wrong; 130 interrupted";

const WAV_EXAMPLES: &str = "\
Examples:
  framewise wav noisy.wav -o clean.wav
  framewise wav recordings -o cleaned --jobs 8 --resume
  ffmpeg -i talk.mp4 -f wav - | framewise wav - -o - | ffmpeg -i - talk.flac
  framewise wav corpus -o cleaned --shard \"$SLURM_ARRAY_TASK_ID/64\" --json > log.jsonl

Exit codes: 0 done; 1 a file failed, and no output stands under its name; 2 the arguments are wrong; 130 interrupted";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Denoise a sound file, a stream, or a folder of files
    #[command(after_help = WAV_EXAMPLES)]
    Wav(WavArgs),
    /// Show the format of a sound file, its oddities, level, clipping and noise floor
    Inspect(InspectArgs),
    /// Show the header, layers, delays and cost of a model
    Model(ModelArgs),
    /// Compare latencies: quality, delay, causality and time of models over pairs of clean and noisy speech
    #[command(after_help = super::compare::EXAMPLES)]
    Compare(super::compare::CompareArgs),
    /// Denoise a microphone while people speak into it
    #[cfg(feature = "live")]
    Live(super::live::LiveArgs),
    /// List the sound devices
    #[cfg(feature = "live")]
    Devices(super::live::DevicesArgs),
}

#[derive(Debug, ClapArgs)]
pub struct WavArgs {
    /// Noisy WAV, FLAC, Ogg Vorbis, MP3, AIFF or Wave64 file, `-` for standard input, or a folder, which is walked with all
    /// folders in it
    pub input: PathBuf,
    /// Clean WAV file to write, `-` for standard output, or the folder for the same tree of clean files
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    #[command(flatten)]
    pub selection: ModelSelection,
    /// Built-in model or family by its name (`framewise model --list`), or a model file
    #[arg(long, value_name = "NAME|FILE")]
    pub model: Option<PathBuf>,
    #[command(flatten)]
    pub sound: SoundArgs,
    #[command(flatten)]
    pub storage: StorageArgs,
    #[command(flatten)]
    pub raw: RawArgs,
    #[command(flatten)]
    pub batch: BatchArgs,
    /// Draw the spectrograms of input and output into a PNG file
    #[arg(long, value_name = "PNG")]
    pub spectrogram: Option<PathBuf>,
    /// Overwrite existing output files
    #[arg(short, long)]
    pub force: bool,
    /// Write one line of JSON per file to standard output, with its outcome
    #[arg(long)]
    pub json: bool,
    /// Print errors only
    #[arg(short, long)]
    pub quiet: bool,
}

/// How sound is cleaned.
#[derive(Debug, Clone, ClapArgs)]
pub struct SoundArgs {
    /// Most attenuation in dB: output = g * input + (1 - g) * clean with g = 10^(-DB/20); 0 returns the input
    #[arg(long, value_name = "DB", value_parser = decibels)]
    pub strength: Option<f32>,
    /// What to do with sound above the model's band, in files with a higher sample rate
    #[arg(
        long,
        value_enum,
        value_name = "keep|mute|follow",
        default_value = "follow",
        hide_possible_values = true
    )]
    pub high_band: HighBandArg,
    /// Share one mask across all channels, which keeps the stereo image
    #[arg(long)]
    pub link: bool,
    /// Attenuate further what the model attenuated, by the post-filter of DeepFilterNet; adds no delay
    #[arg(long)]
    pub post_filter: bool,
    /// Keep the model's delay in the output, as in a live stream
    #[arg(long)]
    pub raw_delay: bool,
}

/// How samples are stored.
#[derive(Debug, Clone, ClapArgs)]
pub struct StorageArgs {
    /// Bits per output sample, f for float; without it those of the input
    #[arg(long, value_enum, value_name = "8|16|24|32|32f|64f", hide_possible_values = true)]
    pub bit_depth: Option<BitDepth>,
    /// Add triangular noise of one step before rounding to integers
    #[arg(long)]
    pub dither: bool,
}

/// Samples without a header.
#[derive(Debug, Clone, ClapArgs)]
pub struct RawArgs {
    /// Read samples without a header; an output to `-` has none either
    #[arg(long, value_enum, value_name = "f32le|s16le", requires_all = ["rate", "channels"], hide_possible_values = true)]
    pub raw: Option<RawFormat>,
    /// Sample rate of raw input in Hz
    #[arg(long, value_name = "HZ", requires = "raw")]
    pub rate: Option<u32>,
    /// Number of channels of raw input
    #[arg(long, value_name = "N", requires = "raw")]
    pub channels: Option<u16>,
}

/// Folders of files.
#[derive(Debug, Clone, ClapArgs)]
pub struct BatchArgs {
    /// Files processed at the same time; without it, one per core
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Skip files whose output exists
    #[arg(long, conflicts_with = "force")]
    pub resume: bool,
    /// Process the I-th of N shares of the files, I from 1 to N, chosen by a stable hash of their paths
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
}

#[derive(Debug, ClapArgs)]
pub struct InspectArgs {
    /// Sound files, or `-` for standard input
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub raw: RawArgs,
    /// Write one line of JSON per file
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, ClapArgs)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ModelArgs {
    #[command(subcommand)]
    pub command: Option<ModelCommand>,
    /// Built-in model or family by its name, or a model file; without it, the built-in model
    #[arg(value_name = "NAME|FILE")]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub selection: ModelSelection,
    /// Show where the time of a frame goes, layer by layer, measured here and now
    #[arg(long)]
    pub profile: bool,
    /// List the built-in models
    #[arg(long, conflicts_with_all = ["file", "latency", "profile"])]
    pub list: bool,
}

#[derive(Debug, Subcommand)]
pub enum ModelCommand {
    /// Turn a published GTCRN checkpoint (PyTorch or safetensors) into a model file
    Import(ImportArgs),
}

#[derive(Debug, ClapArgs)]
pub struct ImportArgs {
    /// Checkpoint as its authors publish it, with any file extension
    pub checkpoint: PathBuf,
    /// Model file to write
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Overwrite an existing output file
    #[arg(short, long)]
    pub force: bool,
}
