//! Which way sound goes at a device, and what it offers there.

use crate::io::RATES;
use cpal::traits::DeviceTrait;
use cpal::{Device, SupportedStreamConfigRange};
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
