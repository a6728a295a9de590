//! A WAV file that can be read at every moment while it grows: for recordings, of which nothing may be lost.

use super::header::{Patch, RIFF_MOST, header, patches};
use super::quantise::Quantiser;
use crate::io::wav::error::{WavError, shown};
use crate::io::wav::spec::WavOutSpec;
use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Writes sound under a name that nobody has, straight into the file. What was written before the last
/// [`commit`](Self::commit) is there for every program, whatever ends this one; [`recover`] brings back the rest.
///
/// The file is locked while it is written, where the system can do that.
pub struct LastingWriter {
    path: PathBuf,
    file: File,
    spec: WavOutSpec,
    quantiser: Quantiser,
    scratch: Vec<u8>,
    header: u64,
    frames: u64,
}

impl LastingWriter {
    /// Begins a file; its folder must be there.
    ///
    /// # Errors
    /// If the name is taken, or the file cannot be created or written.
    pub fn create(path: impl Into<PathBuf>, spec: WavOutSpec) -> Result<Self, WavError> {
        let path = path.into();
        let name = || shown(&path.display().to_string());
        let opened = File::options().read(true).write(true).create_new(true).open(&path);
        let mut file = opened.map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => WavError::Exists { file: name() },
            _ => WavError::Create { file: name(), source },
        })?;
        // Only recovery asks, and does not touch what it cannot lock.
        let _ = file.try_lock();
        let start = header(&spec, true, &[]);
        let mut begin = || -> io::Result<()> {
            file.write_all(&start)?;
            apply(&mut file, &patches(start.len() as u64, 0, 0, 0, RIFF_MOST))
        };
        begin().map_err(|source| WavError::Write { file: name(), frames: 0, source })?;
        let quantiser = Quantiser::new(&spec);
        Ok(Self { path, file, spec, quantiser, scratch: Vec::new(), header: start.len() as u64, frames: 0 })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Sample frames that are in the file.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Appends interleaved samples, whole sample frames only.
    ///
    /// # Errors
    /// If the system takes no more. The sample frames that it took count as written.
    pub fn write(&mut self, samples: &[f32]) -> Result<(), WavError> {
        self.scratch.clear();
        self.quantiser.encode(self.spec.encoding, samples, &mut self.scratch);
        let (mut taken, mut failed) = (0, None);
        while taken < self.scratch.len() && failed.is_none() {
            match self.file.write(&self.scratch[taken..]) {
                Ok(0) => failed = Some(io::ErrorKind::WriteZero.into()),
                Ok(count) => taken += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => failed = Some(error),
            }
        }
        self.frames += (taken / self.spec.bytes_per_sample_frame()) as u64;
        failed.map_or(Ok(()), |source| Err(self.failed(source)))
    }

    /// Makes what was written readable: its length goes into the header.
    ///
    /// # Errors
    /// If the system does not write it.
    pub fn commit(&mut self) -> Result<(), WavError> {
        let data = self.frames * self.spec.bytes_per_sample_frame() as u64;
        let done = complete(&mut self.file, self.header, data, self.frames);
        done.map_err(|source| self.failed(source))
    }

    /// Leaves out everything behind so many sample frames.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn shorten(&mut self, frames: u64) -> Result<(), WavError> {
        self.frames = self.frames.min(frames);
        let end = self.header + self.frames * self.spec.bytes_per_sample_frame() as u64;
        self.file.set_len(end).map_err(|source| self.failed(source))?;
        self.commit()
    }

    fn failed(&self, source: io::Error) -> WavError {
        WavError::Write { file: shown(&self.path.display().to_string()), frames: self.frames, source }
    }
}

fn apply(file: &mut File, patches: &[Patch]) -> io::Result<()> {
    for patch in patches {
        file.seek(SeekFrom::Start(patch.at))?;
        file.write_all(&patch.bytes)?;
    }
    file.seek(SeekFrom::End(0)).map(drop)
}

fn complete(file: &mut File, header: u64, data: u64, frames: u64) -> io::Result<()> {
    apply(file, &patches(header, data, 0, frames, RIFF_MOST))
}

/// Completes the header of a recording whose program was ended from outside. Gives the sample frames that it holds if there
/// were more than its header said; none if the file is whole, is being written, or is not one of a [`LastingWriter`] with
/// this specification.
///
/// # Errors
/// If the file cannot be read or written.
pub fn recover(path: &Path, spec: &WavOutSpec) -> io::Result<Option<u64>> {
    let mut file = File::options().read(true).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let expected = header(spec, true, &[]);
    let mut found = vec![0; expected.len()];
    if let Err(error) = file.read_exact(&mut found) {
        return if error.kind() == io::ErrorKind::UnexpectedEof { Ok(None) } else { Err(error) };
    }
    // All but the sizes, and the chunk that holds the long ones.
    let (fixed, end) = (48, expected.len() - 4);
    let known = matches!(&found[..4], b"RIFF" | b"RF64") && found[fixed..end] == expected[fixed..end];
    if !known {
        return Ok(None);
    }
    let long =
        |at: usize| found[at..at + 8].iter().rev().fold(0u64, |number, &byte| number << 8 | u64::from(byte));
    let said = match &found[..4] {
        b"RF64" => long(28),
        _ => found[end..].iter().rev().fold(0u64, |number, &byte| number << 8 | u64::from(byte)),
    };
    let block = spec.bytes_per_sample_frame() as u64;
    let frames = (file.metadata()?.len() - expected.len() as u64) / block;
    if frames * block <= said {
        return Ok(None);
    }
    file.set_len(expected.len() as u64 + frames * block)?;
    complete(&mut file, expected.len() as u64, frames * block, frames)?;
    Ok(Some(frames))
}

#[cfg(test)]
mod tests {
    use super::{LastingWriter, recover};
    use crate::io::wav::{OutEncoding, WavOutSpec, WavReader};
    use std::path::Path;

    fn spec() -> WavOutSpec {
        WavOutSpec::new(16_000, 1, OutEncoding::F32)
    }

    fn read(path: &Path) -> (Option<u64>, Vec<f32>) {
        let mut reader = WavReader::open(path).expect("a file that can be read");
        let (mut samples, mut all) = ([0.0; 1000], Vec::new());
        loop {
            match reader.read(&mut samples).expect("samples") {
                0 => return (reader.declared_frames(), all),
                count => all.extend_from_slice(&samples[..count]),
            }
        }
    }

    #[test]
    fn what_was_committed_is_there_while_the_file_grows() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let path = folder.path().join("take.wav");
        let mut writer = LastingWriter::create(&path, spec()).expect("a file");
        assert_eq!(read(&path), (Some(0), vec![]));
        let mut sound = Vec::new();
        for n in 0..5 {
            let more = vec![0.1 * n as f32; 777];
            writer.write(&more).expect("room");
            sound.extend(more);
            writer.commit().expect("room");
            assert_eq!(read(&path), (Some(sound.len() as u64), sound.clone()));
        }
        assert!(LastingWriter::create(&path, spec()).is_err(), "nobody else gets that name");
        writer.shorten(1000).expect("a shorter file");
        assert_eq!(read(&path), (Some(1000), sound[..1000].to_vec()));
    }

    #[test]
    fn what_was_not_committed_is_recovered_once_and_only_when_its_writer_is_gone() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let path = folder.path().join("take.wav");
        let mut writer = LastingWriter::create(&path, spec()).expect("a file");
        writer.write(&[0.25; 100]).expect("room");
        writer.commit().expect("room");
        writer.write(&[0.5; 50]).expect("room");
        assert_eq!(recover(&path, &spec()).expect("a file"), None, "it is being written");
        // The end of the program, in the middle of a sample.
        drop(writer);
        let file = std::fs::File::options().append(true).open(&path).expect("a file");
        std::io::Write::write_all(&mut &file, &[1, 2]).expect("room");
        drop(file);
        assert_eq!(read(&path).0, Some(100));
        assert_eq!(recover(&path, &spec()).expect("a file"), Some(150));
        let (frames, samples) = read(&path);
        assert_eq!((frames, samples.len(), samples[99], samples[100]), (Some(150), 150, 0.25, 0.5));
        assert_eq!(recover(&path, &spec()).expect("a file"), None, "it is whole");
    }

    #[test]
    fn files_of_others_are_left_alone() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let path = folder.path().join("other.wav");
        for bytes in [&b"RIFF"[..], &[0; 4000], b""] {
            std::fs::write(&path, bytes).expect("room");
            assert_eq!(recover(&path, &spec()).expect("a file"), None);
            assert_eq!(std::fs::read(&path).expect("a file"), bytes);
        }
    }
}
