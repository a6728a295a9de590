//! WAV files and streams: a tolerant reader and a careful writer.
//!
//! [`WavReader`] walks the chunks and decodes the samples itself, because the files that people have
//! are often not the files that the standard describes, and because a pipe can't seek. It gives
//! interleaved `f32` in -1 to 1 and a list of what was odd ([`Warning`]).
//!
//! [`WavWriter`] leaves an ordinary file of known length below 4 GiB to the `hound` crate. What `hound`
//! doesn't do is written here: 64-bit floats, a chosen channel mask, a file whose length is not known
//! beforehand and may pass 4 GiB (it then becomes RF64), and a pipe, whose header can't be corrected.
//!
//! A **sample frame** is one sample of every channel.
//!
//! ```
//! use framewise::io::wav::{OutEncoding, WavOutSpec, WavReader, WavWriter};
//!
//! let folder = std::env::temp_dir().join(format!("framewise-doc-{}", std::process::id()));
//! std::fs::create_dir_all(&folder)?;
//! let path = folder.join("tone.wav");
//!
//! let mut writer = WavWriter::create(&path, WavOutSpec::new(16_000, 1, OutEncoding::I16), true)?;
//! writer.write(&[0.0, 0.5, -0.5])?;
//! writer.finish()?;
//!
//! let mut reader = WavReader::open(&path)?;
//! let mut block = [0.0; 64];
//! assert_eq!(reader.read(&mut block)?, 3);
//! assert_eq!(block[..3], [0.0, 0.5, -0.5]);
//! assert_eq!(reader.read(&mut block)?, 0);
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod encoding;
mod error;
mod extras;
mod read;
mod spec;
mod warning;
mod write;

pub use super::temporary::discard_unfinished;
pub use encoding::{Justification, OutEncoding, SampleEncoding};
pub use error::WavError;
pub(crate) use error::shown;
pub use extras::{Chunk, Extras};
pub use read::WavReader;
pub(super) use read::open_file;
pub use spec::{Container, HeaderlessSpec, MAX_CHANNELS, MAX_SAMPLE_RATE, WavOutSpec, WavSpec};
pub(super) use warning::Notes;
pub use warning::Warning;
#[cfg(feature = "live")]
pub use write::{LastingWriter, recover};
pub use write::{WavWriter, Written, to_i16};
