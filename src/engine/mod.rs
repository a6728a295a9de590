//! Running a model on samples: hop by hop, on blocks of any size and at any rate, or on whole clips.

mod aligned;
mod channels;
mod counts;
mod delays;
mod denoiser;
mod error;
mod high_band;
mod level;
mod mask;
mod post_filter;
mod processor;
mod profile;
mod stream;
mod strength;
mod voices;

pub use aligned::Aligned;
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
pub use stream::{Blocks, Stream};
#[cfg(feature = "wav")]
pub(crate) use strength::{dry_share, mix};
