//! The output device's callback: everything but the conversion of input samples happens here.

use super::allowance::{Aim, Allowance};
use super::blocks::{Blocks, prefill};
use super::capture::{BlockSeen, Mark};
use super::counters::Counters;
use super::drift::Drift;
use super::held::{Driver, Moment};
use super::probe::Probe;
use super::rates::{Outward, Steered};
use super::sample::DeviceSample;
use super::source::Source;
use super::spread::Spread;
use super::switches::Switches;
use super::tap::TapEnd;
use crate::dsp::flush_denormals;
use crate::engine::{Processor, Ramp, Ready};
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
    pub(super) spread: Spread,
    /// By how much callbacks may be late.
    pub(super) late: Allowance,
    pub(super) aim: Aim,
    /// What is allowed for late callbacks at the time of a call in seconds, and that time.
    pub(super) allowed: f64,
    pub(super) now: Duration,
    pub(super) drift: Drift,
    pub(super) steered: Steered,
    pub(super) processor: Processor,
    /// Loudness of what is heard.
    pub(super) gain: Ramp,
    pub(super) outward: Outward,
    pub(super) surplus: Surplus,
    /// A hop at the model's rate, and what it is at the output's.
    pub(super) hop: Vec<f32>,
    pub(super) out: Vec<f32>,
    /// Frames for the output's channels.
    pub(super) ready: Ready,
    pub(super) started: bool,
    pub(super) tap: TapEnd,
    pub(super) monitor: TapEnd,
    pub(super) driver: Driver,
    /// A sound that is played in place of what is heard, to measure the way round.
    pub(super) probe: Option<Probe>,
    pub(super) switches: Arc<Switches>,
    pub(super) counters: Arc<Counters>,
}

/// Samples a second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    pub input: f64,
    pub model: f64,
    pub output: f64,
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
        let (whole, rest) = data.split_at_mut(frames * self.channels);
        let mut start = 0;
        while start < frames {
            if self.ready.count() == 0 {
                self.hop();
            }
            let count = self.ready.peek(0, frames - start).len();
            let block = &mut whole[start * self.channels..][..count * self.channels];
            for channel in 0..self.channels {
                let sound = self.ready.peek(channel, count);
                for (to, from) in block.iter_mut().skip(channel).step_by(self.channels).zip(sound) {
                    *to = T::from_f32(from.clamp(-1.0, 1.0));
                }
            }
            if let Some(probe) = &mut self.probe {
                for (frame, &sample) in block.chunks_exact_mut(self.channels).zip(self.ready.peek(0, count)) {
                    frame.fill(T::from_f32(probe.exchange(sample)));
                }
            }
            self.ready.skip(count);
            start += count;
        }
        rest.fill(T::from_f32(0.0));
        let counters = &*self.counters;
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
        let hop = self.hop_frames() as f64 * self.rates.output / self.rates.model;
        let (written, passed) = self.mark.get(now);
        let needed = prefill(&self.input, &self.output, hop) + ROUNDING;
        let target = (needed + self.late.seconds() * self.rates.input).min(self.source.capacity() as f64);
        let (target, moving) = self.aim.follow(target, elapsed, self.rates.input, self.source.flowing());
        (self.allowed, self.now) = ((target - needed) / self.rates.input + self.drift.error(), now);

        let in_ring = f64::from(written.wrapping_sub(self.source.read()) as i32);
        // The block that the device is filling now.
        let filling = (passed.as_secs_f64() * self.rates.input).min(self.input.longest() as f64);
        let ready = self.ready.count() as f64 * self.rates.input / self.rates.output;
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

    /// Frames of a hop at the model's rate.
    fn hop_frames(&self) -> usize {
        self.hop.len() / self.processor.channels()
    }

    /// Makes the next frames ready.
    fn hop(&mut self) {
        let start = Instant::now();
        let flowed = self.source.flowing();
        let (input, pulled) = self.source.pull(self.steered.needs());
        self.steered.process(input, &mut self.hop);
        if pulled.ran_dry {
            let until = self.source.read().wrapping_add(pulled.silent as u32);
            self.late.ran_dry(self.now, until);
        } else if flowed {
            self.late.pulled(self.source.left() as f64 / self.rates.input, self.allowed);
        }
        self.processor.process_interleaved(&mut self.hop);
        let heard = self.processor.channels();
        self.gain.aim(if self.switches.muted() { 0.0 } else { 1.0 });
        for frame in self.hop.chunks_exact_mut(heard) {
            let gain = self.gain.next();
            frame.iter_mut().for_each(|sample| *sample *= gain);
        }
        let given = self.outward.process(&self.hop, &mut self.out);
        let (out, spread) = (&self.out, self.spread);
        self.ready.push(given, |channel, n| spread.of(channel, &out[n * heard..][..heard]));
        let clipped = out[..given * heard].iter().filter(|sample| sample.abs() > 1.0).count();
        self.tell();

        let counters = &*self.counters;
        counters.clipped.fetch_add(clipped as u64, Relaxed);
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
        counters.hops.fetch_add(1, Relaxed);
        counters.load.add(start.elapsed());
    }

    /// Hands the hop on to whoever listens.
    fn tell(&mut self) {
        let Self { hop, counters, .. } = self;
        let [dry, wet] = self.processor.sides();
        let (heard, frames) = (dry.len(), hop.len() / dry.len());
        if self.switches.tapped() {
            let lost = self.tap.push(frames, |n, channel| [dry[channel][n], wet[channel][n]]);
            counters.tap_lost.fetch_add(lost as u64, Relaxed);
        }
        if self.switches.monitored() {
            // Whoever only looks may miss something, and hears the mean of all channels.
            let mean = |sum: f32| sum / heard as f32;
            self.monitor.push(frames, |n, _| {
                let before = dry.iter().map(|plane| plane[n]).sum();
                [mean(before), mean(hop[n * heard..][..heard].iter().sum())]
            });
        }
        let before = dry.iter().flat_map(|plane| &plane[..frames]);
        level(before, &counters.input_peak, &counters.input_power);
        level(hop.iter(), &counters.output_peak, &counters.output_power);
    }
}

fn level<'a>(samples: impl Iterator<Item = &'a f32>, peak: &AtomicU32, power: &AtomicU32) {
    let (most, sum, count) =
        samples.fold((0f32, 0f32, 0), |(most, sum, n), v| (most.max(v.abs()), sum + v * v, n + 1));
    // Floats that are not negative order as their bits do.
    peak.fetch_max(most.to_bits(), Relaxed);
    power.store((sum / count.max(1) as f32).to_bits(), Relaxed);
}
