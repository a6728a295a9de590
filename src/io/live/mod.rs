//! Live sound: from an input device through a model to an output device, in the devices' own callbacks.
//!
//! [`Link::new`] builds two plain values, [`Capture`] and [`Playback`], whose methods take and fill slices; a device, or a
//! test in its place, calls them. Between them lies one ring, and the delay that it makes is computed: with less than
//! `B_in + B_out + H - gcd(B_out, H)` frames between the two callbacks some call would find too little. A controller keeps
//! it there although the two devices have clocks of their own, and what a disturbance adds to it goes when that is over.

mod devices;
mod error;
mod link;
mod probe;
mod recorder;

pub use devices::{Direction, Hosts, Listed, Offer, Opened, Running, Wish, list};
pub use error::LiveError;
pub use link::{
    Capture, Channel, DelayParts, DeviceDelay, DeviceSample, Handle, Link, LinkConfig, Moment, Playback,
    Report, Side, Switches, Tap,
};
pub use probe::{LoopWatch, Loopback, Suspicion, Trip};
pub use recorder::{Recorded, Recorder};
