//! From the first byte of a file to the first byte of its sound.

use super::chunk::{ChunkHeader, next_chunk};
use super::data_size::{DataSize, judge};
use super::fmt_chunk;
use super::input::Input;
use super::sniff;
use crate::io::wav::error::WavError;
use crate::io::wav::extras::Extras;
use crate::io::wav::spec::{Container, WavSpec};
use crate::io::wav::warning::Warning;

/// Chunks that are looked at before the sound; bounds the walk through a stream that never ends.
pub(super) const MOST_CHUNKS: u32 = 4096;

/// What stands before the sound.
pub(super) struct Preamble {
    pub(super) spec: WavSpec,
    pub(super) data: DataSize,
    /// Where the file ends by its outermost size.
    pub(super) riff_end: Option<u64>,
}

/// Reads up to the first byte of sound.
pub(super) fn read_preamble(
    input: &mut Input,
    warnings: &mut Vec<Warning>,
    extras: &mut Extras,
) -> Result<Preamble, WavError> {
    skip_tag(input, extras)?;
    let base = input.offset();
    let (container, mut riff_end) = outermost(input)?;
    let mut spec = None;
    let mut long_data = None;
    let mut after_odd = false;
    for _ in 0..MOST_CHUNKS {
        let Some(chunk) = next_chunk(input, after_odd, warnings)? else {
            let (file, at) = (input.name.clone(), input.offset());
            return Err(match spec {
                None => WavError::NoFmt { file, at },
                Some(_) => WavError::NoData { file, at },
            });
        };
        after_odd = chunk.size % 2 == 1;
        match &chunk.name {
            b"fmt " if spec.is_none() => spec = Some(read_fmt(input, chunk, warnings)?),
            b"ds64" => {
                if let Some((riff, data)) = read_ds64(input, chunk)? {
                    riff_end = riff.checked_add(base + 8);
                    long_data = Some(data);
                }
            }
            b"data" => {
                let Some(spec) = spec else {
                    return Err(WavError::DataBeforeFmt { file: input.name.clone(), at: chunk.at });
                };
                let data = judge(input, chunk.size, long_data, riff_end, warnings)?;
                return Ok(Preamble { spec: WavSpec { container, ..spec }, data, riff_end });
            }
            _ => extras.take(input, chunk, false)?,
        }
    }
    Err(WavError::TooManyChunks { file: input.name.clone(), count: MOST_CHUNKS, at: input.offset() })
}

/// Passes over an ID3v2 tag, which some programs put before everything.
///
/// ```text
/// 0  "ID3"   3  u16 version   5  u8 flags, 0x10: a footer as long as the head   6  4 x 7 bits: size of the rest
/// ```
fn skip_tag(input: &mut Input, extras: &mut Extras) -> Result<(), WavError> {
    const HEAD: u64 = 10;
    let Some(&[b'I', b'D', b'3', _, _, flags, a, b, c, d]) = input.fill(HEAD as usize)?.first_chunk() else {
        return Ok(());
    };
    let size = [a, b, c, d].iter().fold(0, |size, byte| size << 7 | u64::from(byte & 0x7F));
    let footer = if flags & 0x10 == 0 { 0 } else { HEAD };
    let tag = input.fill(sniff::LOOK)?;
    let found = sniff::name(&tag[..tag.len().min(sniff::LOOK)]);
    input.skip(HEAD + size + footer)?;
    if !matches!(input.fill(4)?.first_chunk(), Some(b"RIFF" | b"RF64" | b"BW64")) {
        return Err(WavError::NotWav { file: input.name.clone(), found });
    }
    extras.drop_named(b"ID3v2");
    Ok(())
}

/// The first twelve bytes: `RIFF`, the size, `WAVE`.
fn outermost(input: &mut Input) -> Result<(Container, Option<u64>), WavError> {
    let start = input.fill(12)?;
    if start.is_empty() {
        return Err(WavError::Empty { file: input.name.clone() });
    }
    let container = match (start.get(..4), start.get(8..12)) {
        (Some(b"RIFF"), Some(b"WAVE")) => Container::Riff,
        (Some(b"RF64" | b"BW64"), Some(b"WAVE")) => Container::Rf64,
        _ => {
            let start = input.fill(sniff::LOOK)?;
            let found = sniff::name(&start[..start.len().min(sniff::LOOK)]);
            return Err(WavError::NotWav { file: input.name.clone(), found });
        }
    };
    let size = u32::from_le_bytes([start[4], start[5], start[6], start[7]]);
    let riff_end = (size != u32::MAX).then_some(input.offset() + u64::from(size) + 8);
    input.consume(12);
    Ok((container, riff_end))
}

fn read_fmt(input: &mut Input, chunk: ChunkHeader, warnings: &mut Vec<Warning>) -> Result<WavSpec, WavError> {
    let len = fmt_chunk::LONGEST.min(chunk.size as usize);
    let there = input.fill(len)?;
    let found = len.min(there.len());
    let mut bytes = [0; fmt_chunk::LONGEST];
    bytes[..found].copy_from_slice(&there[..found]);
    if len < fmt_chunk::SHORTEST || found < len {
        let expected = len.max(fmt_chunk::USUAL);
        return Err(WavError::FmtTooShort { file: input.name.clone(), at: chunk.at, found, expected });
    }
    input.skip(u64::from(chunk.size))?;
    fmt_chunk::parse(&input.name, &bytes, len, warnings)
}

/// The sizes of the whole file and of the sound in a `ds64` chunk; `None` if it is too short for them.
fn read_ds64(input: &mut Input, chunk: ChunkHeader) -> Result<Option<(u64, u64)>, WavError> {
    let sizes = match input.fill(16.min(chunk.size as usize))?.first_chunk::<16>() {
        Some(bytes) if chunk.size >= 16 => {
            let field = |at: usize| {
                bytes[at..at + 8].iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte))
            };
            Some((field(0), field(8)))
        }
        _ => None,
    };
    input.skip(u64::from(chunk.size))?;
    Ok(sizes)
}
