//! Pairs of files in two folders.

use super::{EvalError, Skipped, TestCase};
use crate::io::{has_sound_ending, is_candidate};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// What stands before the number of a file of the DNS Challenge.
pub(super) const FILE_ID: &str = "fileid_";

/// What two folders hold: pairs, and files without a partner.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Matched {
    /// The pairs, by name.
    pub cases: Vec<TestCase>,
    /// Files that could not be paired, with the reason.
    pub skipped: Vec<Skipped>,
}

/// Pairs the sound files of two folders by their path below the folder, without the ending.
///
/// Names that hold `fileid_` and a number, as those of the DNS Challenge do, are paired by the number. A pair of several
/// channels is a case for each channel.
///
/// # Errors
/// If a folder cannot be read; the message names it.
pub fn pairs_of(clean: &Path, noisy: &Path) -> Result<Matched, EvalError> {
    let mut matched = Matched::default();
    let (cleans, noisies) = (keyed(clean, &mut matched.skipped)?, keyed(noisy, &mut matched.skipped)?);
    let mut alone = |path: &Path, other: &Path| {
        let reason = format!("{}: no file of that name in {}", path.display(), other.display());
        matched.skipped.push(Skipped { name: name_of(path), reason });
    };
    for (key, path) in &cleans {
        if !noisies.contains_key(key) {
            alone(path, noisy);
        }
    }
    for (key, path) in &noisies {
        match cleans.get(key) {
            Some(partner) => matched.cases.extend(TestCase::channels(key, partner, path)),
            None => alone(path, clean),
        }
    }
    Ok(matched)
}

/// The sound files of a folder as noisy recordings without clean ones.
///
/// # Errors
/// As [`pairs_of`].
pub fn noisy_of(folder: &Path) -> Result<Matched, EvalError> {
    let mut matched = Matched::default();
    for (key, path) in keyed(folder, &mut matched.skipped)? {
        matched.cases.extend(TestCase::noisy(&key, &path));
    }
    Ok(matched)
}

/// The name of a file without its ending.
fn name_of(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The path of a file below a folder, without the ending if that is one of sound, the same on every system.
pub(super) fn path_below(folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path);
    let below = if has_sound_ending(path) { below.with_extension("") } else { below.to_owned() };
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// The sound files of a folder and the folders below, by what they are paired by.
pub(super) fn keyed(
    folder: &Path,
    skipped: &mut Vec<Skipped>,
) -> Result<BTreeMap<String, PathBuf>, EvalError> {
    let mut found = BTreeMap::new();
    for path in sound_files(folder)? {
        let key = file_id(&name_of(&path)).unwrap_or_else(|| path_below(folder, &path));
        if let Some(first) = found.get(&key) {
            let first: &PathBuf = first;
            let reason = format!("{}: has the name of {}", path.display(), first.display());
            skipped.push(Skipped { name: name_of(&path), reason });
        } else {
            found.insert(key, path);
        }
    }
    Ok(found)
}

/// `fileid_12` of a name that holds it.
fn file_id(name: &str) -> Option<String> {
    let (_, rest) = name.rsplit_once(FILE_ID)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then(|| format!("{FILE_ID}{digits}"))
}

/// The sound files of a folder and the folders below, in order of their paths.
pub(super) fn sound_files(folder: &Path) -> Result<Vec<PathBuf>, EvalError> {
    let mut found = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(folder).display().to_string();
            let text = error.to_string();
            let source = error.into_io_error().unwrap_or_else(|| io::Error::other(text));
            EvalError::Folder { path, source }
        })?;
        if entry.file_type().is_file() && is_candidate(entry.path()) {
            found.push(entry.into_path());
        }
    }
    if found.is_empty() {
        return Err(EvalError::NoFiles { folder: folder.display().to_string() });
    }
    Ok(found)
}
