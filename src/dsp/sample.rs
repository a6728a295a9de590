//! Which numbers are sound: the one rule for samples that come from outside.

/// The greatest magnitude of a sample, `2^32`.
///
/// Full scale is 1. Files that hold integers of up to 32 bits as floats, without scaling, reach `2^31`; whatever lies far
/// beyond is no sound. Squares of spectra of what passes are finite.
pub const LOUDEST: f32 = 4_294_967_296.0;

/// Whether a number can be a sample: finite, and within [`LOUDEST`].
pub fn is_sample(number: f32) -> bool {
    // Written so that what is not a number is none.
    number.abs() <= LOUDEST
}

/// Puts silence in the place of every number that is no sample, and returns how many there were.
///
/// Every way into the library goes through this rule, before any filter: one such number would spread over a whole block of
/// a resampler, and stay in the state of a network for ever.
///
/// ```
/// let mut samples = [0.5, f32::NAN, -32_768.0, f32::NEG_INFINITY, 3e38];
/// assert_eq!(framewise::dsp::scrub(&mut samples), 3);
/// assert_eq!(samples, [0.5, 0.0, -32_768.0, 0.0, 0.0]);
/// ```
pub fn scrub(samples: &mut [f32]) -> u64 {
    let mut count = 0;
    for sample in samples {
        if !is_sample(*sample) {
            *sample = 0.0;
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::{LOUDEST, is_sample, scrub};

    #[test]
    fn finite_numbers_up_to_the_loudest_are_samples_and_stay_as_they_are() {
        for number in [0.0, -0.0, 1e-42, 1.0, -8.0, 32_768.0, -2_147_483_648.0, LOUDEST, -LOUDEST] {
            let mut samples = [number];
            assert!(is_sample(number) && scrub(&mut samples) == 0, "{number}");
            assert_eq!(samples[0].to_bits(), number.to_bits());
        }
    }

    #[test]
    fn whatever_else_four_bytes_can_be_is_silence() {
        let beyond = f32::from_bits(LOUDEST.to_bits() + 1);
        for number in [beyond, -beyond, 3e38, f32::MAX, f32::INFINITY, f32::NEG_INFINITY, f32::NAN, -f32::NAN]
        {
            let mut samples = [0.25, number];
            assert!(!is_sample(number) && scrub(&mut samples) == 1, "{number}");
            assert_eq!(samples, [0.25, 0.0]);
        }
    }
}
