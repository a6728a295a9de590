//! Why a WAV file could not be read or written.

use std::io;

use thiserror::Error;

use super::spec::{MAX_CHANNELS, MAX_SAMPLE_RATE};

/// Why a WAV file could not be read or written; `Display` is one line that begins with the file's name.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WavError {
    /// The file could not be opened.
    #[error("{file}: can't be opened: {source}")]
    Open {
        /// The file's name.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// Reading stopped in the middle.
    #[error("{file}: reading failed at byte {at}: {source}")]
    Read {
        /// The file's name.
        file: String,
        /// Bytes read before.
        at: u64,
        /// What the system says.
        source: io::Error,
    },
    /// A file of another format could not be decoded, or stopped being decoded in the middle.
    #[error("{file}: can't be decoded: {source}")]
    Decode {
        /// The file's name.
        file: String,
        /// What is wrong.
        source: io::Error,
    },
    /// The file or stream has no bytes at all.
    #[error("{file}: is empty (0 bytes); expected a WAV file")]
    Empty {
        /// The file's name.
        file: String,
    },
    /// The file begins like something else.
    #[error("{file}: is not a WAV file but {found}")]
    NotWav {
        /// The file's name.
        file: String,
        /// What it seems to be.
        found: String,
    },
    /// Something else stands where a chunk should begin.
    #[error("{file}: damaged at byte {at}: expected the name of a chunk, found \"{found}\"")]
    BadChunk {
        /// The file's name.
        file: String,
        /// Where the chunk should begin.
        at: u64,
        /// What is there, as escaped text.
        found: String,
    },
    /// A flood of chunks, none of which is the sound.
    #[error("{file}: no sound in the first {count} chunks (up to byte {at}); expected a `data` chunk")]
    TooManyChunks {
        /// The file's name.
        file: String,
        /// Chunks seen.
        count: u32,
        /// Where the search ended.
        at: u64,
    },
    /// The `data` chunk comes before any `fmt ` chunk.
    #[error(
        "{file}: the sound (`data`, byte {at}) comes before its description (`fmt `); expected the description first"
    )]
    DataBeforeFmt {
        /// The file's name.
        file: String,
        /// Where the `data` chunk begins.
        at: u64,
    },
    /// The file has neither a `fmt ` nor a `data` chunk.
    #[error("{file}: ends at byte {at} with neither a description (`fmt `) nor sound (`data`)")]
    NoFmt {
        /// The file's name.
        file: String,
        /// Where the file ends.
        at: u64,
    },
    /// The file has no `data` chunk.
    #[error("{file}: ends at byte {at} without any sound; expected a `data` chunk")]
    NoData {
        /// The file's name.
        file: String,
        /// Where the file ends.
        at: u64,
    },
    /// The `fmt ` chunk is too short to describe sound.
    #[error("{file}: the description (`fmt `, byte {at}) has {found} bytes; expected {expected}")]
    FmtTooShort {
        /// The file's name.
        file: String,
        /// Where the `fmt ` chunk begins.
        at: u64,
        /// Its bytes.
        found: usize,
        /// Bytes that it should have.
        expected: usize,
    },
    /// The sound is compressed or encoded in a way that is not read here.
    #[error(
        "{file}: the sound is encoded as {codec}, which can't be read; expected PCM, float, mu-law or A-law"
    )]
    Codec {
        /// The file's name.
        file: String,
        /// Name of the codec and its number.
        codec: String,
    },
    /// A sample width that is not read here.
    #[error("{file}: the samples are {bits}-bit {kind}, which can't be read; expected {expected}")]
    Width {
        /// The file's name.
        file: String,
        /// Bits of a sample by the header.
        bits: u16,
        /// Integer or float.
        kind: &'static str,
        /// Widths that can be read.
        expected: &'static str,
    },
    /// The header has a number of channels that can't be.
    #[error("{file}: the header says {found} channels; expected 1 to {MAX_CHANNELS}")]
    Channels {
        /// The file's name.
        file: String,
        /// Channels in the header.
        found: u16,
    },
    /// The header has a sample rate that can't be.
    #[error("{file}: the header says a sample rate of {found} Hz; expected 1 to {MAX_SAMPLE_RATE} Hz")]
    SampleRate {
        /// The file's name.
        file: String,
        /// Sample rate in Hz in the header.
        found: u32,
    },
    /// The block handed to the reader can't hold one sample of every channel.
    #[error("{file}: a block of {found} samples can't hold one sample of each of {channels} channels")]
    BlockTooSmall {
        /// The file's name.
        file: String,
        /// Samples in the block.
        found: usize,
        /// Channels of the file.
        channels: u16,
    },
    /// The block handed to the writer doesn't hold whole samples of every channel.
    #[error(
        "{file}: a block of {found} samples is not a whole number of samples of each of {channels} channels"
    )]
    RaggedBlock {
        /// The file's name.
        file: String,
        /// Samples in the block.
        found: usize,
        /// Channels of the file.
        channels: u16,
    },
    /// The output exists and must not be replaced.
    #[error("{file}: exists already; use --force to replace it")]
    Exists {
        /// The file's name.
        file: String,
    },
    /// The output could not be created.
    #[error("{file}: can't be created: {source}")]
    Create {
        /// The file's name.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// The output could not be written.
    #[error("{file}: writing failed after {frames} samples a channel: {source}")]
    Write {
        /// The file's name.
        file: String,
        /// Sample frames written before.
        frames: u64,
        /// What the system says.
        source: io::Error,
    },
    /// More sound than was announced, so much that it no longer fits the file's header.
    #[error("{file}: {expected} samples a channel were announced, but the sound goes on past 4 GiB")]
    TooLong {
        /// The file's name.
        file: String,
        /// Sample frames announced.
        expected: u64,
    },
}

impl WavError {
    /// The kind of the system's error, if one is behind this; tells a closed pipe from a full disk.
    pub fn system_kind(&self) -> Option<io::ErrorKind> {
        match self {
            Self::Open { source, .. }
            | Self::Read { source, .. }
            | Self::Decode { source, .. }
            | Self::Create { source, .. }
            | Self::Write { source, .. } => Some(source.kind()),
            _ => None,
        }
    }
}

/// Text as a message shows it, on one line: what would move the cursor, end the line or turn its direction is escaped.
pub(crate) fn shown(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => line.extend(c.escape_unicode()),
            c if c.is_control() => line.extend(c.escape_default()),
            c => line.push(c),
        }
    }
    line
}
