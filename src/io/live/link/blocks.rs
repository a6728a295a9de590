//! Sizes of the devices' blocks, and the prefill that follows from them.

use crate::dsp::greatest_common_divisor;
use std::time::Duration;

/// How long a block counts as possible after it was seen.
const MEMORY: Duration = Duration::from_secs(10);

/// A block beyond this, by itself, is what a stall left behind, not a habit of the device.
const MOST: Duration = Duration::from_millis(180);

/// What was seen of blocks for some time.
#[derive(Clone, Copy, Debug, Default)]
struct Window {
    longest: usize,
    /// What divides all of them; 0 before the first.
    divisor: usize,
}

/// The blocks of one device: the longest of late, and what divides all of late.
#[derive(Clone, Debug)]
pub(super) struct Blocks {
    rate: u32,
    /// Longest that was announced.
    hint: usize,
    current: Window,
    previous: Window,
    frames: usize,
    /// Whether the last block was beyond [`MOST`].
    long: bool,
}

impl Blocks {
    pub fn new(rate: u32, hint: usize) -> Self {
        let (current, previous) = (Window::default(), Window::default());
        Self { rate, hint, current, previous, frames: 0, long: false }
    }

    pub fn see(&mut self, block: usize) {
        let long = block as f64 > f64::from(self.rate) * MOST.as_secs_f64();
        if std::mem::replace(&mut self.long, long) != long && long {
            return;
        }
        self.current.divisor = greatest_common_divisor(block, self.current.divisor);
        self.current.longest = self.current.longest.max(block);
        self.frames += block;
        if self.frames as f64 > f64::from(self.rate) * MEMORY.as_secs_f64() {
            (self.previous, self.current, self.frames) = (self.current, Window::default(), 0);
        }
    }

    fn seen(&self) -> usize {
        self.current.longest.max(self.previous.longest)
    }

    pub fn longest(&self) -> usize {
        self.hint.max(self.seen())
    }

    /// What divides every block of late; 1 before the first, and where blocks were announced that were not seen.
    pub fn divisor(&self) -> usize {
        let hint = if self.hint > self.seen() { self.hint } else { 0 };
        let seen = greatest_common_divisor(self.current.divisor, self.previous.divisor);
        greatest_common_divisor(hint, seen).max(1)
    }
}

/// How an output's blocks lie on hops of `H` frames, 0.5 for half a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Grid {
    /// What divides hops and all blocks of late: `g`.
    pub step: usize,
    /// Frames beyond a multiple of that which are left of a hop after every call. One block that does not fit hops puts all
    /// later ones between hops.
    pub beyond: usize,
}

impl Grid {
    /// While so many frames are ready between two calls.
    pub fn new(output: &Blocks, hop: f64, ready: usize) -> Self {
        let whole = hop.fract() == 0.0;
        let step = if whole { greatest_common_divisor(output.divisor(), hop as usize).max(1) } else { 1 };
        Self { step, beyond: ready % step }
    }
}

/// Input frames between the two callbacks with which no call of the output ever finds too few.
///
/// After each call what is left of a hop is a multiple of `g` and `beyond` frames. At call `k` the output has asked for
/// `(k + 1) B_out` frames in all, so whole hops give at most `H - g + beyond` more than that, and the input has given at least
/// `k B_out - B_in`. So the delay must be `B_in + B_out + H - g + beyond`. `hop` is in output frames.
pub(super) fn prefill(input: &Blocks, output: &Blocks, hop: f64, grid: Grid) -> f64 {
    let ratio = f64::from(input.rate) / f64::from(output.rate);
    let left = hop - grid.step as f64 + grid.beyond as f64;
    input.longest() as f64 + (output.longest() as f64 + left) * ratio
}

#[cfg(test)]
mod tests {
    use super::{Blocks, Grid};

    fn blocks(rate: u32, sizes: &[usize]) -> Blocks {
        let mut blocks = Blocks::new(rate, 0);
        sizes.iter().for_each(|&size| blocks.see(size));
        blocks
    }

    fn prefill(input: &Blocks, output: &Blocks, hop: f64) -> f64 {
        super::prefill(input, output, hop, Grid::new(output, hop, 0))
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

    #[test]
    fn one_block_that_does_not_fit_counts_for_a_while_and_what_it_leaves_of_a_hop_for_itself() {
        let mut output = blocks(48_000, &[480, 480, 481]);
        assert_eq!(output.divisor(), 1);
        // Two windows later it is forgotten, and of every hop 479 frames are left.
        (0..2 * 1002).for_each(|_| output.see(480));
        let grid = Grid::new(&output, 480.0, 479);
        assert_eq!(grid, Grid { step: 480, beyond: 479 });
        assert_eq!(super::prefill(&blocks(48_000, &[480]), &output, 480.0, grid), 960.0 + 479.0);
        assert_eq!(Grid::new(&blocks(48_000, &[1024]), 480.0, 77), Grid { step: 32, beyond: 13 });
        assert_eq!(Grid::new(&blocks(11_025, &[441]), 110.25, 7), Grid { step: 1, beyond: 0 });
    }

    /// What blocks of one size take out of whole hops beyond what they ask for, counted call by call.
    #[test]
    fn no_call_needs_more_than_the_grid_says_and_some_call_needs_that() {
        for (block, hop, first) in [
            (480, 480, 0),
            (480, 480, 1),
            (480, 480, 479),
            (256, 480, 0),
            (256, 480, 100),
            (1024, 480, 33),
            (7, 160, 3),
        ] {
            // After `first` frames of a hop were taken by blocks of another size.
            let (mut asked, mut most) = (first, 0);
            let left = |asked: usize| asked.next_multiple_of(hop) - asked;
            let grid = Grid::new(&blocks(48_000, &[block]), hop as f64, left(asked));
            for _ in 0..hop {
                asked += block;
                most = most.max(left(asked));
            }
            assert_eq!(most, hop - grid.step + grid.beyond, "blocks of {block} {first} frames into a hop");
        }
    }
}
