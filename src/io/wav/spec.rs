//! What a WAV file says about its sound.

use super::encoding::{OutEncoding, SampleEncoding};
use crate::io::wav::WavReader;
use std::fmt;

/// The most channels that a file may have; more is taken for a broken header.
pub const MAX_CHANNELS: u16 = 256;

/// The highest sample rate in Hz that a file may have; more is taken for a broken header.
pub const MAX_SAMPLE_RATE: u32 = 1_000_000;

/// What the file that is read holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct WavSpec {
    /// Sample rate in Hz, 1 to [`MAX_SAMPLE_RATE`].
    pub sample_rate: u32,
    /// Number of channels, 1 to [`MAX_CHANNELS`].
    pub channels: u16,
    /// How a sample is stored.
    pub encoding: SampleEncoding,
    /// Bits of a sample that carry sound.
    pub valid_bits: u16,
    /// Speaker positions, one bit a channel; `None` where the header has no such field.
    pub channel_mask: Option<u32>,
    /// The file's outer structure.
    pub container: Container,
}

impl WavSpec {
    /// Bytes of one sample frame, that is of one sample of every channel.
    pub fn bytes_per_sample_frame(&self) -> usize {
        self.encoding.bytes() * usize::from(self.channels)
    }

    /// Whether samples of the other can follow those of this.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (self.sample_rate, self.channels, self.valid_bits)
            == (other.sample_rate, other.channels, other.valid_bits)
            && std::mem::discriminant(&self.encoding) == std::mem::discriminant(&other.encoding)
    }

    /// The encoding to write so that the bit depth is kept; 16 bits for formats that have none of their own.
    pub fn kept_encoding(&self) -> OutEncoding {
        match self.container {
            Container::OggVorbis | Container::Mp3 => OutEncoding::I16,
            _ => self.encoding.kept(),
        }
    }
}

/// The file's outer structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Container {
    /// RIFF: sizes of 32 bits, at most 4 GiB.
    Riff,
    /// RF64 or BW64: sizes of 64 bits.
    Rf64,
    /// None: samples from the first byte on.
    Headerless,
    /// Wave64 of Sony.
    Wave64,
    /// AIFF or AIFF-C of Apple.
    Aiff,
    /// FLAC.
    Flac,
    /// Vorbis in Ogg.
    OggVorbis,
    /// MP3, or another layer of MPEG audio.
    Mp3,
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Riff => "WAV (RIFF)",
            Self::Rf64 => "WAV (RF64)",
            Self::Headerless => "raw samples",
            Self::Wave64 => "Wave64",
            Self::Aiff => "AIFF",
            Self::Flac => "FLAC",
            Self::OggVorbis => "Ogg Vorbis",
            Self::Mp3 => "MP3",
        })
    }
}

/// What samples without a header are, which nothing in them says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeaderlessSpec {
    /// Sample rate in Hz, 1 to [`MAX_SAMPLE_RATE`].
    pub sample_rate: u32,
    /// Number of channels, 1 to [`MAX_CHANNELS`].
    pub channels: u16,
    /// How a sample is stored.
    pub encoding: SampleEncoding,
}

impl HeaderlessSpec {
    /// Samples of this form.
    pub const fn new(sample_rate: u32, channels: u16, encoding: SampleEncoding) -> Self {
        Self { sample_rate, channels, encoding }
    }
}

/// What the file that is written shall hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct WavOutSpec {
    /// Sample rate in Hz, 1 to [`MAX_SAMPLE_RATE`].
    pub sample_rate: u32,
    /// Number of channels, 1 to [`MAX_CHANNELS`].
    pub channels: u16,
    /// How a sample is stored.
    pub encoding: OutEncoding,
    /// Speaker positions, one bit a channel; `None` takes the first positions in order.
    pub channel_mask: Option<u32>,
    /// Seed of triangular dither of one step either side, for integer encodings; `None` adds none.
    pub dither: Option<u64>,
    /// Sample frames that will be written, if known: lets an ordinary file have the plainest header.
    ///
    /// A different count is no error unless it takes the file past 4 GiB.
    pub expected_frames: Option<u64>,
}

impl WavOutSpec {
    /// A file with default speaker positions, no dither, and a length that is not known beforehand.
    pub const fn new(sample_rate: u32, channels: u16, encoding: OutEncoding) -> Self {
        Self { sample_rate, channels, encoding, channel_mask: None, dither: None, expected_frames: None }
    }

    /// With these speaker positions, one bit a channel.
    pub const fn channel_mask(mut self, mask: u32) -> Self {
        self.channel_mask = Some(mask);
        self
    }

    /// With triangular dither from this seed.
    pub const fn dither(mut self, seed: u64) -> Self {
        self.dither = Some(seed);
        self
    }

    /// With so many sample frames, as far as is known.
    pub const fn expected_frames(mut self, frames: u64) -> Self {
        self.expected_frames = Some(frames);
        self
    }

    /// A file of the form of the one that is read, without dither: as many samples, stored in as many bits.
    pub fn like(reader: &WavReader) -> Self {
        let spec = reader.spec();
        Self {
            channel_mask: spec.channel_mask,
            // What the header says may be a lie; the file is no longer than it is.
            expected_frames: reader.most_frames(),
            ..Self::new(spec.sample_rate, spec.channels, spec.kept_encoding())
        }
    }

    pub(super) fn bytes_per_sample_frame(&self) -> usize {
        self.encoding.bytes() * usize::from(self.channels)
    }

    /// The mask that a header without a chosen one carries: the first speaker positions in order.
    pub(super) fn default_mask(&self) -> u32 {
        // 18 positions are defined; further channels have none.
        (1 << u32::from(self.channels.min(18))) - 1
    }
}
