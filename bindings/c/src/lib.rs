//! Framewise for C: the functions of `include/framewise/framewise.h`, and in [`rnnoise`] those of `rnnoise.h`.
//!
//! No panic leaves a function, and no sound is processed here: that is the processor's.
#![deny(clippy::undocumented_unsafe_blocks, clippy::missing_safety_doc, unsafe_op_in_unsafe_fn)]
// `.ci/realtime.sh`: what is for a thread of sound is watched by the real-time sanitizer.
#![cfg_attr(framewise_rtsan, feature(sanitize))]

mod denoiser;
mod error;
/// cbindgen:ignore
pub mod rnnoise;
mod sound;
#[cfg(test)]
mod tests;

pub use denoiser::*;
pub use error::{framewise_last_error, framewise_status_message, FramewiseStatus};
pub use sound::*;
