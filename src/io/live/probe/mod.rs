//! The way round from the output to the input: measured by chirps, and found where there should be none.

mod chirp;
mod loops;

pub use chirp::{Loopback, Trip};
pub(super) use chirp::{Probe, probe};
pub use loops::{LoopWatch, Suspicion};
