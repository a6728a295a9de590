//! Live sound without a device: the real callbacks, driven by devices that are simulated, faster than time.
#![cfg(feature = "live")]

mod channels;
#[path = "../common/mod.rs"]
mod common;
mod controls;
mod delay;
mod devices;
mod faithful;
// The sessions of the program are tested with it, too.
#[allow(dead_code)]
mod fake_host;
mod hour;
mod returns;
mod running;
mod soak;
mod trap;
