//! What may be changed while sound runs: atomics, read once a hop, smoothed over a hop.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed};

/// Controls of a running link. Every change is a cross-fade; none clicks.
#[derive(Debug)]
pub struct Controls {
    bypass: AtomicBool,
    muted: AtomicBool,
    /// Share of the dry sound, as bits.
    dry: AtomicU32,
    /// Place of the model among those that the link was built with.
    model: AtomicUsize,
    tapped: AtomicBool,
    monitored: AtomicBool,
}

impl Default for Controls {
    fn default() -> Self {
        Self {
            bypass: false.into(),
            muted: false.into(),
            dry: 0f32.to_bits().into(),
            model: 0.into(),
            tapped: false.into(),
            monitored: false.into(),
        }
    }
}

impl Controls {
    /// Lets the dry sound through, as late as the denoised one.
    pub fn set_bypass(&self, on: bool) {
        self.bypass.store(on, Relaxed);
    }

    /// Whether the dry sound is let through.
    pub fn bypass(&self) -> bool {
        self.bypass.load(Relaxed)
    }

    /// Fades to silence, or back.
    pub fn set_muted(&self, on: bool) {
        self.muted.store(on, Relaxed);
    }

    pub(super) fn muted(&self) -> bool {
        self.muted.load(Relaxed)
    }

    /// Most attenuation of what is taken for noise, in dB: 0 changes nothing, infinity is all that the model does.
    pub fn set_strength(&self, decibels: f32) {
        let dry = 10f32.powf(-decibels.max(0.0) / 20.0);
        self.dry.store(if dry.is_finite() { dry } else { 0.0 }.to_bits(), Relaxed);
    }

    /// The strength in dB.
    pub fn strength(&self) -> f32 {
        -20.0 * f32::from_bits(self.dry.load(Relaxed)).log10()
    }

    /// The share of the dry sound in the output.
    pub(super) fn dry_share(&self) -> f32 {
        if self.bypass() { 1.0 } else { f32::from_bits(self.dry.load(Relaxed)) }
    }

    /// Changes to another model of those that the link was built with; a place that does not exist changes nothing.
    pub fn set_model(&self, place: usize) {
        self.model.store(place, Relaxed);
    }

    /// The place of the model that was asked for.
    pub fn model(&self) -> usize {
        self.model.load(Relaxed)
    }

    /// Whether dry and denoised samples go to the [`Tap`](super::Tap).
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

#[cfg(test)]
mod tests {
    use super::Controls;

    #[test]
    fn strength_is_the_share_of_the_dry_sound() {
        let controls = Controls::default();
        assert_eq!((controls.dry_share(), controls.strength()), (0.0, f32::INFINITY));
        controls.set_strength(0.0);
        assert_eq!((controls.dry_share(), controls.strength().abs()), (1.0, 0.0));
        controls.set_strength(20.0);
        assert!((controls.dry_share() - 0.1).abs() < 1e-6);
        controls.set_bypass(true);
        assert_eq!(controls.dry_share(), 1.0);
        controls.set_strength(f32::NAN);
        assert!(controls.strength().is_finite());
    }
}
