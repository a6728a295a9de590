//! The input device's callback: samples to `f32`, the channels that are heard, into the ring.

use super::counters::Counters;
use super::held::{Driver, Moment};
use super::pick::Picker;
use super::sample::DeviceSample;
use crate::dsp::{flush_denormals, scrub};
use ringbuf::HeapProd;
use ringbuf::traits::{Observer, Producer};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A sample from here on is at full scale, by the widest step of 16 bits.
const FULL: f32 = 32_767.0 / 32_768.0;

/// Frames written and the time of the last call, in one atomic so that they belong together: both modulo 2^32, the time in
/// microseconds.
#[derive(Debug, Default)]
pub(super) struct Mark(AtomicU64);

impl Mark {
    pub fn set(&self, written: u32, now: Duration) {
        self.0.store(u64::from(written) << 32 | u64::from(now.as_micros() as u32), Ordering::Release);
    }

    /// Frames written, and the time that passed from the last call until `now`.
    pub fn get(&self, now: Duration) -> (u32, Duration) {
        let both = self.0.load(Ordering::Acquire);
        let passed = (now.as_micros() as u32).wrapping_sub(both as u32) as i32;
        ((both >> 32) as u32, Duration::from_micros(passed.max(0).unsigned_abs().into()))
    }
}

/// What the input device calls. Never allocates, locks or waits; never panics.
pub struct Capture {
    pub(super) ring: HeapProd<f32>,
    pub(super) channels: usize,
    /// Channels that are heard.
    pub(super) heard: usize,
    pub(super) picker: Picker,
    pub(super) written: u32,
    pub(super) mark: Arc<Mark>,
    /// Longest call, for the other side.
    pub(super) block: Arc<BlockSeen>,
    pub(super) driver: Driver,
    pub(super) counters: Arc<Counters>,
}

/// Sizes of input blocks on their way to the side that computes the prefill: the size, and how many times it was seen.
#[derive(Debug, Default)]
pub(super) struct BlockSeen(AtomicU64);

impl BlockSeen {
    fn set(&self, block: usize) {
        self.0.fetch_max(block as u64, Ordering::Relaxed);
    }

    /// The longest block since the last call.
    pub fn take(&self) -> usize {
        self.0.swap(0, Ordering::Relaxed) as usize
    }
}

impl Capture {
    /// Takes interleaved samples that the device gave at this moment, on the same clock as the output's.
    ///
    /// One channel goes on, the mean of all, or all: see [`Channel`](crate::io::live::Channel). What finds no room in the ring is lost and counted.
    #[cfg_attr(framewise_rtsan, sanitize(realtime = "nonblocking"))]
    pub fn capture<T: DeviceSample>(&mut self, data: &[T], moment: Moment) {
        flush_denormals(|| self.take(data, moment));
    }

    fn take<T: DeviceSample>(&mut self, data: &[T], moment: Moment) {
        let frames = data.len() / self.channels;
        self.picker.look(data);
        let (mut silent, mut scrubbed) = (true, 0);
        for sample in data {
            let mut value = [sample.to_f32()];
            scrubbed += scrub(&mut value);
            silent &= value == [0.0];
        }
        let mut clipped = 0;
        let (picker, heard) = (&mut self.picker, self.heard);
        let pushed = frames.min(self.ring.vacant_len() / heard);
        let taken = data.chunks_exact(self.channels).take(pushed);
        let sound = taken.flat_map(|frame| (0..heard).map(move |channel| (frame, channel)));
        self.ring.push_iter(sound.map(|(frame, channel)| {
            let value = picker.take(frame, channel);
            clipped += u64::from(value.abs() >= FULL);
            value
        }));
        self.written = self.written.wrapping_add(pushed as u32);
        self.mark.set(self.written, moment.now);
        self.block.set(frames);

        let counters = &*self.counters;
        self.driver.captured(moment.device, frames, &counters.device_in);
        counters.captured.fetch_add(frames as u64, Ordering::Relaxed);
        counters.capture_calls.fetch_add(1, Ordering::Relaxed);
        counters.scrubbed.fetch_add(scrubbed, Ordering::Relaxed);
        counters.input_clipped.fetch_add(clipped, Ordering::Relaxed);
        counters.channel.store(self.picker.heard().unwrap_or(usize::MAX), Ordering::Relaxed);
        counters.cancelled.store(self.picker.cancelled(), Ordering::Relaxed);
        if silent {
            counters.zeros.fetch_add(frames as u64, Ordering::Relaxed);
        } else {
            counters.zeros.store(0, Ordering::Relaxed);
        }
        if pushed < frames {
            counters.overruns.fetch_add(1, Ordering::Relaxed);
            counters.lost.fetch_add((frames - pushed) as u64, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Mark;
    use crate::io::live::{Link, LinkConfig, Moment, Side};
    use crate::model::{Latency, Model};
    use std::time::Duration;

    #[test]
    fn samples_of_a_device_that_are_none_are_counted() {
        let side = Side::new(16_000, 2);
        let Link { mut capture, handle, .. } =
            Link::new(&LinkConfig::new(side, side), &[Model::builtin(Latency::ZERO)]);
        let block = [f32::NAN, 0.5, 3e38, -0.25, 0.0, f32::NEG_INFINITY];
        capture.capture(&block, Moment::new(Duration::from_secs(1)));
        assert_eq!((handle.report().scrubbed, handle.report().captured), (3, 3));
        capture.capture(&[0.5f64, 1e300], Moment::new(Duration::from_secs(2)));
        assert_eq!(handle.report().scrubbed, 4);
    }

    #[test]
    fn a_mark_keeps_its_count_and_its_age_over_every_wrap() {
        let mark = Mark::default();
        for start in [0, 4_294_967_290, 86_400_000_000] {
            mark.set(7, Duration::from_micros(start));
            assert_eq!(mark.get(Duration::from_micros(start + 10)), (7, Duration::from_micros(10)));
            assert_eq!(mark.get(Duration::from_micros(start.saturating_sub(10))).1, Duration::ZERO);
        }
    }
}
