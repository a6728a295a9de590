//! What is written, to files and down pipes.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use framewise::io::wav::{Container, OutEncoding, WavError, WavOutSpec, WavReader, WavWriter};

use crate::bytes::*;

const ALL: [OutEncoding; 6] = [
    OutEncoding::U8,
    OutEncoding::I16,
    OutEncoding::I24,
    OutEncoding::I32,
    OutEncoding::F32,
    OutEncoding::F64,
];

/// Specifications that go through each of the ways to write: a promised length, an open one, and a mask.
fn specs(channels: u16, encoding: OutEncoding, frames: u64) -> [WavOutSpec; 3] {
    let open = WavOutSpec::new(48_000, channels, encoding);
    let promised = open.expected_frames(frames);
    let masked = promised.channel_mask(0x600);
    [open, promised, masked]
}

/// Writes a file and returns its bytes.
fn written(spec: WavOutSpec, samples: &[f32]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.wav");
    let mut writer = WavWriter::create(&path, spec, false).unwrap();
    writer.write(samples).unwrap();
    let done = writer.finish().unwrap();
    assert_eq!(done.frames, samples.len() as u64 / u64::from(spec.channels));
    assert_eq!(names(folder.path()), ["out.wav"]);
    fs::read(path).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// A pipe whose far end can be looked at.
#[derive(Clone, Default)]
struct Pipe(Arc<Mutex<Vec<u8>>>);

impl Pipe {
    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The sizes in a file's header agree with its length.
fn assert_sizes_are_right(bytes: &[u8]) {
    let field = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!(field(4), bytes.len() - 8);
    assert_eq!(bytes.len() % 2, 0);
}

#[test]
fn every_encoding_survives_a_round_trip_by_every_way_to_write() {
    let samples: Vec<f32> = (0..9001).map(|n| (n as f32 * 0.37).sin() * 0.9).collect();
    for encoding in ALL {
        for channels in [1, 2, 3, 8] {
            let whole = samples.len() / usize::from(channels) * usize::from(channels);
            let step = 2f32.powi(1 - i32::from(encoding.bits().min(25)));
            for spec in specs(channels, encoding, 9001 / u64::from(channels)) {
                let bytes = written(spec, &samples[..whole]);
                assert_sizes_are_right(&bytes);
                let heard = drain(open(bytes).unwrap(), 999).unwrap();
                assert_eq!(heard.warnings, []);
                assert_eq!(heard.spec.encoding.kept(), encoding);
                assert_eq!((heard.spec.sample_rate, heard.spec.channels), (48_000, channels));
                assert_eq!(heard.declared, Some((whole / usize::from(channels)) as u64));
                assert_eq!(heard.samples.len(), whole);
                for (a, b) in heard.samples.iter().zip(&samples) {
                    assert!((a - b).abs() <= step / 2.0, "{encoding:?}: {a} {b}");
                }
            }
        }
    }
}

#[test]
fn integers_read_and_written_at_the_same_width_are_identical() {
    let all_16: Vec<u8> = (i16::MIN..=i16::MAX).flat_map(i16::to_le_bytes).collect();
    let all_8: Vec<u8> = (0..=255).collect();
    let some_24: Vec<u8> = (-8_388_608..=8_388_607i32)
        .step_by(61)
        .chain([8_388_607])
        .flat_map(|value| [value as u8, (value >> 8) as u8, (value >> 16) as u8])
        .collect();
    for (bits, encoding, data) in
        [(8, OutEncoding::U8, all_8), (16, OutEncoding::I16, all_16), (24, OutEncoding::I24, some_24)]
    {
        let heard = hear(riff(&[Fmt::mono(PCM, bits).chunk(), chunk(b"data", &data)]));
        for spec in specs(1, encoding, heard.samples.len() as u64) {
            let bytes = written(spec, &heard.samples);
            let at = bytes.len() - data.len() - data.len() % 2;
            assert!(bytes[at..at + data.len()] == data, "{bits} bits");
        }
    }
}

#[test]
fn samples_are_rounded_to_the_nearest_step() {
    let step = 1.0 / 32768.0;
    let samples = [0.4, 0.6, -0.4, -0.6, 99.51, -99.51].map(|steps| steps * step);
    for spec in specs(1, OutEncoding::I16, 6) {
        let heard = hear(written(spec, &samples));
        assert_eq!(heard.as_i16(), [0, 1, 0, -1, 100, -100]);
    }
}

#[test]
fn peaks_beyond_full_scale_saturate_and_are_counted() {
    let samples = [1.0, 1.5, -1.0, -1.5, 4e9, -4e9];
    for encoding in ALL {
        for spec in specs(1, encoding, 6) {
            let pipe = Pipe::default();
            let mut writer = WavWriter::stream("pipe", pipe.clone(), spec).unwrap();
            writer.write(&samples).unwrap();
            let clipped = if encoding.is_float() { 0 } else { 4 };
            assert_eq!(writer.clipped(), clipped);
            assert_eq!(writer.finish().unwrap().clipped, clipped);
            let heard = hear(pipe.bytes());
            if encoding.is_float() {
                assert_eq!(heard.samples, samples);
            } else {
                let top = (1.0 - 2f64.powi(1 - i32::from(encoding.bits()))) as f32;
                assert_eq!(heard.samples, [top, top, -1.0, -1.0, top, -1.0]);
            }
        }
    }
}

#[test]
fn samples_that_are_not_finite_are_written_as_silence_and_counted() {
    for encoding in ALL {
        let pipe = Pipe::default();
        let mut writer = WavWriter::stream("pipe", pipe.clone(), WavOutSpec::new(8000, 1, encoding)).unwrap();
        writer.write(&[f32::NAN, f32::INFINITY, 0.5]).unwrap();
        assert_eq!(writer.finish().unwrap().non_finite, 2);
        assert_eq!(hear(pipe.bytes()).samples, [0.0, 0.0, 0.5]);
    }
}

#[test]
fn dither_is_triangular_unbiased_and_repeatable() {
    let step = 1.0 / 32768.0;
    let samples = vec![0.25 * step; 200_000];
    let plain = WavOutSpec::new(16_000, 1, OutEncoding::I16);
    let spec = |dither: Option<u64>| dither.map_or(plain, |seed| plain.dither(seed));
    let dithered = |seed| drain(open(written(spec(Some(seed)), &samples)).unwrap(), 4096).unwrap().as_i16();
    let values = dithered(1);
    assert!(values == dithered(1));
    assert!(values != dithered(2));
    assert!(values.iter().all(|value| (-1..=1).contains(value)));
    let count = values.len() as f64;
    let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
    let power = values.iter().map(|&value| (f64::from(value) - 0.25).powi(2)).sum::<f64>() / count;
    // Triangular dither makes the error's mean 0 and its power 1/4 step^2 whatever the sample.
    assert!((mean - 0.25).abs() < 0.01, "{mean}");
    assert!((power - 0.25).abs() < 0.01, "{power}");
    // Without dither all is lost.
    assert!(hear(written(spec(None), &samples[..100])).as_i16() == [0; 100]);
}

#[test]
fn odd_number_of_bytes_is_padded() {
    for spec in specs(1, OutEncoding::U8, 3) {
        let bytes = written(spec, &[0.0, 0.5, -0.5]);
        assert_sizes_are_right(&bytes);
        let at = bytes.len() - 4;
        assert_eq!(bytes[at..], [128, 192, 64, 0]);
        assert_eq!(bytes[at - 4..at], 3u32.to_le_bytes());
        assert_eq!(hear(bytes).samples, [0.0, 0.5, -0.5]);
    }
}

#[test]
fn file_of_no_samples_is_whole() {
    for encoding in ALL {
        for spec in specs(2, encoding, 0) {
            let bytes = written(spec, &[]);
            assert_sizes_are_right(&bytes);
            let heard = hear(bytes);
            assert_eq!((heard.samples.len(), heard.declared), (0, Some(0)));
            assert_eq!(heard.warnings, []);
        }
    }
}

#[test]
fn length_that_differs_from_the_promise_is_no_error() {
    let spec = WavOutSpec::new(8000, 1, OutEncoding::I16).expected_frames(1000);
    let bytes = written(spec, &[0.5; 7]);
    assert_sizes_are_right(&bytes);
    assert_eq!(hear(bytes).declared, Some(7));
}

#[test]
fn promise_beyond_4_gib_takes_a_header_with_room() {
    let spec = WavOutSpec::new(8000, 1, OutEncoding::I16).expected_frames(u64::MAX);
    let bytes = written(spec, &[0.5; 7]);
    assert_eq!(&bytes[12..16], b"JUNK");
    assert_eq!(hear(bytes).spec.container, Container::Riff);
}

#[test]
fn speaker_positions_are_kept() {
    let mask = |spec, channels: usize| hear(written(spec, &vec![0.0; channels])).spec.channel_mask;
    for encoding in [OutEncoding::I16, OutEncoding::F32] {
        let spec = WavOutSpec::new(48_000, 6, encoding).expected_frames(1);
        assert_eq!(mask(spec, 6), Some(0x3F));
        assert_eq!(mask(spec.channel_mask(0x60F), 6), Some(0x60F));
        let spec = WavOutSpec::new(48_000, 1, encoding).expected_frames(1).channel_mask(4);
        assert_eq!(mask(spec, 1), Some(4));
    }
}

#[test]
fn plain_16_bit_stereo_has_the_plainest_header() {
    let spec = WavOutSpec::new(44_100, 2, OutEncoding::I16).expected_frames(1);
    let bytes = written(spec, &[0.0, 0.0]);
    assert_eq!(bytes.len(), 44 + 4);
    assert_eq!(&bytes[12..22], b"fmt \x10\0\0\0\x01\0");
}

#[test]
fn stream_has_a_header_of_open_length_and_flushes_what_was_written() {
    let pipe = Pipe::default();
    let mut writer =
        WavWriter::stream("pipe", pipe.clone(), WavOutSpec::new(16_000, 1, OutEncoding::I16)).unwrap();
    writer.write(&[0.5, -0.5]).unwrap();
    writer.flush().unwrap();
    let bytes = pipe.bytes();
    assert_eq!(bytes[..8], *b"RIFF\xff\xff\xff\xff");
    assert_eq!(bytes[36..], *b"data\xff\xff\xff\xff\x00\x40\x00\xc0");
    writer.write(&[0.25]).unwrap();
    writer.finish().unwrap();
    let heard = hear(pipe.bytes());
    assert_eq!((heard.samples, heard.declared), (vec![0.5, -0.5, 0.25], None));
}

#[test]
fn closed_pipe_is_told_apart() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut writer = WavWriter::stream("-", Closed, WavOutSpec::new(16_000, 1, OutEncoding::I16)).unwrap();
    writer.write(&[0.0]).unwrap();
    let error = writer.flush().unwrap_err();
    assert_eq!(error.system_kind(), Some(io::ErrorKind::BrokenPipe));
    assert!(error.to_string().starts_with("-: writing failed after 1 samples"), "{error}");
}

#[test]
fn output_appears_under_its_name_only_when_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.wav");
    for spec in specs(1, OutEncoding::I16, 2) {
        let mut writer = WavWriter::create(&path, spec, false).unwrap();
        writer.write(&[0.1, 0.2]).unwrap();
        assert!(!path.exists());
        drop(writer);
        assert_eq!(names(folder.path()), [""; 0]);
    }
}

#[test]
fn existing_file_is_kept_unless_told_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.wav");
    fs::write(&path, "precious").unwrap();
    let spec = WavOutSpec::new(16_000, 1, OutEncoding::I16);

    let error = WavWriter::create(&path, spec, false).unwrap_err();
    assert!(matches!(error, WavError::Exists { .. }));
    assert!(error.to_string().ends_with("out.wav: exists already; use --force to replace it"), "{error}");

    let mut writer = WavWriter::create(&path, spec, true).unwrap();
    writer.write(&[0.5]).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    drop(writer);
    assert_eq!(fs::read(&path).unwrap(), b"precious");

    let mut writer = WavWriter::create(&path, spec, true).unwrap();
    writer.write(&[0.5]).unwrap();
    writer.finish().unwrap();
    assert_eq!(drain(WavReader::open(&path).unwrap(), 10).unwrap().samples, [0.5]);
    assert_eq!(names(folder.path()), ["out.wav"]);
}

#[test]
fn file_that_appears_meanwhile_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.wav");
    let writer = WavWriter::create(&path, WavOutSpec::new(16_000, 1, OutEncoding::I16), false).unwrap();
    fs::write(&path, "precious").unwrap();
    assert!(matches!(writer.finish(), Err(WavError::Exists { .. })));
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    assert_eq!(names(folder.path()), ["out.wav"]);
}

#[test]
fn file_can_be_replaced_while_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("voice.wav");
    fs::write(&path, riff(&[Fmt::mono(PCM, 16).chunk(), chunk(b"data", &pcm16(&vec![77; 100_000]))]))
        .unwrap();
    let mut reader = WavReader::open(&path).unwrap();
    let mut writer = WavWriter::create(&path, WavOutSpec::new(16_000, 1, OutEncoding::I16), true).unwrap();
    let mut block = [0.0; 512];
    loop {
        let count = reader.read(&mut block).unwrap();
        if count == 0 {
            break;
        }
        writer.write(&block[..count]).unwrap();
    }
    drop(reader);
    writer.finish().unwrap();
    let heard = drain(WavReader::open(&path).unwrap(), 4096).unwrap();
    assert_eq!(heard.as_i16(), [77; 100_000]);
}

#[test]
fn folder_that_is_missing_or_in_the_way_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let spec = WavOutSpec::new(16_000, 1, OutEncoding::I16);
    let message = WavWriter::create(folder.path(), spec, true).unwrap_err().to_string();
    assert!(message.contains("is a folder"), "{message}");
    let error = WavWriter::create(folder.path().join("no/such/out.wav"), spec, true).unwrap_err();
    assert_eq!(error.system_kind(), Some(io::ErrorKind::NotFound));
}

#[test]
#[cfg(unix)]
fn link_is_followed_and_device_is_written_to_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (target, link) = (folder.path().join("target.wav"), folder.path().join("link.wav"));
    fs::write(&target, "old").unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let spec = WavOutSpec::new(16_000, 1, OutEncoding::I16);
    WavWriter::create(&link, spec, true).unwrap().finish().unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(&fs::read(&target).unwrap()[..4], b"RIFF");

    // A link to the device, so that a fault here can't replace the real one.
    let null = folder.path().join("null");
    std::os::unix::fs::symlink("/dev/null", &null).unwrap();
    let mut writer = WavWriter::create(&null, spec, false).unwrap();
    writer.write(&[0.0; 10]).unwrap();
    writer.finish().unwrap();
    assert!(fs::symlink_metadata(&null).unwrap().is_symlink());
}

#[test]
fn block_that_ends_within_a_sample_frame_is_an_error() {
    let spec = WavOutSpec::new(16_000, 2, OutEncoding::I16);
    let mut writer = WavWriter::stream("pipe", io::sink(), spec).unwrap();
    assert!(matches!(writer.write(&[0.0; 3]), Err(WavError::RaggedBlock { .. })));
}

#[test]
fn impossible_specifications_are_refused() {
    for (rate, channels) in [(16_000, 0), (16_000, 300), (0, 1), (u32::MAX, 1)] {
        let spec = WavOutSpec::new(rate, channels, OutEncoding::I16);
        assert!(WavWriter::stream("pipe", io::sink(), spec).is_err());
    }
}

#[test]
#[ignore = "writes and reads 4.3 GB in the temporary folder"]
fn file_that_passes_4_gib_becomes_rf64() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.wav");
    let spec = WavOutSpec::new(48_000, 2, OutEncoding::F64);
    let mut writer = WavWriter::create(&path, spec, false).unwrap();
    let block = vec![0.25; 100_000];
    for _ in 0..5400 {
        writer.write(&block).unwrap();
    }
    writer.finish().unwrap();
    let mut reader = WavReader::open(&path).unwrap();
    assert_eq!(reader.spec().container, Container::Rf64);
    assert_eq!(reader.declared_frames(), Some(270_000_000));
    let mut block = vec![0.0; 100_000];
    while reader.read(&mut block).unwrap() > 0 {}
    assert_eq!(reader.frames_read(), 270_000_000);
    assert_eq!(reader.warnings(), []);
}
