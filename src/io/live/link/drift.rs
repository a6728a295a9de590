//! Two clocks: how much faster to take samples, so that the delay keeps its target.

/// Natural frequency of the loop in radians a second. The loop is critically damped: a step of 500 ppm between the clocks
/// moves the delay by `500e-6 / (e w)`, 0.9 ms, beyond the dead band, and is learnt in half a minute.
const SPEED: f64 = 0.2;
const PROPORTIONAL: f64 = 2.0 * SPEED;
const INTEGRAL: f64 = SPEED * SPEED;
/// Time constant in seconds of the filter before the loop: callbacks are not punctual.
const FILTER: f64 = 0.5;
/// What one late call may count for, in seconds: it says more of the machine's load than of its clocks.
const LATE: f64 = 4e-3;
/// Errors in seconds that are let be, so that clocks that agree are never corrected; and, once something was, what that comes
/// down to, with this time constant in seconds.
const DEAD_BAND: f64 = 1e-3;
const CORRECTED: f64 = 0.5e-3;
const NARROWING: f64 = 10.0;
/// Most correction: 3.5 cents, not heard.
pub(super) const MOST: f64 = 2e-3;
/// An error in seconds that says nothing of the clocks.
const STALL: f64 = 20e-3;

/// Proportional-integral controller of the delay.
#[derive(Clone, Debug)]
pub(super) struct Drift {
    error: f64,
    integral: f64,
    band: f64,
}

impl Default for Drift {
    fn default() -> Self {
        Self { error: 0.0, integral: 0.0, band: DEAD_BAND }
    }
}

impl Drift {
    /// Takes the delay's error and the time since the last in seconds; gives by how much to take samples faster,
    /// relative to 1.
    pub fn update(&mut self, error: f64, elapsed: f64) -> f64 {
        if error.abs() > STALL {
            return self.integral;
        }
        let news = (error - self.error).clamp(-LATE, LATE);
        self.error += news * (elapsed / (FILTER + elapsed));
        if self.integral != 0.0 {
            self.band += (CORRECTED - self.band) * elapsed / (NARROWING + elapsed);
        }
        let beyond = self.error - self.error.clamp(-self.band, self.band);
        self.integral = (self.integral + INTEGRAL * beyond * elapsed).clamp(-MOST, MOST);
        (PROPORTIONAL * beyond + self.integral).clamp(-MOST, MOST)
    }

    /// What was learnt of the clocks: by how much the input is the faster one, relative to 1.
    pub fn clocks(&self) -> f64 {
        self.integral
    }

    /// The delay's error of late in seconds.
    pub fn error(&self) -> f64 {
        self.error
    }

    /// The delay is at its target again by other means; what was learnt about the clocks stays.
    pub fn settle(&mut self) {
        self.error = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::{DEAD_BAND, Drift};

    /// The error in seconds over time, in steps of 10 ms, between clocks that differ by `drift`.
    fn follow(drift: f64, jitter: f64, steps: usize) -> Vec<(f64, f64)> {
        let (mut control, mut delay, mut noise) = (Drift::default(), 0.0, 1u32);
        (0..steps)
            .map(|_| {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let jitter = jitter * (f64::from(noise >> 8) / f64::from(1 << 23) - 1.0);
                let correction = control.update(delay + jitter, 0.01);
                delay += (drift - correction) * 0.01;
                (delay, correction)
            })
            .collect()
    }

    #[test]
    fn clocks_that_agree_are_never_corrected() {
        for (delay, correction) in follow(0.0, 3e-3, 100_000) {
            assert_eq!((delay, correction), (0.0, 0.0));
        }
    }

    #[test]
    fn a_drift_is_learnt_and_the_delay_stays_within_two_milliseconds() {
        for drift in [-500e-6, -20e-6, 20e-6, 500e-6] {
            let path = follow(drift, 1e-3, 360_000);
            let worst = path.iter().fold(0.0f64, |worst, (delay, _)| worst.max(delay.abs()));
            assert!(worst < 2.2e-3, "{worst}");
            for (delay, correction) in &path[30_000..] {
                assert!(delay.abs() < DEAD_BAND + 0.3e-3, "{delay}");
                assert!((correction - drift).abs() < 100e-6, "{correction}");
            }
        }
    }

    #[test]
    fn the_correction_moves_in_steps_too_small_to_hear() {
        let path = follow(500e-6, 1e-3, 100_000);
        let step = path.windows(2).fold(0.0f64, |most, pair| most.max((pair[1].1 - pair[0].1).abs()));
        assert!(step < 20e-6, "{step}");
    }
}
