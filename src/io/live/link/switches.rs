//! What a link does with the sound besides cleaning it, as other threads ask for it: atomics, read once a hop.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Switches of a running link, off at the start; how sound is cleaned is the matter of
/// [`Controls`](crate::engine::Controls). None clicks.
#[derive(Debug, Default)]
pub struct Switches {
    muted: AtomicBool,
    tapped: AtomicBool,
    monitored: AtomicBool,
}

impl Switches {
    /// Fades to silence, or back, over a hop.
    pub fn set_muted(&self, on: bool) {
        self.muted.store(on, Relaxed);
    }

    pub(super) fn muted(&self) -> bool {
        self.muted.load(Relaxed)
    }

    /// Whether dry and denoised samples go to the [`Tap`](crate::io::live::Tap).
    pub fn set_tapped(&self, on: bool) {
        self.tapped.store(on, Relaxed);
    }

    pub(super) fn tapped(&self) -> bool {
        self.tapped.load(Relaxed)
    }

    /// Whether dry sound and what is heard go to the link's monitor.
    pub fn set_monitored(&self, on: bool) {
        self.monitored.store(on, Relaxed);
    }

    pub(super) fn monitored(&self) -> bool {
        self.monitored.load(Relaxed)
    }
}
