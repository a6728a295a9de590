//! The output device's callback: everything but the conversion of input samples happens here.

use super::allowance::{Aim, Allowance};
use super::blocks::{Blocks, prefill};
use super::capture::{BlockSeen, Mark};
use super::controls::Controls;
use super::counters::Counters;
use super::drift::Drift;
use super::held::{Driver, Moment};
use super::mixer::Mixer;
use super::probe::Probe;
use super::rates::{Outward, Steered};
use super::sample::DeviceSample;
use super::source::Source;
use super::tap::TapEnd;
use crate::dsp::flush_denormals;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Input frames for what rounding in the resamplers takes.
const ROUNDING: f64 = 4.0;
/// A delay beyond the target, in seconds, that no drift makes: it is dropped, not steered away.
const STALL: f64 = 6e-3;
/// How long a surplus must last in seconds before it is dropped: a device may still catch up.
const PATIENCE: f64 = 0.5;
/// How long it must last before the controller leaves it alone.
const NOTICE: f64 = 0.1;

/// What the output device calls. Never allocates, locks or waits; never panics.
///
/// The engine runs here and not on the input's side: the ring then holds the only copy of what is under way, and every
/// decision about the delay (steering, silence, dropping) is taken where its effect is known.
pub struct Playback {
    pub(super) source: Source,
    pub(super) mark: Arc<Mark>,
    pub(super) block: Arc<BlockSeen>,
    pub(super) input: Blocks,
    pub(super) output: Blocks,
    pub(super) rates: Rates,
    pub(super) channels: usize,
    /// By how much callbacks may be late.
    pub(super) late: Allowance,
    pub(super) aim: Aim,
    /// What is allowed for late callbacks at the time of a call in seconds, and that time.
    pub(super) allowed: f64,
    pub(super) now: Duration,
    pub(super) drift: Drift,
    pub(super) steered: Steered,
    pub(super) mixer: Mixer,
    pub(super) outward: Outward,
    pub(super) surplus: Surplus,
    pub(super) hops: Hops,
    /// Output samples ready, from `first` to `end`.
    pub(super) ready: Vec<f32>,
    pub(super) first: usize,
    pub(super) end: usize,
    pub(super) started: bool,
    pub(super) tap: TapEnd,
    pub(super) monitor: TapEnd,
    pub(super) driver: Driver,
    /// A sound that is played in place of what is heard, to measure the way round.
    pub(super) probe: Option<Probe>,
    pub(super) controls: Arc<Controls>,
    pub(super) counters: Arc<Counters>,
}

/// Samples a second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    pub input: f64,
    pub model: f64,
    pub output: f64,
}

/// A hop in its stages.
pub(super) struct Hops {
    pub input: Vec<f32>,
    pub mixed: Vec<f32>,
    pub dry: Vec<f32>,
    pub wet: Vec<f32>,
}

impl Hops {
    pub fn new(hop: usize) -> Self {
        let [input, mixed, dry, wet] = std::array::from_fn(|_| vec![0.0; hop]);
        Self { input, mixed, dry, wet }
    }
}

/// Delay beyond the target that does not go away.
#[derive(Clone, Debug, Default)]
pub(super) struct Surplus {
    least: f64,
    lasted: f64,
}

impl Surplus {
    /// Takes the delay's error in seconds; gives what to drop.
    fn update(&mut self, error: f64, elapsed: f64) -> Option<f64> {
        if error <= STALL {
            self.lasted = 0.0;
            return None;
        }
        self.least = if self.lasted == 0.0 { error } else { self.least.min(error) };
        self.lasted += elapsed;
        (self.lasted > PATIENCE).then(|| {
            self.lasted = 0.0;
            self.least
        })
    }
}

impl Playback {
    /// Fills interleaved samples that the device asked for at this moment, on the same clock as the input's.
    #[cfg_attr(framewise_rtsan, sanitize(realtime = "nonblocking"))]
    pub fn playback<T: DeviceSample>(&mut self, data: &mut [T], moment: Moment) {
        flush_denormals(|| self.fill(data, moment));
    }

    fn fill<T: DeviceSample>(&mut self, data: &mut [T], moment: Moment) {
        let frames = data.len() / self.channels;
        self.look(frames, moment.now);
        self.driver.asked(moment.device, frames, &self.counters.device_out);
        let mut clipped = 0;
        let (whole, rest) = data.split_at_mut(frames * self.channels);
        for frame in whole.chunks_exact_mut(self.channels) {
            if self.first == self.end {
                self.hop();
            }
            let mut sample = self.ready[self.first];
            self.first += 1;
            if let Some(probe) = &mut self.probe {
                sample = probe.exchange(sample);
            }
            clipped += u64::from(sample.abs() > 1.0);
            frame.fill(T::from_f32(sample.clamp(-1.0, 1.0)));
        }
        rest.fill(T::from_f32(0.0));
        let counters = &*self.counters;
        counters.clipped.fetch_add(clipped, Relaxed);
        counters.played.fetch_add(frames as u64, Relaxed);
        counters.playback_calls.fetch_add(1, Relaxed);
    }

    /// Compares the delay with its target, and steers, drops, or begins.
    fn look(&mut self, frames: usize, now: Duration) {
        let elapsed = frames as f64 / self.rates.output;
        self.output.see(frames);
        match self.block.take() {
            0 => {}
            block => self.input.see(block),
        }
        let hop = self.hops.input.len() as f64 * self.rates.output / self.rates.model;
        let (written, passed) = self.mark.get(now);
        let needed = prefill(&self.input, &self.output, hop) + ROUNDING;
        let target = (needed + self.late.seconds() * self.rates.input).min(self.source.capacity() as f64);
        let (target, moving) = self.aim.follow(target, elapsed, self.rates.input, self.source.flowing());
        (self.allowed, self.now) = ((target - needed) / self.rates.input + self.drift.error(), now);

        let in_ring = f64::from(written.wrapping_sub(self.source.read()) as i32);
        // The block that the device is filling now.
        let filling = (passed.as_secs_f64() * self.rates.input).min(self.input.longest() as f64);
        let ready = (self.end - self.first) as f64 * self.rates.input / self.rates.output;
        let delay = in_ring + filling + ready;
        let error = (delay - target) / self.rates.input;
        self.late.look(written, now.saturating_sub(passed), elapsed, error >= 0.0);

        let counters = &*self.counters;
        counters.ring.store((delay / self.rates.input * 1e6) as i64, Relaxed);
        counters.target.store((target / self.rates.input * 1e6) as i64, Relaxed);
        if !self.source.flowing() {
            let whole = self.input.longest() > 0;
            if whole && error >= 0.0 {
                let trimmed = self.source.resume((delay - target) as usize);
                counters.trimmed.fetch_add(trimmed as u64, Relaxed);
                self.started = true;
                self.drift.settle();
            }
            return;
        }
        if let Some(surplus) = self.surplus.update(error, elapsed) {
            self.source.drop_surplus((surplus * self.rates.input) as usize);
            self.drift.settle();
        }
        if self.surplus.lasted > NOTICE {
            return;
        }
        let correction = self.drift.update(error, elapsed);
        counters.correction.store((self.drift.clocks() * 1e9) as i64, Relaxed);
        self.steered.steer(correction + moving);
    }

    /// Makes the next samples ready.
    fn hop(&mut self) {
        let start = Instant::now();
        let hops = &mut self.hops;
        let flowed = self.source.flowing();
        let (input, pulled) = self.source.pull(self.steered.needs());
        self.steered.process(input, &mut hops.input);
        if pulled.ran_dry {
            let until = self.source.read().wrapping_add(pulled.silent as u32);
            self.late.ran_dry(self.now, until);
        } else if flowed {
            self.late.pulled(self.source.left() as f64 / self.rates.input, self.allowed);
        }
        self.mixer.process(&hops.input, &self.controls, [&mut hops.mixed, &mut hops.dry, &mut hops.wet]);
        self.first = 0;
        self.end = self.outward.process(&hops.mixed, &mut self.ready);

        let counters = &*self.counters;
        if self.started {
            counters.silent.fetch_add(pulled.silent as u64, Relaxed);
        }
        if pulled.ran_dry {
            counters.underruns.fetch_add(1, Relaxed);
        }
        if pulled.dropped > 0 {
            counters.drops.fetch_add(1, Relaxed);
            counters.dropped.fetch_add(pulled.dropped as u64, Relaxed);
        }
        if self.controls.tapped() {
            let lost = self.tap.push(&hops.dry, &hops.wet);
            counters.tap_lost.fetch_add(lost as u64, Relaxed);
        }
        if self.controls.monitored() {
            // Whoever only looks may miss something.
            self.monitor.push(&hops.dry, &hops.mixed);
        }
        counters.model.store(self.mixer.active(), Relaxed);
        level(&hops.dry, &counters.input_peak, &counters.input_power);
        level(&hops.mixed, &counters.output_peak, &counters.output_power);
        counters.hops.fetch_add(1, Relaxed);
        counters.load.add(start.elapsed());
    }
}

fn level(hop: &[f32], peak: &AtomicU32, power: &AtomicU32) {
    let (most, sum) = hop.iter().fold((0f32, 0f32), |(most, sum), v| (most.max(v.abs()), sum + v * v));
    // Floats that are not negative order as their bits do.
    peak.fetch_max(most.to_bits(), Relaxed);
    power.store((sum / hop.len() as f32).to_bits(), Relaxed);
}
