//! What devices call a sample, to and from `f32` in -1 to 1.

use crate::dsp::is_sample;
use cpal::{I24, SizedSample, U24};

/// A sample format of devices: `i8` to `i64`, `u8` to `u64`, 24 bits of either kind, `f32`, `f64`.
///
/// Integers round to the nearest step and saturate. A float that is no sample by [`is_sample`] goes out as silence; one that
/// comes in stays as it is, for whoever takes it to replace and count.
pub trait DeviceSample: SizedSample + Send + 'static {
    /// The sample, full scale at 1.
    fn to_f32(self) -> f32;
    /// The nearest sample of the format.
    fn from_f32(value: f32) -> Self;
}

impl DeviceSample for f32 {
    fn to_f32(self) -> f32 {
        self
    }
    fn from_f32(value: f32) -> Self {
        if is_sample(value) { value } else { 0.0 }
    }
}

impl DeviceSample for f64 {
    fn to_f32(self) -> f32 {
        self as f32
    }
    fn from_f32(value: f32) -> Self {
        f32::from_f32(value).into()
    }
}

/// The step nearest to `value` of a signed format with full scale `2^(bits - 1)`.
fn step(value: f32, bits: u32) -> i64 {
    let full_scale = (1u64 << (bits - 1)) as f64;
    // The conversion saturates, and takes what is not a number for zero.
    let step = (f64::from(value) * full_scale).round_ties_even() as i64;
    step.clamp((-full_scale) as i64, ((1u64 << (bits - 1)) - 1) as i64)
}

fn value(step: i64, bits: u32) -> f32 {
    (step as f64 / (1u64 << (bits - 1)) as f64) as f32
}

macro_rules! integers {
    ($($signed:ty, $unsigned:ty, $bits:literal;)*) => {$(
        impl DeviceSample for $signed {
            fn to_f32(self) -> f32 {
                value(self.into(), $bits)
            }
            fn from_f32(value: f32) -> Self {
                step(value, $bits) as $signed
            }
        }
        impl DeviceSample for $unsigned {
            fn to_f32(self) -> f32 {
                value((i128::from(self) - (1i128 << ($bits - 1))) as i64, $bits)
            }
            fn from_f32(value: f32) -> Self {
                (i128::from(step(value, $bits)) + (1i128 << ($bits - 1))) as $unsigned
            }
        }
    )*};
}

integers! {
    i8, u8, 8;
    i16, u16, 16;
    i32, u32, 32;
    i64, u64, 64;
}

impl DeviceSample for I24 {
    fn to_f32(self) -> f32 {
        value(self.inner().into(), 24)
    }
    fn from_f32(value: f32) -> Self {
        I24::new_unchecked(step(value, 24) as i32)
    }
}

impl DeviceSample for U24 {
    fn to_f32(self) -> f32 {
        value(i64::from(self.inner()) - (1 << 23), 24)
    }
    fn from_f32(value: f32) -> Self {
        U24::new_unchecked((step(value, 24) + (1 << 23)) as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::{DeviceSample, I24, U24};

    fn extremes<T: DeviceSample + PartialEq + std::fmt::Debug>(least: T, zero: T, most: T) {
        assert_eq!(T::from_f32(0.0), zero);
        assert_eq!(T::from_f32(-1.0), least);
        assert_eq!(T::from_f32(-7.0), least);
        assert_eq!(T::from_f32(1.0), most);
        assert_eq!(T::from_f32(f32::INFINITY), most);
        assert_eq!(T::from_f32(f32::NAN), zero);
        assert_eq!(zero.to_f32(), 0.0);
        assert_eq!(least.to_f32(), -1.0);
    }

    #[test]
    fn every_format_has_its_zero_and_saturates_at_both_ends() {
        extremes(i8::MIN, 0, i8::MAX);
        extremes(i16::MIN, 0, i16::MAX);
        extremes(i32::MIN, 0, i32::MAX);
        extremes(i64::MIN, 0, i64::MAX);
        extremes(0u8, 128, 255);
        extremes(0u16, 32768, 65535);
        extremes(0u32, 1 << 31, u32::MAX);
        extremes(0u64, 1 << 63, u64::MAX);
        let signed = I24::new_unchecked;
        extremes(signed(-8_388_608), signed(0), signed(8_388_607));
        let unsigned = U24::new_unchecked;
        extremes(unsigned(0), unsigned(8_388_608), unsigned(16_777_215));
    }

    #[test]
    fn floats_that_are_no_samples_go_out_as_silence() {
        for (given, taken) in
            [(f32::NAN, 0.0), (f32::INFINITY, 0.0), (-1e30, 0.0), (1.5, 1.5), (-0.25, -0.25)]
        {
            assert_eq!((f32::from_f32(given), f64::from_f32(given)), (taken, taken.into()), "{given}");
        }
    }

    #[test]
    fn sixteen_and_twenty_four_bits_come_back_to_the_bit() {
        for step in i16::MIN..=i16::MAX {
            assert_eq!(i16::from_f32(step.to_f32()), step);
        }
        for step in (-8_388_608..8_388_608).step_by(997) {
            assert_eq!(I24::from_f32(I24::new_unchecked(step).to_f32()).inner(), step);
        }
    }
}
