//! Triangular dither: the sum of two uniform numbers, each within half a step either side.
//!
//! It makes the rounding error of an integer format a steady noise that doesn't follow the sound.

/// A source of dither that gives the same numbers for the same seed.
#[derive(Debug, Clone)]
pub(super) struct Dither {
    state: u64,
}

impl Dither {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next value, between -1 and 1 steps of the integer format.
    pub(super) fn next(&mut self) -> f64 {
        let bits = self.next_bits();
        let (high, low) = ((bits >> 32) as f64, (bits & 0xFFFF_FFFF) as f64);
        (high + low) / 4_294_967_295.0 - 1.0
    }

    /// SplitMix64: a counter with an odd stride, its bits mixed by multiplication.
    fn next_bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
