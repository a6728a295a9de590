//! Live sound without a device: the real callbacks, driven by devices that are simulated, faster than time.
#![cfg(feature = "live")]

#[path = "../common/mod.rs"]
mod common;
mod controls;
mod devices;
mod faithful;
mod soak;
mod trap;
