//! The built program, from its arguments to what it leaves on the disk.
#![cfg(feature = "cli")]

#[path = "../common/mod.rs"]
mod common;
mod files;
mod folders;
mod interrupt;
mod options;
mod pipes;
mod program;
