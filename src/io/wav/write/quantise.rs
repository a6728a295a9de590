//! `f32` samples to what a file stores: rounded to the nearest step, saturated, and counted.

use super::dither::Dither;
use crate::dsp::is_sample;
use crate::io::wav::encoding::OutEncoding;
use crate::io::wav::spec::WavOutSpec;

/// Samples as a file of 16 bits stores them without dither: each the nearest step, within the range.
///
/// ```
/// assert_eq!(framewise::io::wav::to_i16(&[0.5, -1.0, 1.0, 2.0]), [16_384, -32_768, 32_767, 32_767]);
/// ```
pub fn to_i16(samples: &[f32]) -> Vec<i16> {
    // The form of the file has no say in it.
    let mut quantiser = Quantiser::new(&WavOutSpec::new(1, 1, OutEncoding::I16));
    samples.iter().map(|&sample| quantiser.integer(sample) as i16).collect()
}

/// Turns samples into stored values and counts those that it had to change.
#[derive(Debug)]
pub(super) struct Quantiser {
    /// Full scale of the integer format, `2^(bits - 1)`; 1 for floats.
    full_scale: f64,
    dither: Option<Dither>,
    /// Samples beyond full scale, which an integer format can't hold.
    pub(super) clipped: u64,
    /// Samples that were none and became 0: see [`is_sample`].
    pub(super) non_finite: u64,
}

impl Quantiser {
    pub(super) fn new(spec: &WavOutSpec) -> Self {
        let float = spec.encoding.is_float();
        Self {
            full_scale: if float { 1.0 } else { (1u64 << (spec.encoding.bits() - 1)) as f64 },
            dither: spec.dither.filter(|_| !float).map(Dither::new),
            clipped: 0,
            non_finite: 0,
        }
    }

    /// A float sample as it is stored.
    pub(super) fn float(&mut self, sample: f32) -> f32 {
        if is_sample(sample) {
            return sample;
        }
        self.non_finite += 1;
        0.0
    }

    /// The signed integer nearest to `sample`, within the format's range.
    ///
    /// A sample of exactly 1 becomes the largest integer and doesn't count as clipped.
    pub(super) fn integer(&mut self, sample: f32) -> i32 {
        let sample = f64::from(self.float(sample));
        if sample.abs() > 1.0 {
            self.clipped += 1;
        }
        let noise = self.dither.as_mut().map_or(0.0, Dither::next);
        let steps = (sample * self.full_scale + noise).clamp(-self.full_scale, self.full_scale - 1.0);
        nearest(steps) as i32
    }

    /// Appends the stored bytes of `samples` to `bytes`.
    pub(super) fn encode(&mut self, encoding: OutEncoding, samples: &[f32], bytes: &mut Vec<u8>) {
        for &sample in samples {
            match encoding {
                OutEncoding::U8 => bytes.push((self.integer(sample) + 128) as u8),
                OutEncoding::I16 => bytes.extend_from_slice(&self.integer(sample).to_le_bytes()[..2]),
                OutEncoding::I24 => bytes.extend_from_slice(&self.integer(sample).to_le_bytes()[..3]),
                OutEncoding::I32 => bytes.extend_from_slice(&self.integer(sample).to_le_bytes()),
                OutEncoding::F32 => bytes.extend_from_slice(&self.float(sample).to_le_bytes()),
                OutEncoding::F64 => bytes.extend_from_slice(&f64::from(self.float(sample)).to_le_bytes()),
            }
        }
    }
}

/// The nearest integer, ties to even, for magnitudes below 2^51.
///
/// Adding `1.5 * 2^52` leaves no bit for a fraction. The method of `f64` is a call into the C library on processors whose
/// rounding instruction the compiler may not assume.
fn nearest(value: f64) -> f64 {
    const SHIFT: f64 = 6_755_399_441_055_744.0;
    (value + SHIFT) - SHIFT
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn nearest_is_the_nearest_with_ties_to_even() {
        for value in
            [0.0, 0.5, 1.5, 2.5, -0.5, -1.5, 0.499_999, 2_147_483_646.5, -2_147_483_647.7, 8_388_607.4]
        {
            assert_eq!(nearest(value), f64::round_ties_even(value), "{value}");
        }
    }
}
