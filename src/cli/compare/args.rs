//! The arguments of `framewise compare`.

use crate::model::Latency;
use clap::Args as ClapArgs;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

pub const EXAMPLES: &str = "\
Examples:
  framewise compare --clean pairs/clean --noisy pairs/noisy -o report
  framewise compare --mix speech noise --snr -5,0,5,10,15 --seed 1 -o report
  framewise compare --clean clean --noisy noisy --latency zero,one --model gtcrn.safetensors -o report
  framewise compare --clean clean --noisy noisy --enhanced other=cleaned --model mine=gtcrn.safetensors -o report
  framewise compare --clean clean --noisy noisy --figures figures -o report
  framewise compare --noisy recordings -o report
  framewise compare --graph --look-ahead 0,1,2,4 --layer decoder.1

Exit codes: 0 done; 1 something failed, or a pair was left out of the report; 2 the arguments are wrong; 130 interrupted";

#[derive(Debug, ClapArgs)]
pub struct CompareArgs {
    /// Folder of clean sound files
    #[arg(long, value_name = "DIR", requires = "noisy", conflicts_with = "mix")]
    pub clean: Option<PathBuf>,
    /// Folder of the same files with noise, under the same names; without --clean, of noisy recordings, judged by what needs no clean
    /// sound
    #[arg(long, value_name = "DIR", conflicts_with = "mix")]
    pub noisy: Option<PathBuf>,
    #[command(flatten)]
    pub mix: MixArgs,
    /// Model file, or built-in model by its name, to compare, under a name of its own if one stands before it; may be repeated
    #[arg(long, value_name = "[NAME=]FILE")]
    pub model: Vec<Named>,
    /// Folder of the same files as another system has cleaned them, of any rate; may be repeated
    #[arg(long, value_name = "NAME=DIR", requires = "noisy")]
    pub enhanced: Vec<Named>,
    /// Model file of another training seed of the model of that name: their scores are averaged; may be repeated
    #[arg(long, value_name = "NAME=FILE", requires = "model")]
    pub seed_of: Vec<Named>,
    /// Which files belong together for intervals and tests: a regular expression that finds the group in a name, or a CSV file with
    /// columns file, group and, if there is one, noise [default: the part of the name before the first _]
    #[arg(long, value_name = "PATTERN|CSV")]
    pub group: Option<String>,
    /// Latencies whose built-in models are compared [default: zero,one, or none where --model or --enhanced is given]
    #[arg(long, value_name = "zero,one", value_delimiter = ',')]
    pub latency: Option<Vec<Latency>>,
    /// Folder for index.html, results.csv and results.json
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Folder for every chart as SVG and PDF, every table as Markdown, LaTeX and CSV, and figures.tex, which shows them
    #[arg(long, value_name = "DIR", requires = "output")]
    pub figures: Option<PathBuf>,
    /// Network of DNSMOS P.835, `sig_bak_ovr.onnx` of its authors: its opinions as well
    #[cfg(feature = "dnsmos")]
    #[arg(long, value_name = "FILE")]
    pub dnsmos: Option<PathBuf>,
    /// Pairs scored at the same time; without it, one for each core
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Replace a report that is there
    #[arg(short, long)]
    pub force: bool,
    /// Print nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
    #[command(flatten)]
    pub graph: GraphArgs,
}

/// Mixtures instead of pairs.
#[derive(Debug, ClapArgs)]
pub struct MixArgs {
    /// Mix every file of speech with a file of noise
    #[arg(long, num_args = 2, value_names = ["SPEECH_DIR", "NOISE_DIR"])]
    pub mix: Option<Vec<PathBuf>>,
    /// Signal-to-noise ratios of the mixtures in dB
    #[arg(
        long,
        value_name = "DB,...",
        value_delimiter = ',',
        allow_hyphen_values = true,
        requires = "mix",
        default_values_t = [-5.0, 0.0, 5.0, 10.0, 15.0],
        value_parser = decibels,
        hide_default_value = true
    )]
    pub snr: Vec<f64>,
    /// Seed that chooses the noise of every file
    #[arg(long, value_name = "N", default_value_t = 1, requires = "mix")]
    pub seed: u64,
}

/// What a look-ahead does to a graph.
#[derive(Debug, ClapArgs)]
pub struct GraphArgs {
    /// Instead of a comparison: build the network untrained at several look-aheads and print the delay of every wire
    #[arg(long, conflicts_with_all = ["clean", "noisy", "mix", "output"])]
    pub graph: bool,
    /// Frames of look-ahead
    #[arg(long, value_name = "N,...", value_delimiter = ',', requires = "graph", default_values_t = [0, 1, 2])]
    pub look_ahead: Vec<usize>,
    /// Layer that looks ahead; may be repeated, and then each takes a frame in turn [default: the last convolution]
    #[arg(long, value_name = "NAME", requires = "graph")]
    pub layer: Vec<String>,
    /// Kernel along time of all convolutions [default: the model's, or wider where a layer could not look so far]
    #[arg(long, value_name = "N", requires = "graph")]
    pub kernel: Option<usize>,
}

fn decibels(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.abs() <= 100.0 => Ok(value),
        _ => Err("expected a number of decibels from -100 to 100".into()),
    }
}

/// A file or folder, with the name that it has in tables.
#[derive(Clone, Debug)]
pub struct Named {
    pub name: Option<String>,
    pub path: PathBuf,
}

impl FromStr for Named {
    type Err = String;

    /// `NAME=PATH`, or a path alone, which may hold a `=` if it is there.
    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, path)) if !PathBuf::from(text).exists() => {
                if name.trim().is_empty() || path.is_empty() {
                    return Err("expected a name, =, and a path".into());
                }
                Ok(Self { name: Some(name.trim().into()), path: path.into() })
            }
            _ => Ok(Self { name: None, path: text.into() }),
        }
    }
}
