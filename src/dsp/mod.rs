//! Signals and spectra: which numbers are samples, windows, the streaming short-time Fourier transform, sample rates,
//! correlation, denormal numbers, [meters].

mod correlation;
mod denormal;
mod error;
pub(crate) mod full_scale;
pub mod meters;
mod polyphase;
mod sample;
mod stft;
mod window;

#[cfg(feature = "eval")]
pub(crate) use correlation::phase_correlation;
pub use correlation::{Peak, circular_correlation, peak};
pub use denormal::flush_denormals;
pub use error::DspError;
pub(crate) use polyphase::Polyphase;
pub use polyphase::RATES;
pub use sample::{LOUDEST, is_sample, scrub};
pub use stft::{Analysis, Stft, Synthesis};
pub use window::Window;

/// The greatest number that divides both; the other one where one is zero.
pub(crate) fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}
