//! A decoder as a stream of plain samples.

use crate::io::wav::{Container, MAX_CHANNELS, MAX_SAMPLE_RATE, SampleEncoding, WavError, WavSpec, shown};
use std::io::{self, Read};
#[cfg(feature = "formats")]
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Decodes piece by piece.
#[cfg(feature = "formats")]
pub(super) trait Decoder: Send {
    /// Appends the bytes of what comes next, which may be nothing yet; false at the end.
    fn decode(&mut self, samples: &mut Vec<u8>) -> io::Result<bool>;
}

/// What a decoder gives, to be read as bytes.
#[cfg(feature = "formats")]
pub(super) struct Samples<D> {
    decoder: D,
    bytes: Vec<u8>,
    /// How many of them were read.
    taken: usize,
}

#[cfg(feature = "formats")]
impl<D: Decoder> Samples<D> {
    pub(super) fn new(decoder: D) -> Self {
        Self { decoder, bytes: Vec::new(), taken: 0 }
    }

    /// Files are not trusted, and a decoder may fail on one in a way that it did not think of.
    fn decode(&mut self) -> io::Result<bool> {
        catch_unwind(AssertUnwindSafe(|| self.decoder.decode(&mut self.bytes)))
            .unwrap_or_else(|_| Err(damaged("damaged so that its decoder failed")))
    }
}

#[cfg(feature = "formats")]
impl<D: Decoder> Read for Samples<D> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.bytes.len() {
            self.bytes.clear();
            self.taken = 0;
            if !self.decode()? && self.bytes.is_empty() {
                return Ok(0);
            }
        }
        let count = out.len().min(self.bytes.len() - self.taken);
        out[..count].copy_from_slice(&self.bytes[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}

/// Big-endian words as little-endian ones.
pub(super) struct Swapped<R> {
    source: R,
    word: [u8; 8],
    width: usize,
    /// How many bytes of the word are still to be given.
    left: usize,
}

impl<R: Read> Swapped<R> {
    /// Of words of `width` bytes, at most 8.
    pub(super) fn new(source: R, width: usize) -> Self {
        Self { source, word: [0; 8], width, left: 0 }
    }
}

impl<R: Read> Read for Swapped<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        while done < out.len() {
            if self.left == 0 {
                let mut there = 0;
                while there < self.width {
                    match self.source.read(&mut self.word[there..self.width]) {
                        // Part of a word is no sample.
                        Ok(0) => return Ok(done),
                        Ok(count) => there += count,
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        Err(error) => return Err(error),
                    }
                }
                self.left = self.width;
            }
            self.left -= 1;
            out[done] = self.word[self.left];
            done += 1;
        }
        Ok(done)
    }
}

/// What is wrong with a file, whose name is added by whoever reads it.
#[cfg(feature = "formats")]
pub(super) fn damaged(what: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, shown(&what.to_string()))
}

/// The specification of a stream that is read here, within the bounds of a WAV file.
pub(super) fn spec(
    file: &str,
    sample_rate: u32,
    channels: u16,
    (encoding, valid_bits): (SampleEncoding, u16),
    (container, channel_mask): (Container, Option<u32>),
) -> Result<WavSpec, WavError> {
    if channels == 0 || channels > MAX_CHANNELS {
        return Err(WavError::Channels { file: shown(file), found: channels });
    }
    if sample_rate == 0 || sample_rate > MAX_SAMPLE_RATE {
        return Err(WavError::SampleRate { file: shown(file), found: sample_rate });
    }
    Ok(WavSpec { sample_rate, channels, encoding, valid_bits, channel_mask, container })
}
