//! What had to be done to sound besides cleaning it.

/// What a stream had to do besides running its network. Those of several streams add up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Samples that were none, by [`scrub`](crate::dsp::scrub), and became silence.
    pub scrubbed: u64,
    /// Frames that the network was given.
    pub frames: u64,
    /// Frames that came out of it with numbers that are not finite or give no samples, which became silence.
    pub lost: u64,
    /// The most that sound was taken down for the network, and up again after it: by `2^lowered`.
    pub lowered: i32,
}

impl Counts {
    /// Those of two streams together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            scrubbed: self.scrubbed + other.scrubbed,
            frames: self.frames + other.frames,
            lost: self.lost + other.lost,
            lowered: self.lowered.max(other.lowered),
        }
    }
}
