//! What happened so far, for whoever watches: written by the callbacks, read from anywhere.

use super::held::{DeviceDelay, Held};
use super::load::Load;
use crate::engine::Controls;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// Counters of a link, each of them an atomic.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub captured: AtomicU64,
    pub played: AtomicU64,
    pub capture_calls: AtomicU64,
    pub scrubbed: AtomicU64,
    pub playback_calls: AtomicU64,
    pub underruns: AtomicU64,
    pub silent: AtomicU64,
    pub overruns: AtomicU64,
    pub lost: AtomicU64,
    pub drops: AtomicU64,
    pub dropped: AtomicU64,
    pub trimmed: AtomicU64,
    pub clipped: AtomicU64,
    pub input_clipped: AtomicU64,
    /// Channel that is heard, and frames for which channels that are mixed cancelled each other, up to now without a break.
    pub channel: AtomicUsize,
    pub cancelled: AtomicU64,
    pub tap_lost: AtomicU64,
    /// Input frames that were exactly zero, up to now without a break.
    pub zeros: AtomicU64,
    pub hops: AtomicU64,
    /// In parts per billion.
    pub correction: AtomicI64,
    /// In microseconds.
    pub ring: AtomicI64,
    pub target: AtomicI64,
    /// Peaks since they were last read, and mean squares of the last hop, as bits.
    pub input_peak: AtomicU32,
    pub output_peak: AtomicU32,
    pub input_power: AtomicU32,
    pub output_power: AtomicU32,
    pub device_in: Held,
    pub device_out: Held,
    pub load: Load,
}

impl Counters {
    pub fn report(&self, controls: &Controls) -> Report {
        let get = |counter: &AtomicU64| counter.load(Relaxed);
        let time = |micros: &AtomicI64| Duration::from_micros(micros.load(Relaxed).max(0).unsigned_abs());
        let level = |bits: &AtomicU32| f32::from_bits(bits.load(Relaxed));
        Report {
            captured: get(&self.captured),
            played: get(&self.played),
            capture_calls: get(&self.capture_calls),
            scrubbed: get(&self.scrubbed),
            playback_calls: get(&self.playback_calls),
            underruns: get(&self.underruns),
            silent: get(&self.silent),
            overruns: get(&self.overruns),
            lost: get(&self.lost),
            drops: get(&self.drops),
            dropped: get(&self.dropped),
            trimmed: get(&self.trimmed),
            clipped: get(&self.clipped),
            input_clipped: get(&self.input_clipped),
            channel: Some(self.channel.load(Relaxed)).filter(|&channel| channel != usize::MAX),
            cancelled: get(&self.cancelled),
            tap_lost: get(&self.tap_lost),
            zeros: get(&self.zeros),
            hops: get(&self.hops),
            model: controls.heard(),
            model_lost: controls.counts().lost,
            correction_ppm: self.correction.load(Relaxed) as f64 / 1e3,
            ring: time(&self.ring),
            target: time(&self.target),
            device_in: self.device_in.get(),
            device_out: self.device_out.get(),
            input_peak: f32::from_bits(self.input_peak.swap(0, Relaxed)),
            output_peak: f32::from_bits(self.output_peak.swap(0, Relaxed)),
            input_rms: level(&self.input_power).sqrt(),
            output_rms: level(&self.output_power).sqrt(),
            hop_median: self.load.quantile(0.5),
            hop_p99: self.load.quantile(0.99),
            hop_worst: self.load.worst(),
        }
    }
}

/// What a link did since it was built.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// Frames that the input device gave.
    pub captured: u64,
    /// Frames that the output device took.
    pub played: u64,
    /// Calls of the input device.
    pub capture_calls: u64,
    /// Samples of the input device that were none, replaced by silence: see [`scrub`](crate::dsp::scrub).
    pub scrubbed: u64,
    /// Calls of the output device.
    pub playback_calls: u64,
    /// Times that the output found too little sound, faded to silence and waited for enough.
    pub underruns: u64,
    /// Input frames replaced by silence in those times; the wait at the start does not count.
    pub silent: u64,
    /// Calls of the input device that found the ring full.
    pub overruns: u64,
    /// Frames lost to a full ring.
    pub lost: u64,
    /// Times that a surplus, as a stall leaves it, was dropped with a cross-fade.
    pub drops: u64,
    /// Frames dropped so.
    pub dropped: u64,
    /// Frames passed over while silent, so that the delay starts at its target.
    pub trimmed: u64,
    /// Output samples beyond full scale.
    pub clipped: u64,
    /// Input samples at full scale or beyond.
    pub input_clipped: u64,
    /// Channel of the input that is heard, counted from 0; none where several are.
    pub channel: Option<usize>,
    /// Input frames for which channels that are mixed have cancelled each other, up to now without a break.
    pub cancelled: u64,
    /// Samples that the tap had no room for.
    pub tap_lost: u64,
    /// Frames of exact zeros that the input device gave last, without a break.
    pub zeros: u64,
    /// Hops processed.
    pub hops: u64,
    /// Place of the model that is heard.
    pub model: usize,
    /// Frames of the model that were not finite, in all channels, replaced by silence.
    pub model_lost: u64,
    /// Correction of the clocks against each other: above zero, the input is the faster one.
    pub correction_ppm: f64,
    /// Delay between the devices' callbacks: ring, block being filled, samples ready.
    pub ring: Duration,
    /// What that delay should be: computed from block sizes.
    pub target: Duration,
    /// Delay that the input device holds before it hands a block over.
    pub device_in: DeviceDelay,
    /// Delay from the output's callback to the speaker.
    pub device_out: DeviceDelay,
    /// Peak of the microphone since the last report.
    pub input_peak: f32,
    /// Peak of the output since the last report.
    pub output_peak: f32,
    /// Level of the microphone in the last hop.
    pub input_rms: f32,
    /// Level of the output in the last hop.
    pub output_rms: f32,
    /// Half of all hops took no longer.
    pub hop_median: Duration,
    /// 99 of a hundred hops took no longer.
    pub hop_p99: Duration,
    /// No hop took longer.
    pub hop_worst: Duration,
}
