//! Which device is meant, and which of its configurations to use.

use super::direction::Direction;
use super::hosts::Hosts;
use super::names::{identity, name};
use crate::engine::Mask;
use crate::io::live::error::LiveError;
use crate::io::live::link::Channel;
use cpal::traits::HostTrait;
use cpal::{BufferSize, Device, SampleFormat, StreamConfig, SupportedStreamConfigRange};

/// Blocks of 10 ms are asked for where nothing else is.
const BLOCKS_PER_SECOND: u32 = 100;

/// A device and how it will be opened.
pub(super) struct Chosen {
    pub device: Device,
    pub id: String,
    /// Devices that fit what was asked for as well as this one, itself included.
    pub alike: usize,
    pub config: StreamConfig,
    pub format: SampleFormat,
    /// Sizes of blocks to try, the best first.
    pub blocks: Vec<BufferSize>,
}

/// The block that is wanted, then longer ones, then what the device would take by itself, which may be a second and more.
/// What a device says of its blocks beforehand is not what it takes: only trying tells.
fn sizes(wanted: u32) -> Vec<BufferSize> {
    let longer = (8..=13).map(|power| 1 << power).filter(|&size| size > wanted);
    let fixed = std::iter::once(wanted).chain(longer).map(BufferSize::Fixed);
    fixed.chain([BufferSize::Default]).collect()
}

/// What is wanted of a device.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Wish {
    /// Id, name, or a part of either; the system's default if none.
    pub device: Option<String>,
    /// Rate in Hz; the device's own if none.
    pub rate: Option<u32>,
    /// Frames of a block; 10 ms if none. Devices take this as a hint.
    pub block: Option<u32>,
    /// Which channels are heard, where it is an input.
    pub channel: Channel,
    /// Whether those that are heard share a mask, where it is an input.
    pub mask: Mask,
}

impl Wish {
    /// Sets [the device](field@Self::device) by its id, its name, or a part of either.
    #[must_use]
    pub fn device(mut self, device: impl Into<String>) -> Self {
        self.device = Some(device.into());
        self
    }

    /// Sets [the rate](field@Self::rate) in Hz.
    #[must_use]
    pub fn rate(mut self, rate: u32) -> Self {
        self.rate = Some(rate);
        self
    }

    /// Sets [the frames of a block](field@Self::block).
    #[must_use]
    pub fn block(mut self, frames: u32) -> Self {
        self.block = Some(frames);
        self
    }

    /// Sets which [channels](field@Self::channel) are heard.
    #[must_use]
    pub fn channel(mut self, channel: Channel) -> Self {
        self.channel = channel;
        self
    }

    /// Sets whether channels that are heard share [a mask](field@Self::mask).
    #[must_use]
    pub fn mask(mut self, mask: Mask) -> Self {
        self.mask = mask;
        self
    }
}

/// Finds the device and negotiates. Among those that fit what was asked for equally well the first is taken.
pub(super) fn choose(hosts: &Hosts, wish: &Wish, direction: Direction) -> Result<Chosen, LiveError> {
    let kind = direction.word();
    let (device, alike) = match &wish.device {
        None => (hosts.default(direction).ok_or(LiveError::NoDefault { kind })?, 1),
        Some(asked) => find(hosts, asked, direction)?,
    };
    let id = identity(&device);
    let ranges =
        direction.ranges(&device).map_err(|source| LiveError::Device { device: id.clone(), source })?;
    let (rate, range) = best(&ranges, direction.default(&device).as_ref(), wish.rate).ok_or_else(|| {
        let asked = wish.rate.map_or(String::new(), |rate| format!(" at {rate} Hz"));
        LiveError::NoConfig { kind, device: id.clone(), asked }
    })?;
    let config =
        StreamConfig { channels: range.channels(), sample_rate: rate, buffer_size: BufferSize::Default };
    if let (Direction::Input, Channel::One(channel)) = (direction, wish.channel)
        && channel >= usize::from(range.channels())
    {
        let (channel, channels) = (channel + 1, range.channels());
        return Err(LiveError::NoSuchChannel { device: id, channel, channels });
    }
    let block = wish.block.unwrap_or(rate / BLOCKS_PER_SECOND);
    Ok(Chosen { device, id, alike, config, format: range.sample_format(), blocks: sizes(block) })
}

/// The device, and how many fit as well as that one.
fn find(hosts: &Hosts, asked: &str, direction: Direction) -> Result<(Device, usize), LiveError> {
    let mut there = Vec::new();
    for host in hosts.each() {
        let Ok(devices) = host.devices() else { continue };
        there.extend(devices.map(|device| (identity(&device), name(&device), device)));
    }
    let lower = asked.to_lowercase();
    let rank = |id: &str, name: &str| {
        let (id, name) = (id.to_lowercase(), name.to_lowercase());
        let bare = id.split_once(':').map_or("", |(_, bare)| bare);
        match () {
            () if id == lower => Some(0),
            () if name == lower || bare == lower => Some(1),
            () if name.contains(&lower) || id.contains(&lower) => Some(2),
            () => None,
        }
    };
    let mut found: Vec<_> = there
        .iter()
        .enumerate()
        .filter_map(|(n, (id, name, _))| rank(id, name).map(|rank| (rank, n)))
        .collect();
    found.sort_unstable();
    // The first that works in this direction: asking may open the device, so only those that match are asked.
    let mut refused = None;
    for &(rank, n) in &found {
        let reason = match direction.ranges(&there[n].2) {
            Ok(ranges) if ranges.is_empty() => "it offers no configuration".to_owned(),
            Ok(_) => {
                let alike = found.iter().filter(|(other, _)| *other == rank).count();
                return Ok((there.swap_remove(n).2, alike));
            }
            Err(error) => error.to_string(),
        };
        refused.get_or_insert((n, reason));
    }
    let kind = direction.word();
    Err(match refused {
        Some((n, reason)) => LiveError::Unusable { kind, device: there.swap_remove(n).0, reason },
        None => LiveError::NoSuchDevice {
            kind,
            asked: asked.to_owned(),
            available: match &there[..] {
                [] => "none".to_owned(),
                _ => there.iter().map(|(id, ..)| id.as_str()).collect::<Vec<_>>().join(", "),
            },
        },
    })
}

/// How much a format is liked: floats first, then more bits; none for what cannot be converted.
fn liking(format: SampleFormat) -> Option<u32> {
    Some(match format {
        SampleFormat::F32 => 9,
        SampleFormat::F64 => 8,
        SampleFormat::I32 => 7,
        SampleFormat::I24 => 6,
        SampleFormat::I16 => 5,
        SampleFormat::U32 | SampleFormat::U24 => 4,
        SampleFormat::U16 => 3,
        SampleFormat::I64 | SampleFormat::U64 => 2,
        SampleFormat::I8 | SampleFormat::U8 => 1,
        _ => return None,
    })
}

/// The rate and the range to use: the rate asked for, else the device's own; few channels, but the device's own number
/// before others; the best format.
fn best<'a>(
    ranges: &'a [SupportedStreamConfigRange],
    own: Option<&cpal::SupportedStreamConfig>,
    rate: Option<u32>,
) -> Option<(u32, &'a SupportedStreamConfigRange)> {
    let wanted = rate.or(own.map(cpal::SupportedStreamConfig::sample_rate)).unwrap_or(48_000);
    let channels = own.map(cpal::SupportedStreamConfig::channels);
    ranges
        .iter()
        .filter_map(|range| {
            let liked = liking(range.sample_format())?;
            let near = wanted.clamp(range.min_sample_rate(), range.max_sample_rate());
            if rate.is_some_and(|rate| rate != near) {
                return None;
            }
            let few = u32::from(u16::MAX - range.channels());
            Some(((near == wanted, channels == Some(range.channels()), few, liked), near, range))
        })
        .max_by_key(|(rank, ..)| *rank)
        .map(|(_, rate, range)| (rate, range))
}

#[cfg(test)]
mod tests {
    use super::{best, sizes};
    use cpal::{SampleFormat, SupportedBufferSize, SupportedStreamConfig, SupportedStreamConfigRange};

    fn range(channels: u16, rates: [u32; 2], format: SampleFormat) -> SupportedStreamConfigRange {
        SupportedStreamConfigRange::new(channels, rates[0], rates[1], SupportedBufferSize::Unknown, format)
    }

    #[test]
    fn blocks_are_tried_from_the_one_wanted_upwards() {
        use cpal::BufferSize::{Default, Fixed};
        assert_eq!(sizes(1000), [Fixed(1000), Fixed(1024), Fixed(2048), Fixed(4096), Fixed(8192), Default]);
    }

    #[test]
    fn a_device_keeps_its_own_rate_and_channels_unless_asked() {
        let ranges = [
            range(1, [8_000, 96_000], SampleFormat::I16),
            range(2, [44_100, 48_000], SampleFormat::I16),
            range(2, [44_100, 48_000], SampleFormat::F32),
            range(2, [44_100, 48_000], SampleFormat::DsdU8),
        ];
        let own = SupportedStreamConfig::new(2, 44_100, SupportedBufferSize::Unknown, SampleFormat::I16);
        let (rate, found) = best(&ranges, Some(&own), None).expect("a range");
        assert_eq!((rate, found.channels(), found.sample_format()), (44_100, 2, SampleFormat::F32));
        let (rate, found) = best(&ranges, Some(&own), Some(16_000)).expect("a range");
        assert_eq!((rate, found.channels()), (16_000, 1));
        assert!(best(&ranges, Some(&own), Some(192_000)).is_none());
        let (rate, found) = best(&ranges, None, None).expect("a range");
        assert_eq!((rate, found.channels()), (48_000, 1));
        assert!(best(&ranges[3..], None, None).is_none());
    }
}
