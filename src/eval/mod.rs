//! Experiments: how good sound is, how late it comes, and what a frame of future buys.

mod error;
pub mod metrics;

pub use error::EvalError;
