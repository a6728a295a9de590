//! How many bytes of sound there are, from a size field that may be a placeholder.

use super::chunk::{is_known, is_plausible};
use super::input::Input;
use crate::io::wav::error::WavError;
use crate::io::wav::warning::{Warning, note};

/// What 32-bit sizes wrap at.
const WRAP: u64 = 1 << 32;

/// From this size on a 32-bit size field is the "unknown" of a program that writes to a pipe: all ones,
/// or all ones less the size of a header.
pub(in crate::io::wav) const UNKNOWN_FROM: u32 = 0xFFFF_FF00;

/// Sizes near 2 GiB that programs write when they don't know the length, but that can also be true.
const PERHAPS_UNKNOWN: [u64; 3] = [0x7FFF_F000, 0x7FFF_FFFF, 0x8000_0000];

/// How far the sound goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DataSize {
    /// This many bytes. `doubtful`: the number could be a placeholder, so look at what follows.
    Bytes { count: u64, doubtful: bool },
    /// To the end of the stream.
    ToEnd,
}

impl DataSize {
    /// What a field of 32 bits says; none where it leaves the length open.
    pub(super) fn of(size: u32) -> Option<Self> {
        let count = u64::from(size);
        (size < UNKNOWN_FROM).then(|| Self::Bytes { count, doubtful: PERHAPS_UNKNOWN.contains(&count) })
    }
}

/// Reads the size field of a `data` chunk; `input` stands at the first byte of sound.
///
/// `long`: the 64-bit size of an RF64 file. `riff_end`: where the file ends by its outermost size.
pub(super) fn judge(
    input: &mut Input,
    size: u32,
    long: Option<u64>,
    riff_end: Option<u64>,
    warnings: &mut Vec<Warning>,
) -> Result<DataSize, WavError> {
    let count = match (size, long) {
        (u32::MAX, Some(u64::MAX)) => None,
        (u32::MAX, Some(long)) => Some(long),
        (UNKNOWN_FROM.., _) => None,
        _ => Some(u64::from(size)),
    };
    match count {
        None => {
            note(warnings, Warning::LengthUnknown);
            Ok(DataSize::ToEnd)
        }
        // What is left beyond 4 GiB was lost in the field.
        Some(count @ 1..)
            if long.is_none() && input.left().is_some_and(|left| left - left.min(count) >= WRAP) =>
        {
            let left = input.left().unwrap_or(count);
            note(warnings, Warning::LengthWrapped);
            Ok(DataSize::Bytes { count: count + (left - count) / WRAP * WRAP, doubtful: false })
        }
        Some(0) if !ends_here(input, riff_end)? => {
            note(warnings, Warning::LengthZero);
            Ok(DataSize::ToEnd)
        }
        Some(count) => Ok(DataSize::Bytes { count, doubtful: PERHAPS_UNKNOWN.contains(&count) }),
    }
}

/// Whether the sound really ends at the current byte: the stream ends there, or a chunk begins.
///
/// An unknown name counts only if its chunk ends inside the file, since samples can look like letters.
pub(super) fn ends_here(input: &mut Input, riff_end: Option<u64>) -> Result<bool, WavError> {
    let at = input.offset();
    let Some(&[a, b, c, d, size @ ..]) = input.fill(8)?.first_chunk::<8>() else {
        return Ok(input.buffered().is_empty());
    };
    let name = [a, b, c, d];
    let end = at + 8 + u64::from(u32::from_le_bytes(size));
    Ok(is_known(name) || (is_plausible(name) && riff_end.is_some_and(|riff_end| end <= riff_end)))
}
