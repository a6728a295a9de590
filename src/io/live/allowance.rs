//! By how much callbacks may be late: learnt from what came too late, and unlearnt when it no longer happens.

use std::time::Duration;

/// Most that the allowance grows to, in seconds.
const MOST: f64 = 50e-3;
/// What comes later than this, in seconds, is a stall, which says nothing of how late callbacks usually are.
const STALL: f64 = 30e-3;
/// How long in seconds lateness is remembered: this window and the one before it.
const WINDOW: f64 = 20.0;
/// What is allowed beyond the latest call of late, in seconds.
const MARGIN: f64 = 1e-3;

/// The allowance, in seconds.
#[derive(Clone, Debug)]
pub(super) struct Allowance {
    least: f64,
    late: f64,
    /// What the latest call took of it, in this window and in the last one.
    taken: [f64; 2],
    window: f64,
    /// When a call found too little, and the count of input frames that it was in need of.
    need: Option<(Duration, u32)>,
}

impl Allowance {
    pub fn new(least: f64) -> Self {
        Self { least, late: least, taken: [0.0; 2], window: 0.0, need: None }
    }

    pub fn seconds(&self) -> f64 {
        self.late
    }

    /// A pull left so much in the ring, while so much was allowed for; both in seconds.
    pub fn pulled(&mut self, left: f64, allowed: f64) {
        self.taken[0] = self.taken[0].max(allowed - left);
    }

    /// A pull at `now` found too little: it was in need of the input frames up to this count, modulo 2^32.
    pub fn ran_dry(&mut self, now: Duration, until: u32) {
        self.need.get_or_insert((now, until));
    }

    /// Time went on by `elapsed` seconds. The input has given so many frames, the last of them at `arrived`.
    pub fn look(&mut self, written: u32, arrived: Duration, elapsed: f64) {
        if let Some((since, until)) = self.need
            && written.wrapping_sub(until) as i32 >= 0
        {
            self.need = None;
            let late = arrived.saturating_sub(since).as_secs_f64();
            if late < STALL {
                self.late = (self.late + late).min(MOST);
                self.taken[0] = self.taken[0].max(self.late - MARGIN);
            }
        }
        self.window += elapsed;
        if self.window >= WINDOW {
            let [this, last] = self.taken;
            self.late = self.late.min((this.max(last) + MARGIN).max(self.least));
            (self.taken, self.window) = ([0.0, this], 0.0);
        }
    }
}

/// Most that the delay sinks by steering, relative to time: 1.7 cents, not heard.
const SINKING: f64 = 1e-3;
/// A delay beyond the target, in seconds, that is not worth steering away: it is dropped.
const FAR: f64 = 60e-3;

/// The delay that is steered for, in input frames: it rises with the target at once, and sinks to it too slowly to be heard.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Aim(f64);

impl Aim {
    /// Follows the target; gives the aim, and how fast it sinks, relative to time.
    pub fn follow(&mut self, target: f64, elapsed: f64, rate: f64) -> (f64, f64) {
        let (beyond, step) = (self.0 - target, SINKING * elapsed * rate);
        if beyond <= 0.0 || beyond > FAR * rate {
            self.0 = target;
            return (target, 0.0);
        }
        let sinks = beyond.min(step);
        self.0 -= sinks;
        (self.0, if step > 0.0 { SINKING * sinks / step } else { 0.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::{Aim, Allowance, MARGIN};
    use std::time::Duration;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn what_comes_late_is_learnt_as_late_as_it_came_and_a_stall_is_not() {
        let mut allowance = Allowance::new(2e-3);
        allowance.ran_dry(1000 * MS, u32::MAX - 9);
        allowance.look(u32::MAX - 20, 1003 * MS, 0.01);
        assert_eq!(allowance.seconds(), 2e-3, "it is still missing");
        // The count wraps.
        allowance.look(7, 1008 * MS, 0.01);
        assert!((allowance.seconds() - 10e-3).abs() < 1e-9);
        allowance.ran_dry(2000 * MS, 100);
        allowance.look(200, 2031 * MS, 0.01);
        assert!((allowance.seconds() - 10e-3).abs() < 1e-9);
    }

    #[test]
    fn what_no_longer_happens_is_forgotten_and_what_does_is_kept() {
        let mut allowance = Allowance::new(2e-3);
        allowance.ran_dry(1000 * MS, 0);
        allowance.look(1, 1010 * MS, 0.01);
        let learnt = allowance.seconds();
        // Calls that take six of twelve milliseconds, for a minute.
        for _ in 0..6_000 {
            allowance.pulled(learnt - 6e-3, learnt);
            allowance.look(1, 1010 * MS, 0.01);
        }
        assert!((allowance.seconds() - 6e-3 - MARGIN).abs() < 1e-9, "{}", allowance.seconds());
        for _ in 0..6_000 {
            allowance.pulled(20e-3, 7e-3);
            allowance.look(1, 1010 * MS, 0.01);
        }
        assert_eq!(allowance.seconds(), 2e-3);
    }

    #[test]
    fn an_aim_rises_at_once_and_sinks_a_millisecond_a_second() {
        let mut aim = Aim::default();
        assert_eq!(aim.follow(960.0, 0.01, 48_000.0), (960.0, 0.0));
        assert_eq!(aim.follow(1440.0, 0.01, 48_000.0), (1440.0, 0.0));
        let mut seconds = 0.0f64;
        while aim.follow(960.0, 0.01, 48_000.0).0 > 960.0 {
            seconds += 0.01;
        }
        assert!((seconds - 10.0).abs() < 0.05, "{seconds}");
        aim.follow(48_000.0, 0.01, 48_000.0);
        assert_eq!(aim.follow(960.0, 0.01, 48_000.0), (960.0, 0.0), "too far to be steered");
    }
}
