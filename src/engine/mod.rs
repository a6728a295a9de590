//! Running a model on samples: hop by hop, on blocks of any size, or on whole clips.

mod aligned;
mod channels;
mod counts;
mod delays;
mod denoiser;
mod level;
mod profile;
mod stream;

pub use aligned::Aligned;
pub use channels::{Channels, Mask};
pub use counts::Counts;
pub use delays::Delays;
#[cfg(feature = "wav")]
pub(crate) use delays::greatest_common_divisor;
pub use denoiser::{Denoiser, Frame};
#[cfg(feature = "wav")]
pub(crate) use level::{exponent, power};
pub use profile::{Profile, profile};
pub use stream::{Blocks, Stream};
