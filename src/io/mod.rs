//! Sound from and to files.

mod clean;
mod error;
pub mod wav;

pub use clean::{Cleaned, clean_wav};
pub use error::IoError;
