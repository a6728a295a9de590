//! AIFF and AIFF-C of Apple: big-endian samples, which are turned round, and little-endian ones.

use super::samples::{Swapped, spec};
use super::{ByteStream, exactly};
use crate::io::wav::{Container, Notes, SampleEncoding, WavError, WavReader, shown};
use std::io::{self, Read};

/// What the chunk `COMM` says.
struct Common {
    channels: u16,
    frames: u32,
    bits: u16,
    sample_rate: u32,
    compression: [u8; 4],
}

pub(super) fn open(name: &str, mut stream: ByteStream) -> Result<WavReader, WavError> {
    let refused = |reason| WavError::NotWav { file: shown(name), found: format!("AIFF that {reason}") };
    let (common, size) = header(&mut stream).map_err(refused)?;
    let Common { channels, frames, bits, sample_rate, compression } = common;
    // A sample takes whole bytes, and is left-justified in them.
    let integer = match bits {
        1..=8 => Some(SampleEncoding::U8),
        9..=16 => Some(SampleEncoding::I16),
        17..=24 => Some(SampleEncoding::I24),
        25..=32 => Some(SampleEncoding::I32),
        _ => None,
    };
    let (encoding, big) = match (&compression, integer) {
        (b"NONE" | b"twos", Some(encoding)) => (encoding, true),
        (b"sowt", Some(encoding)) => (encoding, false),
        (b"raw ", Some(SampleEncoding::U8)) => (SampleEncoding::U8, false),
        (b"in24", _) => (SampleEncoding::I24, true),
        (b"in32", _) => (SampleEncoding::I32, true),
        (b"fl32" | b"FL32", _) => (SampleEncoding::F32, true),
        (b"fl64" | b"FL64", _) => (SampleEncoding::F64, true),
        (b"ulaw" | b"ULAW", _) => (SampleEncoding::MuLaw, false),
        (b"alaw" | b"ALAW", _) => (SampleEncoding::ALaw, false),
        _ => {
            let kind = compression.escape_ascii();
            return Err(refused(format!("holds samples of the kind \"{kind}\" and {bits} bits")));
        }
    };
    let signed_bytes = encoding == SampleEncoding::U8 && compression != *b"raw ";
    let spec = spec(name, sample_rate, channels, (encoding, bits), (Container::Aiff, None))?;
    let sound = stream.take(size);
    let (frames, notes) = (Some(u64::from(frames)), Notes::default());
    Ok(match (big, signed_bytes) {
        (_, true) => WavReader::decoded(name, Offset(sound), spec, frames, notes),
        (true, _) => WavReader::decoded(name, Swapped::new(sound, encoding.bytes()), spec, frames, notes),
        (false, _) => WavReader::decoded(name, sound, spec, frames, notes),
    })
}

/// Signed bytes as the unsigned ones of a WAV file.
struct Offset<R>(R);

impl<R: Read> Read for Offset<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(out)?;
        out[..count].iter_mut().for_each(|byte| *byte ^= 0x80);
        Ok(count)
    }
}

/// What the samples are, and how many bytes of them follow.
fn header(stream: &mut ByteStream) -> Result<(Common, u64), String> {
    let mut form = [0; 12];
    exactly(stream, &mut form)?;
    let compressed = form.ends_with(b"AIFC");
    let mut common = None;
    loop {
        let mut chunk = [0; 8];
        exactly(stream, &mut chunk)?;
        let [a, b, c, d, size @ ..] = chunk;
        let size = u64::from(u32::from_be_bytes(size));
        let padded = size + size % 2;
        match (&[a, b, c, d], common.take()) {
            (b"SSND", Some(common)) => {
                let mut start = [0; 8];
                exactly(stream, &mut start)?;
                let offset = u64::from(u32::from_be_bytes([start[0], start[1], start[2], start[3]]));
                skip(stream, offset)?;
                return Ok((common, size.saturating_sub(8 + offset)));
            }
            (b"SSND", None) => return Err("has its sound before the description of it".into()),
            (b"COMM", None) => common = Some(read_common(stream, padded, compressed)?),
            (_, there) => {
                skip(stream, padded)?;
                common = there;
            }
        }
    }
}

fn read_common(stream: &mut ByteStream, size: u64, compressed: bool) -> Result<Common, String> {
    let mut bytes = [0; 22];
    let length = if compressed { 22 } else { 18 };
    if size < length as u64 {
        return Err("describes its samples too briefly".into());
    }
    exactly(stream, &mut bytes[..length])?;
    skip(stream, size - length as u64)?;
    let short = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
    let mut mantissa = [0; 8];
    mantissa.copy_from_slice(&bytes[10..18]);
    Ok(Common {
        channels: short(0),
        frames: u32::from_be_bytes([bytes[2], bytes[3], bytes[4], bytes[5]]),
        bits: short(6),
        sample_rate: rate(short(8), u64::from_be_bytes(mantissa)),
        compression: if compressed { [bytes[18], bytes[19], bytes[20], bytes[21]] } else { *b"NONE" },
    })
}

/// A rate out of a float of 80 bits: sign and exponent, then 64 bits of which the first is one. 0 where it is none.
fn rate(exponent: u16, mantissa: u64) -> u32 {
    match i32::from(exponent) - 16_383 {
        shift @ 0..=31 => {
            // To the nearest: half a step is added before the fraction is cut off.
            let rounded = (u128::from(mantissa) + (1 << (62 - shift))) >> (63 - shift);
            u32::try_from(rounded).unwrap_or(0)
        }
        _ => 0,
    }
}

fn skip(stream: &mut ByteStream, count: u64) -> Result<(), String> {
    match io::copy(&mut stream.take(count), &mut io::sink()) {
        Ok(passed) if passed == count => Ok(()),
        Ok(_) => Err("ends before its sound".into()),
        Err(error) => Err(error.to_string()),
    }
}
