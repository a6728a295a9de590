//! The plugins in a host of the tests' own, which reaches them through the functions that every host asks for.

#[path = "../../../../tests/common/allocator.rs"]
mod allocator;
mod delay;
mod format;
mod host;
mod realtime;
mod samples;
mod signals;
mod turtle;
