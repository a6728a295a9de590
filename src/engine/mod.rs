//! Running a model on samples: hop by hop, on blocks of any size and at any rate, or on whole clips.

mod blocks;
mod channels;
mod counts;
mod delays;
mod denoiser;
mod error;
mod filling;
mod high_band;
mod level;
mod mask;
mod post_filter;
mod processor;
mod profile;
mod ready;
mod strength;
mod voice;
mod voices;

pub use blocks::Blocks;
pub use channels::Channels;
pub use counts::Counts;
pub use delays::Delays;
pub use denoiser::{Denoiser, Frame};
pub use error::EngineError;
pub use high_band::HighBand;
pub(crate) use high_band::{Gain, Rates};
pub use mask::Mask;
pub use processor::{Builder, Controls, Processor};
pub use profile::{Profile, profile};
#[cfg(feature = "live")]
pub(crate) use ready::Ready;
#[cfg(feature = "live")]
pub(crate) use strength::Ramp;
#[cfg(feature = "wav")]
pub(crate) use strength::{dry_share, mix};
