//! What a device holds between its converter and its callback, by what its driver says.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Seconds over which what a driver says is averaged.
const MEMORY: f64 = 1.0;

/// When a callback runs, and where its block lies in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// A time on the clock that both callbacks share.
    pub now: Duration,
    /// By the driver: how long ago the first frame of a block was at the microphone's converter, or how long it takes the
    /// first frame of a block to reach the speaker's. Zero where the driver says nothing.
    pub device: Duration,
}

impl Moment {
    /// A call at `now` by a driver that says nothing of its own delay.
    pub fn new(now: Duration) -> Self {
        Self { now, device: Duration::ZERO }
    }
}

/// Delay inside a device, apart from the block that it hands over or asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceDelay {
    /// The delay.
    pub delay: Duration,
    /// Whether the driver said so. If not, it is the least that is possible: nothing at an input, and at an output the block
    /// that plays while the next one is asked for.
    pub told: bool,
}

/// A running average that one callback writes and anyone reads.
#[derive(Debug, Default)]
pub(super) struct Held {
    nanoseconds: AtomicU64,
    told: AtomicBool,
}

impl Held {
    pub fn get(&self) -> DeviceDelay {
        DeviceDelay {
            delay: Duration::from_nanos(self.nanoseconds.load(Relaxed)),
            told: self.told.load(Relaxed),
        }
    }
}

/// The writing side of a [`Held`]: what the driver of one device says, averaged.
#[derive(Clone, Debug)]
pub(super) struct Driver {
    rate: f64,
    told: bool,
    average: f64,
    seconds: f64,
}

impl Driver {
    pub fn new(rate: u32) -> Self {
        Self { rate: rate.into(), told: false, average: 0.0, seconds: 0.0 }
    }

    /// Takes the age of the first frame of a captured block. What comes on top of the block itself is held by the device:
    /// the block's frames are counted where it is handed over.
    pub fn captured(&mut self, age: Duration, frames: usize, held: &Held) {
        let block = frames as f64 / self.rate;
        self.take(!age.is_zero(), (age.as_secs_f64() - block).max(0.0), 0.0, block, held);
    }

    /// Takes how long the first frame of a block that is asked for will take to be heard.
    pub fn asked(&mut self, ahead: Duration, frames: usize, held: &Held) {
        let block = frames as f64 / self.rate;
        self.take(!ahead.is_zero(), ahead.as_secs_f64(), block, block, held);
    }

    fn take(&mut self, tells: bool, said: f64, least: f64, block: f64, held: &Held) {
        if tells && !self.told {
            // Guesses do not count beside what is known.
            (self.told, self.seconds) = (true, 0.0);
        }
        // Once a driver has spoken, zero is what it says: a queue that ran empty.
        let value = if self.told { said } else { least };
        self.seconds = (self.seconds + block).min(MEMORY);
        if self.seconds > 0.0 {
            self.average += (value - self.average) * block / self.seconds;
        }
        held.nanoseconds.store((self.average * 1e9) as u64, Relaxed);
        held.told.store(self.told, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::{DeviceDelay, Driver, Held};
    use std::time::Duration;

    const BLOCK: Duration = Duration::from_millis(10);

    fn after(calls: usize, mut said: impl FnMut(usize) -> Duration, input: bool) -> DeviceDelay {
        let (mut driver, held) = (Driver::new(48_000), Held::default());
        for n in 0..calls {
            match input {
                true => driver.captured(said(n), 480, &held),
                false => driver.asked(said(n), 480, &held),
            }
        }
        held.get()
    }

    #[test]
    fn a_silent_driver_holds_nothing_at_the_input_and_a_block_at_the_output() {
        assert_eq!(after(50, |_| Duration::ZERO, true), DeviceDelay { delay: Duration::ZERO, told: false });
        assert_eq!(after(50, |_| Duration::ZERO, false), DeviceDelay { delay: BLOCK, told: false });
    }

    #[test]
    fn an_input_holds_what_its_first_frame_is_older_than_the_block() {
        let found = after(50, |_| BLOCK * 3, true);
        assert!(found.told && found.delay.abs_diff(BLOCK * 2) < Duration::from_micros(1), "{found:?}");
        assert_eq!(after(50, |_| BLOCK, true).delay, Duration::ZERO);
    }

    #[test]
    fn what_a_driver_says_is_averaged_and_an_empty_queue_counts_once_it_has_spoken() {
        // Two calls at the start find the queue empty: nothing is known from them.
        let found = after(50, |n| if n < 2 { Duration::ZERO } else { BLOCK * 2 }, false);
        assert!(found.told && found.delay.abs_diff(BLOCK * 2) < Duration::from_micros(1), "{found:?}");
        let found = after(2001, |n| if n % 2 == 0 { BLOCK * 2 } else { Duration::ZERO }, false);
        assert!(found.delay.abs_diff(BLOCK) < BLOCK / 50, "{found:?}");
    }

    #[test]
    fn a_change_is_followed_within_seconds_and_blocks_of_nothing_change_nothing() {
        let found = after(1000, |n| BLOCK * if n < 500 { 1 } else { 4 }, false);
        assert!(found.delay.abs_diff(BLOCK * 4) < BLOCK / 20, "{found:?}");
        let (mut driver, held) = (Driver::new(48_000), Held::default());
        driver.asked(BLOCK, 0, &held);
        assert_eq!(held.get().delay, Duration::ZERO);
    }
}
