//! Which devices there are, and what they offer.

use super::direction::Direction;
use super::hosts::Hosts;
use super::names::{identity, name};
use cpal::SupportedBufferSize;
use cpal::traits::HostTrait;
use serde::Serialize;

/// A device in one direction, as it is listed.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Listed {
    /// The system that offers it, such as `alsa`.
    pub host: String,
    /// What names it for good.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Where sound goes.
    pub direction: Direction,
    /// Whether it is the system's choice.
    pub default: bool,
    /// Its own choice of rate, channels and format.
    pub default_config: Option<Offer>,
    /// All that it offers.
    pub configs: Vec<Offer>,
}

/// A range of configurations.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Offer {
    /// Samples of a frame.
    pub channels: u16,
    /// Least rate in Hz.
    pub least_rate: u32,
    /// Greatest rate in Hz.
    pub most_rate: u32,
    /// Format of a sample.
    pub format: String,
    /// Least and greatest block in frames, where the device says so.
    pub blocks: Option<[u32; 2]>,
}

fn blocks(size: &SupportedBufferSize) -> Option<[u32; 2]> {
    match *size {
        SupportedBufferSize::Range { min, max } => Some([min, max]),
        SupportedBufferSize::Unknown => None,
    }
}

/// Every device of these systems, once for each direction that it has.
pub fn list(hosts: &Hosts) -> Vec<Listed> {
    let mut listed = Vec::new();
    for host in hosts.each() {
        let Ok(devices) = host.devices() else { continue };
        let defaults = [host.default_input_device(), host.default_output_device()];
        for device in devices {
            for (direction, default) in [Direction::Input, Direction::Output].into_iter().zip(&defaults) {
                let Ok(ranges) = direction.ranges(&device) else { continue };
                if ranges.is_empty() {
                    continue;
                }
                let mut configs: Vec<Offer> = ranges
                    .iter()
                    .map(|range| Offer {
                        channels: range.channels(),
                        least_rate: range.min_sample_rate(),
                        most_rate: range.max_sample_rate(),
                        format: range.sample_format().to_string(),
                        blocks: blocks(range.buffer_size()),
                    })
                    .collect();
                configs.sort();
                configs.dedup();
                listed.push(Listed {
                    host: host.id().to_string(),
                    id: identity(&device),
                    name: name(&device),
                    direction,
                    default: default.as_ref() == Some(&device),
                    default_config: direction.default(&device).map(|config| Offer {
                        channels: config.channels(),
                        least_rate: config.sample_rate(),
                        most_rate: config.sample_rate(),
                        format: config.sample_format().to_string(),
                        blocks: blocks(config.buffer_size()),
                    }),
                    configs,
                });
            }
        }
    }
    listed
}
