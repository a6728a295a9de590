//! Framewise as a plugin: one library that speaks CLAP, VST 3, LADSPA and LV2.
//!
//! Nothing here processes sound: an [`Instance`](instance::Instance) hands the host's blocks to
//! [`Processor`](framewise::engine::Processor) and what the host sets to the processor's
//! [`Controls`](framewise::engine::Controls). All formats have the ports of [`ports`], in that order: LADSPA and LV2 as they are,
//! CLAP and VST 3 as [`parameters`].
#![deny(missing_docs)]
#![deny(clippy::undocumented_unsafe_blocks, clippy::missing_safety_doc, unsafe_op_in_unsafe_fn)]
#![cfg_attr(framewise_rtsan, feature(sanitize))]

mod border;
pub mod clap;
mod connected;
pub mod instance;
pub mod ladspa;
pub mod lv2;
pub mod parameters;
pub mod ports;
pub mod vst3;
