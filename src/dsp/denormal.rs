//! Denormal numbers off while sound is processed.

/// Runs `work` with denormal operands and results of this thread counted as zero, then brings the former mode back, also
/// when `work` panics.
///
/// Tails of silence otherwise decay into denormals, whose arithmetic can take a hundred times longer. Changes nothing on
/// processors other than x86-64 and 64-bit ARM.
pub fn flush_denormals<R>(work: impl FnOnce() -> R) -> R {
    /// Restores in the order of scopes, which a guard in a caller's hands would not promise.
    struct Restore(u64);

    impl Drop for Restore {
        fn drop(&mut self) {
            control::write(self.0);
        }
    }

    let before = control::read();
    let _restore = Restore(before);
    control::write(before | control::FLUSH);
    apart(work)
}

/// Keeps the arithmetic of `work` in a function of its own, so that none of its caller's is scheduled among it.
#[inline(never)]
fn apart<R>(work: impl FnOnce() -> R) -> R {
    work()
}

// What the language promises of the mode, for every `write` below.
//
// Rust assumes the default floating-point environment. The documentation of `core::arch::x86_64::_mm_setcsr` (deprecated for
// that reason) calls it undefined behaviour to run with other masks, rounding or denormals-are-zero, even where the register
// is set back before the next operation in the source, and points to inline assembly, by which it means a block that
// restores the register before it ends. No such block can hold a network. For FPCR there is no function and no such text, but
// the assumption is the same. So this goes beyond what Rust guarantees, as every audio program with this mode does; it rests
// on what compilers do. They use the assumption in two ways: they compute constants at compile time, with denormals, and
// they move arithmetic. The first is harmless here: a constant that was computed with denormals is off by less than 1e-37.
// Against the second, the assembly counts as an access to memory (no `nomem`), which no load or store of the sound may
// pass, and `work` is not inlined. Traps and rounding stay as they were.

#[cfg(target_arch = "x86_64")]
mod control {
    use std::arch::asm;

    /// Flush to zero (bit 15) and denormals are zero (bit 6) of MXCSR.
    pub const FLUSH: u64 = 0x8040;

    pub fn read() -> u64 {
        let mut value: u32 = 0;
        // SAFETY: stores the 32-bit control register into `value`; SSE is part of x86-64.
        unsafe { asm!("stmxcsr [{}]", in(reg) &mut value, options(nostack, preserves_flags)) };
        value.into()
    }

    pub fn write(value: u64) {
        let value = value as u32;
        // SAFETY: the value was read from the register, with only defined mode bits added, so it does not fault; of the
        // language's rule see above.
        unsafe { asm!("ldmxcsr [{}]", in(reg) &value, options(nostack, preserves_flags)) };
    }
}

#[cfg(target_arch = "aarch64")]
mod control {
    use std::arch::asm;

    /// Flush to zero (bit 24) of FPCR.
    pub const FLUSH: u64 = 1 << 24;

    pub fn read() -> u64 {
        let value: u64;
        // SAFETY: reads the control register of this thread.
        unsafe { asm!("mrs {}, fpcr", out(reg) value, options(nomem, nostack, preserves_flags)) };
        value
    }

    pub fn write(value: u64) {
        // SAFETY: the value was read from the register, with only a defined mode bit added; of the language's rule see
        // above.
        unsafe { asm!("msr fpcr, {}", in(reg) value, options(nostack, preserves_flags)) };
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod control {
    pub const FLUSH: u64 = 0;

    pub fn read() -> u64 {
        0
    }

    pub fn write(_: u64) {}
}

#[cfg(all(test, any(target_arch = "x86_64", target_arch = "aarch64")))]
mod tests {
    use super::flush_denormals;
    use std::hint::black_box;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    const DENORMAL: f32 = f32::MIN_POSITIVE / 2.0;

    fn product(a: f32, b: f32) -> f32 {
        black_box(black_box(a) * black_box(b))
    }

    /// A denormal result of normal operands, and a normal result of a denormal operand.
    fn results_and_operands() -> [f32; 2] {
        [product(f32::MIN_POSITIVE, 0.5), product(DENORMAL, 4.0)]
    }

    const KEPT: [f32; 2] = [DENORMAL, 4.0 * DENORMAL];

    /// By the bits: while the mode lasts a comparison takes a denormal for zero.
    fn bits(values: [f32; 2]) -> [u32; 2] {
        values.map(f32::to_bits)
    }

    #[test]
    fn denormal_results_and_operands_are_zero_inside_and_come_back_after() {
        assert_eq!(bits(results_and_operands()), bits(KEPT));
        assert_eq!(bits(flush_denormals(results_and_operands)), [0, 0]);
        assert_eq!(bits(results_and_operands()), bits(KEPT));
    }

    #[test]
    fn the_mode_outlasts_one_inside_another_and_no_longer() {
        let (inner, after) =
            flush_denormals(|| (flush_denormals(results_and_operands), results_and_operands()));
        assert_eq!((bits(inner), bits(after)), ([0, 0], [0, 0]));
        assert_eq!(bits(results_and_operands()), bits(KEPT));
    }

    #[test]
    fn a_panic_inside_brings_the_mode_back() {
        let caught = catch_unwind(AssertUnwindSafe(|| {
            flush_denormals(|| assert_ne!(bits(results_and_operands()), [0, 0], "denormals are off"));
        }));
        assert!(caught.is_err());
        assert_eq!(bits(results_and_operands()), bits(KEPT));
    }
}
