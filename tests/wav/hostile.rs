//! Bytes that nobody meant to be a sound.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use framewise::io::wav::WavReader;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::bytes::*;

/// Reads whatever comes, and checks that no more came out than went in.
fn survive(bytes: Vec<u8>) {
    let len = bytes.len();
    let Ok(reader) = open(bytes) else { return };
    let channels = usize::from(reader.spec().channels);
    let heard = drain(reader, 100).unwrap();
    assert!(heard.samples.len() <= len);
    assert_eq!(heard.samples.len() % channels, 0);
    assert!(heard.samples.iter().all(|sample| sample.is_finite()));
    for warning in &heard.warnings {
        assert!(!warning.to_string().contains('\n'));
    }
}

/// Valid files of several kinds.
fn valid() -> Vec<Vec<u8>> {
    let data = chunk(b"data", &(0..240u8).map(|n| n.wrapping_mul(37)).collect::<Vec<_>>());
    let mut files = vec![];
    for fmt in [
        Fmt::mono(PCM, 8),
        Fmt::new(PCM, 2, 48_000, 16),
        Fmt::new(PCM, 6, 48_000, 32).extensible(24, 0x3F),
        Fmt::new(FLOAT, 2, 44_100, 32),
        Fmt::mono(FLOAT, 64).extensible(64, 4),
        Fmt::mono(MU_LAW, 8),
    ] {
        files.push(riff(&[
            chunk(b"LIST", b"odd"),
            vec![0],
            fmt.chunk(),
            data.clone(),
            chunk(b"LIST", b"INFO"),
        ]));
        files.push(rf64(b"RF64", 240, &[fmt.chunk(), chunk_saying(b"data", u32::MAX, &data[8..])]));
    }
    files
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn random_bytes_do_no_harm(bytes in vec(any::<u8>(), 0..400)) {
        survive(bytes);
    }

    #[test]
    fn random_bytes_after_a_good_start_do_no_harm(bytes in vec(any::<u8>(), 0..400)) {
        survive([b"RIFF\x10\0\0\0WAVE".as_slice(), &bytes].concat());
        survive([b"RIFF\x10\0\0\0WAVEfmt \x28\0\0\0\xfe\xff".as_slice(), &bytes].concat());
    }

    #[test]
    fn mutated_files_do_no_harm(
        which in any::<prop::sample::Index>(),
        changes in vec((0..100usize, prop_oneof![any::<u8>(), Just(0), Just(0xFF), Just(0x7F)]), 1..8),
        cut in 0..400usize,
    ) {
        let files = valid();
        let mut bytes = which.get(&files).clone();
        for (at, value) in changes {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
        }
        survive(bytes.clone());
        bytes.truncate(cut);
        survive(bytes);
    }
}

#[test]
fn every_prefix_of_a_valid_file_does_no_harm() {
    for file in valid() {
        for len in 0..=file.len() {
            survive(file[..len].to_vec());
        }
    }
}

#[test]
fn every_byte_of_a_header_may_take_any_value() {
    for file in valid() {
        for at in 0..90 {
            for value in [0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF] {
                let mut bytes = file.clone();
                bytes[at] = value;
                survive(bytes);
            }
        }
    }
}

/// A stream that begins with some bytes and goes on with the same byte for ever.
struct Endless {
    start: io::Cursor<Vec<u8>>,
    byte: u8,
}

impl Read for Endless {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.start.read(out)? {
            0 => {
                out.fill(self.byte);
                Ok(out.len())
            }
            count => Ok(count),
        }
    }
}

#[test]
fn endless_stream_without_sound_is_given_up() {
    let start = Instant::now();
    let empty_chunks = chunk(b"abcd", &[]).repeat(5000);
    for (bytes, byte) in [(vec![], 0), (vec![], 0xFF), (riff(&[]), 0), (riff(&[empty_chunks]), 0)] {
        let stream = Endless { start: io::Cursor::new(bytes), byte };
        assert!(WavReader::new("endless", stream).is_err());
    }
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
#[cfg(target_os = "linux")]
fn memory_stays_flat_however_long_the_sound_and_its_chunks() {
    let peak = || -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    let before = peak();
    // Sizes near 4 GiB in a file of a few bytes.
    for name in [b"LIST", b"ds64", b"fmt ", b"bext"] {
        assert!(open(riff(&[chunk_saying(name, 0xFFFF_FFF0, &[0; 64])])).is_err());
    }
    let head = riff(&[Fmt::new(PCM, 2, 48_000, 16).chunk(), chunk_saying(b"data", u32::MAX, &[])]);
    let mut reader = WavReader::new("long", Endless { start: io::Cursor::new(head), byte: 1 }).unwrap();
    let mut block = vec![0.0; 65_536];
    for _ in 0..2000 {
        assert_eq!(reader.read(&mut block).unwrap(), block.len());
    }
    // Other tests run in the same process, hence the margin; the sound was 250 MB.
    assert!(peak() - before < 64 * 1024, "{} kB", peak() - before);
}

#[test]
#[ignore = "reads 5 GB of synthetic sound, which takes some seconds"]
fn rf64_is_read_beyond_4_gib() {
    let size = 5_000_000_002u64;
    let head = rf64(b"RF64", size, &[Fmt::mono(PCM, 16).chunk(), chunk_saying(b"data", u32::MAX, &[])]);
    let mut reader = WavReader::new("long", Endless { start: io::Cursor::new(head), byte: 1 }).unwrap();
    let mut block = vec![0.0; 100_000];
    while reader.read(&mut block).unwrap() > 0 {}
    assert_eq!(reader.frames_read(), size / 2);
    assert_eq!(reader.warnings(), []);
}
