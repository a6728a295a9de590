//! The arithmetic under the layers: one generic form per operation, built for each instruction set, chosen at run time.
//!
//! Each operation is written once over [`Lanes`] (`lanes/`), compiled inside functions that enable an instruction set
//! (`dispatch.rs`), and has a plain scalar twin (`scalar.rs`) that the tests hold it against.

mod across;
mod bands;
mod chains;
mod depthwise;
mod dispatch;
mod epilogue;
mod frame_chains;
mod frame_sums;
mod gates;
mod lanes;
mod norms;
mod pointwise;
mod product;
mod scalar;
#[cfg(test)]
mod tests;

pub(crate) use bands::{BandRow, Bands};
pub(crate) use chains::BinChains;
pub(crate) use depthwise::Depthwise;
pub use dispatch::Kernels;
pub(crate) use epilogue::{Affine, Epilogue, pad};
pub(crate) use frame_chains::{ChainSizes, ChainWeights, FrameChains};
pub(crate) use frame_sums::{FramePart, FrameSums};
pub(crate) use pointwise::Curve;
pub(crate) use product::{Product, Segment, Strides};

use lanes::Lanes;

/// Widest vector of any instruction set, in `f32` lanes. Packed weights are padded to it.
pub(crate) const WIDEST: usize = 16;

/// `length` rounded up to a whole number of the widest vectors.
pub(crate) const fn padded(length: usize) -> usize {
    length.div_ceil(WIDEST) * WIDEST
}
