//! Writes the sound of a WAV file block by block.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::header::RIFF_MOST;
use super::quantise::Quantiser;
use super::sink::Sink;
use crate::io::destination::is_device;
use crate::io::temporary::Temporary;
use crate::io::wav::error::{WavError, shown};
use crate::io::wav::extras::Chunk;
use crate::io::wav::spec::{MAX_CHANNELS, MAX_SAMPLE_RATE, WavOutSpec};

/// Samples that are turned into bytes together.
const SAMPLES: usize = 4096;

/// Writes a WAV file or stream from front to back, in constant memory.
///
/// A file appears under its name only when [`finish`](Self::finish) succeeds; dropped before, it leaves
/// nothing behind and whatever had the name stays as it was.
pub struct WavWriter {
    name: String,
    spec: WavOutSpec,
    quantiser: Quantiser,
    scratch: Vec<u8>,
    written: u64,
    // Before `temporary`, so that the file is closed before it is removed.
    sink: Sink,
    temporary: Option<Temporary>,
    overwrite: bool,
}

/// What a finished file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// Sample frames, that is samples of each channel.
    pub frames: u64,
    /// Samples beyond full scale, saturated because the encoding can't hold them.
    pub clipped: u64,
    /// Samples that were none, by [`scrub`](crate::dsp::scrub), written as 0.
    pub non_finite: u64,
    /// Whether chunks behind the sound could be written; a stream of open length has no place for them.
    pub chunks_after: bool,
}

impl WavWriter {
    /// Begins the file at `path`, under a passing name in the same folder.
    ///
    /// `overwrite` allows to replace a file that exists. A device or named pipe at `path` is written
    /// to directly, as by [`stream`](Self::stream).
    ///
    /// # Errors
    ///
    /// If the file exists and `overwrite` is false, can't be created, or `spec` is out of range.
    pub fn create(path: impl AsRef<Path>, spec: WavOutSpec, overwrite: bool) -> Result<Self, WavError> {
        Self::create_with(path, spec, &[], overwrite)
    }

    /// As [`create`](Self::create), with chunks that stand before the sound.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    pub fn create_with(
        path: impl AsRef<Path>,
        spec: WavOutSpec,
        before: &[Chunk],
        overwrite: bool,
    ) -> Result<Self, WavError> {
        let path = path.as_ref();
        let name = shown(&path.display().to_string());
        check(&name, &spec)?;
        let failed = |source| WavError::Create { file: name.clone(), source };
        if is_device(path) {
            let device = fs::File::options().write(true).open(path).map_err(failed)?;
            let sink = Sink::stream(Box::new(device), &spec, before).map_err(failed)?;
            return Ok(Self::with(name, spec, sink, None, overwrite));
        }
        let (temporary, file) = Temporary::beside(path, overwrite).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => WavError::Exists { file: name.clone() },
            _ => failed(source),
        })?;
        let sink = Sink::file(file, &spec, before).map_err(failed)?;
        Ok(Self::with(name, spec, sink, Some(temporary), overwrite))
    }

    /// Begins a stream whose length stays open: both sizes in its header are all ones.
    ///
    /// `name` is what messages call it. Nothing is sought, so a pipe will do.
    ///
    /// # Errors
    ///
    /// If `spec` is out of range.
    pub fn stream(name: &str, out: impl Write + Send + 'static, spec: WavOutSpec) -> Result<Self, WavError> {
        Self::stream_with(name, out, spec, &[])
    }

    /// As [`stream`](Self::stream), with chunks that stand before the sound.
    ///
    /// # Errors
    ///
    /// As [`stream`](Self::stream).
    pub fn stream_with(
        name: &str,
        out: impl Write + Send + 'static,
        spec: WavOutSpec,
        before: &[Chunk],
    ) -> Result<Self, WavError> {
        let name = shown(name);
        check(&name, &spec)?;
        let sink = Sink::stream(Box::new(out), &spec, before).map_err(|source| WavError::Write {
            file: name.clone(),
            frames: 0,
            source,
        })?;
        Ok(Self::with(name, spec, sink, None, true))
    }

    /// Begins a stream of samples alone, without any header. `name` is what messages call it.
    ///
    /// # Errors
    ///
    /// If `spec` is out of range.
    pub fn headerless(
        name: &str,
        out: impl Write + Send + 'static,
        spec: WavOutSpec,
    ) -> Result<Self, WavError> {
        let name = shown(name);
        check(&name, &spec)?;
        Ok(Self::with(name, spec, Sink::headerless(Box::new(out)), None, true))
    }

    fn with(
        name: String,
        spec: WavOutSpec,
        sink: Sink,
        temporary: Option<Temporary>,
        overwrite: bool,
    ) -> Self {
        let quantiser = Quantiser::new(&spec);
        Self { name, spec, quantiser, scratch: Vec::new(), written: 0, sink, temporary, overwrite }
    }

    /// What is being written.
    pub fn spec(&self) -> WavOutSpec {
        self.spec
    }

    /// Sample frames written so far.
    pub fn frames_written(&self) -> u64 {
        self.written
    }

    /// Samples so far that were beyond full scale and saturated; always 0 for floats.
    pub fn clipped(&self) -> u64 {
        self.quantiser.clipped
    }

    /// Writes interleaved samples, full scale at 1, whole sample frames only.
    ///
    /// # Errors
    ///
    /// If writing fails, the block ends within a sample frame, or the sound passes 4 GiB although a
    /// shorter length was announced.
    pub fn write(&mut self, interleaved: &[f32]) -> Result<(), WavError> {
        let channels = usize::from(self.spec.channels);
        if !interleaved.len().is_multiple_of(channels) {
            return Err(WavError::RaggedBlock {
                file: self.name.clone(),
                found: interleaved.len(),
                channels: self.spec.channels,
            });
        }
        let at_once = (SAMPLES / channels).max(1) * channels;
        for samples in interleaved.chunks(at_once) {
            let frames = self.written + (samples.len() / channels) as u64;
            let bytes = frames * self.spec.bytes_per_sample_frame() as u64;
            if matches!(self.sink, Sink::Hound(..)) && bytes > RIFF_MOST {
                return Err(WavError::TooLong {
                    file: self.name.clone(),
                    expected: self.spec.expected_frames.unwrap_or_default(),
                });
            }
            self.sink.write(&self.spec, &mut self.quantiser, samples, &mut self.scratch).map_err(
                |source| WavError::Write { file: self.name.clone(), frames: self.written, source },
            )?;
            self.written = frames;
        }
        Ok(())
    }

    /// Hands all that was written on to the reader of a stream; does nothing for a file.
    ///
    /// # Errors
    ///
    /// If writing fails, as it does when the reader has gone.
    pub fn flush(&mut self) -> Result<(), WavError> {
        self.sink.flush().map_err(|source| WavError::Write {
            file: self.name.clone(),
            frames: self.written,
            source,
        })
    }

    /// Completes the header and gives a file its name.
    ///
    /// # Errors
    ///
    /// If writing fails, or a file of that name has appeared and may not be replaced. Nothing is then
    /// left behind.
    pub fn finish(self) -> Result<Written, WavError> {
        self.finish_with(&[])
    }

    /// As [`finish`](Self::finish), with chunks behind the sound, where they can stand.
    ///
    /// # Errors
    ///
    /// As [`finish`](Self::finish).
    pub fn finish_with(self, after: &[Chunk]) -> Result<Written, WavError> {
        let Self { name, spec, quantiser, written, sink, temporary, overwrite, .. } = self;
        let failed = |source| WavError::Write { file: name.clone(), frames: written, source };
        let chunks_after = sink.takes_chunks_after();
        sink.finish(&spec, written, after).map_err(failed)?;
        if let Some(temporary) = temporary {
            temporary.keep(overwrite).map_err(|source| match source.kind() {
                io::ErrorKind::AlreadyExists => WavError::Exists { file: name.clone() },
                _ => failed(source),
            })?;
        }
        let Quantiser { clipped, non_finite, .. } = quantiser;
        Ok(Written { frames: written, clipped, non_finite, chunks_after })
    }
}

fn check(name: &str, spec: &WavOutSpec) -> Result<(), WavError> {
    if spec.channels == 0 || spec.channels > MAX_CHANNELS {
        return Err(WavError::Channels { file: name.to_string(), found: spec.channels });
    }
    if spec.sample_rate == 0 || spec.sample_rate > MAX_SAMPLE_RATE {
        return Err(WavError::SampleRate { file: name.to_string(), found: spec.sample_rate });
    }
    Ok(())
}

impl fmt::Debug for WavWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WavWriter")
            .field("name", &self.name)
            .field("spec", &self.spec)
            .field("frames_written", &self.written)
            .field("clipped", &self.quantiser.clipped)
            .finish_non_exhaustive()
    }
}
