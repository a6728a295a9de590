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

    /// Time went on by `elapsed` seconds. The input has given so many frames, the last of them at `arrived`. `whole` if the delay is
    /// what it should be: then what was missing came late, and else some of it was lost, for which waiting longer is no help.
    pub fn look(&mut self, written: u32, arrived: Duration, elapsed: f64, whole: bool) {
        if let Some((since, until)) = self.need
            && written.wrapping_sub(until) as i32 >= 0
        {
            self.need = None;
            let late = arrived.saturating_sub(since).as_secs_f64();
            if late < STALL && whole {
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

/// How fast the delay follows a target that moves, relative to time: 1.7 cents as it sinks, 2.6 as it rises, not heard.
const SINKING: f64 = 1e-3;
const RISING: f64 = 1.5e-3;
/// A delay beyond the target, in seconds, that is not worth steering away: it is dropped.
const FAR: f64 = 60e-3;

/// The delay that is steered for, in input frames: it follows the target too slowly to be heard, at a speed that is known, so
/// that the controller takes none of it for a difference of the clocks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Aim(f64);

impl Aim {
    /// The delay becomes shorter by so many frames at once, and so does the target.
    pub fn shorten(&mut self, frames: f64) {
        self.0 -= frames;
    }

    /// Follows the target; gives the aim, and how much faster samples are to be taken for it, relative to 1. Where nothing
    /// flows, it is there at once.
    pub fn follow(&mut self, target: f64, elapsed: f64, rate: f64, flows: bool) -> (f64, f64) {
        let beyond = self.0 - target;
        if !flows || beyond > FAR * rate || elapsed <= 0.0 {
            self.0 = target;
            return (target, 0.0);
        }
        let speed = if beyond < 0.0 { -RISING } else { SINKING };
        let step = speed * elapsed * rate;
        let moves = if step.abs() < beyond.abs() { step } else { beyond };
        self.0 -= moves;
        (self.0, moves / (elapsed * rate))
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
        allowance.look(u32::MAX - 20, 1003 * MS, 0.01, false);
        assert_eq!(allowance.seconds(), 2e-3, "it is still missing");
        // The count wraps.
        allowance.look(7, 1008 * MS, 0.01, true);
        assert!((allowance.seconds() - 10e-3).abs() < 1e-9);
        allowance.ran_dry(2000 * MS, 100);
        allowance.look(200, 2031 * MS, 0.01, true);
        assert!((allowance.seconds() - 10e-3).abs() < 1e-9);
        // What is lost does not come late.
        allowance.ran_dry(3000 * MS, 300);
        allowance.look(400, 3010 * MS, 0.01, false);
        assert!((allowance.seconds() - 10e-3).abs() < 1e-9);
    }

    #[test]
    fn what_no_longer_happens_is_forgotten_and_what_does_is_kept() {
        let mut allowance = Allowance::new(2e-3);
        allowance.ran_dry(1000 * MS, 0);
        allowance.look(1, 1010 * MS, 0.01, true);
        let learnt = allowance.seconds();
        // Calls that take six of twelve milliseconds, for a minute.
        for _ in 0..6_000 {
            allowance.pulled(learnt - 6e-3, learnt);
            allowance.look(1, 1010 * MS, 0.01, true);
        }
        assert!((allowance.seconds() - 6e-3 - MARGIN).abs() < 1e-9, "{}", allowance.seconds());
        for _ in 0..6_000 {
            allowance.pulled(20e-3, 7e-3);
            allowance.look(1, 1010 * MS, 0.01, true);
        }
        assert_eq!(allowance.seconds(), 2e-3);
    }

    #[test]
    fn an_aim_follows_slowly_while_sound_flows_and_at_once_where_none_does() {
        let follow = |aim: &mut Aim, target| aim.follow(target, 0.01, 48_000.0, true);
        let mut aim = Aim::default();
        assert_eq!(aim.follow(960.0, 0.01, 48_000.0, false), (960.0, 0.0));
        for (target, seconds) in [(1440.0, 10.0 / 1.5), (960.0, 10.0)] {
            let (mut taken, mut sum) = (0.0f64, 0.0f64);
            while aim.0 != target {
                sum += follow(&mut aim, target).1 * 0.01;
                taken += 0.01;
            }
            assert!((taken - seconds).abs() < 0.05, "{taken} s to {target}");
            assert!((sum.abs() - 10e-3).abs() < 1e-9, "what is taken faster is what the aim moves: {sum}");
        }
        aim.follow(48_000.0, 0.01, 48_000.0, false);
        assert_eq!(follow(&mut aim, 960.0), (960.0, 0.0), "too far to be steered");
    }
}
