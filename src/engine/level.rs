//! How far sound beyond full scale is taken down before a network, and up again behind it.

use crate::dsp::full_scale::exponent;

/// Each frame that needs an exponent holds it for so many more, up to the most. One click is soon forgotten; a word of a
/// fifth of a second is remembered over a pause of five.
const CREDIT: u32 = 25;
const MOST_CREDIT: u32 = 3000;

/// The exponents of the frames of one stream. It looks at nothing but what has come, so that all hosts agree.
///
/// What it holds does not depend on how the stream is cut, and a power of two takes nothing from a normal number.
#[derive(Clone, Debug)]
pub(super) struct Level {
    /// The exponent in force, and for how many frames more.
    exponent: i32,
    credit: u32,
    /// The exponent that the hops of the newest frame need which need a lower one, and the age of that need.
    below: i32,
    age: u32,
    /// Frames that a hop is part of.
    window: u32,
    /// Exponents of the frames that are under way in the network, by label.
    frames: Vec<i32>,
}

impl Level {
    /// For frames of so many hops, of which `under_way` are in the network beside the newest.
    pub fn new(hops: usize, under_way: usize) -> Self {
        let window = hops.try_into().unwrap_or(u32::MAX);
        Self { exponent: 0, credit: 0, below: 0, age: 0, window, frames: vec![0; under_way + 1] }
    }

    /// The exponent of the frame that ends with this hop.
    pub fn next(&mut self, label: u64, hop: &[f32]) -> i32 {
        let needed = exponent(hop.iter().fold(0.0, |peak: f32, sample| peak.max(sample.abs())));
        let begun = self.window.max(CREDIT);
        if needed > self.exponent {
            (self.exponent, self.credit) = (needed, begun);
        } else if needed == self.exponent {
            self.credit = self.credit.saturating_add(CREDIT).min(begun.max(MOST_CREDIT));
        } else {
            self.age += 1;
            if needed >= self.below || self.age >= self.window {
                (self.below, self.age) = (needed, 0);
            }
            if self.credit > 0 {
                self.credit -= 1;
            } else {
                (self.exponent, self.credit) = (self.below, begun);
            }
        }
        let place = self.place(label);
        self.frames[place] = self.exponent;
        self.exponent
    }

    /// The exponent of a frame that comes out of the network.
    pub fn of(&self, label: u64) -> i32 {
        self.frames[self.place(label)]
    }

    pub fn reset(&mut self) {
        (self.exponent, self.credit, self.below, self.age) = (0, 0, 0, 0);
        self.frames.fill(0);
    }

    fn place(&self, label: u64) -> usize {
        (label % self.frames.len() as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::{CREDIT, Level};

    /// Exponents of a stream of hops with these peaks.
    fn exponents(peaks: impl IntoIterator<Item = f32>) -> Vec<i32> {
        let mut level = Level::new(2, 1);
        let of = |(label, peak): (usize, f32)| {
            let found = level.next(label as u64, &[0.0, -peak]);
            assert_eq!(level.of(label as u64), found);
            found
        };
        peaks.into_iter().enumerate().map(of).collect()
    }

    #[test]
    fn one_click_is_forgotten_and_its_window_has_passed_by_then() {
        let click = [0.1, 5_000.0].into_iter().chain([0.1; 100]);
        let found = exponents(click);
        let count = found.iter().filter(|&&k| k == 15).count();
        assert_eq!((found[0], found[1], count, found[101]), (0, 15, 1 + CREDIT as usize, 0));
    }

    #[test]
    fn what_is_loud_for_long_is_remembered_in_pauses() {
        let speech = [vec![8.0; 20], vec![0.01; 400], vec![8.0; 1]].concat();
        assert!(exponents(speech).iter().all(|&k| k == 3));
        let over = [vec![8.0; 20], vec![0.01; 4_000]].concat();
        assert_eq!(exponents(over).last(), Some(&0));
    }

    #[test]
    fn what_is_forgotten_gives_way_to_what_the_window_still_holds() {
        // The click is over when its credit is, but the hop before that is loud as well.
        let mut peaks = vec![0.1; 27];
        (peaks[0], peaks[25]) = (5_000.0, 8.0);
        assert_eq!(exponents(peaks)[25..], [15, 3]);
    }

    #[test]
    fn a_reset_forgets_all() {
        let mut level = Level::new(2, 1);
        level.next(0, &[9.0]);
        level.reset();
        assert_eq!((level.next(0, &[0.5]), level.of(1)), (0, 0));
    }
}
