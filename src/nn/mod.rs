//! Streaming networks: layers advanced a frame at a time, a graph that aligns them, and sessions that hold their state.
//!
//! Every wire of a [`Graph`] has a delay: at step `n` it holds the frame labelled `n - delay`. A layer with look-ahead
//! adds to it, and at a join the builder holds the early inputs back, so that the delay of the output wire is the
//! latency of the network in frames. Frames outside the clip are exactly zero for whoever reads them.

mod error;
mod floats;
mod graph;
mod graph_builder;
mod kernels;
mod layer;
mod layers;
mod placing;
mod session;
mod shape;
mod summary;

pub use error::NnError;
pub use graph::{Graph, Wire};
pub use graph_builder::GraphBuilder;
pub use kernels::Kernels;
pub use layer::{Inputs, Layer, Memory, Workspace};
pub use layers::{
    Activation, Add, Axes, Axis, BatchNorm, BinGru, BinLstm, BinMatrix, BinRecurrent, BinUnfold, Cell,
    ChannelShuffle, ComplexMask, CompressedSpectrum, Concatenate, Conv, ConvConfig, ConvKind, DelayLine, Gru,
    GruCell, Interleave, LayerNorm, Linear, Lstm, LstmCell, MeanSquare, Multiply, PRelu, Plain,
    RecurrentWeights, Reshape, Slice, TimeConv, TimeConvTranspose, TimeRecurrent, Transposed,
};
pub use session::Session;
pub use shape::FrameShape;
pub use summary::{NodeSummary, Summary};
