//! How long the work for a hop takes: a histogram that a callback may fill.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Steps of an octave.
const STEPS: u32 = 8;
/// From one microsecond to about a second.
const BUCKETS: usize = 20 * STEPS as usize;

/// Times in buckets, eight to an octave: a quantile is right to 9 %.
#[derive(Debug)]
pub(super) struct Load {
    buckets: [AtomicU64; BUCKETS],
    worst: AtomicU64,
}

impl Default for Load {
    fn default() -> Self {
        Self { buckets: std::array::from_fn(|_| AtomicU64::new(0)), worst: AtomicU64::new(0) }
    }
}

impl Load {
    pub fn add(&self, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let steps = (nanoseconds.max(1) as f64 / 1e3).log2() * f64::from(STEPS);
        let bucket = (steps.max(0.0) as usize).min(BUCKETS - 1);
        self.buckets[bucket].fetch_add(1, Relaxed);
        self.worst.fetch_max(nanoseconds, Relaxed);
    }

    /// The time that this share of all hops did not exceed: the upper edge of its bucket.
    pub fn quantile(&self, share: f64) -> Duration {
        let counts: Vec<u64> = self.buckets.iter().map(|bucket| bucket.load(Relaxed)).collect();
        let total: u64 = counts.iter().sum();
        if total == 0 {
            return Duration::ZERO;
        }
        let mut left = (total as f64 * share).ceil() as u64;
        let at = counts.iter().position(|&count| {
            left = left.saturating_sub(count);
            left == 0
        });
        let edge = (at.unwrap_or(BUCKETS - 1) + 1) as f64 / f64::from(STEPS);
        Duration::from_secs_f64(edge.exp2() * 1e-6).min(self.worst())
    }

    pub fn worst(&self) -> Duration {
        Duration::from_nanos(self.worst.load(Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::Load;
    use std::time::Duration;

    #[test]
    fn quantiles_are_right_to_a_step() {
        let load = Load::default();
        assert_eq!(load.quantile(0.5), Duration::ZERO);
        for n in 1..=1000 {
            load.add(Duration::from_micros(n));
        }
        let near = |found: Duration, expected: f64| {
            let ratio = found.as_secs_f64() * 1e6 / expected;
            assert!((0.999..1.1).contains(&ratio), "{found:?} for {expected} us");
        };
        near(load.quantile(0.5), 500.0);
        near(load.quantile(0.99), 990.0);
        assert_eq!(load.worst(), Duration::from_millis(1));
    }
}
