//! Sound systems and their devices: which there are, which are meant, and two that are open.

mod choice;
mod direction;
mod faults;
mod hosts;
mod list;
mod names;
mod streams;

pub use choice::Wish;
pub use direction::Direction;
pub use hosts::Hosts;
pub use list::{Listed, Offer, list};
pub use streams::{Opened, Running};
