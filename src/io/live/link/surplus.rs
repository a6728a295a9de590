//! Delay beyond the target that does not go away by itself.

/// A delay beyond the target, in seconds, that no drift makes: it is dropped, not steered away.
const STALL: f64 = 6e-3;
/// How long a surplus must last in seconds before it is dropped: a device may still catch up.
const PATIENCE: f64 = 0.5;
/// How long it must last before the controller leaves it alone.
const NOTICE: f64 = 0.1;

/// A surplus, as a stall leaves it.
#[derive(Clone, Debug, Default)]
pub(super) struct Surplus {
    least: f64,
    lasted: f64,
}

impl Surplus {
    /// Takes the delay's error in seconds; gives what to drop.
    pub fn update(&mut self, error: f64, elapsed: f64) -> Option<f64> {
        if error <= STALL {
            self.lasted = 0.0;
            return None;
        }
        self.least = if self.lasted == 0.0 { error } else { self.least.min(error) };
        self.lasted += elapsed;
        (self.lasted > PATIENCE).then(|| {
            self.lasted = 0.0;
            self.least
        })
    }

    /// Whether there may be one: then the delay says nothing of the clocks.
    pub fn suspected(&self) -> bool {
        self.lasted > NOTICE
    }
}
