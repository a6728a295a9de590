//! Sound from and to files and devices.

mod clean;
mod error;
#[cfg(feature = "live")]
pub mod live;
pub mod wav;

pub use clean::{Cleaned, clean_wav};
pub use error::IoError;
