//! Where sound comes from and goes to: files, and the standard streams under the name `-`.

use crate::cli::args::RawArgs;
use crate::cli::say;
use crate::cli::usage::Usage;
use crate::io::wav::{Chunk, HeaderlessSpec, WavError, WavOutSpec, WavReader, WavWriter};
use crate::io::{IoError, open_sound, read_sound};
use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{IsTerminal, stdin, stdout};
use std::path::{Path, PathBuf};

/// The name of a standard stream.
pub const STREAM: &str = "-";

/// A file or a standard stream.
#[derive(Debug, Clone)]
pub enum Endpoint {
    Stream,
    File(PathBuf),
}

impl Endpoint {
    pub fn new(path: &Path) -> Self {
        if path == Path::new(STREAM) { Self::Stream } else { Self::File(path.to_owned()) }
    }

    pub fn is_stream(&self) -> bool {
        matches!(self, Self::Stream)
    }

    /// The path as it was given, for programs; people are shown it by `Display`, on one line.
    pub fn path(&self) -> String {
        match self {
            Self::Stream => STREAM.into(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// Reads what a stream holds behind its sound, since a program that sends it may fail if nobody takes it.
    pub fn drain(&self) {
        if self.is_stream() {
            // It is of no use to anyone, so neither is a failure.
            let _ = std::io::copy(&mut stdin().lock(), &mut std::io::sink());
        }
    }

    /// Begins to read: up to the sound.
    pub fn open(&self, raw: &RawArgs) -> Result<WavReader, Box<dyn Error + Send + Sync>> {
        let headerless = headerless(raw);
        Ok(match (self, headerless) {
            (Self::Stream, _) if stdin().is_terminal() => {
                return Err(Box::new(Usage(
                    "standard input is a terminal: send sound to it, or name a file",
                )));
            }
            (Self::Stream, None) => read_sound("standard input", stdin())?,
            (Self::Stream, Some(spec)) => WavReader::headerless("standard input", stdin(), spec)?,
            (Self::File(path), None) => open_sound(path)?,
            (Self::File(path), Some(spec)) => {
                let name = path.display().to_string();
                let failed = |source| WavError::Open { file: say::name(path), source };
                WavReader::headerless(&name, File::open(path).map_err(failed)?, spec)?
            }
        })
    }

    /// Begins to write, with chunks that stand before the sound.
    pub fn create(
        &self,
        raw: &RawArgs,
        spec: WavOutSpec,
        before: &[Chunk],
        force: bool,
    ) -> Result<WavWriter, IoError> {
        Ok(match self {
            Self::Stream if raw.raw.is_some() => WavWriter::headerless("standard output", stdout(), spec)?,
            Self::Stream => WavWriter::stream_with("standard output", stdout(), spec, before)?,
            Self::File(path) => WavWriter::create_with(path, spec, before, force)?,
        })
    }

    /// Refuses to pour sound on somebody's screen.
    pub fn check_output(&self) -> Result<(), Usage> {
        if self.is_stream() && stdout().is_terminal() {
            return Err(Usage("standard output is a terminal: send it on to a program, or name a file"));
        }
        Ok(())
    }
}

/// What the arguments say of samples without a header; they are required together.
fn headerless(raw: &RawArgs) -> Option<HeaderlessSpec> {
    let (format, sample_rate, channels) = (raw.raw?, raw.rate?, raw.channels?);
    Some(HeaderlessSpec { sample_rate, channels, encoding: format.into() })
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stream => f.write_str(STREAM),
            Self::File(path) => f.write_str(&say::name(path)),
        }
    }
}
