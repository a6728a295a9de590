//! The picture of a file before and after, drawn while it is cleaned.

use crate::cli::picture::{COLUMNS, before_and_after};
use crate::cli::say;
use crate::dsp::meters::Spectrogram;
use crate::io::wav::{WavError, WavSpec};
use crate::io::{Step, write_whole};
use std::path::{Path, PathBuf};

/// Collects what is drawn.
pub struct Drawing {
    path: PathBuf,
    replace: bool,
    sample_rate: u32,
    before: Spectrogram,
    after: Spectrogram,
}

impl Drawing {
    /// A picture to be written to `path`, where nothing may be unless it may be replaced.
    pub fn begin(path: &Path, spec: WavSpec, replace: bool) -> Self {
        let new = || Spectrogram::new(spec.sample_rate, usize::from(spec.channels), COLUMNS);
        Self { path: path.to_owned(), replace, sample_rate: spec.sample_rate, before: new(), after: new() }
    }

    pub fn take(&mut self, step: Step<'_>) {
        self.before.push(step.noisy);
        self.after.push(step.clean);
    }

    /// Draws, and writes the file, whole or not at all.
    pub fn finish(self) -> Result<(), WavError> {
        let failed = |source| WavError::Create { file: say::name(&self.path), source };
        let picture = before_and_after(&self.before, &self.after, self.sample_rate).map_err(failed)?;
        write_whole(&self.path, &picture, self.replace).map_err(failed)
    }
}
