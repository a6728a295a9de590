//! Headers that contradict themselves, and files that are something else.

use std::io::{self, Read};

use framewise::io::wav::{Warning, WavError, WavReader};

use crate::bytes::*;

fn with(fmt: &Fmt) -> Vec<u8> {
    riff(&[fmt.chunk(), chunk(b"data", &pcm16(&[1, 2, 3, 4]))])
}

#[test]
fn block_size_of_zero_or_nonsense_is_derived() {
    for (block, channels) in [(0, 1), (3, 2), (1, 1), (0xFFFF, 2)] {
        let heard = hear(with(&Fmt { block, ..Fmt::new(PCM, channels, 16_000, 16) }));
        assert_eq!(heard.as_i16(), [1, 2, 3, 4]);
        let used = usize::from(channels) * 2;
        assert_eq!(heard.warnings, [Warning::BlockAlign { found: block, used }]);
    }
}

#[test]
fn wrong_byte_rate_is_ignored() {
    for byte_rate in [0, 1, u32::MAX] {
        let heard = hear(with(&Fmt { byte_rate, ..Fmt::mono(PCM, 16) }));
        assert_eq!(heard.as_i16(), [1, 2, 3, 4]);
        assert_eq!(heard.warnings, [Warning::ByteRate { found: byte_rate, expected: 32_000 }]);
    }
}

#[test]
fn bits_of_zero_are_derived_from_the_block() {
    let heard = hear(with(&Fmt { bits: 0, ..Fmt::mono(PCM, 16) }));
    assert_eq!(heard.as_i16(), [1, 2, 3, 4]);
    let message = refusal(with(&Fmt { bits: 0, block: 0, ..Fmt::mono(PCM, 16) }));
    assert!(message.contains("0-bit"), "{message}");
}

#[test]
fn more_valid_bits_than_a_sample_has_are_corrected() {
    let heard = hear(with(&Fmt::mono(PCM, 16).extensible(24, 4)));
    assert_eq!(heard.as_i16(), [1, 2, 3, 4]);
    assert_eq!(heard.warnings, [Warning::Bits { found: 24, used: 16 }]);
}

#[test]
fn zero_channels_are_refused() {
    let message = refusal(with(&Fmt { channels: 0, ..Fmt::mono(PCM, 16) }));
    assert_eq!(message, "voice.wav: the header says 0 channels; expected 1 to 256");
}

#[test]
fn implausibly_many_channels_are_refused() {
    let message = refusal(with(&Fmt { channels: 65_535, ..Fmt::mono(PCM, 16) }));
    assert!(message.contains("65535 channels"), "{message}");
}

#[test]
fn sample_rate_of_zero_or_beyond_belief_is_refused() {
    for rate in [0, u32::MAX] {
        let message = refusal(with(&Fmt { rate, ..Fmt::mono(PCM, 16) }));
        assert!(message.contains(&format!("sample rate of {rate} Hz")), "{message}");
    }
}

#[test]
fn empty_file_no_sound_and_sound_first_have_messages_of_their_own() {
    let fmt = Fmt::mono(PCM, 16).chunk();
    let data = chunk(b"data", &[0; 4]);
    let messages = [
        (refusal(vec![]), "is empty"),
        (refusal(riff(&[])), "neither a description"),
        (refusal(riff(std::slice::from_ref(&fmt))), "without any sound"),
        (refusal(riff(&[data, fmt.clone()])), "comes before its description"),
        (refusal(riff(&[chunk(b"fmt ", &[1, 0, 1, 0])])), "has 4 bytes; expected 16"),
        (refusal(riff(&[fmt])[..30].to_vec()), "has 10 bytes; expected 16"),
        (refusal(b"RIFF\x10\0".to_vec()), "only 6 bytes"),
    ];
    for (message, part) in messages {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn garbage_between_chunks_is_located() {
    let bytes = riff(&[Fmt::mono(PCM, 16).chunk(), vec![0xFE; 20], chunk(b"data", &[0; 4])]);
    let message = refusal(bytes);
    assert!(message.contains("damaged at byte 36") && message.contains(r"\xfe\xfe\xfe\xfe"), "{message}");
}

#[test]
fn files_that_are_not_wav_are_named() {
    let mp3 = [&[0xFF, 0xFB, 0x90, 0x64][..], &[0; 60]].concat();
    let cases: [(&[u8], &str); 15] = [
        (b"fLaC\0\0\0\x22", "FLAC"),
        (b"OggS\0\x02\0\0\0\0\0\0\0\0aaaa\0\0\0\0bbbb\x01\x13OpusHead", "Ogg Opus"),
        (b"OggS", "Ogg"),
        (b"ID3\x04\0\0", "MP3"),
        (&mp3, "MP3"),
        (b"\xff\xf1\x50\x80\0\0", "AAC"),
        (b"FORM\0\0\x10\0AIFFCOMM", "AIFF"),
        (b"FORM\0\0\x10\0AIFCCOMM", "AIFF"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"\0\0\0\x20ftypM4A ", "MP4 or M4A"),
        (b"RIFF\x10\0\0\0AVI LIST", "AVI"),
        (b"RIFX\0\0\0\x10WAVE", "big-endian"),
        ("Grüße, dies ist ein Text.\n".as_bytes(), "text"),
        (&[0; 100], "zeros"),
        (b"\x01\x02\x03\x04", "unknown"),
    ];
    for (bytes, name) in cases {
        let message = refusal(bytes.to_vec());
        assert!(message.contains("is not a WAV file but") && message.contains(name), "{message}");
    }
}

#[test]
fn missing_file_and_folder_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("no such.wav");
    let message = WavReader::open(&missing).unwrap_err().to_string();
    assert!(message.contains("no such.wav: can't be opened"), "{message}");
    let message = WavReader::open(folder.path()).unwrap_err().to_string();
    assert!(message.contains("is a folder"), "{message}");
}

#[test]
fn message_stays_one_line_whatever_the_name() {
    let error = WavReader::new("two\nlines\x1b[1m.wav", io::empty()).unwrap_err();
    assert!(!error.to_string().contains(['\n', '\x1b']), "{error}");
}

#[test]
fn failing_source_is_an_error_with_its_place() {
    struct Failing(usize, Vec<u8>);
    impl Read for Failing {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            if self.0 == self.1.len() {
                return Err(io::Error::other("the card was pulled"));
            }
            out[0] = self.1[self.0];
            self.0 += 1;
            Ok(1)
        }
    }
    let mut reader =
        WavReader::new("card.wav", Failing(0, with(&Fmt::mono(PCM, 16))[..48].to_vec())).unwrap();
    let error = reader.read(&mut [0.0; 10]).unwrap_err();
    assert_eq!(error.to_string(), "card.wav: reading failed at byte 48: the card was pulled");
    assert_eq!(error.system_kind(), Some(io::ErrorKind::Other));
}

#[test]
fn block_that_cannot_hold_every_channel_is_an_error() {
    let mut reader = open(with(&Fmt::new(PCM, 2, 16_000, 16))).unwrap();
    assert!(matches!(reader.read(&mut [0.0]), Err(WavError::BlockTooSmall { .. })));
    assert_eq!(reader.read(&mut [0.0; 3]).unwrap(), 2);
}

#[test]
fn warnings_are_one_line_each() {
    let warnings = [
        Warning::MissingPad,
        Warning::LengthUnknown,
        Warning::LengthZero,
        Warning::Truncated { declared: 1000, found: 3 },
        Warning::PartialSampleFrame { bytes: 1 },
        Warning::BlockAlign { found: 0, used: 2 },
        Warning::ByteRate { found: 0, expected: 2 },
        Warning::Bits { found: 0, used: 2 },
        Warning::SampleTypeMissing,
        Warning::RightJustified { valid_bits: 24 },
        Warning::NonFinite { count: 2 },
    ];
    for warning in warnings {
        let text = warning.to_string();
        assert!(!text.contains('\n') && text.len() < 100, "{text}");
    }
}
