//! Hosts of each format.

pub mod clap;
pub mod ports;
pub mod vst3;
