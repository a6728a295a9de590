//! Eight lanes of AVX2 with FMA.

use super::Lanes;
use std::arch::x86_64::*;

/// Eight lanes in a 256-bit register.
#[derive(Clone, Copy)]
pub(in super::super) struct Avx2(__m256);

/// A mask whose first `count` lanes are set.
#[inline(always)]
unsafe fn first(count: usize) -> __m256i {
    // SAFETY: AVX2 is present by the contract of `Lanes`.
    unsafe {
        let lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        _mm256_cmpgt_epi32(_mm256_set1_epi32(count as i32), lanes)
    }
}

// SAFETY: plain data. Each body holds intrinsics of AVX2 and FMA only, which the contract of `Lanes` grants, on
// pointers that the caller vouches for; the unaligned forms are used throughout.
#[allow(clippy::undocumented_unsafe_blocks)]
unsafe impl Lanes for Avx2 {
    const COUNT: usize = 8;
    const MANY_REGISTERS: bool = false;
    const FUSED: bool = true;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Self(unsafe { _mm256_set1_ps(value) })
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        Self(unsafe { _mm256_loadu_ps(from) })
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { _mm256_storeu_ps(to, self.0) }
    }
    #[inline(always)]
    unsafe fn load_first(from: *const f32, count: usize) -> Self {
        Self(unsafe { _mm256_maskload_ps(from, first(count)) })
    }
    #[inline(always)]
    unsafe fn store_first(self, to: *mut f32, count: usize) {
        unsafe { _mm256_maskstore_ps(to, first(count), self.0) }
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        Self(unsafe { _mm256_add_ps(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        Self(unsafe { _mm256_sub_ps(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        Self(unsafe { _mm256_mul_ps(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn div(self, other: Self) -> Self {
        Self(unsafe { _mm256_div_ps(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, addend: Self) -> Self {
        Self(unsafe { _mm256_fmadd_ps(self.0, factor.0, addend.0) })
    }
    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        Self(unsafe { _mm256_max_ps(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn min(self, other: Self) -> Self {
        Self(unsafe { _mm256_min_ps(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn round(self) -> Self {
        Self(unsafe { _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(self.0) })
    }
    #[inline(always)]
    unsafe fn power_of_two(self) -> Self {
        unsafe {
            let exponent = _mm256_add_epi32(_mm256_cvtps_epi32(self.0), _mm256_set1_epi32(127));
            Self(_mm256_castsi256_ps(_mm256_slli_epi32::<23>(exponent)))
        }
    }
    #[inline(always)]
    unsafe fn exponent_and_mantissa(self) -> (Self, Self) {
        unsafe {
            let bits = _mm256_castps_si256(self.0);
            let exponent = _mm256_sub_epi32(_mm256_srli_epi32::<23>(bits), _mm256_set1_epi32(127));
            let mantissa = _mm256_or_si256(
                _mm256_and_si256(bits, _mm256_set1_epi32(0x007f_ffff)),
                _mm256_set1_epi32(0x3f80_0000),
            );
            (Self(_mm256_cvtepi32_ps(exponent)), Self(_mm256_castsi256_ps(mantissa)))
        }
    }
    #[inline(always)]
    unsafe fn where_positive(self, yes: Self, no: Self) -> Self {
        unsafe {
            let positive = _mm256_cmp_ps::<_CMP_GT_OQ>(self.0, _mm256_setzero_ps());
            Self(_mm256_blendv_ps(no.0, yes.0, positive))
        }
    }
    #[inline(always)]
    unsafe fn transpose(square: &mut [Self; 16]) {
        unsafe {
            // Pairs, then fours, within the halves; then the halves.
            for n in [0, 4] {
                let [a, b, c, d] = [square[n].0, square[n + 1].0, square[n + 2].0, square[n + 3].0];
                let (ab, cd) = (_mm256_unpacklo_ps(a, b), _mm256_unpacklo_ps(c, d));
                let (above_ab, above_cd) = (_mm256_unpackhi_ps(a, b), _mm256_unpackhi_ps(c, d));
                square[n].0 = _mm256_shuffle_ps::<0x44>(ab, cd);
                square[n + 1].0 = _mm256_shuffle_ps::<0xee>(ab, cd);
                square[n + 2].0 = _mm256_shuffle_ps::<0x44>(above_ab, above_cd);
                square[n + 3].0 = _mm256_shuffle_ps::<0xee>(above_ab, above_cd);
            }
            for n in 0..4 {
                let (low, high) = (square[n].0, square[n + 4].0);
                square[n].0 = _mm256_permute2f128_ps::<0x20>(low, high);
                square[n + 4].0 = _mm256_permute2f128_ps::<0x31>(low, high);
            }
        }
    }
    #[inline(always)]
    fn prefetch(address: *const f32) {
        // SAFETY: a hint, which cannot fault.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) }
    }
}
