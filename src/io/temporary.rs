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
#[cfg(feature = "cli")]
pub(crate) fn write_whole(path: &Path, bytes: &[u8], overwrite: bool) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
        return fs::write(path, bytes);
    }
    write_together(&[(path, bytes)], overwrite).map_err(|(_, error)| error)
}

/// Writes files that appear under their names only when all of them are whole, and then at once: a signal meets all or none.
///
/// Refuses with `AlreadyExists` if one is there and none may be replaced. An error comes with the number of its file.
#[cfg(feature = "eval")]
pub(crate) fn write_together(files: &[(&Path, &[u8])], overwrite: bool) -> Result<(), (usize, io::Error)> {
    let mut temporaries = Vec::with_capacity(files.len());
    for (n, (path, bytes)) in files.iter().enumerate() {
        let failed = |error| (n, error);
        let (temporary, mut file) = Temporary::beside(path).map_err(failed)?;
        file.write_all(bytes).map_err(failed)?;
        temporaries.push(temporary);
    }
    // Whoever ends the process on a signal waits for this.
    let mut unfinished = unfinished();
    for (n, temporary) in temporaries.iter().enumerate() {
        temporary.may_keep(overwrite).map_err(|error| (n, error))?;
    }
    for (n, temporary) in temporaries.iter_mut().enumerate() {
        temporary.rename(&mut unfinished).map_err(|error| (n, error))?;
    }
    Ok(())
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
        self.may_keep(overwrite)?;
        self.rename(&mut unfinished)
    }

    fn may_keep(&self, overwrite: bool) -> io::Result<()> {
        if !overwrite && fs::symlink_metadata(&self.destination).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        Ok(())
    }

    fn rename(&mut self, unfinished: &mut Vec<PathBuf>) -> io::Result<()> {
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

#[cfg(all(test, feature = "eval"))]
mod tests {
    use super::write_together;
    use std::fs;
    use std::io::ErrorKind;

    #[test]
    fn files_that_belong_together_appear_all_or_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let names = || fs::read_dir(&folder).expect("a folder").count();
        let [first, second] = ["first", "second"].map(|name| folder.path().join(name));
        fs::write(&second, "there before").expect("a file");
        let files: [(&std::path::Path, &[u8]); 2] = [(&first, b"1"), (&second, b"2")];
        let (number, error) = write_together(&files, false).expect_err("the second is there");
        assert_eq!((number, error.kind(), names()), (1, ErrorKind::AlreadyExists, 1));
        assert_eq!(fs::read(&second).expect("a file"), b"there before");

        write_together(&files, true).expect("both");
        assert_eq!(
            (fs::read(&first).expect("one"), fs::read(&second).expect("the other")),
            (b"1".into(), b"2".into())
        );
        assert_eq!(names(), 2);

        let nowhere = folder.path().join("nowhere").join("third");
        let (number, _) = write_together(&[(&first, b"3"), (&nowhere, b"3")], true).expect_err("no folder");
        assert_eq!((number, fs::read(&first).expect("as it was"), names()), (1, b"1".into(), 2));
    }
}
