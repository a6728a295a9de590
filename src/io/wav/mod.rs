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

mod behind;
mod chunk;
mod data_size;
mod decode;
mod dither;
mod encoding;
mod error;
mod extras;
mod fmt_chunk;
mod g711;
mod head;
mod input;
#[cfg(feature = "live")]
mod lasting;
mod out_header;
mod quantise;
mod reader;
mod side;
mod sink;
mod sniff;
mod spec;
mod warning;
mod writer;

pub use super::temporary::discard_unfinished;
pub use encoding::{OutEncoding, SampleEncoding, Side};
pub use error::WavError;
pub(crate) use error::shown;
pub use extras::{Chunk, Extras};
#[cfg(feature = "live")]
pub use lasting::{LastingWriter, recover};
pub use quantise::to_i16;
pub use reader::WavReader;
pub(super) use reader::open_file;
pub use spec::{Container, HeaderlessSpec, MAX_CHANNELS, MAX_SAMPLE_RATE, WavOutSpec, WavSpec};
pub(super) use warning::Notes;
pub use warning::Warning;
pub use writer::{WavWriter, Written};
