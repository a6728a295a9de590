//! The built program, from its arguments to what it leaves on the disk.
#![cfg(feature = "cli")]

#[path = "../common/mod.rs"]
mod common;
mod compare;
mod files;
mod folders;
mod inspect;
mod interrupt;
mod kernels;
mod memory;
mod numbers;
mod options;
mod pictures;
mod pipes;
mod program;
