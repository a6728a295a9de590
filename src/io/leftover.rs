//! Passing files that killed processes have left, told from those of living ones by the lock that each holds on its own.
//!
//! The system gives a lock up with its process, however that ends. A process number would not do: another container or
//! another machine on the same disk has its own.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The passing name of file `number` of a process. Short, whatever the destination's name, to stay within the system's limit.
pub(super) fn passing_name(process: u32, number: u64) -> String {
    format!(".framewise-{process}-{number}.part")
}

/// Whether this is a name that [`passing_name`] gives.
fn is_passing(name: &str) -> bool {
    let numbers = name.strip_prefix(".framewise-").and_then(|rest| rest.strip_suffix(".part"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    numbers.and_then(|numbers| numbers.split_once('-')).is_some_and(|(a, b)| digits(a) && digits(b))
}

/// Takes a new passing file for this process: false if it is being removed as a left-over at this moment.
///
/// Where the system has no locks, none is held, and [`sweep`] removes nothing.
pub(super) fn claim(file: &File, path: &Path) -> bool {
    // Whoever removes a file holds its lock meanwhile: once it is ours, the file is gone or stays.
    !matches!(file.try_lock(), Err(TryLockError::WouldBlock)) && fs::symlink_metadata(path).is_ok()
}

/// Removes what killed processes have left in a folder; looks once into each. `ours` are files of this process.
pub(super) fn sweep(folder: &Path, ours: &[PathBuf]) {
    static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    if SWEPT.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned()) {
        look_through(folder, ours);
    }
}

fn look_through(folder: &Path, ours: &[PathBuf]) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = folder.join(entry.file_name());
        let passing = entry.file_name().to_str().is_some_and(is_passing);
        // To open one of ours and close it again would give up its lock on some network disks.
        if !passing || !entry.file_type().is_ok_and(|kind| kind.is_file()) || ours.contains(&path) {
            continue;
        }
        // A network disk locks only what is open for writing.
        let Ok(file) = File::options().read(true).write(true).open(&path) else { continue };
        if file.try_lock().is_ok() {
            // Somebody else's, in a folder of everybody: it stays.
            let _ = fs::remove_file(&path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{claim, is_passing, look_through, passing_name};
    use std::fs::{self, File};

    #[test]
    fn only_names_given_here_are_passing() {
        assert!(is_passing(&passing_name(1, 0)) && is_passing(&passing_name(u32::MAX, u64::MAX)));
        for name in [
            ".framewise-1-.part",
            ".framewise--2.part",
            ".framewise-1.part",
            ".framewise-1-2-3.part",
            ".framewise-1-+2.part",
            ".framewise-a-2.part",
            "framewise-1-2.part",
            ".framewise-1-2.wav",
            ".framewise-1-2.part.wav",
        ] {
            assert!(!is_passing(name), "{name}");
        }
    }

    #[test]
    fn what_nobody_holds_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let inside = |name: &str| folder.path().join(name);
        for name in [".framewise-1-0.part", ".framewise-1-1.part", ".framewise-2-0.part", "talk.part"] {
            fs::write(inside(name), "half of it").expect("a file");
        }
        fs::create_dir(inside(".framewise-3-0.part")).expect("a folder");
        // A lock keeps out every other opening of the file, one in another process and one in this alike.
        let locked = File::open(inside(".framewise-1-0.part")).expect("a file");
        assert!(claim(&locked, &inside(".framewise-1-0.part")));
        look_through(folder.path(), &[inside(".framewise-1-1.part")]);
        let mut left: Vec<_> = fs::read_dir(&folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        left.sort();
        assert_eq!(left, [".framewise-1-0.part", ".framewise-1-1.part", ".framewise-3-0.part", "talk.part"]);
        drop(locked);
        look_through(folder.path(), &[]);
        assert!(!inside(".framewise-1-0.part").exists() && inside("talk.part").exists());
    }

    #[test]
    fn a_file_that_is_being_removed_is_not_taken() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(passing_name(1, 0));
        let file = File::create(&path).expect("a file");
        let remover = File::open(&path).expect("the same file");
        remover.try_lock().expect("a lock");
        assert!(!claim(&file, &path), "held by the remover");
        fs::remove_file(&path).expect("removed");
        drop(remover);
        assert!(!claim(&file, &path), "removed");
    }
}
