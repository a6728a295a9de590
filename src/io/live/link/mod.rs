//! Sound between two callbacks: the ring, the processor, and what keeps the delay where it should be.

mod allowance;
mod blocks;
mod both;
mod capture;
mod counters;
mod drift;
mod ends;
mod handle;
mod held;
mod load;
mod passing;
mod pick;
mod playback;
mod rates;
mod sample;
mod source;
mod spread;
mod surplus;
mod switches;
mod tap;

pub use both::{Link, LinkConfig, Side};
pub use capture::Capture;
pub use counters::Report;
pub use handle::{DelayParts, Handle};
pub use held::{DeviceDelay, Moment};
pub use pick::Channel;
pub use playback::Playback;
pub use sample::DeviceSample;
pub use switches::Switches;
pub use tap::Tap;
