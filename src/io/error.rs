//! What can go wrong between a file and the engine.

use super::RATES;
use super::wav::WavError;

/// Why sound could not be processed. Each message is one line that names the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IoError {
    /// A WAV file could not be read or written.
    #[error(transparent)]
    Wav(#[from] WavError),
    /// The file's rate is out of range.
    #[error(
        "{file}: sample rate {found} Hz, expected {} to {} Hz: resample it first, or correct the header if it is wrong",
        RATES.start(),
        RATES.end()
    )]
    SampleRate {
        /// The file.
        file: String,
        /// Rate of the file in Hz.
        found: u32,
    },
    /// The model makes no sound of this file.
    #[error(
        "{file}: the model `{model}` gives numbers that are not finite in {lost} of {frames} frames, expected none: \
         its weights or hyper-parameters are out of range"
    )]
    Lost {
        /// The file.
        file: String,
        /// Name of the model.
        model: String,
        /// Frames that are not finite.
        lost: u64,
        /// Frames in all.
        frames: u64,
    },
}
