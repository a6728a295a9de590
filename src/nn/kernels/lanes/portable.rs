//! Eight lanes in plain Rust: the compiler turns them into the vectors of the target (NEON on 64-bit ARM).

use super::Lanes;

/// Eight lanes as an array.
#[derive(Clone, Copy)]
pub(in super::super) struct Portable([f32; 8]);

impl Portable {
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|i| f(self.0[i], other.0[i])))
    }
}

// SAFETY: plain data; no method needs more than the base instruction set.
unsafe impl Lanes for Portable {
    const COUNT: usize = 8;
    const MANY_REGISTERS: bool = false;
    const FUSED: bool = true;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Self([value; 8])
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller gives eight readable numbers.
        Self(unsafe { from.cast::<[f32; 8]>().read_unaligned() })
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller gives eight writable numbers.
        unsafe { to.cast::<[f32; 8]>().write_unaligned(self.0) }
    }
    #[inline(always)]
    unsafe fn load_first(from: *const f32, count: usize) -> Self {
        let mut values = [0.0; 8];
        // SAFETY: the caller gives `count < 8` readable numbers.
        unsafe { std::ptr::copy_nonoverlapping(from, values.as_mut_ptr(), count) };
        Self(values)
    }
    #[inline(always)]
    unsafe fn store_first(self, to: *mut f32, count: usize) {
        // SAFETY: the caller gives `count < 8` writable numbers.
        unsafe { std::ptr::copy_nonoverlapping(self.0.as_ptr(), to, count) };
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }
    #[inline(always)]
    unsafe fn div(self, other: Self) -> Self {
        self.zip(other, |a, b| a / b)
    }
    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, addend: Self) -> Self {
        Self(std::array::from_fn(|i| {
            // Without a fused instruction `mul_add` is a slow call into the C library.
            if cfg!(any(target_arch = "aarch64", target_feature = "fma")) {
                self.0[i].mul_add(factor.0[i], addend.0[i])
            } else {
                self.0[i] * factor.0[i] + addend.0[i]
            }
        }))
    }
    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        self.zip(other, |a, b| if a > b { a } else { b })
    }
    #[inline(always)]
    unsafe fn min(self, other: Self) -> Self {
        self.zip(other, |a, b| if a < b { a } else { b })
    }
    #[inline(always)]
    unsafe fn round(self) -> Self {
        // Adding and taking away 1.5 * 2^23 leaves the nearest whole number of anything below 2^22.
        const SHIFT: f32 = 12_582_912.0;
        Self(self.0.map(|v| (v + SHIFT) - SHIFT))
    }
    #[inline(always)]
    unsafe fn power_of_two(self) -> Self {
        Self(self.0.map(|v| f32::from_bits(((v as i32 + 127) << 23) as u32)))
    }
    #[inline(always)]
    unsafe fn exponent_and_mantissa(self) -> (Self, Self) {
        let exponent = self.0.map(|v| ((v.to_bits() >> 23) as i32 - 127) as f32);
        let mantissa = self.0.map(|v| f32::from_bits((v.to_bits() & 0x007f_ffff) | 0x3f80_0000));
        (Self(exponent), Self(mantissa))
    }
    #[inline(always)]
    unsafe fn transpose(square: &mut [Self; 16]) {
        for n in 1..8 {
            for m in 0..n {
                (square[n].0[m], square[m].0[n]) = (square[m].0[n], square[n].0[m]);
            }
        }
    }
    #[inline(always)]
    unsafe fn where_positive(self, yes: Self, no: Self) -> Self {
        Self(std::array::from_fn(|i| if self.0[i] > 0.0 { yes.0[i] } else { no.0[i] }))
    }
}
