//! A file that appears under its name only when it is whole.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// A file under a passing name beside its destination; removed on drop unless [`keep`](Self::keep) is called.
#[derive(Debug)]
pub(super) struct Temporary {
    path: PathBuf,
    destination: PathBuf,
    kept: bool,
}

impl Temporary {
    /// Creates an empty file in the folder of `destination`, where renaming is a single step.
    pub(super) fn beside(destination: &Path) -> io::Result<(Self, File)> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        // Replacing a link would leave its target behind, so write beside the target.
        let destination = fs::canonicalize(destination).unwrap_or_else(|_| destination.to_path_buf());
        let process = std::process::id();
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            // Short, whatever the destination's name, to stay within the system's limit.
            let path = destination.with_file_name(format!(".framewise-{process}-{number}.part"));
            match File::options().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((Self { path, destination, kept: false }, file)),
                // Left by an earlier process of the same number, or one on another machine.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives the file its name. Refuses with `AlreadyExists` if it may not replace one that is there.
    pub(super) fn keep(mut self, overwrite: bool) -> io::Result<()> {
        if !overwrite && fs::symlink_metadata(&self.destination).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        fs::rename(&self.path, &self.destination)?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.kept {
            // Nobody is there to hear of a failure.
            let _ = fs::remove_file(&self.path);
        }
    }
}
