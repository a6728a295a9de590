//! Sizes of the devices' blocks, and the prefill that follows from them.

use crate::dsp::greatest_common_divisor;
use std::time::Duration;

/// How long a block counts as possible after it was seen.
const MEMORY: Duration = Duration::from_secs(10);

/// A block beyond this, by itself, is what a stall left behind, not a habit of the device.
const MOST: Duration = Duration::from_millis(180);

/// The blocks of one device: the longest of late, and what divides them all. A block that does not fit hops once puts all
/// later ones between hops, for good.
#[derive(Clone, Debug)]
pub(super) struct Blocks {
    rate: u32,
    /// Longest that was announced.
    hint: usize,
    current: usize,
    previous: usize,
    frames: usize,
    divisor: usize,
    /// Whether the last block was beyond [`MOST`].
    long: bool,
}

impl Blocks {
    pub fn new(rate: u32, hint: usize) -> Self {
        Self { rate, hint, current: 0, previous: 0, frames: 0, divisor: 0, long: false }
    }

    pub fn see(&mut self, block: usize) {
        let long = block as f64 > f64::from(self.rate) * MOST.as_secs_f64();
        if std::mem::replace(&mut self.long, long) != long && long {
            return;
        }
        self.divisor = greatest_common_divisor(block, self.divisor);
        self.current = self.current.max(block);
        self.frames += block;
        if self.frames as f64 > f64::from(self.rate) * MEMORY.as_secs_f64() {
            (self.previous, self.current, self.frames) = (self.current, 0, 0);
        }
    }

    pub fn longest(&self) -> usize {
        self.hint.max(self.current).max(self.previous)
    }

    /// What divides every block so far; 1 before the first, and where blocks were announced that were not seen.
    pub fn divisor(&self) -> usize {
        let hint = if self.hint > self.current.max(self.previous) { self.hint } else { 0 };
        greatest_common_divisor(hint, self.divisor).max(1)
    }
}

/// Input frames between the two callbacks with which no call of the output ever finds too few.
///
/// At call `k` the output has asked for `(k + 1) B_out` frames in all, rounded up to whole hops of `H`, and the input has
/// given at least `k B_out - B_in`. So the delay must be `B_in + B_out + H - gcd(blocks out, H)`. `hop` is in output
/// frames, 0.5 for half a frame.
pub(super) fn prefill(input: &Blocks, output: &Blocks, hop: f64) -> f64 {
    let aligned =
        if hop.fract() == 0.0 { greatest_common_divisor(output.divisor(), hop as usize) as f64 } else { 1.0 };
    let ratio = f64::from(input.rate) / f64::from(output.rate);
    input.longest() as f64 + (output.longest() as f64 + hop - aligned) * ratio
}

#[cfg(test)]
mod tests {
    use super::{Blocks, prefill};

    fn blocks(rate: u32, sizes: &[usize]) -> Blocks {
        let mut blocks = Blocks::new(rate, 0);
        sizes.iter().for_each(|&size| blocks.see(size));
        blocks
    }

    #[test]
    fn whole_hops_need_two_blocks_and_others_what_is_left_of_a_hop() {
        assert_eq!(prefill(&blocks(48_000, &[480]), &blocks(48_000, &[480]), 480.0), 960.0);
        assert_eq!(
            prefill(&blocks(48_000, &[480]), &blocks(48_000, &[1024]), 480.0),
            480.0 + 1024.0 + 480.0 - 32.0
        );
        assert_eq!(
            prefill(&blocks(48_000, &[256]), &blocks(48_000, &[480, 481]), 480.0),
            256.0 + 481.0 + 479.0
        );
        assert_eq!(prefill(&blocks(16_000, &[160]), &blocks(48_000, &[960]), 480.0), 160.0 + 320.0);
    }

    #[test]
    fn an_announced_block_counts_before_it_is_seen() {
        let mut output = Blocks::new(48_000, 4096);
        assert_eq!((output.longest(), output.divisor()), (4096, 4096));
        output.see(7);
        assert_eq!((output.longest(), output.divisor()), (4096, 1));
    }

    #[test]
    fn a_long_block_is_forgotten_in_time_and_a_stall_is_no_block() {
        let mut input = blocks(48_000, &[480, 24_000]);
        assert_eq!(input.longest(), 480);
        assert_eq!(blocks(48_000, &[24_000, 24_000]).longest(), 24_000);
        input.see(4096);
        assert_eq!(input.longest(), 4096);
        for _ in 0..2 * 1002 {
            input.see(480);
        }
        assert_eq!(input.longest(), 480);
    }
}
