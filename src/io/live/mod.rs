//! Live sound: from an input device through a model to an output device, in the devices' own callbacks.
//!
//! [`Link::new`] builds two plain values, [`Capture`] and [`Playback`], whose methods take and fill slices; a device, or a
//! test in its place, calls them. Between them lies one ring, and the delay that it makes is computed: with less than
//! `B_in + B_out + H - gcd(B_out, H)` frames between the two callbacks some call would find too little. A controller keeps
//! it there although the two devices have clocks of their own, and what a disturbance adds to it goes when that is over.

mod allowance;
mod blocks;
mod capture;
mod choice;
mod counters;
mod devices;
mod drift;
mod ends;
mod error;
mod faults;
mod handle;
mod held;
mod hosts;
mod link;
mod load;
mod loops;
mod passing;
mod pick;
mod playback;
mod probe;
mod rates;
mod recorder;
mod sample;
mod source;
mod spread;
mod streams;
mod surplus;
mod switches;
mod tap;

pub use capture::Capture;
pub use choice::Wish;
pub use counters::Report;
pub use devices::{Direction, Listed, Offer, list};
pub use error::LiveError;
pub use handle::{DelayParts, Handle};
pub use held::{DeviceDelay, Moment};
pub use hosts::Hosts;
pub use link::{Link, LinkConfig, Side};
pub use loops::{LoopWatch, Suspicion};
pub use pick::Channel;
pub use playback::Playback;
pub use probe::{Loopback, Trip};
pub use recorder::{Recorded, Recorder};
pub use sample::DeviceSample;
pub use streams::{Opened, Running};
pub use switches::Switches;
pub use tap::Tap;
