//! What can go wrong between a file and the engine.

use super::wav::WavError;

/// Why sound could not be processed. Each message is one line that names the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IoError {
    /// A WAV file could not be read or written.
    #[error(transparent)]
    Wav(#[from] WavError),
    /// The file's rate is not the model's.
    #[error(
        "{file}: sample rate {found} Hz, expected {expected} Hz, the rate of model `{model}`: resample it first"
    )]
    SampleRate {
        /// The file.
        file: String,
        /// Rate of the model in Hz.
        expected: u32,
        /// Rate of the file in Hz.
        found: u32,
        /// Name of the model.
        model: String,
    },
}
