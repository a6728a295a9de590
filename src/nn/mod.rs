//! Streaming networks: layers advanced a frame at a time, a graph that aligns them, and sessions that hold their state.
//!
//! Every wire of a [`Graph`] has a delay: at step `n` it holds the frame labelled `n - delay`. A layer with look-ahead
//! adds to it, and at a join the builder holds the early inputs back, so that the delay of the output wire is the
//! latency of the network in frames. Frames outside the clip are exactly zero for whoever reads them.

mod activation;
mod batch_norm;
mod bin_matrix;
mod bin_recurrent;
mod bin_unfold;
mod cell;
mod complex_mask;
mod compressed;
mod conv;
mod delay;
mod error;
mod graph;
mod graph_builder;
mod history;
mod join;
mod kernels;
mod layer;
mod layer_norm;
mod linear;
mod mean_square;
mod placing;
mod prelu;
mod reshape;
mod session;
mod shape;
mod shuffle;
mod slice;
mod summary;
mod tap_sum;
mod time_conv;
mod time_conv_transpose;
mod time_recurrent;

pub use activation::Activation;
pub use batch_norm::BatchNorm;
pub use bin_matrix::BinMatrix;
pub use bin_recurrent::{BinGru, BinLstm, BinRecurrent};
pub use bin_unfold::BinUnfold;
pub use cell::{Cell, GruCell, LstmCell, RecurrentWeights};
pub use complex_mask::ComplexMask;
pub use compressed::CompressedSpectrum;
pub use conv::{Axes, Conv, ConvConfig, ConvKind, Plain, Transposed};
pub use delay::DelayLine;
pub use error::NnError;
pub use graph::{Graph, Wire};
pub use graph_builder::GraphBuilder;
pub use join::{Add, Axis, Concatenate, Interleave, Multiply};
pub use kernels::Kernels;
pub use layer::{Inputs, Layer, Memory, Workspace};
pub use layer_norm::LayerNorm;
pub use linear::Linear;
pub use mean_square::MeanSquare;
pub use prelu::PRelu;
pub use reshape::Reshape;
pub use session::Session;
pub use shape::FrameShape;
pub use shuffle::ChannelShuffle;
pub use slice::Slice;
pub use summary::{NodeSummary, Summary};
pub use time_conv::TimeConv;
pub use time_conv_transpose::TimeConvTranspose;
pub use time_recurrent::{Gru, Lstm, TimeRecurrent};
