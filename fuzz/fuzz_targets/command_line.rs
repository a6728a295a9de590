//! Bytes as arguments of the program, run in this process on a folder of small files: no panic, and no output under its
//! name that is not whole.
#![no_main]

use framewise::io::wav::WavReader;
use libfuzzer_sys::fuzz_target;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// One argument a byte, in this order. What begins with `@` lies in the folder.
const WORDS: [&str; 88] = [
    "wav", "inspect", "model", "import", "help", "-h", "--help", "-V", "--version", "--", "-", "", "@in.wav",
    "@stereo.wav", "@broken.wav", "@missing.wav", "@folder", "@out.wav", "@out", "@out/deep/er.wav",
    "@model.safetensors", "@checkpoint.pt", "@picture.png", "-o", "--output", "-o@out.wav", "--latency", "zero",
    "one", "two", "--latency=one", "--model", "--strength", "--strength=12", "--high-band", "keep", "mute",
    "follow", "--link", "--raw-delay", "--bit-depth", "8", "16", "24", "32", "32f", "64f", "--dither", "--raw",
    "f32le", "s16le", "--rate", "--channels", "--jobs", "--resume", "--shard", "1/2", "2/2", "--spectrogram",
    "-f", "--force", "--json", "-q", "--quiet", "-fq", "0", "1", "2", "-1", "1e9", "nan", "inf", "44100",
    "48000", "16000", "7", "384000", "65535", "4294967295", "4294967296", "18446744073709551615", "0.5", "1/0",
    "3/2", "/", "--profile", "--threads", "é",
];

/// Options whose values may be any text: none of them names a file.
const VALUED: [&str; 8] =
    ["--strength=", "--rate=", "--channels=", "--jobs=", "--shard=", "--latency=", "--raw=", "--bit-depth="];

/// The folder, and what is in it before each run.
static FOLDER: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::temp_dir().join(format!("framewise-fuzz-{}", std::process::id())));
static FILES: LazyLock<Vec<(&str, Vec<u8>)>> = LazyLock::new(|| {
    let stereo = wav(44_100, 2, 700);
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data");
    let read = |file: &str| fs::read(format!("{golden}/{file}")).expect("a file of the tests");
    vec![
        ("in.wav", wav(16_000, 1, 900)),
        ("broken.wav", stereo[..60].to_vec()),
        ("folder/a.wav", wav(8_000, 1, 100)),
        ("folder/below/b.WAV", stereo.clone()),
        ("folder/notes.txt", b"no sound".to_vec()),
        ("stereo.wav", stereo),
        ("model.safetensors", read("golden/crn-one-frame.safetensors")),
        ("checkpoint.pt", read("checkpoint/bare.pt")),
    ]
});

/// A WAV file of 16-bit noise.
fn wav(rate: u32, channels: u16, frames: u32) -> Vec<u8> {
    let size = frames * u32::from(channels) * 2;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + size).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(channels) * 2).to_le_bytes());
    file.extend((channels * 2).to_le_bytes());
    file.extend(b"\x10\0data");
    file.extend(size.to_le_bytes());
    file.extend((0..size).map(|n| (n * n * 31 % 251) as u8));
    file
}

fn arguments(bytes: &[u8]) -> Vec<OsString> {
    let mut words = vec![OsString::from("framewise")];
    let mut bytes = bytes.iter().copied();
    while let Some(byte) = bytes.next() {
        let at = usize::from(byte);
        words.push(match WORDS.get(at) {
            Some(word) => match word.split_once('@') {
                Some((before, name)) => {
                    let mut word = OsString::from(before);
                    word.push(FOLDER.join(name));
                    word
                }
                None => word.into(),
            },
            None => {
                let text: Vec<u8> = bytes.by_ref().take_while(|&byte| byte != 0).collect();
                format!("{}{}", VALUED[at % VALUED.len()], String::from_utf8_lossy(&text)).into()
            }
        });
    }
    words
}

fuzz_target!(|bytes: &[u8]| {
    // Every argument is parsed anew from each of its readings; longer lines say nothing new.
    if bytes.len() > 64 {
        return;
    }
    clear();
    for (name, content) in FILES.iter() {
        let path = FOLDER.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect("a file");
    }
    framewise::cli::run(arguments(bytes));
    look(&FOLDER);
});

/// Empties the folder and goes there, so that a word which is taken for a file's name does no harm.
fn clear() {
    fs::create_dir_all(&*FOLDER).expect("a folder");
    std::env::set_current_dir(&*FOLDER).expect("the folder");
    for entry in fs::read_dir(&*FOLDER).expect("the folder").flatten() {
        let path = entry.path();
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.expect("what was made here");
    }
}

/// Every file is one that was there, or whole.
fn look(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        assert!(!name.to_string_lossy().starts_with(".framewise-"), "{} was left behind", path.display());
        if path.is_dir() {
            look(&path);
        } else if name == "out.wav" || name == "er.wav" {
            let content = fs::read(&path).expect("a file");
            let sound = WavReader::open(&path).is_ok_and(|reader| reader.warnings().is_empty());
            let other = FILES.iter().any(|(_, file)| *file == content) || content.starts_with(b"\x89PNG");
            assert!(sound || other || !content.starts_with(b"RIFF"), "{} is not whole", path.display());
        }
    }
}
