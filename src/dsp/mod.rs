//! Signals and spectra: which numbers are samples, windows, the streaming short-time Fourier transform, correlation, denormal numbers.

mod correlation;
mod denormal;
mod error;
mod sample;
mod stft;
mod window;

pub use correlation::{Peak, circular_correlation, peak};
pub use denormal::flush_denormals;
pub use error::DspError;
pub use sample::{LOUDEST, is_sample, scrub};
pub use stft::{Analysis, Stft, Synthesis};
pub use window::Window;
