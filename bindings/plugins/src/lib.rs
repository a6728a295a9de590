//! Framewise as a plugin: one library that speaks LADSPA and LV2.
//!
//! Nothing here processes sound: an [`Instance`](instance) hands the host's blocks to
//! [`Processor`](framewise::engine::Processor) and its control ports to the processor's
//! [`Controls`](framewise::engine::Controls). Both formats have the ports of [`ports`], in that order.
#![deny(missing_docs)]
#![deny(clippy::undocumented_unsafe_blocks, clippy::missing_safety_doc, unsafe_op_in_unsafe_fn)]

mod border;
mod instance;
pub mod ladspa;
pub mod lv2;
pub mod ports;
