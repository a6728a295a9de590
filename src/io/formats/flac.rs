//! FLAC: every bit as it was.

use super::samples::{Decoder, Samples, damaged, spec};
use super::{ByteStream, positions};
use crate::io::wav::{Container, Notes, SampleEncoding, Warning, WavError, WavReader, shown};
use claxon::{Error, FlacReader, FlacReaderOptions};
use std::io::{self, ErrorKind};

struct Flac {
    reader: FlacReader<ByteStream>,
    block: Vec<i32>,
    channels: u32,
    /// Bits of a sample, and bytes that it takes here.
    bits: u32,
    bytes: usize,
    /// Sample frames by the header, and those decoded.
    declared: Option<u64>,
    decoded: u64,
    notes: Notes,
}

pub(super) fn open(name: &str, stream: ByteStream) -> Result<WavReader, WavError> {
    let failed = |error: Error| WavError::Decode { file: shown(name), source: damaged(reason(&error)) };
    // Tags are of no use here, and how long they are may be a lie.
    let options = FlacReaderOptions { metadata_only: false, read_vorbis_comment: false };
    let reader = FlacReader::new_ext(stream, options).map_err(failed)?;
    let about = reader.streaminfo();
    // Of a width between two the lower bits are zero.
    let encoding = match about.bits_per_sample {
        0..=8 => SampleEncoding::U8,
        9..=16 => SampleEncoding::I16,
        17..=24 => SampleEncoding::I24,
        _ => SampleEncoding::I32,
    };
    let channels = about.channels as u16;
    let bits = about.bits_per_sample;
    let container = (Container::Flac, positions(channels));
    let spec = spec(name, about.sample_rate, channels, (encoding, bits as u16), container)?;
    let notes = Notes::default();
    let declared = about.samples.filter(|&samples| samples > 0);
    let bytes = encoding.bytes();
    let flac = Flac {
        reader,
        block: Vec::new(),
        channels: about.channels,
        bits,
        bytes,
        declared,
        decoded: 0,
        notes: notes.clone(),
    };
    Ok(WavReader::decoded(name, Samples::new(flac), spec, declared, notes))
}

impl Decoder for Flac {
    fn decode(&mut self, samples: &mut Vec<u8>) -> io::Result<bool> {
        // What stands behind the last sample, such as a tag, is no block.
        if self.declared == Some(self.decoded) {
            return Ok(false);
        }
        let block = match self.reader.blocks().read_next_or_eof(std::mem::take(&mut self.block)) {
            Ok(Some(block)) => block,
            Ok(None) => return Ok(false),
            Err(Error::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => {
                // Of a stated length the reader counts what is missing.
                if self.declared.is_none() {
                    self.notes.add(Warning::CutShort);
                }
                return Ok(false);
            }
            Err(Error::IoError(error)) => return Err(error),
            Err(error) => {
                return Err(damaged(format_args!("{}, behind sample {}", reason(&error), self.decoded)));
            }
        };
        if block.channels() != self.channels {
            let (found, expected) = (block.channels(), self.channels);
            return Err(damaged(format_args!("a block of {found} channels, expected {expected}")));
        }
        let left = self.declared.map_or(u64::MAX, |declared| declared - self.decoded);
        let count = block.duration().min(u32::try_from(left).unwrap_or(u32::MAX));
        let shift = 8 * self.bytes as u32 - self.bits;
        for n in 0..count {
            for channel in 0..self.channels {
                let value = block.sample(channel, n) << shift;
                if self.bytes == 1 {
                    samples.push(value.wrapping_add(128) as u8);
                } else {
                    samples.extend_from_slice(&value.to_le_bytes()[..self.bytes]);
                }
            }
        }
        self.decoded += u64::from(count);
        self.block = block.into_buffer();
        Ok(true)
    }
}

fn reason(error: &Error) -> String {
    match error {
        Error::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => "FLAC ends in its header".into(),
        Error::IoError(error) => error.to_string(),
        Error::FormatError(what) => format!("damaged FLAC: {what}"),
        Error::Unsupported(what) => format!("FLAC that is not read here: {what}"),
    }
}
