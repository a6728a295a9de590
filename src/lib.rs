//! Real-time, causal speech denoising, frame by frame, with a latency of zero or one frame.
//!
//! # The idea on one page
//!
//! A convolution is a matrix product: slide the kernel over the zero-filled input grid, flatten each position into a
//! column, and multiply. A transposed convolution is the product with that matrix transposed, so that its sizes are those
//! of the convolution the other way round (`examples/convolution_as_matrix.rs` draws both).
//!
//! Along time neither uses padding. A convolution is padded in front by hand; the output of a transposed one is cut by
//! hand. Cut all the surplus at the end, and each output needs no future: **zero frames**. Shift the cut by one, and each
//! output may use one future frame: **one frame**, for one hop more delay. In both cases
//!
//! `y[t] = b + sum_k V[k] x[t + a - k D]`
//!
//! and the look-ahead `a` is only the label of the result. So a network can be built from layers that say nothing of
//! delay: every wire of a [`Graph`](nn::Graph) carries the delay that follows from the layers before it, joins are
//! aligned by delay lines that the builder inserts, and the delay of the last wire is the latency.
//!
//! ```text
//!  samples    +----------+ spectrum  +--------------------------------------------+ spectrum  +-----------+  samples
//!  a hop ---->| Analysis |---------->| Session: encoder -> recurrent -> decoder   |---------->| Synthesis |----> a hop
//!             +----------+     |     |   skips aligned by delay lines             |     ^     +-----------+
//!                dsp           |     +--------------------------------------------+     |          dsp
//!                              +------------ delay line of d frames ----> x mask -------+
//! ```
//!
//! # Latency in samples
//!
//! With `N` samples of window, `H` of hop and `d` frames of look-ahead, a sample comes out `(N - H) + d H` samples after
//! it went in, hop in to hop out; [`Delays`](engine::Delays) keeps the parts apart and the tests measure each.
//!
//! # Where to start
//!
//! - [`engine::Denoiser`]: a hop in, a hop out. [`engine::Stream`]: blocks of any size, for live sound.
//!   [`engine::Aligned`]: recordings, aligned to the sample.
//! - [`model::Model`]: the built-in models, model files, imported GTCRN checkpoints.
//! - [`nn`]: layers and graphs, also for networks and layers of your own.
//! - [`dsp`]: the transform; `io` (feature `wav`): files.
//!
//! ```
//! use framewise::engine::Denoiser;
//! use framewise::model::{Latency, Model};
//!
//! let mut denoiser = Denoiser::new(&Model::builtin(Latency::OneFrame));
//! let noisy = vec![0.1; 16_000];
//! let clean = denoiser.process_clip(&noisy);
//! assert_eq!(clean.len(), noisy.len());
//! ```
//!
//! # Features
//!
//! - `wav`: reading and writing WAV files.
//! - `cli` (default): the program `framewise`, with `wav`.
//! - `live`: sound devices, and with `cli` the commands `live` and `devices`. Needs the headers of ALSA on Linux.
//!
//! The bare library needs neither a terminal nor a sound card.

#![deny(missing_docs)]
#![warn(rust_2018_idioms, unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]

// Helpers that unit tests share with the tests beside the crate name it from outside.
#[cfg(all(test, feature = "live"))]
extern crate self as framewise;

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
pub mod dsp;
pub mod engine;
#[cfg(feature = "wav")]
pub mod io;
pub mod model;
pub mod nn;
