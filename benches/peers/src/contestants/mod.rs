//! What runs against what.

mod framewise;
mod onnx_runtime;
mod rnnoise;
mod tract;

pub use self::framewise::kernels;
use crate::check::Check;
use crate::files::Files;
use crate::material::Feed;
use ::framewise::model::Latency;
use anyhow::Result;

/// A denoiser, a frame at a time.
pub trait Contestant {
    /// Takes a frame and gives one of the same form.
    fn step(&mut self, input: &[f32], output: &mut [f32]) -> Result<()>;

    /// Back to the start of a stream.
    fn reset(&mut self) -> Result<()>;
}

/// One row of the table.
pub struct Entry {
    /// What `--only` takes.
    pub name: &'static str,
    /// The network.
    pub network: &'static str,
    pub runtime: &'static str,
    pub feed: Feed,
    pub check: Check,
    /// What has to be there before any model is loaded: a shared library. Not part of the load time.
    pub prepare: fn(&Files) -> Result<()>,
    /// Model file to first frame.
    pub load: fn(&Files) -> Result<Box<dyn Contestant>>,
}

impl Entry {
    /// The part of the work that is timed.
    pub fn part(&self) -> &'static str {
        match self.feed {
            Feed::Spectrum => "network",
            Feed::Samples { .. } => "samples to samples",
        }
    }
}

const HOP_10_MS: Feed = Feed::Samples { hop: 160, kilohertz: 16 };

/// All of them; the first is what the others are compared with.
pub const ENTRIES: &[Entry] = &[
    Entry {
        name: "framewise",
        network: "GTCRN",
        runtime: "Framewise",
        feed: Feed::Spectrum,
        check: Check::Spectrum,
        prepare: |_| Ok(()),
        load: framewise::network,
    },
    Entry {
        name: "onnxruntime",
        network: "GTCRN",
        runtime: "ONNX Runtime",
        feed: Feed::Spectrum,
        check: Check::Spectrum,
        prepare: onnx_runtime::prepare,
        load: onnx_runtime::load,
    },
    Entry {
        name: "tract",
        network: "GTCRN",
        runtime: "tract",
        feed: Feed::Spectrum,
        check: Check::Spectrum,
        prepare: |_| Ok(()),
        load: tract::given,
    },
    Entry {
        name: "tract-new",
        network: "GTCRN",
        runtime: "tract, a new state each frame",
        feed: Feed::Spectrum,
        check: Check::Spectrum,
        prepare: |_| Ok(()),
        load: tract::new,
    },
    Entry {
        name: "tract-kept",
        network: "GTCRN",
        runtime: "tract, one state kept as it is",
        feed: Feed::Spectrum,
        check: Check::Spectrum,
        prepare: |_| Ok(()),
        load: tract::kept,
    },
    Entry {
        name: "framewise-stream",
        network: "GTCRN",
        runtime: "Framewise",
        feed: Feed::Samples { hop: 256, kilohertz: 16 },
        check: Check::Samples,
        prepare: |_| Ok(()),
        load: framewise::stream,
    },
    Entry {
        name: "framewise-built-in-zero",
        network: "built-in, no look-ahead",
        runtime: "Framewise",
        feed: HOP_10_MS,
        check: Check::WholeClip(Latency::ZERO),
        prepare: |_| Ok(()),
        load: |_| framewise::built_in(Latency::ZERO),
    },
    Entry {
        name: "framewise-built-in-one",
        network: "built-in, one frame of look-ahead",
        runtime: "Framewise",
        feed: HOP_10_MS,
        check: Check::WholeClip(Latency::ONE),
        prepare: |_| Ok(()),
        load: |_| framewise::built_in(Latency::ONE),
    },
    Entry {
        name: "nnnoiseless",
        network: "RNNoise",
        runtime: "nnnoiseless",
        feed: Feed::Samples { hop: 480, kilohertz: 48 },
        check: Check::Plausible,
        prepare: |_| Ok(()),
        load: |_| Ok(rnnoise::load()),
    },
];
