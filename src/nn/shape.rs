//! The shape of a frame.

use std::fmt;

/// Bins and channels of one frame; the channels of a bin are neighbours in memory.
///
/// The number of bin `f`, channel `c` stands at `f * channels + c`. A plain vector has one bin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FrameShape {
    /// Positions along frequency.
    pub bins: usize,
    /// Numbers at each position.
    pub channels: usize,
}

impl FrameShape {
    /// A frame of `bins` positions with `channels` numbers each.
    pub const fn new(bins: usize, channels: usize) -> Self {
        Self { bins, channels }
    }

    /// One position: a vector.
    pub const fn vector(length: usize) -> Self {
        Self { bins: 1, channels: length }
    }

    /// Numbers in a frame: `bins * channels`, or the most that can be counted if that is more.
    pub const fn size(self) -> usize {
        self.bins.saturating_mul(self.channels)
    }
}

impl fmt::Display for FrameShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} x {}", self.bins, self.channels)
    }
}
