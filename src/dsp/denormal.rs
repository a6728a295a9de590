//! Denormal numbers off while sound is processed.

/// While it lives, denormal results and operands of this thread count as zero; the former mode returns on drop.
///
/// Tails of silence otherwise decay into denormals, whose arithmetic can take a hundred times longer. Does nothing on
/// processors other than x86-64 and 64-bit ARM.
#[derive(Debug)]
pub struct FlushDenormals {
    before: u64,
    /// The mode is the thread's own.
    not_send: std::marker::PhantomData<*const ()>,
}

impl FlushDenormals {
    /// Switches denormals off.
    // A guard that came by `Default` would be dropped unseen.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        let before = control::read();
        control::write(before | control::FLUSH);
        Self { before, not_send: std::marker::PhantomData }
    }
}

impl Drop for FlushDenormals {
    fn drop(&mut self) {
        control::write(self.before);
    }
}

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
        // SAFETY: the value was read from the register, with only defined mode bits added.
        unsafe { asm!("ldmxcsr [{}]", in(reg) &value, options(nostack, preserves_flags, readonly)) };
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
        // SAFETY: the value was read from the register, with only a defined mode bit added.
        unsafe { asm!("msr fpcr, {}", in(reg) value, options(nomem, nostack, preserves_flags)) };
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

#[cfg(test)]
mod tests {
    use super::FlushDenormals;
    use std::hint::black_box;

    #[test]
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    fn denormals_are_zero_while_the_guard_lives_and_come_back() {
        let halve = |value: f32| black_box(black_box(value) * black_box(0.5));
        assert!(halve(f32::MIN_POSITIVE) > 0.0);
        {
            let _guard = FlushDenormals::new();
            assert_eq!(halve(f32::MIN_POSITIVE), 0.0);
        }
        assert!(halve(f32::MIN_POSITIVE) > 0.0);
    }
}
