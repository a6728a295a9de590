//! A file that appears under its name only when it is whole.

use super::{destination, leftover};
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

/// Finds out whether a file could be written to `path`, before there is anything to write: makes a passing one and removes it.
///
/// Refuses with `AlreadyExists` if the file is there and may not be replaced.
#[cfg(feature = "cli")]
pub(crate) fn try_out(path: &Path, overwrite: bool) -> io::Result<()> {
    if destination::is_device(path) {
        return Ok(());
    }
    Temporary::beside(path, overwrite).map(drop)
}

/// Writes a file that appears under its name only when it is whole. A device or named pipe is written to directly.
///
/// Refuses with `AlreadyExists` if the file is there and may not be replaced.
#[cfg(feature = "cli")]
pub(crate) fn write_whole(path: &Path, bytes: &[u8], overwrite: bool) -> io::Result<()> {
    if destination::is_device(path) {
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
        let (temporary, mut file) = Temporary::beside(path, overwrite).map_err(failed)?;
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
    /// Holds the lock that tells the file from a left-over, until it has its name.
    _lock: File,
}

impl Temporary {
    /// Creates an empty file in the folder of `destination`, where renaming is a single step, and removes what killed
    /// processes have left there. The file has the mode and the owner of the one that it is to replace.
    ///
    /// Fails where no file could appear under that name in the end; with `AlreadyExists` if it may not replace one.
    pub(crate) fn beside(destination: &Path, overwrite: bool) -> io::Result<(Self, File)> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        destination::check(destination, overwrite)?;
        // Replacing a link would leave its target behind, so write beside the target.
        let destination = destination::target(destination);
        let mut unfinished = unfinished();
        leftover::sweep(destination::folder_of(&destination), &unfinished);
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = destination.with_file_name(leftover::passing_name(std::process::id(), number));
            match File::options().write(true).create_new(true).open(&path) {
                Ok(file) => {
                    let lock = file.try_clone()?;
                    if !leftover::claim(&lock, &path) {
                        continue;
                    }
                    unfinished.push(path.clone());
                    let temporary = Self { path, destination, kept: false, _lock: lock };
                    drop(unfinished);
                    // While it is empty, so that nobody reads what was not theirs to read.
                    take_after(&file, &temporary.destination)?;
                    return Ok((temporary, file));
                }
                // Of a process of the same number, on another machine or in another container.
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

/// Gives a new file the mode of the one that it is to replace, and its owner where this process may.
#[cfg(unix)]
fn take_after(file: &File, replaced: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let Ok(there) = fs::metadata(replaced) else { return Ok(()) };
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (there.uid(), there.gid()) {
        // Only a privileged process may: elsewhere the file is whoever's replaces it.
        let _ = fchown(file, Some(there.uid()), Some(there.gid()));
    }
    // A disk without modes gives all of its files the same, and takes no other.
    if own.mode() & 0o777 == there.mode() & 0o777 {
        return Ok(());
    }
    file.set_permissions(fs::Permissions::from_mode(there.mode() & 0o777))
}

#[cfg(not(unix))]
fn take_after(_: &File, _: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, feature = "eval"))]
mod tests {
    use super::{Temporary, write_together};
    use std::fs;
    use std::io::{ErrorKind, Write};

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

    #[cfg(unix)]
    #[test]
    fn a_replaced_file_keeps_its_mode_and_its_owner() {
        use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        for mode in [0o600, 0o640, 0o444, 0o666] {
            fs::write(&path, "before").expect("a file");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
            // Only the superuser may give a file away.
            let given = chown(&path, Some(12_345), Some(54_321)).is_ok();
            let (mut file, before) = (Temporary::beside(&path, true).expect("a file"), fs::metadata(&path));
            file.1.write_all(b"after").expect("written");
            file.0.keep(true).expect("replaced");
            let (before, after) = (before.expect("the file"), fs::metadata(&path).expect("the file"));
            assert_eq!((after.mode() & 0o777, after.uid(), after.gid()), (mode, before.uid(), before.gid()));
            assert_eq!(
                (fs::read(&path).expect("the file"), given),
                (b"after".into(), before.uid() == 12_345)
            );
            fs::remove_file(&path).expect("removed");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_its_file_is_made_or_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let [link, file] = ["link", "file"].map(|name| folder.path().join(name));
        std::os::unix::fs::symlink("file", &link).expect("a link");
        for content in [b"1", b"2"] {
            write_together(&[(&link, content)], true).expect("written");
            assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
            assert_eq!(fs::read(&file).expect("its file"), content);
        }
    }
}
