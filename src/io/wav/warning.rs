//! What was odd about a file that could be read all the same.

use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;

/// One oddity of a file; at most one of each kind is reported for a file.
///
/// `Display` is one line without the file's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Warning {
    /// A chunk of odd size is not followed by its pad byte.
    #[error("a chunk of odd size is not followed by a padding byte; read without it")]
    MissingPad,
    /// The header leaves the length open, as programs that write to a pipe do.
    #[error("the header doesn't say how long the sound is; read to the end")]
    LengthUnknown,
    /// The header says that there is no sound, but there is, as after a crashed recording.
    #[error("the header says there is no sound, as after a recording that was cut off; read to the end")]
    LengthZero,
    /// The sound goes on behind the length that the header states.
    #[error(
        "the header promises {declared} samples a channel, but the sound goes on behind them; read to the end"
    )]
    LengthStale {
        /// Sample frames that the header states.
        declared: u64,
    },
    /// The sizes in the header lost what is beyond 32 bits.
    #[error("the sizes in the header wrapped at 4 GiB; the length was taken from that of the file")]
    LengthWrapped,
    /// There is more than one chunk of sound.
    #[error("the sound is in several `data` chunks; read one behind the other")]
    SoundInParts,
    /// Another WAV file of the same form stands behind the first.
    #[error("another WAV file follows in the same file; its sound was read on behind the first")]
    AnotherFile,
    /// Another WAV file, of another rate, number of channels or encoding, or a broken one.
    #[error("another WAV file follows in the same file, {bytes} bytes of another form; it is not read")]
    OtherFileUnread {
        /// Bytes of it.
        bytes: u64,
    },
    /// Bytes behind the sound that are nothing known.
    #[error("{bytes} bytes behind the sound are neither sound nor a chunk; they are not read")]
    Unread {
        /// How many.
        bytes: u64,
    },
    /// The sound ends before the length that the header states.
    #[error("cut short: the header promises {declared} samples a channel, {found} are there")]
    Truncated {
        /// Sample frames that the header states.
        declared: u64,
        /// Sample frames that were found.
        found: u64,
    },
    /// The sound ends before its end is marked, where no length is stated.
    #[error("cut short: the file ends before the end of its sound is marked")]
    CutShort,
    /// Frames of a compressed file that could not be decoded.
    #[error("{count} damaged frames are replaced with silence")]
    LostFrames {
        /// Frames so far.
        count: u64,
    },
    /// The sound doesn't end on a whole sample of every channel.
    #[error("the sound ends in the middle of a sample; the last {bytes} bytes are left out")]
    PartialSampleFrame {
        /// Bytes left out.
        bytes: u64,
    },
    /// The header's block size disagrees with its channels and bits.
    #[error("the header gives {found} bytes a block where {used} is right; read with {used}")]
    BlockAlign {
        /// Bytes in the header.
        found: u16,
        /// Bytes taken instead.
        used: usize,
    },
    /// The header's byte rate disagrees with its other fields.
    #[error("the header gives {found} bytes a second where {expected} is right; ignored")]
    ByteRate {
        /// Bytes a second in the header.
        found: u32,
        /// Bytes a second that follow from the other fields.
        expected: u64,
    },
    /// The header's number of bits can't be right.
    #[error("the header gives {found} bits a sample; read as {used}")]
    Bits {
        /// Bits in the header.
        found: u16,
        /// Bits taken instead.
        used: u16,
    },
    /// An extensible header without the field that names the sample type.
    #[error("the header is too short to name the sample type; read as integers")]
    SampleTypeMissing,
    /// Samples of at most 24 bits in the lower part of 32-bit words, where the standard has the upper.
    #[error("{valid_bits}-bit samples stand in the lower part of 32-bit words; read from there")]
    RightJustified {
        /// Bits that carry sound.
        valid_bits: u16,
    },
    /// Samples that are NaN, infinite or beyond 2^32 in magnitude, replaced with 0.
    #[error("{count} samples are NaN, infinite or out of range; replaced with silence")]
    NonFinite {
        /// Samples replaced so far.
        count: u64,
    },
}

/// Adds `warning` unless one of its kind is there; the newer one replaces it, since it knows more.
pub(super) fn note(warnings: &mut Vec<Warning>, warning: Warning) {
    let kind = std::mem::discriminant(&warning);
    match warnings.iter_mut().find(|w| std::mem::discriminant(*w) == kind) {
        Some(known) => *known = warning,
        None => warnings.push(warning),
    }
}

/// What a decoder has to say to the reader of its samples.
#[derive(Debug, Clone, Default)]
pub(in crate::io) struct Notes(Arc<Mutex<Vec<Warning>>>);

impl Notes {
    #[cfg(feature = "formats")]
    pub(in crate::io) fn add(&self, warning: Warning) {
        note(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner), warning);
    }

    /// Moves what was said to the warnings of the reader.
    pub(super) fn hand_over(&self, warnings: &mut Vec<Warning>) {
        for warning in self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            note(warnings, warning);
        }
    }
}
