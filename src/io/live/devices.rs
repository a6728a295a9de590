//! Which devices there are, and what they offer.

use super::hosts::Hosts;
use crate::io::RATES;
use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{Device, SupportedBufferSize, SupportedStreamConfigRange};
use serde::Serialize;

/// The direction of sound at a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// A microphone.
    Input,
    /// A speaker, or a virtual microphone's other end.
    Output,
}

impl Direction {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
        }
    }

    /// The configurations that a device offers in this direction.
    pub(super) fn ranges(self, device: &Device) -> Result<Vec<SupportedStreamConfigRange>, cpal::Error> {
        let ranges: Vec<_> = match self {
            Self::Input => device.supported_input_configs()?.collect(),
            Self::Output => device.supported_output_configs()?.collect(),
        };
        Ok(ranges.into_iter().filter_map(sensible).collect())
    }

    /// The one that it would choose.
    pub(super) fn default(self, device: &Device) -> Option<cpal::SupportedStreamConfig> {
        match self {
            Self::Input => device.default_input_config().ok(),
            Self::Output => device.default_output_config().ok(),
        }
    }
}

/// The part of a range whose rates are those of sound: what plugins offer may reach from 1 to 4294967295 Hz.
fn sensible(range: SupportedStreamConfigRange) -> Option<SupportedStreamConfigRange> {
    let (least, most) =
        (range.min_sample_rate().max(*RATES.start()), range.max_sample_rate().min(*RATES.end()));
    (least <= most).then(|| {
        let (channels, blocks) = (range.channels(), *range.buffer_size());
        SupportedStreamConfigRange::new(channels, least, most, blocks, range.sample_format())
    })
}

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

/// What names a device for good; its name where the system has nothing better.
pub(super) fn identity(device: &Device) -> String {
    device.id().map_or_else(|_| name(device), |id| id.to_string())
}

/// What people call a device.
pub(super) fn name(device: &Device) -> String {
    device.description().map_or_else(|_| "unnamed".to_owned(), |about| about.name().to_owned())
}

#[cfg(test)]
mod tests {
    use super::sensible;
    use cpal::{SampleFormat, SupportedBufferSize, SupportedStreamConfigRange};

    #[test]
    fn rates_that_no_device_means_are_not_offered() {
        let offered = |least, most| {
            let range = SupportedStreamConfigRange::new(
                1,
                least,
                most,
                SupportedBufferSize::Unknown,
                SampleFormat::F32,
            );
            sensible(range).map(|range| (range.min_sample_rate(), range.max_sample_rate()))
        };
        assert_eq!(offered(1, u32::MAX), Some((4_000, 384_000)));
        assert_eq!(offered(44_100, 48_000), Some((44_100, 48_000)));
        assert_eq!((offered(1, 10), offered(1_000_000, u32::MAX)), (None, None));
    }
}
