//! Sound from and to files and devices.

mod clean;
mod cleaner;
mod destination;
mod error;
mod formats;
mod inspection;
mod leftover;
#[cfg(feature = "live")]
pub mod live;
mod resample;
mod temporary;
pub mod wav;

pub use crate::dsp::RATES;
pub use crate::engine::HighBand;
pub use clean::{Cleaned, Step, WavConfig, clean_wav};
pub use cleaner::{CleanConfig, Cleaner};
pub use error::IoError;
pub use formats::{has_sound_ending, has_wav_ending, is_candidate, open_sound, read_sound};
pub use inspection::Inspection;
pub use resample::Resampler;
#[cfg(feature = "eval")]
pub(crate) use temporary::write_together;
#[cfg(feature = "cli")]
pub(crate) use {
    destination::{folder_of, target},
    temporary::{try_out, write_whole},
    wav::shown,
};
