//! Sound from and to files.

mod clean;
mod cleaner;
mod error;
mod high_band;
mod mix;
mod resample;
pub mod wav;

pub use clean::{Cleaned, Step, WavConfig, clean_wav};
pub use cleaner::{CleanConfig, Cleaner};
pub use error::IoError;
pub use high_band::HighBand;
pub use resample::{RATES, Resampler};
