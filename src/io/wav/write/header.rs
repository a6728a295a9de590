//! The header of a file that is written without `hound`.
//!
//! ```text
//! RIFF size WAVE   JUNK 28 ...   others   fmt  16 or 40 ...   data size
//! RF64 -1   WAVE   ds64 28 ...   others   fmt  16 or 40 ...   data -1     once the sound passes 4 GiB
//! ```
//! Others are chunks that were before the sound of the input.
//! A pipe has no `JUNK` and both sizes -1 from the start.

use crate::io::wav::encoding::OutEncoding;
use crate::io::wav::extras::{self, Chunk};
use crate::io::wav::read::UNKNOWN_FROM;
use crate::io::wav::spec::WavOutSpec;

/// Bytes of the `JUNK` chunk's body, which a `ds64` chunk takes over.
const DS64: u32 = 28;

/// Most bytes of sound in a plain RIFF file; more could be read as a placeholder or not fit the field.
pub(super) const RIFF_MOST: u64 = UNKNOWN_FROM as u64 - 1;

/// The same with room for chunks behind the sound.
const HOUND_MOST: u64 = RIFF_MOST - (1 << 25);

/// The header, with placeholders for sizes. `room` leaves a chunk to become `ds64`.
pub(super) fn header(spec: &WavOutSpec, room: bool, before: &[Chunk]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(128);
    bytes.extend_from_slice(b"RIFF\xff\xff\xff\xffWAVE");
    if room {
        bytes.extend_from_slice(b"JUNK");
        bytes.extend_from_slice(&DS64.to_le_bytes());
        bytes.extend_from_slice(&[0; DS64 as usize]);
    }
    bytes.extend_from_slice(&extras::bytes(before));
    push_fmt(&mut bytes, spec);
    bytes.extend_from_slice(b"data\xff\xff\xff\xff");
    bytes
}

/// A piece to write over the header once the sound is complete.
pub(super) struct Patch {
    pub(super) at: u64,
    pub(super) bytes: Vec<u8>,
}

/// What turns a header with `room` of `header_len` bytes into one for `data` bytes of sound and `after` bytes of chunks behind.
///
/// `most`: data beyond this many bytes makes the file RF64.
pub(super) fn patches(header_len: u64, data: u64, after: u64, frames: u64, most: u64) -> [Patch; 2] {
    let riff = header_len - 8 + data + data % 2 + after;
    let mut start = Vec::with_capacity(48);
    let size = if data <= most && riff <= u64::from(u32::MAX) {
        start.extend_from_slice(b"RIFF");
        start.extend_from_slice(&(riff as u32).to_le_bytes());
        (data as u32).to_le_bytes()
    } else {
        start.extend_from_slice(b"RF64\xff\xff\xff\xffWAVEds64");
        start.extend_from_slice(&DS64.to_le_bytes());
        for field in [riff, data, frames] {
            start.extend_from_slice(&field.to_le_bytes());
        }
        [0xff; 4]
    };
    [Patch { at: 0, bytes: start }, Patch { at: header_len - 4, bytes: size.to_vec() }]
}

fn push_fmt(bytes: &mut Vec<u8>, spec: &WavOutSpec) {
    let float = spec.encoding.is_float();
    let bits = spec.encoding.bits();
    // Older programs know only the short form, which can't say more than this.
    let extensible = spec.channels > 2 || bits > 16 || spec.channel_mask.is_some();
    let block = spec.bytes_per_sample_frame();
    let byte_rate = u64::from(spec.sample_rate) * block as u64;
    let tag: u16 = if float { 3 } else { 1 };

    bytes.extend_from_slice(b"fmt ");
    bytes.extend_from_slice(&if extensible { 40u32 } else { 16 }.to_le_bytes());
    bytes.extend_from_slice(&if extensible { 0xFFFE } else { tag }.to_le_bytes());
    bytes.extend_from_slice(&spec.channels.to_le_bytes());
    bytes.extend_from_slice(&spec.sample_rate.to_le_bytes());
    bytes.extend_from_slice(&u32::try_from(byte_rate).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend_from_slice(&(block as u16).to_le_bytes());
    bytes.extend_from_slice(&bits.to_le_bytes());
    if extensible {
        bytes.extend_from_slice(&22u16.to_le_bytes());
        bytes.extend_from_slice(&bits.to_le_bytes());
        bytes.extend_from_slice(&spec.channel_mask.unwrap_or(spec.default_mask()).to_le_bytes());
        bytes.extend_from_slice(&tag.to_le_bytes());
        bytes.extend_from_slice(b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71");
    }
}

/// Whether `hound` writes the same file: it knows neither 64-bit floats nor a chosen mask, multiplies
/// the byte rate in 32 bits, and needs a length below 4 GiB to be promised.
pub(super) fn suits_hound(spec: &WavOutSpec) -> bool {
    let block = spec.bytes_per_sample_frame() as u64;
    let extensible = spec.channels > 2 || spec.encoding.bits() > 16;
    spec.encoding != OutEncoding::F64
        && spec.channel_mask.is_none_or(|mask| extensible && mask == spec.default_mask())
        && u64::from(spec.sample_rate) * block <= u64::from(u32::MAX)
        && spec.expected_frames.is_some_and(|frames| frames.saturating_mul(block) <= HOUND_MOST)
}
