//! Which files of a folder should be WAV files.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Endings, in lower case, of files that should be WAV.
const ENDINGS: [&str; 5] = ["wav", "wave", "bwf", "rf64", "bw64"];

/// Beginnings of names that are passed over: forks that one system leaves beside files on another's disks, and files that
/// this library did not come to finish.
const PASSED_OVER: [&str; 2] = ["._", ".framewise-"];

/// Whether a file's name has the ending of a WAV file, in letters of either case.
pub fn has_wav_ending(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    ENDINGS.contains(&ending.as_str())
}

/// Whether a file of a folder should be sound: by its ending, or else by its first bytes. It may still turn out to be none.
pub fn is_candidate(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if PASSED_OVER.iter().any(|start| name.starts_with(start)) {
        return false;
    }
    if has_wav_ending(path) {
        return true;
    }
    let mut start = [0; 12];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && matches!(&start[..4], b"RIFF" | b"RF64" | b"BW64") && &start[8..] == b"WAVE"
}

#[cfg(test)]
mod tests {
    use super::{has_wav_ending, is_candidate};
    use std::fs;
    use std::path::Path;

    #[test]
    fn every_ending_of_a_wav_file_is_taken_whatever_its_case() {
        for name in ["a.wav", "a.WAV", "a.b.Wave", "a.bwf", "a.rf64", "a.BW64"] {
            assert!(has_wav_ending(Path::new(name)) && is_candidate(Path::new(name)), "{name}");
        }
        for name in ["a.flac", "wav", ".wav", "a.wav.part", "a.", ""] {
            assert!(!has_wav_ending(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn without_the_ending_the_first_bytes_decide() {
        let folder = tempfile::tempdir().expect("a folder");
        let is = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).expect("a file");
            is_candidate(&path)
        };
        assert!(
            is("sound", b"RIFF....WAVEfmt ") && is("take.1", b"RF64....WAVE") && is("b", b"BW64....WAVE")
        );
        assert!(
            !is("film", b"RIFF....AVI LIST")
                && !is("short", b"RIFF....WAV")
                && !is("text", b"no sound at all")
        );
        assert!(!is("._a.wav", b"RIFF....WAVE") && !is(".framewise-1-2.part", b"RIFF....WAVE"));
    }
}
