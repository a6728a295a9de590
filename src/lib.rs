//! Real-time, causal speech denoising, frame by frame.
#![deny(missing_docs)]
#![warn(rust_2018_idioms)]
