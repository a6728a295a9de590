//! Bytes from a file or pipe, buffered, with a look ahead and without seeking.

use std::io::{ErrorKind, Read};

use crate::io::wav::error::WavError;

/// Bytes that can be looked at ahead. Must exceed the largest sample frame and the largest look-ahead.
const CAPACITY: usize = 64 * 1024;

pub(in crate::io::wav) struct Input {
    pub(in crate::io::wav) name: String,
    bytes: Box<dyn Read + Send>,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// Bytes consumed.
    offset: u64,
    ended: bool,
    /// Bytes of the whole stream, where that is known beforehand.
    length: Option<u64>,
    /// The bytes come out of a decoder, so that their positions mean nothing to whoever has the file.
    pub(in crate::io::wav) decoded: bool,
}

impl Input {
    pub(in crate::io::wav) fn new(name: String, bytes: Box<dyn Read + Send>, length: Option<u64>) -> Self {
        Self {
            name,
            bytes,
            buffer: vec![0; CAPACITY].into_boxed_slice(),
            start: 0,
            end: 0,
            offset: 0,
            ended: false,
            length,
            decoded: false,
        }
    }

    /// Position of the next byte, counted from the beginning of the stream.
    pub(in crate::io::wav) fn offset(&self) -> u64 {
        self.offset
    }

    /// Bytes of the whole stream, where that is known beforehand.
    pub(in crate::io::wav) fn length(&self) -> Option<u64> {
        self.length
    }

    /// Bytes from the next one to the end of the stream, where its length is known beforehand.
    pub(in crate::io::wav) fn left(&self) -> Option<u64> {
        self.length.map(|length| length.saturating_sub(self.offset))
    }

    /// The bytes that were read but not consumed.
    pub(in crate::io::wav) fn buffered(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Waits for `wanted` bytes, at most the capacity; fewer come back only at the end of the stream.
    pub(in crate::io::wav) fn fill(&mut self, wanted: usize) -> Result<&[u8], WavError> {
        debug_assert!(wanted <= CAPACITY);
        if self.start + wanted > CAPACITY {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        while self.end - self.start < wanted && !self.ended {
            match self.bytes.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.ended = true,
                // A reader that claims more than it was given room for must not break the bounds.
                Ok(count) => self.end = (self.end + count).min(CAPACITY),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(source) if self.decoded => {
                    return Err(WavError::Decode { file: self.name.clone(), source });
                }
                Err(source) => {
                    return Err(WavError::Read {
                        file: self.name.clone(),
                        at: self.offset + (self.end - self.start) as u64,
                        source,
                    });
                }
            }
        }
        Ok(self.buffered())
    }

    /// Passes over `count` buffered bytes.
    pub(in crate::io::wav) fn consume(&mut self, count: usize) {
        debug_assert!(count <= self.end - self.start);
        self.start += count;
        self.offset += count as u64;
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
        }
    }

    /// Takes `count` bytes, or as many as there are before the end of the stream. Memory grows with what is there.
    pub(in crate::io::wav) fn read(&mut self, count: usize) -> Result<Vec<u8>, WavError> {
        let mut bytes = Vec::new();
        while bytes.len() < count {
            let there = self.fill(1)?;
            if there.is_empty() {
                break;
            }
            let step = there.len().min(count - bytes.len());
            bytes.extend_from_slice(&there[..step]);
            self.consume(step);
        }
        Ok(bytes)
    }

    /// Reads past `count` bytes, or to the end of the stream if that comes first.
    pub(in crate::io::wav) fn skip(&mut self, count: u64) -> Result<(), WavError> {
        let mut left = count;
        while left > 0 {
            let there = self.fill(1)?.len();
            if there == 0 {
                break;
            }
            let step = (there as u64).min(left) as usize;
            self.consume(step);
            left -= step as u64;
        }
        Ok(())
    }
}
