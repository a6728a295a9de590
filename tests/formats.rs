//! Sound of other formats than WAV: as long as what was encoded, aligned with it to the sample, and whole or refused.
#![cfg(feature = "formats")]

use framewise::io::wav::{Container, SampleEncoding, Warning, WavReader};
use framewise::io::{open_sound, read_sound};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use std::f64::consts::TAU;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats").join(name)
}

fn bytes(name: &str) -> Vec<u8> {
    fs::read(path(name)).expect("a file of the tests")
}

/// Channel `c` of the sweep that `make.sh` has encoded.
fn sweep(rate: u32, c: usize, frames: usize) -> Vec<f64> {
    let frequency = (200 + 150 * c) as f64;
    let time = |n: usize| n as f64 / f64::from(rate);
    (0..frames).map(|n| 0.3 * (TAU * (frequency * time(n) + 900.0 * time(n) * time(n))).sin()).collect()
}

/// All samples, a vector for each channel, and what was odd.
fn read(mut reader: WavReader) -> Result<(Vec<Vec<f32>>, Vec<Warning>), String> {
    let count = usize::from(reader.spec().channels);
    let mut planes = vec![Vec::new(); count];
    let mut block = vec![0.0; 100 * count];
    loop {
        let read = reader.read(&mut block).map_err(|error| error.to_string())?;
        if read == 0 {
            return Ok((planes, reader.warnings().to_vec()));
        }
        for (c, plane) in planes.iter_mut().enumerate() {
            plane.extend(block[..read].iter().skip(c).step_by(count));
        }
    }
}

fn decoded(name: &str) -> (Vec<Vec<f32>>, Vec<Warning>) {
    read(open_sound(path(name)).expect("sound")).expect("all of it")
}

fn read_bytes(bytes: Vec<u8>) -> Result<(Vec<Vec<f32>>, Vec<Warning>), String> {
    read(read_sound("bytes", Cursor::new(bytes)).map_err(|error| error.to_string())?)
}

/// Greatest distance between a channel and the sweep, away from the ends of `edge` samples.
fn distance(plane: &[f32], rate: u32, c: usize, edge: usize) -> f64 {
    let expected = sweep(rate, c, plane.len());
    let range = edge..plane.len() - edge;
    let each = range.map(|n| (f64::from(plane[n]) - expected[n]).abs());
    each.fold(0.0, f64::max)
}

#[test]
fn what_is_stored_without_loss_comes_out_to_the_step() {
    use SampleEncoding::{F32, I16, I24, U8};
    for (name, container, rate, channels, frames, encoding) in [
        ("stereo.flac", Container::Flac, 16_000, 2, 4_000, I16),
        ("deep.flac", Container::Flac, 48_000, 1, 4_800, I24),
        ("stereo.w64", Container::Wave64, 16_000, 2, 800, I16),
        ("stereo.aiff", Container::Aiff, 16_000, 2, 800, I24),
        ("little.aifc", Container::Aiff, 16_000, 2, 800, I16),
        ("float.aifc", Container::Aiff, 16_000, 1, 800, F32),
        ("byte.aiff", Container::Aiff, 16_000, 1, 800, U8),
    ] {
        let reader = open_sound(path(name)).expect("sound");
        let spec = reader.spec();
        assert_eq!((spec.container, spec.sample_rate, spec.channels), (container, rate, channels), "{name}");
        assert_eq!((spec.encoding, reader.declared_frames()), (encoding, Some(frames as u64)), "{name}");
        let (planes, warnings) = decoded(name);
        assert_eq!(warnings, [], "{name}");
        let step = match encoding {
            U8 => 1.0 / 128.0,
            I16 => 1.0 / 32_768.0,
            // The encoder was given single floats.
            _ => 1e-6,
        };
        for (c, plane) in planes.iter().enumerate() {
            assert_eq!(plane.len(), frames, "{name}");
            let worst = distance(plane, rate, c, 0);
            assert!(worst <= step, "{name}, channel {c}: {worst:e}");
        }
    }
}

/// A sweep that is off by one sample differs by up to 2 pi f / rate of its peak, here 0.02 and more; the encoders' own error is less.
#[test]
fn what_is_stored_with_loss_is_as_long_and_aligned_to_the_sample() {
    for (name, container, rate, channels, frames, declared) in [
        ("stereo.ogg", Container::OggVorbis, 44_100, 2, 8_820, false),
        ("surround.ogg", Container::OggVorbis, 16_000, 6, 4_800, false),
        ("stereo.mp3", Container::Mp3, 44_100, 2, 11_025, true),
        ("speech.mp3", Container::Mp3, 16_000, 1, 4_800, true),
    ] {
        let reader = open_sound(path(name)).expect("sound");
        assert_eq!((reader.spec().container, reader.spec().sample_rate), (container, rate), "{name}");
        assert_eq!(reader.spec().channels, channels, "{name}");
        assert_eq!(reader.declared_frames(), declared.then_some(frames as u64), "{name}");
        let (planes, warnings) = decoded(name);
        assert_eq!(warnings, [], "{name}");
        for (c, plane) in planes.iter().enumerate().filter(|(c, _)| channels < 6 || *c != 3) {
            assert_eq!(plane.len(), frames, "{name}");
            let error = |lag: usize| {
                let expected = sweep(rate, c, frames);
                let pairs = plane[600 + lag..frames - 600].iter().zip(&expected[600..]);
                let back = plane[600..frames - 600 - lag].iter().zip(&expected[600 + lag..]);
                [
                    pairs.map(|(a, b)| (f64::from(*a) - b).powi(2)).sum::<f64>(),
                    back.map(|(a, b)| (f64::from(*a) - b).powi(2)).sum(),
                ]
            };
            let here = error(0)[0];
            let power: f64 = sweep(rate, c, frames).iter().map(|v| v * v).sum();
            assert!(here < 0.003 * power, "{name}, channel {c}: {:.1} dB", 10.0 * (power / here).log10());
            for lag in 1..20 {
                assert!(error(lag).iter().all(|&there| there > here), "{name}, channel {c}, lag {lag}");
            }
        }
    }
}

/// Nothing in such a file says what its encoder added, so all of it is there: whole frames.
#[test]
fn without_a_tag_every_frame_of_an_mp3_is_sound() {
    let (planes, warnings) = decoded("untagged.mp3");
    assert_eq!((planes.len(), planes[0].len() % 1152, warnings), (1, 0, vec![]));
    assert!((8_820..8_820 + 3 * 1152).contains(&planes[0].len()), "{}", planes[0].len());
    let (planes, _) = decoded("layer2.mp2");
    assert_eq!(planes[0].len(), 5 * 1152);
}

#[test]
fn what_a_file_is_its_content_says() {
    for name in ["stereo.flac", "stereo.ogg", "speech.mp3", "stereo.w64", "stereo.aiff"] {
        assert_eq!(read_bytes(bytes(name)).expect("sound"), decoded(name), "{name}");
    }
    let wav = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/voice.wav");
    let (plain, _) = read(open_sound(wav).expect("sound")).expect("all of it");
    // A tag of 20 bytes, one with a footer, and one longer than all that is looked at.
    for (flags, size) in [(0, 20), (0x10, 30), (0, 5_000)] {
        let mut tagged = b"ID3\x04\0".to_vec();
        tagged.push(flags);
        tagged.extend([0, 0, (size >> 7) as u8, (size & 0x7F) as u8]);
        tagged.resize(10 + size + if flags == 0 { 0 } else { 10 }, 0);
        for (name, expected) in
            [("stereo.flac", decoded("stereo.flac").0), ("speech.mp3", decoded("speech.mp3").0)]
        {
            let both = [tagged.clone(), bytes(name)].concat();
            assert_eq!(read_bytes(both).expect("sound").0, expected, "{name} behind {size} bytes");
        }
        let both = [tagged, fs::read(wav).expect("a file")].concat();
        assert_eq!(read_bytes(both).expect("sound").0, plain, "behind {size} bytes");
    }
}

#[test]
fn a_file_that_was_cut_gives_what_is_there_and_says_so() {
    for (name, missing, least) in [
        ("deep.flac", 100, 4_608),
        ("stereo.ogg", 300, 5_000),
        ("stereo.mp3", 2_000, 1_000),
        ("stereo.w64", 1_000, 500),
        ("stereo.aiff", 1_000, 500),
    ] {
        let (whole, _) = decoded(name);
        let mut cut = bytes(name);
        cut.truncate(cut.len() - missing);
        let (planes, warnings) = read_bytes(cut).unwrap_or_else(|error| panic!("{name}: {error}"));
        let there = planes[0].len();
        assert!(least <= there && there < whole[0].len(), "{name}: {there}");
        let said = |warning: &Warning| matches!(warning, Warning::Truncated { .. } | Warning::CutShort);
        assert!(warnings.iter().any(said), "{name}: {warnings:?}");
        if name != "stereo.mp3" {
            assert!(planes.iter().zip(&whole).all(|(cut, whole)| *cut == whole[..there]), "{name}");
        }
    }
}

/// As after two files were joined, or one was edited by a program that left the tag alone.
#[test]
fn an_mp3_that_is_longer_than_its_tag_says_is_read_to_its_end() {
    let both = [bytes("speech.mp3"), bytes("speech.mp3")].concat();
    let (planes, warnings) = read_bytes(both).expect("sound");
    let (once, _) = decoded("speech.mp3");
    assert_eq!(planes[0][..once[0].len()], once[0]);
    assert!(planes[0].len() >= 2 * once[0].len(), "{} of {}", planes[0].len(), 2 * once[0].len());
    assert!(warnings.contains(&Warning::LengthStale { declared: 4_800 }), "{warnings:?}");
}

#[test]
fn frames_of_an_mp3_that_are_lost_leave_their_time() {
    let mut damaged = bytes("stereo.mp3");
    // Frames of 128 kbit/s at 44.1 kHz, of which the first holds the tag.
    let length = |head: &[u8]| 144 * 128_000 / 44_100 + usize::from(head[2] >> 1 & 1);
    let mut at = damaged.windows(2).position(|pair| pair == [0xFF, 0xFB]).expect("a frame");
    for _ in 0..5 {
        at += length(&damaged[at..]);
    }
    assert_eq!(damaged[at..at + 2], [0xFF, 0xFB]);
    // Its head stands, and what says how to read the rest makes no sense.
    damaged[at + 4..at + 36].fill(0xFF);
    let (planes, warnings) = read_bytes(damaged).expect("the rest");
    let (whole, _) = decoded("stereo.mp3");
    assert_eq!(planes[0].len(), whole[0].len());
    assert!(warnings.iter().any(|warning| matches!(warning, Warning::LostFrames { .. })), "{warnings:?}");
    // Four frames of sound came before it, less what is left out at the start and one that overlaps.
    assert_eq!(planes[0][..2 * 1152], whole[0][..2 * 1152]);
    let end = whole[0].len() - 1152;
    assert!(planes[0][end..].iter().zip(&whole[0][end..]).all(|(a, b)| (a - b).abs() < 1e-3));
}

#[test]
fn what_is_not_read_is_named() {
    let name = |bytes: Vec<u8>| read_bytes(bytes).expect_err("no sound");
    assert!(name(bytes("unread.opus")).contains("Ogg Opus"));
    assert!(name(b"fLaC".to_vec()).contains("FLAC ends in its header"));
    assert!(name(b"this is no sound at all, of any kind".to_vec()).contains("text"));
    assert!(name(Vec::new()).contains("empty"));
    assert!(name(bytes("stereo.w64")[..100].to_vec()).contains("Wave64 that ends"));
    let mut aiff = bytes("little.aifc");
    let kind = aiff.windows(4).position(|kind| kind == b"sowt").expect("the kind");
    aiff[kind..kind + 4].copy_from_slice(b"ima4");
    assert!(name(aiff).contains("\"ima4\""));
}

/// Files are not trusted: whatever is in them, they are read or refused.
#[test]
fn no_bytes_make_a_decoder_panic() {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let (mut read, mut refused) = (0, 0);
    for name in
        ["stereo.flac", "stereo.ogg", "surround.ogg", "speech.mp3", "layer2.mp2", "stereo.w64", "stereo.aiff"]
    {
        let whole = bytes(name);
        for round in 0..120 {
            let mut bytes = whole.clone();
            // Headers are short: half of the changes hit them.
            let end = if round % 2 == 0 { bytes.len().min(200) } else { bytes.len() };
            for _ in 0..1 + round % 7 {
                let place = random.next_u64() as usize % end;
                bytes[place] = random.next_u64() as u8;
            }
            if name.ends_with(".ogg") {
                mend_pages(&mut bytes);
            }
            match read_bytes(bytes) {
                Ok(_) => read += 1,
                Err(_) => refused += 1,
            }
        }
    }
    assert!(read > 100 && refused > 100, "{read} read, {refused} refused: the search finds nothing");
}

/// Gives changed Ogg pages the checksums that they would have, so that what is behind them is reached.
fn mend_pages(bytes: &mut [u8]) {
    let mut at = 0;
    while at + 27 <= bytes.len() && bytes[at..].starts_with(b"OggS") {
        let segments = usize::from(bytes[at + 26]);
        let Some(sizes) = bytes.get(at + 27..at + 27 + segments) else { return };
        let end = at + 27 + segments + sizes.iter().map(|size| usize::from(*size)).sum::<usize>();
        let Some(page) = bytes.get_mut(at..end) else { return };
        page[22..26].fill(0);
        let mut crc = 0u32;
        for byte in page.iter() {
            crc ^= u32::from(*byte) << 24;
            for _ in 0..8 {
                crc = crc << 1 ^ if crc & 1 << 31 == 0 { 0 } else { 0x04C1_1DB7 };
            }
        }
        page[22..26].copy_from_slice(&crc.to_le_bytes());
        at = end;
    }
}
