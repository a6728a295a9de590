//! Sixteen lanes of AVX-512 (foundation instructions only).

use super::Lanes;
use std::arch::x86_64::*;

/// Sixteen lanes in a 512-bit register.
#[derive(Clone, Copy)]
pub(in super::super) struct Avx512(__m512);

/// A mask whose first `count < 16` lanes are set.
#[inline(always)]
fn first(count: usize) -> __mmask16 {
    ((1u32 << count) - 1) as __mmask16
}

// SAFETY: plain data. Each body holds intrinsics of AVX-512F only, which the contract of `Lanes` grants, on pointers
// that the caller vouches for; the unaligned forms are used throughout.
#[allow(clippy::undocumented_unsafe_blocks)]
unsafe impl Lanes for Avx512 {
    const COUNT: usize = 16;
    const MANY_REGISTERS: bool = true;
    const FUSED: bool = true;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Self(unsafe { _mm512_set1_ps(value) })
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        Self(unsafe { _mm512_loadu_ps(from) })
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { _mm512_storeu_ps(to, self.0) }
    }
    #[inline(always)]
    unsafe fn load_first(from: *const f32, count: usize) -> Self {
        Self(unsafe { _mm512_maskz_loadu_ps(first(count), from) })
    }
    #[inline(always)]
    unsafe fn store_first(self, to: *mut f32, count: usize) {
        unsafe { _mm512_mask_storeu_ps(to, first(count), self.0) }
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        Self(unsafe { _mm512_add_ps(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        Self(unsafe { _mm512_sub_ps(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        Self(unsafe { _mm512_mul_ps(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn div(self, other: Self) -> Self {
        Self(unsafe { _mm512_div_ps(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, addend: Self) -> Self {
        Self(unsafe { _mm512_fmadd_ps(self.0, factor.0, addend.0) })
    }
    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        Self(unsafe { _mm512_max_ps(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn min(self, other: Self) -> Self {
        Self(unsafe { _mm512_min_ps(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn round(self) -> Self {
        Self(unsafe { _mm512_roundscale_ps::<0>(self.0) })
    }
    #[inline(always)]
    unsafe fn power_of_two(self) -> Self {
        unsafe {
            let exponent = _mm512_add_epi32(_mm512_cvtps_epi32(self.0), _mm512_set1_epi32(127));
            Self(_mm512_castsi512_ps(_mm512_slli_epi32::<23>(exponent)))
        }
    }
    #[inline(always)]
    unsafe fn exponent_and_mantissa(self) -> (Self, Self) {
        unsafe {
            let bits = _mm512_castps_si512(self.0);
            let exponent = _mm512_sub_epi32(_mm512_srli_epi32::<23>(bits), _mm512_set1_epi32(127));
            let mantissa = _mm512_or_si512(
                _mm512_and_si512(bits, _mm512_set1_epi32(0x007f_ffff)),
                _mm512_set1_epi32(0x3f80_0000),
            );
            (Self(_mm512_cvtepi32_ps(exponent)), Self(_mm512_castsi512_ps(mantissa)))
        }
    }
    #[inline(always)]
    unsafe fn where_positive(self, yes: Self, no: Self) -> Self {
        unsafe {
            let positive = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(self.0, _mm512_setzero_ps());
            Self(_mm512_mask_blend_ps(positive, no.0, yes.0))
        }
    }
    #[inline(always)]
    unsafe fn transpose(square: &mut [Self; 16]) {
        unsafe {
            // Pairs, then fours, within the quarters.
            for n in [0, 4, 8, 12] {
                let [a, b, c, d] = [square[n].0, square[n + 1].0, square[n + 2].0, square[n + 3].0];
                let (ab, cd) = (_mm512_unpacklo_ps(a, b), _mm512_unpacklo_ps(c, d));
                let (above_ab, above_cd) = (_mm512_unpackhi_ps(a, b), _mm512_unpackhi_ps(c, d));
                square[n].0 = _mm512_shuffle_ps::<0x44>(ab, cd);
                square[n + 1].0 = _mm512_shuffle_ps::<0xee>(ab, cd);
                square[n + 2].0 = _mm512_shuffle_ps::<0x44>(above_ab, above_cd);
                square[n + 3].0 = _mm512_shuffle_ps::<0xee>(above_ab, above_cd);
            }
            // Then the quarters, as a square of four by four.
            for n in 0..4 {
                let [a, b, c, d] = [square[n].0, square[n + 4].0, square[n + 8].0, square[n + 12].0];
                let (ab, cd) = (_mm512_shuffle_f32x4::<0x88>(a, b), _mm512_shuffle_f32x4::<0x88>(c, d));
                let (odd_ab, odd_cd) =
                    (_mm512_shuffle_f32x4::<0xdd>(a, b), _mm512_shuffle_f32x4::<0xdd>(c, d));
                square[n].0 = _mm512_shuffle_f32x4::<0x88>(ab, cd);
                square[n + 4].0 = _mm512_shuffle_f32x4::<0x88>(odd_ab, odd_cd);
                square[n + 8].0 = _mm512_shuffle_f32x4::<0xdd>(ab, cd);
                square[n + 12].0 = _mm512_shuffle_f32x4::<0xdd>(odd_ab, odd_cd);
            }
        }
    }
    #[inline(always)]
    fn prefetch(address: *const f32) {
        // SAFETY: a hint, which cannot fault.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) }
    }
}
