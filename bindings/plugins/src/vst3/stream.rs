//! A host's stream of bytes.

use crate::parameters::MOST_STATE;
use std::io::{self, Read, Write};
use vst3::ComRef;
use vst3::Steinberg::{IBStream, IBStreamTrait, kResultOk};

/// A stream that a host lends.
pub struct Stream<'a>(ComRef<'a, IBStream>);

impl Stream<'_> {
    /// The stream that a host lends; none where it is null.
    ///
    /// # Safety
    /// `stream` is null, or lives as long as what comes of it.
    pub unsafe fn new<'a>(stream: *mut IBStream) -> Option<Stream<'a>> {
        // SAFETY: as the caller promises.
        unsafe { ComRef::from_raw(stream) }.map(Stream)
    }

    /// All bytes that are left, up to as many as a state may have.
    pub fn read_state(self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.take(MOST_STATE).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// What the host moved, of what it was asked to.
fn moved(result: i32, count: i32, asked: usize) -> io::Result<usize> {
    match usize::try_from(count) {
        Ok(count) if result == kResultOk && count <= asked => Ok(count),
        _ => Err(io::Error::other("the host's stream fails")),
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (asked, mut count) = (buffer.len().min(i32::MAX as usize), 0);
        // SAFETY: the host's object lives, and the buffer has as many bytes.
        let result = unsafe { self.0.read(buffer.as_mut_ptr().cast(), asked as i32, &raw mut count) };
        // At the end some hosts answer that they have failed.
        if count == 0 { Ok(0) } else { moved(result, count, asked) }
    }
}

impl Write for Stream<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let (asked, mut count) = (buffer.len().min(i32::MAX as usize), 0);
        // SAFETY: as above; the format's functions take what they only read as if they wrote it.
        let result = unsafe { self.0.write(buffer.as_ptr().cast_mut().cast(), asked as i32, &raw mut count) };
        moved(result, count, asked)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
