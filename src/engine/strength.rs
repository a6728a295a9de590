//! How much of the sound that came in is heard beside what the model made of it.

/// Share of the dry sound at a strength: `10^(-decibels / 20)`, so that nothing is attenuated by more than that; 1 at 0 dB,
/// and 0 without a limit.
pub(crate) fn dry_share(decibels: f32) -> f32 {
    let share = 10f32.powf(-decibels.max(0.0) / 20.0);
    if share.is_finite() { share } else { 0.0 }
}

/// The strength in dB at which the share is this.
pub(crate) fn decibels(share: f32) -> f32 {
    -20.0 * share.log10()
}

/// `share dry + (1 - share) wet`; either by itself comes out to the bit.
pub(crate) fn mix(dry: f32, wet: f32, share: f32) -> f32 {
    if share == 1.0 {
        dry
    } else if share == 0.0 {
        wet
    } else {
        share * dry + (1.0 - share) * wet
    }
}

/// A value that runs straight to its target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ramp {
    from: f32,
    to: f32,
    /// Samples since it set out, up to its length.
    at: usize,
    length: usize,
}

impl Ramp {
    /// A value that rests; a way to another takes `length` samples.
    pub fn new(value: f32, length: usize) -> Self {
        let length = length.max(1);
        Self { from: value, to: value, at: length, length }
    }

    /// One that rests at another value.
    pub fn resting(self, value: f32) -> Self {
        Self::new(value, self.length)
    }

    /// Sets out from where it is, unless that is the target already.
    pub fn aim(&mut self, target: f32) {
        if target != self.to {
            *self = Self { from: self.value(), to: target, at: 0, length: self.length };
        }
    }

    /// The next sample's value.
    pub fn next(&mut self) -> f32 {
        self.at = (self.at + 1).min(self.length);
        self.value()
    }

    fn value(&self) -> f32 {
        if self.at == self.length {
            self.to
        } else {
            self.from + (self.to - self.from) * (self.at as f32 / self.length as f32)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Ramp, decibels, dry_share, mix};

    #[test]
    fn a_share_is_its_strength_and_back() {
        assert_eq!((dry_share(0.0), dry_share(f32::INFINITY), dry_share(-3.0)), (1.0, 0.0, 1.0));
        assert!((dry_share(20.0) - 0.1).abs() < 1e-7);
        assert!((decibels(dry_share(12.0)) - 12.0).abs() < 1e-5);
        assert_eq!(decibels(0.0), f32::INFINITY);
        assert!(dry_share(f32::NAN).is_finite());
    }

    #[test]
    fn either_sound_alone_is_exact() {
        assert_eq!((mix(0.1, 0.7, 1.0), mix(0.1, 0.7, 0.0), mix(1.0, 2.0, 0.25)), (0.1, 0.7, 1.75));
    }

    #[test]
    fn a_ramp_arrives_after_its_length_and_turns_where_it_is() {
        let mut ramp = Ramp::new(0.0, 4);
        ramp.aim(1.0);
        assert_eq!([(); 5].map(|()| ramp.next()), [0.25, 0.5, 0.75, 1.0, 1.0]);
        ramp.aim(0.0);
        assert_eq!([(); 2].map(|()| ramp.next()), [0.75, 0.5]);
        ramp.aim(1.5);
        assert_eq!([(); 4].map(|()| ramp.next()), [0.75, 1.0, 1.25, 1.5]);
    }
}
