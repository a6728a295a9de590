//! Real-time, causal speech denoising, frame by frame, with a latency of zero or one frame.
//!
//! # The idea on one page
//!
//! **A convolution is a matrix product.** Slide the kernel over the zero-filled input, write each position down as a row, and
//! multiply. For a kernel `[p q]` along time and four frames,
//!
//! ```text
//!              x0 x1 x2 x3                       A transposed convolution is the product with that matrix transposed:
//!        y0  [  q          ]                     its sizes are those of the convolution the other way round, and each
//!        y1  [  p  q       ]                     input frame is scattered over several output frames.
//!        y2  [     p  q    ]
//!        y3  [        p  q ]                     `examples/convolution_as_matrix.rs` draws both, in two dimensions
//!        y4  [           p ]  <- surplus         and with strides.
//! ```
//!
//! **Along time neither uses padding.** A kernel of `K` taps makes `K - 1` frames more than it was given, and somebody has to
//! cut them off. Cut all the surplus at the end, as above, and each output needs no future: **zero frames**. Move the cut by
//! one, `y1` to `y4`, and each output may use one future frame: **one frame**, for one hop more delay. In both cases, and for
//! dilation `D`, with `V` the taps from the newest to the oldest,
//!
//! `y[t] = b + sum_k V[k] x[t + a - k D]`
//!
//! and the look-ahead `a` is only the label of the result. So a streaming layer does the same work for any `a`; a frame comes
//! out under the label `n - a` at step `n`.
//!
//! **The latency follows from the graph.** A network is built from layers that say nothing of delay: every wire of a
//! [`Graph`](nn::Graph) carries the delay that follows from the layers before it, joins are aligned by delay lines that the
//! builder inserts, and the delay of the last wire is the latency.
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
//! With `N` samples of window, `H` of hop and `d` frames of look-ahead, a sample comes out
//!
//! `(N - H) + d H`
//!
//! samples after it went in, hop in to hop out. Blocks of any size add `H - 1`, constant blocks of `B` samples
//! `H - gcd(B, H)`. [`Delays`](engine::Delays) keeps the parts apart, and the tests measure each by impulse. The figure usual in
//! the literature counts the collecting of a hop as well: `N + d H`.
//!
//! # Three ways in
//!
//! A recording, aligned with its input to the sample:
//!
//! ```
//! use framewise::engine::Denoiser;
//! use framewise::model::{Latency, Model};
//!
//! let mut denoiser = Denoiser::new(&Model::builtin(Latency::ONE));
//! let noisy = vec![0.1; 16_000];
//! let clean = denoiser.process_clip(&noisy);
//! assert_eq!(clean.len(), noisy.len());
//! ```
//!
//! A host that owns rate, channels and blocks; nothing in `process` allocates, locks or panics:
//!
//! ```
//! use framewise::engine::Processor;
//! use framewise::model::Latency;
//! # fn main() -> Result<(), framewise::engine::EngineError> {
//! let mut processor = Processor::builder(16_000, 1).latency(Latency::ZERO).build()?;
//! assert_eq!(processor.delays().total(), (320 - 160) + 0 * 160 + (160 - 1));
//! let mut callback = |input: &[f32], output: &mut [f32]| processor.process(&[input], &mut [output]);
//! let mut output = vec![0.0; 1056];
//! for block in [480, 1056, 7] {
//!     callback(&vec![0.1; block], &mut output[..block]);
//! }
//! # Ok(()) }
//! ```
//!
//! A network of your own. The same two taps give `x[t] + x[t - 1]` or, one frame later, `x[t + 1] + x[t]`; where the second
//! meets the input again, the input waits for it:
//!
//! ```
//! use framewise::nn::{Add, Axes, ConvConfig, FrameShape, GraphBuilder, TimeConv};
//! use ndarray::{Array1, Array3, Array4};
//! # fn main() -> Result<(), framewise::nn::NnError> {
//! for (look_ahead, sums) in [(0, [1.0, 3.0, 6.0, 12.0]), (1, [3.0, 6.0, 12.0, 8.0])] {
//!     let shape = FrameShape::vector(1);
//!     let config = ConvConfig::new(shape, 1, Axes { time: 2, bins: 1 }).look_ahead(look_ahead);
//!     let taps = Array4::from_elem(config.weight_shape(), 1.0);
//!     let conv = TimeConv::new(config, taps.view(), Array1::zeros(1).view())?;
//!
//!     let mut graph = GraphBuilder::new(shape);
//!     let input = graph.input();
//!     let taps = graph.add("taps", conv, &[input])?;
//!     let output = graph.add("with input", Add, &[taps, input])?;
//!     let graph = graph.finish(output)?;
//!     assert_eq!(graph.delay(), look_ahead);
//!     assert_eq!(graph.summary().delay_lines().count(), look_ahead);
//!
//!     let clip = Array3::from_shape_vec((4, 1, 1), vec![1.0, 2.0, 4.0, 8.0]).expect("four frames of one number");
//!     let expected = &Array3::from_shape_vec((4, 1, 1), sums.to_vec()).expect("as many") + &clip;
//!     assert_eq!(graph.run(clip.view()), expected); // to the bit what a `Session` gives, frame by frame
//! }
//! # Ok(()) }
//! ```
//!
//! # The modules
//!
//! - [`engine`]: [`Denoiser`](engine::Denoiser) takes a hop and gives a hop, [`Processor`](engine::Processor) whatever a host has,
//!   [`Channels`](engine::Channels) recordings in pieces.
//! - [`model`]: the built-in models, model files; with the feature `import`, GTCRN checkpoints.
//! - [`nn`]: layers and graphs, also for networks and layers of your own.
//! - [`dsp`]: the transform and the denormal guard.
//! - `io` (feature `wav`): WAV files, resampling, whole files in flat memory; with `live`, devices.
//! - `eval` (feature `metrics`, or `eval` for comparisons too): how close sound is to clean sound.
//!
//! Samples are `f32` with full scale at 1; rates are in Hz, delays in samples at the model's rate, look-ahead and latency in
//! frames. What can be wrong is found when a thing is built, as an error that names it; what runs per hop returns no
//! `Result` and panics only on slices of a wrong length.
//!
//! # Features
//!
//! - `wav`: reading and writing WAV files.
//! - `metrics`: PESQ, STOI, SI-SDR and others, with `wav`.
//! - `eval`: experiments that compare latencies, with `metrics`.
//! - `import`: models made of published GTCRN checkpoints, and a reader of PyTorch's checkpoints without PyTorch.
//! - `cli` (default): the program `framewise`, with `eval` and `import`. It is a program alone: what its module holds is there for
//!   the program's own `main`, is no part of the public interface, and may change in any version.
//! - `live`: sound devices, and with `cli` the commands `live` and `devices`. Needs the headers of ALSA on Linux.
//!
//! The bare library needs neither a terminal nor a sound card.

#![deny(missing_docs)]
// The features that an item needs stand beside it.
#![cfg_attr(docsrs, feature(doc_cfg))]
// `.ci/realtime.sh`: what may run in a callback is watched by the real-time sanitizer.
#![cfg_attr(framewise_rtsan, feature(sanitize))]
#![warn(rust_2018_idioms, unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]

// Helpers that unit tests share with the tests beside the crate name it from outside.
#[cfg(all(test, feature = "live"))]
extern crate self as framewise;

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
pub mod dsp;
pub mod engine;
#[cfg(feature = "metrics")]
pub mod eval;
#[cfg(feature = "wav")]
pub mod io;
pub mod model;
pub mod nn;

// Crates whose types the interface shows: weights are arrays, headers of models hold JSON, and errors of devices are theirs.
#[cfg(feature = "live")]
pub use cpal;
pub use {ndarray, serde_json};
