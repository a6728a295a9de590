//! Sound from and to files and devices.

mod clean;
mod cleaner;
mod error;
mod high_band;
mod inspection;
#[cfg(feature = "live")]
pub mod live;
mod meter;
mod mix;
mod resample;
mod spectrogram;
mod temporary;
pub mod wav;

pub use clean::{Cleaned, Step, WavConfig, clean_wav};
pub use cleaner::{CleanConfig, Cleaner};
pub use error::IoError;
pub use high_band::HighBand;
pub use inspection::Inspection;
pub use meter::{Levels, Meter, integer_bits};
pub use resample::{RATES, Resampler};
pub use spectrogram::Spectrogram;
#[cfg(feature = "eval")]
pub(crate) use temporary::write_together;
#[cfg(feature = "cli")]
pub(crate) use temporary::write_whole;
