//! Real-time, causal speech denoising, frame by frame.
#![deny(missing_docs)]
#![warn(rust_2018_idioms, unsafe_op_in_unsafe_fn)]

pub mod dsp;
pub mod engine;
pub mod model;
pub mod nn;
