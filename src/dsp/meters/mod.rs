//! Instruments that listen to sound of any length in flat memory: level, bands, spectrogram.

mod bands;
mod level;
mod spectrogram;

pub use bands::{Band, BandMeter};
pub use level::{LevelMeter, Levels, integer_bits};
pub use spectrogram::Spectrogram;
