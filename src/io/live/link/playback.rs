//! The output device's callback: everything but the conversion of input samples happens here.

use super::allowance::{Aim, Allowance};
use super::blocks::{Blocks, Grid, prefill};
use super::both::LinkConfig;
use super::drift::Drift;
use super::ends::Ends;
use super::held::{Driver, Moment};
use super::passing::Passing;
use super::rates::{Outward, Steered};
use super::sample::DeviceSample;
use super::source::Source;
use super::spread::Spread;
use super::surplus::Surplus;
use crate::dsp::flush_denormals;
use crate::engine::{Processor, Ramp, Ready};
use crate::io::live::probe::Probe;
use ringbuf::HeapCons;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

/// Input frames for what rounding in the resamplers takes. Blocks that lie no further beyond hops are let be.
const ROUNDING: usize = 4;
/// Fade at the edges of silence, in seconds.
const FADE: f64 = 5e-3;

/// What the output device calls. Never allocates, locks or waits; never panics.
///
/// The engine runs here and not on the input's side: the ring then holds the only copy of what is under way, and every
/// decision about the delay (steering, silence, dropping) is taken where its effect is known.
pub struct Playback {
    source: Source,
    ends: Ends,
    input: Blocks,
    output: Blocks,
    rates: Rates,
    channels: usize,
    spread: Spread,
    /// By how much callbacks may be late.
    late: Allowance,
    aim: Aim,
    /// What is allowed for late callbacks at the time of a call in seconds, and that time.
    allowed: f64,
    now: Duration,
    drift: Drift,
    steered: Steered,
    processor: Processor,
    /// Loudness of what is heard.
    gain: Ramp,
    outward: Outward,
    surplus: Surplus,
    /// A hop of every channel at the model's rate, and what it is at the output's.
    hop: Vec<Vec<f32>>,
    out: Vec<Vec<f32>>,
    /// Frames for the output's channels, and those that are passed over.
    ready: Ready,
    passing: Passing,
    started: bool,
    driver: Driver,
    /// A sound that is played in place of what is heard, to measure the way round.
    probe: Option<Probe>,
}

/// Frames a second.
#[derive(Clone, Copy, Debug)]
struct Rates {
    input: f64,
    model: f64,
    output: f64,
}

impl Playback {
    /// A playback that waits for sound out of the ring. The processor runs at its model's rate and takes whole hops of so many
    /// frames.
    pub(super) fn new(
        config: &LinkConfig,
        processor: Processor,
        hop: usize,
        ring: HeapCons<f32>,
        ends: Ends,
    ) -> Self {
        let LinkConfig { input, output, late, .. } = *config;
        let (rate, heard) = (processor.rate(), processor.channels());
        let steered = Steered::new(input.rate, rate, heard, hop);
        let outward = Outward::new(rate, output.rate, heard, hop);
        let fade = (FADE * f64::from(input.rate)).ceil() as usize;
        Self {
            source: Source::new(ring, heard, steered.most(), fade),
            ends,
            input: Blocks::new(input.rate, input.longest_block),
            output: Blocks::new(output.rate, output.longest_block),
            rates: Rates { input: input.rate.into(), model: rate.into(), output: output.rate.into() },
            channels: output.channels,
            spread: Spread::new(output.channels),
            late: Allowance::new(late.as_secs_f64()),
            aim: Aim::default(),
            allowed: 0.0,
            now: Duration::ZERO,
            drift: Drift::default(),
            steered,
            processor,
            gain: Ramp::new(1.0, hop),
            surplus: Surplus::default(),
            hop: vec![vec![0.0; hop]; heard],
            out: vec![vec![0.0; outward.most()]; heard],
            ready: Ready::new(output.channels, outward.most()),
            passing: Passing::new(output.channels, outward.most()),
            outward,
            started: false,
            driver: Driver::new(output.rate),
            probe: None,
        }
    }

    /// Delay of the resamplers on both sides in seconds.
    pub(super) fn resampling(&self) -> f64 {
        self.steered.delay() / self.rates.model + self.outward.delay() / self.rates.output
    }

    /// Plays this sound from now on.
    pub(super) fn set_probe(&mut self, probe: Probe) {
        self.probe = Some(probe);
    }

    /// One whose count of input frames begins elsewhere, as after a day.
    #[cfg(test)]
    pub(super) fn counted_from(self, read: u32) -> Self {
        Self { source: self.source.counted_from(read), ..self }
    }

    /// Fills interleaved samples that the device asked for at this moment, on the same clock as the input's.
    #[cfg_attr(framewise_rtsan, sanitize(realtime = "nonblocking"))]
    pub fn playback<T: DeviceSample>(&mut self, data: &mut [T], moment: Moment) {
        flush_denormals(|| self.fill(data, moment));
    }

    fn fill<T: DeviceSample>(&mut self, data: &mut [T], moment: Moment) {
        let frames = data.len() / self.channels;
        self.look(frames, moment.now);
        self.driver.asked(moment.device, frames, &self.ends.counters.device_out);
        let (whole, rest) = data.split_at_mut(frames * self.channels);
        let mut start = 0;
        while start < frames {
            if self.ready.count() == 0 {
                self.hop();
            }
            let count = self.ready.peek(0, frames - start).len();
            self.give(&mut whole[start * self.channels..][..count * self.channels], count);
            start += count;
        }
        rest.fill(T::from_f32(0.0));
        let counters = &*self.ends.counters;
        counters.played.fetch_add(frames as u64, Relaxed);
        counters.playback_calls.fetch_add(1, Relaxed);
    }

    /// Gives so many frames that are ready and lie together.
    fn give<T: DeviceSample>(&mut self, block: &mut [T], count: usize) {
        let Self { ready, passing, channels, .. } = self;
        for channel in 0..*channels {
            let to = block.iter_mut().skip(channel).step_by(*channels);
            for (n, (to, &from)) in to.zip(ready.peek(channel, count)).enumerate() {
                *to = T::from_f32(passing.heard(channel, n, from).clamp(-1.0, 1.0));
            }
        }
        if let Some(probe) = &mut self.probe {
            for (frame, &sample) in block.chunks_exact_mut(*channels).zip(ready.peek(0, count)) {
                frame.fill(T::from_f32(probe.exchange(sample)));
            }
        }
        passing.advance(count);
        ready.skip(count);
    }

    /// Compares the delay with its target, and steers, drops, or begins.
    fn look(&mut self, frames: usize, now: Duration) {
        let elapsed = frames as f64 / self.rates.output;
        self.output.see(frames);
        match self.ends.block.take() {
            0 => {}
            block => self.input.see(block),
        }
        let grid = self.align();
        let (written, passed) = self.ends.mark.get(now);
        let needed = prefill(&self.input, &self.output, self.hop_length(), grid) + ROUNDING as f64;
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

        let counters = &*self.ends.counters;
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
        if self.surplus.suspected() {
            return;
        }
        let correction = self.drift.update(error, elapsed);
        counters.correction.store((self.drift.clocks() * 1e9) as i64, Relaxed);
        self.steered.steer(correction + moving);
    }

    /// How blocks lie on hops. Where those of late fit hops and one before them did not, what that left of a hop is passed
    /// over: the delay and what it should be are shorter by it at once.
    fn align(&mut self) -> Grid {
        let grid = Grid::new(&self.output, self.hop_length(), self.ready.count());
        if grid.beyond <= ROUNDING || !self.source.flowing() || self.passing.busy() {
            return grid;
        }
        self.passing.begin(&mut self.ready, grid.beyond);
        let frames = grid.beyond as f64 * self.rates.input / self.rates.output;
        self.aim.shorten(frames);
        self.ends.counters.drops.fetch_add(1, Relaxed);
        self.ends.counters.dropped.fetch_add(frames as u64, Relaxed);
        Grid { beyond: 0, ..grid }
    }

    /// Length of a hop in frames of the output.
    fn hop_length(&self) -> f64 {
        self.hop[0].len() as f64 * self.rates.output / self.rates.model
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
        self.processor.process_in_place(&mut self.hop);
        self.gain.aim(if self.ends.switches.muted() { 0.0 } else { 1.0 });
        let gain = self.gain;
        for plane in &mut self.hop {
            self.gain = gain;
            plane.iter_mut().for_each(|sample| *sample *= self.gain.next());
        }
        let given = self.outward.process(&self.hop, &mut self.out);
        let (out, spread) = (&self.out, self.spread);
        self.ready.push(given, |channel, n| spread.of(channel, out, n));
        let clipped =
            out.iter().flat_map(|plane| &plane[..given]).filter(|sample| sample.abs() > 1.0).count();
        self.ends.tell(&self.hop, self.processor.sides());

        let counters = &*self.ends.counters;
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
}
