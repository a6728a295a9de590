//! What follows the sound where its size says that it ends: the end, chunks, more sound, or a size that was wrong.

use super::chunk::{ChunkHeader, is_known, is_padded, is_plausible};
use super::data_size::DataSize;
use super::input::Input;
use super::preamble::{MOST_CHUNKS, read_preamble};
use crate::io::wav::error::WavError;
use crate::io::wav::extras::Extras;
use crate::io::wav::spec::WavSpec;
use crate::io::wav::warning::{Warning, note};

/// Bytes that are looked at. What goes on for longer is sound.
const LOOK: usize = 32 * 1024;

/// Beginnings of what programs hang on to a file behind its end.
const TRAILERS: [&[u8]; 4] = [b"ID3", b"APETAGEX", b"LYRICSBEGIN", b"3DI"];

/// The tag of 128 bytes that is the last of a file.
const ID3V1: (&[u8], usize) = (b"TAG", 128);

/// The end of the sound as its size has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    /// Bytes that the size has beyond the last whole sample frame.
    pub(super) partial: u64,
    /// Whether the size is odd, so that a byte of padding should follow.
    pub(super) odd: bool,
    /// Where the file ends by its outermost size.
    pub(super) riff_end: Option<u64>,
}

impl End {
    /// The end of sound of so many bytes.
    pub(super) fn of(count: u64, spec: &WavSpec, riff_end: Option<u64>) -> Self {
        let partial = count % spec.bytes_per_sample_frame() as u64;
        Self { partial, odd: count % 2 == 1, riff_end }
    }
}

/// What comes next.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next {
    /// Nothing; the stream was read to its end.
    Nothing,
    /// Sound from the current byte on: the size is wrong.
    Sound,
    /// Sound of another `data` chunk, which begins at the current byte.
    Another { data: DataSize, riff_end: Option<u64> },
}

/// Looks behind the sound and passes over what is none.
pub(super) fn look(
    input: &mut Input,
    spec: &WavSpec,
    end: End,
    extras: &mut Extras,
    warnings: &mut Vec<Warning>,
) -> Result<Next, WavError> {
    let block = spec.bytes_per_sample_frame();
    let (at, partial) = (input.offset(), end.partial as usize);
    let file_end = end.riff_end.max(input.length());
    let ahead = input.fill(LOOK + partial)?;
    let whole = ahead.len() < LOOK + partial;
    let rest = ahead.get(partial..).unwrap_or_default();
    let starts = |skip: usize| {
        begins_chunk(rest.get(skip..).unwrap_or_default(), at + (partial + skip) as u64, file_end)
    };
    // A padding byte that should not be there is taken for one where a chunk follows it.
    let pad = if end.odd { is_padded(&rest[..rest.len().min(5)]) } else { !starts(0) && starts(1) };
    let skip = usize::from(pad && !rest.is_empty());
    if end.odd && !pad && starts(0) {
        note(warnings, Warning::MissingPad);
    }
    if !starts(skip) && goes_on(&rest[skip..], whole, block) {
        return Ok(Next::Sound);
    }
    if partial > 0 {
        note(warnings, Warning::PartialSampleFrame { bytes: end.partial });
    }
    let passed = (partial + skip).min(ahead.len());
    input.consume(passed);
    walk(input, spec, file_end, extras, warnings)
}

/// Whether a chunk or another file begins here. An unknown name counts only if its chunk ends inside the file, since
/// samples can look like letters.
fn begins_chunk(bytes: &[u8], at: u64, file_end: Option<u64>) -> bool {
    let Some(&[a, b, c, d, ref size @ ..]) = bytes.first_chunk::<8>() else { return false };
    let name = [a, b, c, d];
    let end = at + 8 + u64::from(u32::from_le_bytes(*size));
    is_known(name)
        || begins_file(bytes)
        || (is_plausible(name) && file_end.is_some_and(|file_end| end <= file_end))
}

fn begins_file(bytes: &[u8]) -> bool {
    matches!(bytes.get(..4), Some(b"RIFF" | b"RF64" | b"BW64")) && bytes.get(8..12) == Some(b"WAVE")
}

/// Whether bytes that begin no chunk are sound. `whole`: they are all that is left.
fn goes_on(rest: &[u8], whole: bool, block: usize) -> bool {
    let printable = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    !(hangs_on(rest, whole) || whole && (rest.len() < block || rest.iter().all(printable)))
}

/// Whether these are a tag or filling, as programs hang them on to a file, or nothing at all.
fn hangs_on(rest: &[u8], whole: bool) -> bool {
    let filling = |byte: u8| rest.iter().all(|&other| other == byte);
    let last_tag = rest.starts_with(ID3V1.0) && rest.len() == ID3V1.1;
    TRAILERS.iter().any(|start| rest.starts_with(start)) || whole && (last_tag || filling(0) || filling(0xFF))
}

/// Goes from chunk to chunk.
fn walk(
    input: &mut Input,
    spec: &WavSpec,
    file_end: Option<u64>,
    extras: &mut Extras,
    warnings: &mut Vec<Warning>,
) -> Result<Next, WavError> {
    let mut odd = false;
    for _ in 0..MOST_CHUNKS {
        if odd && is_padded(input.fill(5)?) {
            input.consume(1);
        } else if odd && !input.buffered().is_empty() {
            note(warnings, Warning::MissingPad);
        }
        if begins_file(input.fill(12)?) {
            return another_file(input, spec, extras, warnings);
        }
        let Some(&[a, b, c, d, size @ ..]) = input.buffered().first_chunk::<8>() else { break };
        if !begins_chunk(input.buffered(), input.offset(), file_end) {
            break;
        }
        let (name, size) = ([a, b, c, d], u32::from_le_bytes(size));
        let header = ChunkHeader { name, size, at: input.offset() };
        input.consume(8);
        if name == *b"data" {
            note(warnings, Warning::SoundInParts);
            let data = DataSize::of(size).unwrap_or(DataSize::ToEnd);
            return Ok(Next::Another { data, riff_end: None });
        }
        extras.take(input, header, true)?;
        odd = size % 2 == 1;
    }
    pass_over_rest(input, warnings)?;
    Ok(Next::Nothing)
}

/// A whole file behind the first: its sound goes on where the first ended, if it is of the same form.
fn another_file(
    input: &mut Input,
    spec: &WavSpec,
    extras: &mut Extras,
    warnings: &mut Vec<Warning>,
) -> Result<Next, WavError> {
    let at = input.offset();
    // What the second file says of itself is not true of both.
    let (mut its_warnings, mut its_extras) = (Vec::new(), Extras::default());
    let preamble = read_preamble(input, &mut its_warnings, &mut its_extras);
    its_extras.before.iter().for_each(|chunk| extras.drop_named(&chunk.name));
    match preamble {
        Ok(preamble) if preamble.spec.is_like(spec) => {
            its_warnings.into_iter().for_each(|warning| note(warnings, warning));
            note(warnings, Warning::AnotherFile);
            Ok(Next::Another { data: preamble.data, riff_end: preamble.riff_end })
        }
        Err(error @ WavError::Read { .. }) => Err(error),
        _ => {
            input.skip(u64::MAX)?;
            note(warnings, Warning::OtherFileUnread { bytes: input.offset() - at });
            Ok(Next::Nothing)
        }
    }
}

/// Reads to the end of the stream and says how much that was, unless it is what often hangs there.
fn pass_over_rest(input: &mut Input, warnings: &mut Vec<Warning>) -> Result<(), WavError> {
    let at = input.offset();
    let ahead = input.fill(LOOK)?;
    let known = hangs_on(ahead, ahead.len() < LOOK);
    input.skip(u64::MAX)?;
    if !known {
        note(warnings, Warning::Unread { bytes: input.offset() - at });
    }
    Ok(())
}
