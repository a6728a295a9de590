//! The plugins in hosts of the tests' own, which reach them through the functions that every host asks for.

#[path = "../../../../tests/common/allocator.rs"]
mod allocator;
mod clap;
mod delay;
mod format;
mod host;
mod hosts;
mod realtime;
mod samples;
#[cfg(framewise_rtsan)]
mod sanitizer;
mod signals;
mod turtle;
mod vst3;
