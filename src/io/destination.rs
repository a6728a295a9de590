//! Where an output may go, as far as can be known before there is anything to write.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf, is_separator};

/// Links that are followed before they are taken for a circle.
const MOST_LINKS: usize = 40;

/// The file that a path leads to. Links are followed, and one that leads nowhere to where its file would be.
pub(crate) fn target(path: &Path) -> PathBuf {
    let mut path = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        if let Ok(found) = fs::canonicalize(&path) {
            return found;
        }
        match fs::read_link(&path) {
            Ok(next) => path = folder_of(&path).join(next),
            Err(_) => break,
        }
    }
    path
}

/// The folder in which a path lies.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Whether something is there that is written to as it stands: a device, a named pipe, a socket.
pub(crate) fn is_device(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir())
}

/// Refuses a path under which no file could appear.
pub(super) fn check(path: &Path, overwrite: bool) -> io::Result<()> {
    if is_device(path) {
        return Ok(());
    }
    let refuse = |kind, why: &str| Err(io::Error::new(kind, why));
    if path.is_dir() {
        return refuse(ErrorKind::IsADirectory, "is a folder");
    }
    let text = path.to_string_lossy();
    if path.file_name().is_none() || text.ends_with(is_separator) {
        return refuse(ErrorKind::InvalidInput, "names no file");
    }
    if !overwrite && fs::symlink_metadata(path).is_ok() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    match fs::metadata(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let target = target(path);
    let folder = folder_of(&target);
    match fs::metadata(folder) {
        Ok(there) if there.is_dir() => Ok(()),
        Ok(_) => Err(io::Error::new(ErrorKind::NotADirectory, format!("{} is no folder", folder.display()))),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(io::Error::new(ErrorKind::NotFound, format!("there is no folder {}", folder.display())))
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use std::fs;
    use std::io::ErrorKind;
    use std::path::Path;

    #[test]
    fn what_could_not_appear_is_refused_with_its_reason() {
        let folder = tempfile::tempdir().expect("a folder");
        let inside = |name: &str| folder.path().join(name);
        fs::write(inside("there"), "").expect("a file");
        let refused = |path: &Path, overwrite| check(path, overwrite).expect_err("a refusal");
        assert_eq!(refused(&inside("there"), false).kind(), ErrorKind::AlreadyExists);
        check(&inside("there"), true).expect("replaced");
        check(&inside("new"), false).expect("made");
        assert_eq!(refused(folder.path(), true).kind(), ErrorKind::IsADirectory);
        assert_eq!(refused(&inside("new/"), true).kind(), ErrorKind::InvalidInput);
        assert!(refused(&inside("nowhere/new"), true).to_string().contains("no folder"));
        refused(&inside("there/new"), true);
        refused(&inside(&"n".repeat(300)), true);
        assert_eq!(refused(Path::new(""), true).kind(), ErrorKind::InvalidInput);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_stands_for_its_file() {
        use super::target;
        let folder = tempfile::tempdir().expect("a folder");
        let inside = |name: &str| folder.path().join(name);
        std::os::unix::fs::symlink("new", inside("link")).expect("a link");
        assert_eq!(target(&inside("link")), inside("new"));
        assert_eq!(check(&inside("link"), false).expect_err("a refusal").kind(), ErrorKind::AlreadyExists);
        check(&inside("link"), true).expect("made");
        std::os::unix::fs::symlink("nowhere/new", inside("far")).expect("a link");
        check(&inside("far"), true).expect_err("no folder");
        std::os::unix::fs::symlink("round", inside("round")).expect("a link");
        check(&inside("round"), true).expect_err("a circle");
    }
}
