//! Sound of a host through a model: any rate, any channels, any blocks.

mod block;
mod builder;
mod controls;
mod line;
mod output;
mod plan;

pub use builder::Builder;
pub use controls::Controls;

use super::filling::Filling;
use super::ready::Ready;
use super::voices::Voices;
use super::{Counts, Delays, Frame, HighBand, Mask};
use crate::dsp::{Polyphase, flush_denormals, scrub};
use crate::model::Model;
use block::{Apart, Block, InPlace, Interleaved};
use output::Output;
use plan::Plan;
use std::sync::Arc;

/// Channels of sound through a model inside a host that owns rate, channels and blocks, such as a plugin, a sound server or
/// a browser.
///
/// Gives as many samples as it takes, [`Processor::delays`] later. With `x` a channel, `D` that delay, `R` the part of it
/// that is resampling, and `down`, `up` the ways to the model's rate and back,
///
/// ```text
/// wet[n] = up(model(down(x)))[n] + h (x[n - D] - up(down(x))[n - D + R])   h: 1 to keep, 0 to mute the high band, or the
/// out[n] = g x[n - D] + (1 - g) wet[n]                                        model's gain; g = 10^(-strength / 20)
/// ```
///
/// At the model's own rate nothing is resampled, `wet` is what [`Denoiser`](super::Denoiser) gives, to the bit, and there is
/// no high band. With bypass, or at a strength of 0 dB, the output is the input to the bit at every rate.
///
/// The delay is the same for whatever blocks come, and a whole number of samples. Only a change of latency changes it, by one
/// hop between zero and one frame, under a cross-fade; [`Processor::delays`] then follows. At rates at which a hop is no
/// whole number of samples (11 025 and 22 050 Hz of those in use) the delay is exact for the first model, and right to half a
/// sample for the others.
///
/// All memory is set aside by [`Builder::build`]. [`Processor::process`] may run in an audio callback: it never allocates,
/// locks, logs or panics, whatever comes. [`Processor::controls`] are for any thread.
///
/// ```
/// use framewise::engine::{Mask, Processor};
/// use framewise::model::Latency;
/// # fn main() -> Result<(), framewise::engine::EngineError> {
/// let mut processor = Processor::builder(48_000, 2).latency(Latency::ZERO).mask(Mask::Shared).build()?;
/// let controls = processor.controls().clone(); // for another thread
/// let (noisy, mut clean) = ([vec![0.1; 256], vec![0.1; 256]], [vec![0.0; 256], vec![0.0; 256]]);
/// processor.process(&noisy, &mut clean);
/// controls.set_strength(20.0); // never more than 20 dB off
/// controls.set_latency(Latency::ONE)?; // from now on 10 ms later
/// processor.process_in_place(&mut clean);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Processor {
    plan: Plan,
    voices: Voices,
    resamplers: Option<Resamplers>,
    output: Output,
    ready: Ready,
    controls: Arc<Controls>,
    /// A piece of the host's samples, as they are taken.
    piece: Vec<Vec<f32>>,
    filling: Filling,
    hops: u64,
    denoised: Vec<Vec<f32>>,
    blocking: usize,
}

/// The ways to the model's rate and back, and what is on them.
#[derive(Debug)]
struct Resamplers {
    down: Polyphase,
    up: Polyphase,
    /// Brings back what the model could hear.
    heard: Polyphase,
    middle: Vec<Vec<f32>>,
    wet: Vec<Vec<f32>>,
}

impl Processor {
    /// Begins a processor for a host's sample rate in Hz and number of channels. Without further settings it has the two
    /// built-in models, begins with zero frames of latency, and gives each channel a mask of its own.
    pub fn builder(rate: u32, channels: usize) -> Builder {
        Builder::new(rate, channels)
    }

    fn new(
        plan: Plan,
        models: &[Model],
        channels: usize,
        mask: Mask,
        high_band: HighBand,
        controls: Arc<Controls>,
    ) -> Self {
        let planes = |length: usize| vec![vec![0.0; length]; channels];
        let (hop, host_hop) = (plan.hop, plan.at_host(plan.hop));
        let resamplers = plan.resamples().then(|| {
            let (rate, own) = (plan.rate, plan.own);
            Resamplers {
                down: Polyphase::new(rate, own, channels, plan.down),
                up: Polyphase::new(own, rate, channels, plan.up),
                heard: Polyphase::new(own, rate, channels, plan.heard),
                middle: planes(hop + 2),
                wet: planes(host_hop + plan.at_host(2) + 2),
            }
        });
        let mut processor = Self {
            voices: Voices::new(models, channels, mask),
            resamplers,
            output: Output::new(&plan, models, channels, high_band, &controls),
            ready: Ready::new(channels, plan.most_blocking + 3 * host_hop + 8),
            controls,
            // What is taken at once makes at most a hop and a sample.
            piece: planes((hop as u64 * u64::from(plan.rate) / u64::from(plan.own)).max(1) as usize),
            filling: Filling::new(channels, hop),
            hops: 0,
            denoised: planes(hop),
            blocking: 0,
            plan,
        };
        processor.reset();
        processor
    }

    /// Sample rate of the host in Hz.
    pub fn rate(&self) -> u32 {
        self.plan.rate
    }

    /// Number of channels.
    pub fn channels(&self) -> usize {
        self.filling.channels()
    }

    /// Settings and figures, for any thread.
    pub fn controls(&self) -> &Arc<Controls> {
        &self.controls
    }

    /// Delay from sample in to sample out by cause, in samples at the host's rate, of the model that is heard.
    pub fn delays(&self) -> Delays {
        self.controls.delays()
    }

    /// Takes a block of every channel and writes as many samples of each, [`Processor::delays`] later.
    ///
    /// Whatever does not fit is counted by [`Controls::uneven`]: of slices of different lengths as many samples are taken and
    /// given as the shortest has, and what is left of the output is silenced; a channel that is missing counts as silent,
    /// one too many is silenced. Where [`Blocks::Constant`](super::Blocks::Constant) was announced and another block comes,
    /// the delay grows as far as needed, which the reported one follows. Samples that are not finite count as zero.
    pub fn process<I: AsRef<[f32]>, O: AsMut<[f32]>>(&mut self, input: &[I], output: &mut [O]) {
        let channels = self.channels();
        self.run(&mut Apart::new(input, output, channels));
    }

    /// As [`Processor::process`], with the output in the place of the input.
    pub fn process_in_place<P: AsMut<[f32]>>(&mut self, planes: &mut [P]) {
        let channels = self.channels();
        self.run(&mut InPlace::new(planes, channels));
    }

    /// As [`Processor::process_in_place`], with the samples of all channels one after the other.
    pub fn process_interleaved(&mut self, samples: &mut [f32]) {
        let channels = self.channels();
        self.run(&mut Interleaved { samples, channels });
    }

    /// Dry and denoised sound of the hop that was processed last, beside each other in time, of every channel. At the model's
    /// rate only: elsewhere these two have no rate in common.
    #[cfg(feature = "live")]
    pub(crate) fn sides(&self) -> [&[Vec<f32>]; 2] {
        [&self.output.beside, &self.denoised]
    }

    /// Back to the start: equal to a new processor with the present settings, to the bit. Counters are zero again.
    pub fn reset(&mut self) {
        let Self { controls, plan, .. } = self;
        self.voices.reset(controls.model());
        self.output.reset(controls);
        if let Some(Resamplers { down, up, heard, .. }) = &mut self.resamplers {
            for resampler in [down, up, heard] {
                resampler.reset();
            }
        }
        self.filling.reset();
        self.hops = 0;
        self.blocking = plan.blocking;
        self.ready.reset(plan.blocking);
        controls.store_blocking(plan.blocking);
        controls.store_heard(controls.model());
        controls.reset();
    }

    #[cfg_attr(framewise_rtsan, sanitize(realtime = "nonblocking"))]
    fn run(&mut self, block: &mut impl Block) {
        flush_denormals(|| self.flow(block));
    }

    fn flow(&mut self, block: &mut impl Block) {
        let (length, most) = (block.length(), self.piece[0].len());
        let (mut taken, mut given) = (0, 0);
        while taken < length {
            let count = (length - taken).min(most);
            self.take(block, taken, count);
            taken += count;
            given += self.give(block, given, taken - given);
        }
        if given < length || !block.is_even() {
            self.controls.count_uneven();
        }
        if given < length {
            // A block that was not announced.
            self.blocking += length - given;
            self.controls.store_blocking(self.blocking);
            let silence = &mut self.piece;
            silence.iter_mut().for_each(|plane| plane.fill(0.0));
            while given < length {
                let count = (length - given).min(most);
                for (c, plane) in silence.iter().enumerate() {
                    block.write(c, given, &plane[..count]);
                }
                given += count;
            }
        }
        block.silence_rest();
    }

    /// Takes so many samples, at most a piece, and processes what they fill.
    fn take(&mut self, block: &mut impl Block, start: usize, count: usize) {
        let mut scrubbed = 0;
        for (c, (plane, dry)) in self.piece.iter_mut().zip(&mut self.output.dry).enumerate() {
            let plane = &mut plane[..count];
            block.read(c, start, plane);
            scrubbed += scrub(plane);
            dry.push(plane);
        }
        self.controls.count(Counts { scrubbed, ..Counts::default() });
        let count = match &mut self.resamplers {
            None => count,
            Some(Resamplers { down, heard, middle, wet, .. }) => {
                let made = down.process(&self.piece, count, middle);
                if !self.output.heard.is_empty() {
                    let back = heard.process(middle, made, wet);
                    for (line, plane) in self.output.heard.iter_mut().zip(wet) {
                        line.push(&plane[..back]);
                    }
                }
                made
            }
        };
        let mut start = 0;
        while start < count {
            let planes = self.resamplers.as_ref().map_or(&self.piece, |resamplers| &resamplers.middle);
            start += self.filling.take(planes, start, count);
            self.process_hop();
        }
    }

    /// Processes the hop if it is full.
    fn process_hop(&mut self) {
        let Self { output, controls, .. } = self;
        let Some(hop) = self.filling.hop() else { return };
        let began = self.hops * self.plan.hop as u64;
        self.hops += 1;
        let (wanted, filter) = (controls.model(), controls.post_filter());
        let hear = |model, fresh: bool, c, frame: Option<Frame<'_>>| {
            output.hear(model, fresh.then_some(began), c, frame);
        };
        let turn = self.voices.process(hop, wanted, filter, &mut self.denoised, hear);
        controls.count(self.voices.take_counts());
        match &mut self.resamplers {
            None => output.mix(&self.denoised, self.plan.hop, turn, controls, &mut self.ready),
            Some(Resamplers { up, wet, .. }) => {
                let made = up.process(&self.denoised, self.plan.hop, wet);
                output.mix(wet, made, turn, controls, &mut self.ready);
            }
        }
    }

    /// Gives at most so many of the samples that are ready; returns how many.
    fn give(&mut self, block: &mut impl Block, start: usize, most: usize) -> usize {
        let mut given = 0;
        // In two parts where they lie around the end of the ring.
        for _ in 0..2 {
            let now = self.ready.peek(0, most - given).len();
            for c in 0..self.channels() {
                block.write(c, start + given, self.ready.peek(c, most - given));
            }
            self.ready.skip(now);
            given += now;
        }
        given
    }
}
