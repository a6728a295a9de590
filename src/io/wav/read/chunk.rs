//! The chunks of a RIFF file, one after another.
//!
//! A chunk is a name of four characters, a size of 32 bits, and that many bytes; after an odd size
//! one byte of padding follows, which many programs forget.

use super::input::Input;
use crate::io::wav::error::WavError;
use crate::io::wav::warning::{Warning, note};

/// Name and size of a chunk.
#[derive(Debug, Clone, Copy)]
pub(in crate::io::wav) struct ChunkHeader {
    pub(in crate::io::wav) name: [u8; 4],
    pub(in crate::io::wav) size: u32,
    /// Where the chunk begins, in bytes from the beginning of the stream.
    pub(in crate::io::wav) at: u64,
}

/// Names that are found in WAV files. Only decides doubtful cases; other names are passed over alike.
const KNOWN: [&[u8; 4]; 36] = [
    b"fmt ", b"data", b"fact", b"LIST", b"list", b"JUNK", b"junk", b"PAD ", b"FLLR", b"bext", b"iXML",
    b"axml", b"chna", b"ds64", b"cue ", b"plst", b"smpl", b"inst", b"PEAK", b"id3 ", b"ID3 ", b"acid",
    b"cart", b"umid", b"levl", b"DISP", b"_PMX", b"afsp", b"strc", b"minf", b"elm1", b"regn", b"ovwf",
    b"SAUR", b"LGWV", b"aXML",
];

pub(super) fn is_known(name: [u8; 4]) -> bool {
    KNOWN.contains(&&name)
}

/// Whether these could be the four characters of a chunk's name.
pub(super) fn is_plausible(name: [u8; 4]) -> bool {
    name.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Reads the header of the next chunk; `None` at the end of the stream.
///
/// `after_odd`: the chunk before had an odd size.
pub(super) fn next_chunk(
    input: &mut Input,
    after_odd: bool,
    warnings: &mut Vec<Warning>,
) -> Result<Option<ChunkHeader>, WavError> {
    if after_odd {
        let padded = is_padded(input.fill(5)?);
        if padded {
            input.consume(1);
        } else {
            note(warnings, Warning::MissingPad);
        }
    }
    let at = input.offset();
    let Some(header) = input.fill(8)?.first_chunk::<8>() else {
        return Ok(None);
    };
    let [a, b, c, d, size @ ..] = *header;
    let name = [a, b, c, d];
    if !is_plausible(name) {
        return Err(WavError::BadChunk {
            file: input.name.clone(),
            at,
            found: name.escape_ascii().to_string(),
        });
    }
    input.consume(8);
    Ok(Some(ChunkHeader { name, size: u32::from_le_bytes(size), at }))
}

/// Whether the first of the bytes after a chunk of odd size is padding.
///
/// A known name decides, with or without a byte before it; else a zero byte is padding; else
/// whatever reads as a name is the next name.
pub(super) fn is_padded(ahead: &[u8]) -> bool {
    let Some(&[a, b, c, d, e]) = ahead.first_chunk::<5>() else {
        return !ahead.is_empty();
    };
    let (bare, behind_pad) = ([a, b, c, d], [b, c, d, e]);
    if is_known(behind_pad) {
        true
    } else if is_known(bare) {
        false
    } else {
        a == 0 || !is_plausible(bare)
    }
}
