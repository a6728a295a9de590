//! Builds both callbacks and what watches and steers them.

use super::capture::{BlockSeen, Capture, Mark};
use super::counters::Counters;
use super::ends::Ends;
use super::handle::Handle;
use super::held::Driver;
use super::pick::{Channel, Picker};
use super::playback::Playback;
use super::switches::Switches;
use super::tap::{Tap, tap};
use crate::engine::{Blocks, Mask, Processor};
use crate::io::live::probe::{Loopback, probe};
use crate::model::Model;
use ringbuf::HeapRb;
use ringbuf::traits::Split;
use std::sync::Arc;
use std::time::Duration;

/// Seconds that the ring holds: blocks of five seconds on both sides, and more than any stall that is worth paying back.
const RING: f64 = 12.0;

/// One side of a link: a device as it was opened.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Side {
    /// Frames a second.
    pub rate: u32,
    /// Samples of a frame.
    pub channels: usize,
    /// Longest block that the device is known to use; 0 if that will be seen.
    pub longest_block: usize,
}

impl Side {
    /// A device whose blocks will be seen.
    pub fn new(rate: u32, channels: usize) -> Self {
        Self { rate, channels, longest_block: 0 }
    }

    /// Sets [the longest block](field@Self::longest_block) that the device is known to use.
    #[must_use]
    pub fn longest_block(mut self, frames: usize) -> Self {
        self.longest_block = frames;
        self
    }
}

/// What a link is built from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LinkConfig {
    /// The microphone.
    pub input: Side,
    /// The output.
    pub output: Side,
    /// By how much callbacks may be late, at the least: more is learnt when it turns out too small, and forgotten when it no longer
    /// is.
    pub late: Duration,
    /// Which channels of the microphone are heard.
    pub channel: Channel,
    /// Whether channels that are heard share a mask.
    pub mask: Mask,
}

impl LinkConfig {
    /// Two devices, and callbacks up to 2 ms late.
    pub fn new(input: Side, output: Side) -> Self {
        Self {
            input,
            output,
            late: Duration::from_millis(2),
            channel: Channel::default(),
            mask: Mask::default(),
        }
    }

    /// Sets by how much [callbacks may be late](field@Self::late), at the least.
    #[must_use]
    pub fn late(mut self, late: Duration) -> Self {
        self.late = late;
        self
    }

    /// Sets which [channels of the microphone](field@Self::channel) are heard.
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

/// A link between two devices.
pub struct Link {
    /// For the input device's callback.
    pub capture: Capture,
    /// For the output device's callback.
    pub playback: Playback,
    /// For everyone else.
    pub handle: Handle,
    /// Dry and denoised sound, where it is asked for.
    pub tap: Tap,
    /// Dry sound and what is heard, the mean of all channels, where it is asked for by [`Switches::set_monitored`].
    pub monitor: Tap,
    rates: [u32; 3],
}

impl Link {
    /// Builds a link; everything that it will ever need is allocated here. The first of `models` is heard first.
    ///
    /// # Panics
    /// If there is no model, models differ in hop or rate, a rate or a number of channels is zero, more than 256 channels are heard,
    /// or the microphone has no such channel.
    pub fn new(config: &LinkConfig, models: &[Model]) -> Self {
        let LinkConfig { input, output, channel, mask, .. } = *config;
        for side in [input, output] {
            assert!(
                side.rate > 0 && side.channels > 0,
                "a device of {} Hz, {} channels",
                side.rate,
                side.channels
            );
        }
        let heard = channel.count(input.channels);
        let [first, ..] = models else { panic!("a link of no models") };
        let (hop, rate) = (first.stft().hop(), first.sample_rate());
        let builder = Processor::builder(rate, heard).models(models.iter().cloned()).mask(mask);
        let built = builder.blocks(Blocks::Constant(hop)).build();
        let processor = built.unwrap_or_else(|error| panic!("{error}"));
        let frames = (RING * f64::from(input.rate)).ceil() as usize;
        let (producer, consumer) = HeapRb::new(frames * heard).split();
        let ((tap_end, tap), (monitor_end, monitor)) = (tap(rate, heard), tap(rate, 1));
        let (switches, counters) = (Arc::new(Switches::default()), Arc::new(Counters::default()));
        let (mark, block) = (Arc::new(Mark::default()), Arc::new(BlockSeen::default()));
        let controls = Arc::clone(processor.controls());
        let ends = Ends {
            mark: Arc::clone(&mark),
            block: Arc::clone(&block),
            tap: tap_end,
            monitor: monitor_end,
            switches: Arc::clone(&switches),
            counters: Arc::clone(&counters),
        };
        let playback = Playback::new(config, processor, hop, consumer, ends);
        let handle = Handle {
            controls,
            switches,
            channels: heard,
            counters: Arc::clone(&counters),
            model_rate: rate,
            hop,
            resampling: Duration::from_secs_f64(playback.resampling()),
        };
        let capture = Capture {
            ring: producer,
            channels: input.channels,
            heard,
            picker: Picker::new(channel, input.channels, input.rate),
            written: 0,
            mark,
            block,
            driver: Driver::new(input.rate),
            counters,
        };
        Self { capture, playback, handle, tap, monitor, rates: [input.rate, rate, output.rate] }
    }

    /// From now on the output plays chirps in place of what would be heard, and finds them in what would be heard: the whole
    /// way round, measured through whatever connects the output to the microphone. The sound goes by the dry path, which is
    /// as late as the denoised one.
    pub fn measure(&mut self) -> Loopback {
        let [_, _, output] = self.rates;
        let (probe, loopback) = probe(output, self.rates.into_iter().min().unwrap_or(output));
        self.playback.set_probe(probe);
        self.handle.controls.set_bypass(true);
        loopback
    }
}

#[cfg(test)]
mod tests {
    use super::{Link, LinkConfig, Side};
    use crate::io::live::Moment;
    use crate::model::{Latency, Model};
    use std::time::Duration;

    /// What is played, and the delays that are reported meanwhile, where counts and clock begin as given.
    fn play(count: u32, start: Duration) -> (Vec<f32>, Vec<Duration>) {
        let side = Side::new(16_000, 1);
        let Link { mut capture, playback, handle, .. } =
            Link::new(&LinkConfig::new(side, side), &[Model::builtin(Latency::ZERO)]);
        capture.written = count;
        let mut playback = playback.counted_from(count);
        let (mut out, mut rings, mut heard) = (Vec::new(), Vec::new(), 0u32..);
        for turn in 0..100 {
            let block: Vec<f32> = heard.by_ref().take(160).map(|n| (n % 331) as f32 / 400.0 - 0.4).collect();
            let now = Moment::new(start + turn * Duration::from_millis(10));
            capture.capture(&block, now);
            let mut played = [0.0; 160];
            playback.playback(&mut played, now);
            out.extend(played);
            rings.push(handle.report().ring);
        }
        assert_eq!(handle.report().underruns, 0);
        (out, rings)
    }

    /// Frames are counted modulo 2^32, which is a day at 48 kHz; microseconds as well, which is 72 minutes.
    #[test]
    fn a_count_or_a_clock_that_wraps_changes_nothing() {
        let plain = play(0, Duration::from_secs(1));
        assert!(plain.0.iter().any(|v| v.abs() > 0.01));
        assert!(play(u32::MAX - 8_000, Duration::from_secs(1)) == plain);
        assert!(play(0, Duration::from_micros((1 << 32) - 500_000)) == plain);
    }
}
