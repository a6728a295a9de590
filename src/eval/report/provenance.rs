//! Where the numbers of a report come from.

use crate::nn::Kernels;
use serde::Serialize;
use std::time::{SystemTime, UNIX_EPOCH};

/// What it takes to repeat a comparison.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Provenance {
    /// Version of this library.
    pub framewise: &'static str,
    /// The command line.
    pub command: String,
    /// Seed of the mixtures; none where pairs came as files.
    pub seed: Option<u64>,
    /// Seconds since 1970.
    pub unix_time: u64,
    /// Operating system and processor architecture.
    pub system: String,
    /// The processor by its own name, where the system tells.
    pub processor: String,
    /// Cores that the process may use.
    pub cores: usize,
    /// The kernels that ran.
    pub kernels: &'static str,
}

impl Provenance {
    /// Of this process on this machine, now, and of models on these kernels.
    pub fn here(command: String, seed: Option<u64>, kernels: Kernels) -> Self {
        let processor = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        });
        Self {
            framewise: env!("CARGO_PKG_VERSION"),
            command,
            seed,
            unix_time: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            processor: processor.unwrap_or_else(|| std::env::consts::ARCH.into()),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            kernels: kernels.name(),
        }
    }
}
