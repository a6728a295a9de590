//! Four lanes of WebAssembly's 128-bit vectors.

use super::Lanes;
use std::arch::wasm32::*;

/// Four lanes in a 128-bit vector.
#[derive(Clone, Copy)]
pub(in super::super) struct Simd128(v128);

// SAFETY: plain data. Each body holds instructions of simd128 only, which this module is compiled with, on pointers that the
// caller vouches for; none asks for alignment.
#[allow(clippy::undocumented_unsafe_blocks)]
unsafe impl Lanes for Simd128 {
    const COUNT: usize = 4;
    const MANY_REGISTERS: bool = false;
    const FUSED: bool = false;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Self(f32x4_splat(value))
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        Self(unsafe { v128_load(from.cast()) })
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { v128_store(to.cast(), self.0) }
    }
    #[inline(always)]
    unsafe fn load_first(from: *const f32, count: usize) -> Self {
        unsafe {
            Self(match count {
                0 => f32x4_splat(0.0),
                1 => v128_load32_zero(from.cast()),
                2 => v128_load64_zero(from.cast()),
                _ => v128_load32_lane::<2>(v128_load64_zero(from.cast()), from.add(2).cast()),
            })
        }
    }
    #[inline(always)]
    unsafe fn store_first(self, to: *mut f32, count: usize) {
        unsafe {
            match count {
                0 => {}
                1 => v128_store32_lane::<0>(self.0, to.cast()),
                2 => v128_store64_lane::<0>(self.0, to.cast()),
                _ => {
                    v128_store64_lane::<0>(self.0, to.cast());
                    v128_store32_lane::<2>(self.0, to.add(2).cast());
                }
            }
        }
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        Self(f32x4_add(self.0, other.0))
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        Self(f32x4_sub(self.0, other.0))
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        Self(f32x4_mul(self.0, other.0))
    }
    #[inline(always)]
    unsafe fn div(self, other: Self) -> Self {
        Self(f32x4_div(self.0, other.0))
    }
    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, addend: Self) -> Self {
        Self(f32x4_add(f32x4_mul(self.0, factor.0), addend.0))
    }
    // The pseudo forms, with the operands turned, give the second operand where one is NaN, as the instructions of x86-64 do,
    // and are one of them there.
    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        Self(f32x4_pmax(other.0, self.0))
    }
    #[inline(always)]
    unsafe fn min(self, other: Self) -> Self {
        Self(f32x4_pmin(other.0, self.0))
    }
    #[inline(always)]
    unsafe fn round(self) -> Self {
        Self(f32x4_nearest(self.0))
    }
    #[inline(always)]
    unsafe fn power_of_two(self) -> Self {
        // Adding 1.5 * 2^23 leaves a whole number in the low bits, which the shift makes the exponent; the rest goes.
        let biased = f32x4_add(self.0, f32x4_splat(12_582_912.0 + 127.0));
        Self(i32x4_shl(biased, 23))
    }
    #[inline(always)]
    unsafe fn exponent_and_mantissa(self) -> (Self, Self) {
        let exponent = i32x4_sub(u32x4_shr(self.0, 23), i32x4_splat(127));
        let mantissa = v128_or(v128_and(self.0, i32x4_splat(0x007f_ffff)), f32x4_splat(1.0));
        (Self(f32x4_convert_i32x4(exponent)), Self(mantissa))
    }
    #[inline(always)]
    unsafe fn where_positive(self, yes: Self, no: Self) -> Self {
        Self(v128_bitselect(yes.0, no.0, f32x4_gt(self.0, f32x4_splat(0.0))))
    }
    #[inline(always)]
    unsafe fn transpose(square: &mut [Self; 16]) {
        let [a, b, c, d] = [square[0].0, square[1].0, square[2].0, square[3].0];
        let (low, high) = (i32x4_shuffle::<0, 4, 1, 5>(a, b), i32x4_shuffle::<2, 6, 3, 7>(a, b));
        let (lower, higher) = (i32x4_shuffle::<0, 4, 1, 5>(c, d), i32x4_shuffle::<2, 6, 3, 7>(c, d));
        square[0] = Self(i32x4_shuffle::<0, 1, 4, 5>(low, lower));
        square[1] = Self(i32x4_shuffle::<2, 3, 6, 7>(low, lower));
        square[2] = Self(i32x4_shuffle::<0, 1, 4, 5>(high, higher));
        square[3] = Self(i32x4_shuffle::<2, 3, 6, 7>(high, higher));
    }
}
