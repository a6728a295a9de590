//! Sound from and to files and devices.

mod clean;
mod cleaner;
mod error;
mod inspection;
#[cfg(feature = "live")]
pub mod live;
mod meter;
mod mix;
mod resample;
mod spectrogram;
mod temporary;
pub mod wav;

pub use crate::dsp::RATES;
pub use crate::engine::HighBand;
pub use clean::{Cleaned, Step, WavConfig, clean_wav};
pub use cleaner::{CleanConfig, Cleaner};
pub use error::IoError;
pub use inspection::Inspection;
pub use meter::{Levels, Meter};
pub use resample::Resampler;
pub use spectrogram::Spectrogram;
#[cfg(feature = "eval")]
pub(crate) use temporary::write_together;
#[cfg(feature = "cli")]
pub(crate) use temporary::write_whole;
