//! Reading: the chunks before the sound, the samples, and what stands behind them.

mod chunk;
mod data_size;
mod decode;
mod fmt_chunk;
mod g711;
mod input;
mod justification;
mod preamble;
mod reader;
mod sniff;
mod trailing;

pub(super) use chunk::ChunkHeader;
pub(super) use data_size::UNKNOWN_FROM;
pub(super) use input::Input;
pub use reader::WavReader;
pub(in crate::io) use reader::open_file;
