//! Writing: the header, the samples, and the header again when the length is known.

mod dither;
mod header;
#[cfg(feature = "live")]
mod lasting;
mod quantise;
mod sink;
mod writer;

#[cfg(feature = "live")]
pub use lasting::{LastingWriter, recover};
pub use quantise::to_i16;
pub use writer::{WavWriter, Written};
