//! What is known of the blocks of a host.

/// What is known of the sizes of blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Blocks {
    /// Any size, changing from block to block: a hop less one sample of delay for blocking.
    Any,
    /// Always this many samples: `H - gcd(block, H)` of delay for blocking, none where blocks are whole hops.
    Constant(usize),
}
