//! A comparison written down: one page to look at, a table and a record for programs.

mod charts;
mod csv;
mod figure;
#[cfg(feature = "figures")]
mod figures;
mod grid;
mod json;
mod page;
#[cfg(feature = "figures")]
mod print;
mod provenance;
mod raster;
mod run_tables;
mod shade;
mod sound;
mod spectrogram;
mod tables;

#[cfg(feature = "figures")]
pub use figures::write_figures;
pub use provenance::Provenance;
#[cfg(feature = "cli")]
pub(crate) use {raster::png, shade::shade};

use super::{Comparison, EvalError, Example};
use crate::io::write_together;
use std::path::Path;

/// Names of the files that [`write_report`] writes.
pub const FILES: [&str; 3] = ["index.html", "results.csv", "results.json"];

/// Writes `index.html`, `results.csv` and `results.json` into a folder, which is created if it is not there.
///
/// They appear under their names only when all of them are whole, and then at once.
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
    let paths = FILES.map(|name| folder.join(name));
    let files: Vec<(&Path, &[u8])> =
        paths.iter().zip(&contents).map(|(path, bytes)| (path.as_path(), bytes.as_slice())).collect();
    write_together(&files, overwrite).map_err(|(n, source)| failed(&paths[n])(source))
}
