//! A comparison written down: one page to look at, a table and a record for programs.

mod charts;
mod csv;
mod figure;
mod json;
mod page;
mod provenance;
mod shade;
mod sound;
mod spectrogram;
mod tables;

pub use provenance::Provenance;
#[cfg(feature = "cli")]
pub(crate) use shade::shade;

use super::{Comparison, EvalError, Example};
use crate::io::write_whole;
use std::path::Path;

/// Names of the files that [`write_report`] writes.
pub const FILES: [&str; 3] = ["index.html", "results.csv", "results.json"];

/// Writes `index.html`, `results.csv` and `results.json` into a folder, which is created if it is not there.
///
/// All are made before the first is written, and each appears under its name only when it is whole.
///
/// # Errors
/// If a file is there and may not be replaced, or cannot be written.
pub fn write_report(
    folder: &Path,
    comparison: &Comparison,
    examples: &[Example],
    provenance: &Provenance,
    overwrite: bool,
) -> Result<(), EvalError> {
    let contents = [
        page::page(comparison, examples, provenance)?.into_bytes(),
        csv::csv(comparison)?,
        json::json(comparison, provenance)?,
    ];
    let failed = |path: &Path| {
        let file = path.display().to_string();
        move |source| EvalError::Write { file, source }
    };
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    for (name, bytes) in FILES.iter().zip(contents) {
        let path = folder.join(name);
        write_whole(&path, &bytes, overwrite).map_err(failed(&path))?;
    }
    Ok(())
}
