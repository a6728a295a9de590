//! A vector of `f32` lanes: what an instruction set must offer for the kernels.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;

#[cfg(target_arch = "x86_64")]
pub(super) use avx2::Avx2;
#[cfg(target_arch = "x86_64")]
pub(super) use avx512::Avx512;
pub(super) use portable::Portable;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) use simd128::Simd128;

/// A vector of [`Lanes::COUNT`] single-precision numbers.
///
/// # Safety
/// Every method may be called only where the instruction set of the implementor is present, and every pointer must be
/// valid for the lanes that the method names. Implementors must be plain data.
pub(super) unsafe trait Lanes: Copy {
    /// How many numbers the vector holds.
    const COUNT: usize;
    /// Whether the instruction set has 32 vector registers and not 16.
    const MANY_REGISTERS: bool;
    /// Whether a multiplication and an addition are one instruction, as far as it is known here.
    const FUSED: bool;

    unsafe fn splat(value: f32) -> Self;
    unsafe fn load(from: *const f32) -> Self;
    unsafe fn store(self, to: *mut f32);
    /// Loads the first `count < COUNT` numbers; the others are zero.
    unsafe fn load_first(from: *const f32, count: usize) -> Self;
    /// Stores the first `count < COUNT` numbers.
    unsafe fn store_first(self, to: *mut f32, count: usize);
    /// Loads the first `count <= COUNT` numbers; the others are zero.
    #[inline(always)]
    unsafe fn load_up_to(from: *const f32, count: usize) -> Self {
        // SAFETY: the caller vouches for `count` numbers.
        unsafe { if count == Self::COUNT { Self::load(from) } else { Self::load_first(from, count) } }
    }
    /// Stores the first `count <= COUNT` numbers.
    #[inline(always)]
    unsafe fn store_up_to(self, to: *mut f32, count: usize) {
        // SAFETY: the caller vouches for `count` numbers.
        unsafe { if count == Self::COUNT { self.store(to) } else { self.store_first(to, count) } }
    }
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn sub(self, other: Self) -> Self;
    unsafe fn mul(self, other: Self) -> Self;
    unsafe fn div(self, other: Self) -> Self;
    /// `self * factor + addend`, fused where the instruction set can.
    unsafe fn mul_add(self, factor: Self, addend: Self) -> Self;
    unsafe fn max(self, other: Self) -> Self;
    unsafe fn min(self, other: Self) -> Self;
    /// Nearest whole number, ties to even.
    unsafe fn round(self) -> Self;
    /// `2^self` for whole numbers from -126 to 127.
    unsafe fn power_of_two(self) -> Self;
    /// The exponent as a number and the mantissa in `[1, 2)`, for positive normal numbers.
    unsafe fn exponent_and_mantissa(self) -> (Self, Self);
    /// Lane by lane `yes` where `self > 0`, else `no`; `no` where `self` is NaN.
    unsafe fn where_positive(self, yes: Self, no: Self) -> Self;
    /// Turns a square of [`Lanes::COUNT`] vectors over: lane `m` of vector `n` becomes lane `n` of vector `m`. Vectors
    /// beyond those stay.
    unsafe fn transpose(square: &mut [Self; 16]);
    /// Asks for the memory of a vector ahead of its use; the address need not be valid.
    #[inline(always)]
    fn prefetch(_: *const f32) {}
}
