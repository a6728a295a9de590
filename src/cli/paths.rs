//! The files that a command names, looked at before its work: none may be written over one that it reads or writes as well,
//! and each output must be possible.

use super::say;
use crate::io::{folder_of, target, try_out};
use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Why the files of a command do not do.
#[derive(Debug, thiserror::Error)]
pub enum PathError {
    /// Two arguments name one file, and one of them is written.
    #[error("{first} and {second} are the same {kind}, {file}: give each its own")]
    Same { first: String, second: String, kind: &'static str, file: String },
    #[error("{file}: exists already; --force replaces it")]
    Exists { file: String },
    #[error("{file}: can't be created: {source}")]
    Create { file: String, source: io::Error },
    #[error("{file}: is a file, expected a folder")]
    NoFolder { file: String },
}

impl PathError {
    fn create(path: &Path, source: io::Error) -> Self {
        let file = say::name(path);
        if source.kind() == ErrorKind::AlreadyExists {
            Self::Exists { file }
        } else {
            Self::Create { file, source }
        }
    }
}

/// What makes two paths one file, whatever links lead there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Identity {
    /// A file that is there: its disk and its number on it.
    #[cfg(unix)]
    There(u64, u64),
    /// A file that is there, where files have no numbers.
    #[cfg(not(unix))]
    There(PathBuf),
    /// A file that is to be made: the folder, and the name in it.
    New(Box<Identity>, OsString),
}

impl Identity {
    /// Of the file or folder to which a path leads. Devices and pipes have none: several may write to one.
    pub fn of(path: &Path) -> Option<Self> {
        match fs::metadata(path) {
            Ok(there) => Self::there(path, &there),
            Err(_) => {
                let target = target(path);
                let folder = folder_of(&target);
                let there = fs::metadata(folder).ok()?;
                Some(Self::New(Box::new(Self::there(folder, &there)?), target.file_name()?.to_owned()))
            }
        }
    }

    #[cfg(unix)]
    fn there(_: &Path, there: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        (there.is_file() || there.is_dir()).then(|| Self::There(there.dev(), there.ino()))
    }

    #[cfg(not(unix))]
    fn there(path: &Path, there: &Metadata) -> Option<Self> {
        (there.is_file() || there.is_dir()).then(|| fs::canonicalize(path).ok().map(Self::There)).flatten()
    }

    /// Of the file that a standard stream was redirected to.
    #[cfg(unix)]
    fn of_stream(stream: impl std::os::fd::AsFd) -> Option<Self> {
        let file = fs::File::from(stream.as_fd().try_clone_to_owned().ok()?);
        Self::there(Path::new(""), &file.metadata().ok()?)
    }

    #[cfg(not(unix))]
    fn of_stream<T>(_: T) -> Option<Self> {
        None
    }
}

/// The files of a command, as its arguments name them.
#[derive(Default)]
pub struct Paths {
    named: Vec<Named>,
}

struct Named {
    /// How the arguments call it.
    what: String,
    identity: Option<Identity>,
    role: Role,
    /// None for a standard stream, which is open already.
    path: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Read,
    Written,
    /// A folder that is filled.
    Filled,
}

impl Paths {
    /// A file or folder that is read.
    pub fn reads(self, what: &str, path: &Path) -> Self {
        self.with(what, path, Role::Read)
    }

    /// A file that is written.
    pub fn writes(self, what: &str, path: &Path) -> Self {
        self.with(what, path, Role::Written)
    }

    /// A folder that is filled.
    pub fn fills(self, what: &str, path: &Path) -> Self {
        self.with(what, path, Role::Filled)
    }

    /// Standard input.
    pub fn reads_stream(self) -> Self {
        self.with_stream("standard input", Identity::of_stream(std::io::stdin()), Role::Read)
    }

    /// Standard output.
    pub fn writes_stream(self) -> Self {
        self.with_stream("standard output", Identity::of_stream(std::io::stdout()), Role::Written)
    }

    fn with(mut self, what: &str, path: &Path, role: Role) -> Self {
        let (what, identity, path) = (what.into(), Identity::of(path), Some(path.to_owned()));
        self.named.push(Named { what, identity, role, path });
        self
    }

    fn with_stream(mut self, what: &str, identity: Option<Identity>, role: Role) -> Self {
        self.named.push(Named { what: what.into(), identity, role, path: None });
        self
    }

    /// Refuses an output that is another file of the command, or that could not be written.
    ///
    /// # Errors
    /// [`PathError`]: the first thing that is wrong.
    pub fn check(&self, overwrite: bool) -> Result<(), PathError> {
        for (n, second) in self.named.iter().enumerate() {
            let same = |first: &&Named| {
                (first.role != Role::Read || second.role != Role::Read)
                    && first.identity.is_some()
                    && first.identity == second.identity
            };
            if let Some(first) = self.named[..n].iter().find(same) {
                let path = first.path.as_ref().or(second.path.as_ref());
                return Err(PathError::Same {
                    first: first.what.clone(),
                    second: second.what.clone(),
                    kind: if path.is_some_and(|path| path.is_dir()) { "folder" } else { "file" },
                    file: path.map_or_else(|| "both redirected".into(), |path| say::name(path)),
                });
            }
        }
        for Named { role, path, .. } in &self.named {
            match (role, path) {
                (Role::Written, Some(path)) => {
                    try_out(path, overwrite).map_err(|error| PathError::create(path, error))?
                }
                (Role::Filled, Some(path)) => can_fill(path)?,
                _ => {}
            }
        }
        Ok(())
    }
}

/// Refuses a folder that is none or could not be filled. It is not made: that is for whoever has something to put there.
fn can_fill(folder: &Path) -> Result<(), PathError> {
    let failed = |source| PathError::create(folder, source);
    match fs::metadata(folder) {
        Ok(there) if !there.is_dir() => return Err(PathError::NoFolder { file: say::name(folder) }),
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    // Parts of the path that are not there yet will be made in the last one that is.
    let there = folder.ancestors().find(|path| path.exists() && *path != Path::new(""));
    let (there, missing) = match there {
        Some(there) => (there, folder.strip_prefix(there).unwrap_or(folder)),
        None => (Path::new("."), folder),
    };
    for part in missing {
        match fs::symlink_metadata(there.join(part)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    try_out(&there.join(".framewise-report"), true).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::{Identity, Paths, can_fill};
    use std::fs;

    #[test]
    fn one_file_is_one_by_whatever_path() {
        let folder = tempfile::tempdir().expect("a folder");
        let inside = |name: &str| folder.path().join(name);
        for name in ["a", "b"] {
            fs::write(inside(name), "the same").expect("a file");
        }
        fs::create_dir(inside("below")).expect("a folder");
        let of = |name: &str| Identity::of(&inside(name)).expect("an identity");
        assert!(of("a") == of("below/../a") && of("a") != of("b"));
        assert!(of("new") == of("below/../new") && of("new") != of("newer") && of("new") != of("below/new"));
        fs::hard_link(inside("a"), inside("hard")).expect("a link");
        assert!(cfg!(not(unix)) || of("hard") == of("a"));
        #[cfg(unix)]
        for (link, to) in [("soft", "a"), ("dangling", "new")] {
            std::os::unix::fs::symlink(to, inside(link)).expect("a link");
            assert_eq!(of(link), of(to));
        }
        assert_eq!(Identity::of(std::path::Path::new("/dev/null")), None);
        assert_eq!(Identity::of(&inside("nowhere/new")), None);
    }

    #[test]
    fn inputs_may_be_one_file_and_outputs_none_of_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let inside = |name: &str| folder.path().join(name);
        fs::write(inside("a"), "").expect("a file");
        let reads = || Paths::default().reads("the input", &inside("a")).reads("--model", &inside("a"));
        reads().check(true).expect("nothing is written");
        reads().writes("-o", &inside("new")).check(false).expect("another file");
        let refused = reads().writes("-o", &inside("a")).check(true).expect_err("the input").to_string();
        assert!(refused.starts_with("the input and -o are the same file, "), "{refused}");
        let both = reads().writes("-o", &inside("new")).writes("--spectrogram", &inside("new"));
        let refused = both.check(true).expect_err("both outputs").to_string();
        assert!(refused.starts_with("-o and --spectrogram are the same file, "), "{refused}");
        assert!(!inside("new").exists(), "tried and removed");
    }

    #[test]
    fn a_folder_that_could_not_be_made_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let inside = |name: &str| folder.path().join(name);
        fs::write(inside("a"), "").expect("a file");
        for name in ["", "new", "new/deeper"] {
            can_fill(&inside(name)).expect("possible");
        }
        for name in ["a", "a/new", &"n".repeat(300), &format!("new/{}", "n".repeat(300))] {
            can_fill(&inside(name)).expect_err("impossible");
        }
        assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 1, "nothing was made");
    }
}
