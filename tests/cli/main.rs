//! The built program, from its arguments to what it leaves on the disk.
#![cfg(feature = "cli")]

#[path = "../common/documents.rs"]
mod commands;
#[path = "../common/mod.rs"]
mod common;
mod compare;
mod documents;
mod files;
mod folders;
mod formats;
mod inspect;
mod interrupt;
mod kernels;
mod memory;
mod models;
mod numbers;
mod options;
mod paths;
mod pictures;
mod pipes;
mod program;
