//! A file that appears under its name only when it is whole.

use std::fs::{self, File};
use std::io;
#[cfg(feature = "eval")]
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Passing names that are in use.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes the passing files of all writers of this process, for a process that is about to end on a signal.
///
/// Whoever begins or finishes a file from then on waits for ever, so that none is left behind.
pub fn discard_unfinished() {
    let paths = unfinished();
    for path in paths.iter() {
        // Nobody is there to hear of a failure.
        let _ = fs::remove_file(path);
    }
    std::mem::forget(paths);
}

/// Writes a file that appears under its name only when it is whole. A device or named pipe is written to directly.
///
/// Refuses with `AlreadyExists` if the file is there and may not be replaced.
#[cfg(feature = "eval")]
pub(crate) fn write_whole(path: &Path, bytes: &[u8], overwrite: bool) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
        return fs::write(path, bytes);
    }
    let (temporary, mut file) = Temporary::beside(path)?;
    file.write_all(bytes)?;
    temporary.keep(overwrite)
}

/// A file under a passing name beside its destination; removed on drop unless [`keep`](Self::keep) is called.
#[derive(Debug)]
pub(crate) struct Temporary {
    path: PathBuf,
    destination: PathBuf,
    kept: bool,
}

impl Temporary {
    /// Creates an empty file in the folder of `destination`, where renaming is a single step.
    pub(crate) fn beside(destination: &Path) -> io::Result<(Self, File)> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        // Replacing a link would leave its target behind, so write beside the target.
        let destination = fs::canonicalize(destination).unwrap_or_else(|_| destination.to_path_buf());
        let process = std::process::id();
        let mut unfinished = unfinished();
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            // Short, whatever the destination's name, to stay within the system's limit.
            let path = destination.with_file_name(format!(".framewise-{process}-{number}.part"));
            match File::options().write(true).create_new(true).open(&path) {
                Ok(file) => {
                    unfinished.push(path.clone());
                    return Ok((Self { path, destination, kept: false }, file));
                }
                // Left by an earlier process of the same number, or one on another machine.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives the file its name. Refuses with `AlreadyExists` if it may not replace one that is there.
    pub(crate) fn keep(mut self, overwrite: bool) -> io::Result<()> {
        let mut unfinished = unfinished();
        if !overwrite && fs::symlink_metadata(&self.destination).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        fs::rename(&self.path, &self.destination)?;
        unfinished.retain(|path| *path != self.path);
        self.kept = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.kept {
            let mut unfinished = unfinished();
            // Nobody is there to hear of a failure.
            let _ = fs::remove_file(&self.path);
            unfinished.retain(|path| *path != self.path);
        }
    }
}
