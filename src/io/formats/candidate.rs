//! Which files of a folder should be sound.

use super::wave64;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Endings, in lower case, of files that should be WAV.
const WAV: [&str; 5] = ["wav", "wave", "bwf", "rf64", "bw64"];

/// Endings of files that should be sound of another kind: those that are read, and those that are not, so that a file
/// which is left is named.
const OTHERS: [&str; 31] = [
    "w64", "aif", "aiff", "aifc", "flac", "ogg", "oga", "mp3", "mp2", "opus", "spx", "m4a", "m4b", "aac",
    "ac3", "eac3", "dts", "wma", "ape", "wv", "tta", "mpc", "caf", "au", "snd", "amr", "awb", "ra", "dsf",
    "dff", "sph",
];

/// Beginnings of names that are passed over: forks that one system leaves beside files on another's disks, and files that
/// this library did not come to finish.
const PASSED_OVER: [&str; 2] = ["._", ".framewise-"];

fn ending(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

/// Whether a file's name has the ending of a WAV file, in letters of either case.
pub fn has_wav_ending(path: &Path) -> bool {
    WAV.contains(&&*ending(path))
}

/// Whether a file's name has the ending of a sound file, in letters of either case; of which not all kinds are read.
pub fn has_sound_ending(path: &Path) -> bool {
    has_wav_ending(path) || OTHERS.contains(&&*ending(path))
}

/// Whether a file of a folder should be sound: by its ending, or else by its first bytes. It may still turn out to be none,
/// or of a kind that is not read.
pub fn is_candidate(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if PASSED_OVER.iter().any(|start| name.starts_with(start)) {
        return false;
    }
    if has_sound_ending(path) {
        return true;
    }
    let mut start = [0; 36];
    let read = File::open(path).and_then(|file| file.take(36).read(&mut start));
    let start = &start[..read.unwrap_or(0)];
    let (magic, form) = (start.get(..4).unwrap_or_default(), start.get(8..12).unwrap_or_default());
    matches!(
        (magic, form),
        (b"RIFF" | b"RF64" | b"BW64", b"WAVE") | (b"FORM", b"AIFF" | b"AIFC") | (b"fLaC", _)
    ) || start.starts_with(&wave64::RIFF)
        || (magic == b"OggS" && matches!(start.get(28..35), Some(b"\x01vorbis")))
}

#[cfg(test)]
mod tests {
    use super::{has_sound_ending, has_wav_ending, is_candidate};
    use std::fs;
    use std::path::Path;

    #[test]
    fn every_ending_of_a_sound_file_is_taken_whatever_its_case() {
        for name in ["a.wav", "a.WAV", "a.b.Wave", "a.bwf", "a.rf64", "a.BW64"] {
            assert!(has_wav_ending(Path::new(name)) && is_candidate(Path::new(name)), "{name}");
        }
        for name in ["a.flac", "a.MP3", "a.b.Ogg", "a.aiff", "a.w64", "a.opus", "a.M4A"] {
            assert!(has_sound_ending(Path::new(name)) && !has_wav_ending(Path::new(name)), "{name}");
            assert!(is_candidate(Path::new(name)), "{name}");
        }
        for name in ["a.txt", "wav", ".wav", "a.wav.part", "a.", "", "a.mp4"] {
            assert!(!has_sound_ending(Path::new(name)), "{name}");
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
        assert!(is("flac", b"fLaC\0\0\0\x22") && is("aiff", b"FORM....AIFCFVER"));
        let page = [&b"OggS"[..], &[0; 24], b"\x01vorbis\0"].concat();
        assert!(is("vorbis", &page) && !is("ogg", &page[..30]));
        assert!(
            !is("film", b"RIFF....AVI LIST")
                && !is("short", b"RIFF....WAV")
                && !is("text", b"no sound at all")
        );
        assert!(!is("._a.wav", b"RIFF....WAVE") && !is(".framewise-1-2.part", b"RIFF....WAVE"));
    }
}
