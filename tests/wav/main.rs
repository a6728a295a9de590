//! Reading and writing WAV, with files that the tests build byte by byte.
#![cfg(feature = "wav")]

mod bytes;
mod companding;
mod damaged;
mod extras;
mod formats;
mod hostile;
mod lengths;
mod writing;
