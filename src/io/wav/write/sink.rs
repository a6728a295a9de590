//! Where stored samples go: through `hound`, into a file of our own making, or down a pipe.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};

use super::header::{RIFF_MOST, header, patches, suits_hound};
use super::quantise::Quantiser;
use crate::io::wav::extras::{self, Chunk};
use crate::io::wav::spec::WavOutSpec;

/// Bytes that are collected before they go to the system.
const BUFFER: usize = 64 * 1024;

pub(super) enum Sink {
    /// An ordinary file; the second handle is for the pad byte that `hound` leaves out.
    Hound(Box<hound::WavWriter<BufWriter<File>>>, File),
    /// A file that may become RF64.
    Own(Patched<BufWriter<File>>),
    /// A stream that can't go back.
    Stream(BufWriter<Box<dyn Write + Send>>),
}

impl Sink {
    pub(super) fn file(file: File, spec: &WavOutSpec, before: &[Chunk]) -> io::Result<Self> {
        if !suits_hound(spec) || !before.is_empty() {
            let out = BufWriter::with_capacity(BUFFER, file);
            return Ok(Self::Own(Patched::start(out, spec, RIFF_MOST, before)?));
        }
        let hound_spec = hound::WavSpec {
            channels: spec.channels,
            sample_rate: spec.sample_rate,
            bits_per_sample: spec.encoding.bits(),
            sample_format: if spec.encoding.is_float() {
                hound::SampleFormat::Float
            } else {
                hound::SampleFormat::Int
            },
        };
        let second = file.try_clone()?;
        let out = BufWriter::with_capacity(BUFFER, file);
        let writer = hound::WavWriter::new(out, hound_spec).map_err(into_io)?;
        Ok(Self::Hound(Box::new(writer), second))
    }

    pub(super) fn stream(
        out: Box<dyn Write + Send>,
        spec: &WavOutSpec,
        before: &[Chunk],
    ) -> io::Result<Self> {
        let mut out = BufWriter::with_capacity(BUFFER, out);
        out.write_all(&header(spec, false, before))?;
        Ok(Self::Stream(out))
    }

    pub(super) fn headerless(out: Box<dyn Write + Send>) -> Self {
        Self::Stream(BufWriter::with_capacity(BUFFER, out))
    }

    /// Writes whole sample frames. `scratch` is reused from call to call.
    pub(super) fn write(
        &mut self,
        spec: &WavOutSpec,
        quantiser: &mut Quantiser,
        samples: &[f32],
        scratch: &mut Vec<u8>,
    ) -> io::Result<()> {
        if let Self::Hound(writer, _) = self {
            for &sample in samples {
                if spec.encoding.is_float() {
                    writer.write_sample(quantiser.float(sample)).map_err(into_io)?;
                } else {
                    writer.write_sample(quantiser.integer(sample)).map_err(into_io)?;
                }
            }
            return Ok(());
        }
        scratch.clear();
        quantiser.encode(spec.encoding, samples, scratch);
        match self {
            Self::Hound(..) => Ok(()),
            Self::Own(file) => file.write(scratch),
            Self::Stream(out) => out.write_all(scratch),
        }
    }

    /// Hands all bytes on to whoever reads a stream; a file is of no use to anyone before its end.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stream(out) => out.flush(),
            _ => Ok(()),
        }
    }

    /// Whether chunks can follow the sound: behind sound of open length they would be heard.
    pub(super) fn takes_chunks_after(&self) -> bool {
        !matches!(self, Self::Stream(_))
    }

    /// Appends chunks, where they can follow, and completes the header; `frames` sample frames were written.
    pub(super) fn finish(self, spec: &WavOutSpec, frames: u64, after: &[Chunk]) -> io::Result<()> {
        match self {
            Self::Hound(writer, file) => {
                writer.finalize().map_err(into_io)?;
                append(file, frames * spec.bytes_per_sample_frame() as u64, after)
            }
            Self::Own(file) => file.finish(frames, after).map(drop),
            // No pad byte: with an open length it would read as sound.
            Self::Stream(mut out) => out.flush(),
        }
    }
}

/// Adds the pad byte after an odd number of bytes of sound, and chunks, and counts them in the outermost size.
fn append(mut file: File, data: u64, after: &[Chunk]) -> io::Result<()> {
    let mut bytes = vec![0; (data % 2) as usize];
    bytes.extend_from_slice(&extras::bytes(after));
    if bytes.is_empty() {
        return Ok(());
    }
    let end = file.seek(SeekFrom::End(0))? + bytes.len() as u64;
    file.write_all(&bytes)?;
    file.seek(SeekFrom::Start(4))?;
    // Sound that `hound` writes leaves room for all chunks that are kept.
    file.write_all(&u32::try_from(end - 8).map_err(io::Error::other)?.to_le_bytes())
}

/// A file whose sizes are written at the end, when they are known.
pub(super) struct Patched<W> {
    out: W,
    header_len: u64,
    data: u64,
    /// Data beyond this many bytes makes the file RF64.
    most: u64,
}

impl<W: Write + Seek> Patched<W> {
    fn start(mut out: W, spec: &WavOutSpec, most: u64, before: &[Chunk]) -> io::Result<Self> {
        let header = header(spec, true, before);
        out.write_all(&header)?;
        Ok(Self { out, header_len: header.len() as u64, data: 0, most })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.data += bytes.len() as u64;
        Ok(())
    }

    fn finish(mut self, frames: u64, after: &[Chunk]) -> io::Result<W> {
        if self.data % 2 == 1 {
            self.out.write_all(&[0])?;
        }
        let after = extras::bytes(after);
        self.out.write_all(&after)?;
        for patch in patches(self.header_len, self.data, after.len() as u64, frames, self.most) {
            self.out.seek(SeekFrom::Start(patch.at))?;
            self.out.write_all(&patch.bytes)?;
        }
        self.out.flush()?;
        Ok(self.out)
    }
}

/// The system's error behind one of `hound`, which has no other cause with a specification it takes.
fn into_io(error: hound::Error) -> io::Error {
    match error {
        hound::Error::IoError(error) => error,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::Patched;
    use crate::io::wav::encoding::OutEncoding;
    use crate::io::wav::spec::{Container, WavOutSpec};
    use crate::io::wav::{Warning, WavReader};

    /// `count` bytes of 8-bit sound in a file that turns RF64 beyond 100 bytes.
    fn small_limit(count: u64) -> Vec<u8> {
        let spec = WavOutSpec::new(8000, 1, OutEncoding::U8);
        let mut file = Patched::start(Cursor::new(Vec::new()), &spec, 100, &[]).unwrap();
        for _ in 0..count {
            file.write(&[128]).unwrap();
        }
        file.finish(count, &[]).unwrap().into_inner()
    }

    fn read(bytes: Vec<u8>) -> (Container, Option<u64>, usize, Vec<Warning>) {
        let mut reader = WavReader::new("small.wav", Cursor::new(bytes)).unwrap();
        let count = reader.read(&mut [0.0; 1000]).unwrap();
        (reader.spec().container, reader.declared_frames(), count, reader.warnings().to_vec())
    }

    #[test]
    fn file_up_to_the_limit_stays_riff() {
        let bytes = small_limit(100);
        assert_eq!(u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize, bytes.len() - 8);
        assert_eq!(read(bytes), (Container::Riff, Some(100), 100, vec![]));
    }

    #[test]
    fn file_beyond_the_limit_becomes_rf64() {
        let bytes = small_limit(101);
        assert_eq!(&bytes[..16], b"RF64\xff\xff\xff\xffWAVEds64");
        assert_eq!(u64::from_le_bytes(bytes[20..28].try_into().unwrap()) as usize, bytes.len() - 8);
        assert_eq!(bytes.len() % 2, 0);
        assert_eq!(read(bytes), (Container::Rf64, Some(101), 101, vec![]));
    }
}
