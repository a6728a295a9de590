//! One channel of sound through a model, a hop at a time.

use super::level::Level;
use super::{Channels, Counts, Delays, Mask};
use crate::dsp::full_scale::power;
use crate::dsp::{Analysis, LOUDEST, Synthesis, flush_denormals, is_sample, scrub};
use crate::model::Model;
use crate::nn::Session;
use std::ops::Range;

/// Numbers of a spectrum beyond this are none: no network gives them to sound at full scale, and the transform could not
/// take them.
const MOST: f32 = LOUDEST * LOUDEST;

/// One channel of sound through a model, hop in, hop out.
///
/// All memory is set aside by [`Denoiser::new`]; [`Denoiser::process_hop`] may run in an audio callback. What is no sample
/// by [`scrub`] counts as silence; so does what comes out of the network and is none; both are counted. A clone goes on
/// from the same point independently.
///
/// A network hears sound of more than +6 dBFS taken down to full scale by a power of two, and its output is taken up again
/// by the same; between normal numbers that is exact.
///
/// ```
/// use framewise::engine::Denoiser;
/// use framewise::model::{Latency, Model};
///
/// let mut denoiser = Denoiser::new(&Model::builtin(Latency::ZERO));
/// let (noisy, mut clean) = (vec![0.0; denoiser.hop()], vec![0.0; denoiser.hop()]);
/// denoiser.process_hop(&noisy, &mut clean); // 10 ms in, 10 ms out, 10 ms late
/// assert_eq!(denoiser.delays().total(), 160);
/// ```
#[derive(Clone, Debug)]
pub struct Denoiser {
    model: Model,
    analysis: Analysis,
    synthesis: Synthesis,
    session: Session,
    samples: Vec<f32>,
    /// The newest spectra, as a ring of those under way in the network and of a block.
    noisy: Vec<f32>,
    enhanced: Vec<f32>,
    /// Hops that may be taken at a time, the spectra that the network hears of them, and what it makes of those.
    block: usize,
    heard: Vec<f32>,
    made: Vec<f32>,
    /// Those in `made` whose turn is still to come.
    waiting: Range<usize>,
    /// Label of the frame in `enhanced`.
    label: Option<u64>,
    level: Level,
    counts: Counts,
    /// Spectra made.
    frames: u64,
    /// Hops taken.
    taken: u64,
    /// Hops of the tail already flushed.
    flushed: usize,
}

/// One frame as the network saw it and as it gave it back: (bins x 2) numbers each.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Frame<'a> {
    /// Number of the frame in its stream. It spans the samples that end with hop `label`.
    pub label: u64,
    /// Spectrum that went in.
    pub noisy: &'a [f32],
    /// Spectrum that came out.
    pub enhanced: &'a [f32],
}

impl Denoiser {
    /// A stream at its start.
    pub fn new(model: &Model) -> Self {
        Self::with_blocks(model, 1)
    }

    /// The same for recorded sound, of which up to so many hops may be taken at a time.
    pub(super) fn with_blocks(model: &Model, block: usize) -> Self {
        let graph = model.graph();
        Self {
            analysis: Analysis::new(model.stft()),
            synthesis: Synthesis::new(model.stft()),
            session: Session::with_blocks(graph, block),
            samples: vec![0.0; model.stft().hop()],
            noisy: vec![0.0; (graph.delay() + block) * graph.input_shape().size()],
            enhanced: vec![0.0; graph.output_shape().size()],
            block,
            heard: vec![0.0; block * graph.input_shape().size()],
            made: vec![0.0; block * graph.output_shape().size()],
            waiting: 0..0,
            level: Level::new(model.stft().window().div_ceil(model.stft().hop()), graph.delay() + block - 1),
            label: None,
            counts: Counts::default(),
            frames: 0,
            taken: 0,
            flushed: 0,
            model: model.clone(),
        }
    }

    /// The model that runs.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Samples of a hop.
    pub fn hop(&self) -> usize {
        self.samples.len()
    }

    /// Delay from hop in to hop out.
    pub fn delays(&self) -> Delays {
        Delays::of(&self.model)
    }

    /// Samples since the start that were none and became silence.
    pub fn scrubbed(&self) -> u64 {
        self.counts.scrubbed
    }

    /// What had to be done since the start.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// What had to be done since the last call, where something counts it up.
    pub(super) fn take_counts(&mut self) -> Counts {
        std::mem::take(&mut self.counts)
    }

    /// The frame that the last hop brought out of the network; none while the first is still under way, nor after the
    /// last.
    pub fn frame(&self) -> Option<Frame<'_>> {
        let size = self.enhanced.len();
        self.label.map(|label| {
            let place = self.place(label);
            Frame { label, noisy: &self.noisy[place * size..][..size], enhanced: &self.enhanced }
        })
    }

    /// Takes a hop of samples and writes a hop, [`Denoiser::delays`] later than it came in.
    ///
    /// # Panics
    /// If a slice is not one hop long, or after [`Denoiser::flush`] without a reset.
    #[cfg_attr(framewise_rtsan, sanitize(realtime = "nonblocking"))]
    pub fn process_hop(&mut self, input: &[f32], output: &mut [f32]) {
        flush_denormals(|| {
            self.take_hop(input);
            self.give_hop(output);
        });
    }

    /// Ends the stream and writes the next hop of what is still under way; false, and silence, when all is out.
    ///
    /// # Panics
    /// If `output` is not one hop long.
    #[cfg_attr(framewise_rtsan, sanitize(realtime = "nonblocking"))]
    pub fn flush(&mut self, output: &mut [f32]) -> bool {
        flush_denormals(|| {
            if self.take_end() {
                self.give_hop(output);
                return true;
            }
            assert_eq!(output.len(), self.hop(), "samples in a hop");
            output.fill(0.0);
            false
        })
    }

    /// The first half of [`Denoiser::process_hop`]: up to the enhanced spectrum.
    pub(super) fn take_hop(&mut self, input: &[f32]) {
        assert_eq!(input.len(), self.samples.len(), "samples in a hop");
        self.take_hops(input);
        self.next_hop();
    }

    /// Takes up to a block of whole hops through the network. Each has its turn by [`Denoiser::next_hop`] before more are
    /// taken.
    pub(super) fn take_hops(&mut self, input: &[f32]) {
        assert_eq!(self.flushed, 0, "the stream has ended: reset the denoiser before the next one");
        let (hop, count) = (self.samples.len(), input.len() / self.samples.len());
        assert_eq!(input.len(), count * hop, "samples in whole hops");
        assert!((1..=self.block).contains(&count), "{count} hops at a time, at most {}", self.block);
        for (n, input) in input.chunks_exact(hop).enumerate() {
            self.taken += 1;
            self.samples.copy_from_slice(input);
            self.counts.scrubbed += scrub(&mut self.samples);
            self.analyse(n);
        }
        self.run(count);
    }

    /// Goes on to the next hop that was taken: to its enhanced spectrum.
    pub(super) fn next_hop(&mut self) {
        let Some(n) = self.waiting.next() else { return };
        let number = self.frames - 1 - self.waiting.len() as u64;
        self.label = number.checked_sub(self.model.graph().delay() as u64);
        let size = self.enhanced.len();
        self.enhanced.copy_from_slice(&self.made[n * size..][..size]);
        self.check();
    }

    /// The first half of [`Denoiser::flush`]; false when all is out.
    pub(super) fn take_end(&mut self) -> bool {
        let (hop, delays) = (self.hop(), self.delays());
        if self.flushed >= delays.total().div_ceil(hop) {
            self.label = None;
            return false;
        }
        if self.flushed < delays.window.div_ceil(hop) {
            // Windows that still reach back to the last samples.
            self.samples.fill(0.0);
            self.analyse(0);
            self.run(1);
            self.next_hop();
        } else if self.taken + (self.flushed as u64) < self.model.graph().delay() as u64 {
            // A session drains its first frame at once; here that frame has its place in time.
            self.enhanced.fill(0.0);
            self.label = None;
        } else {
            self.label = self.session.drain(&mut self.enhanced);
            self.check();
        }
        self.flushed += 1;
        true
    }

    /// The enhanced spectrum, to change before [`Denoiser::give_hop`].
    pub(super) fn enhanced_mut(&mut self) -> &mut [f32] {
        &mut self.enhanced
    }

    /// The second half of a hop: the enhanced spectrum becomes sound.
    pub(super) fn give_hop(&mut self, output: &mut [f32]) {
        self.synthesis.push(&self.enhanced, output);
        // Finite numbers can still add up to what is no sample; those beside it are no better.
        if !output.iter().fold(true, |all, sample| all & is_sample(*sample)) {
            output.fill(0.0);
            self.counts.lost += 1;
        }
    }

    /// Transforms `samples` to the spectrum that the network hears as number `n` of a block.
    fn analyse(&mut self, n: usize) {
        let size = self.enhanced.len();
        let place = self.place(self.frames);
        let spectrum = &mut self.noisy[place * size..][..size];
        self.analysis.push(&self.samples, spectrum);
        let exponent = self.level.next(self.frames, &self.samples);
        self.frames += 1;
        self.counts.frames += 1;
        self.counts.lowered = self.counts.lowered.max(exponent);
        let heard = &mut self.heard[n * size..][..size];
        heard.copy_from_slice(spectrum);
        if exponent != 0 {
            let down = power(-exponent);
            heard.iter_mut().for_each(|number| *number *= down);
        }
    }

    /// Gives the network the first `count` spectra of a block.
    fn run(&mut self, count: usize) {
        let numbers = count * self.enhanced.len();
        self.session.steps(&self.heard[..numbers], &mut self.made[..numbers]);
        self.waiting = 0..count;
    }

    /// Sees to it that what came out of the network is a spectrum, and takes it up as far as it was taken down.
    fn check(&mut self) {
        // Written so that what is not a number is beyond.
        if !self.enhanced.iter().fold(true, |all, number| all & (number.abs() <= MOST)) {
            self.enhanced.fill(0.0);
            self.counts.lost += 1;
        }
        let exponent = self.label.map_or(0, |label| self.level.of(label));
        if exponent != 0 {
            let up = power(exponent);
            self.enhanced.iter_mut().for_each(|number| *number *= up);
        }
    }

    /// Where in the ring the spectrum of a frame is.
    fn place(&self, label: u64) -> usize {
        (label % (self.model.graph().delay() + self.block) as u64) as usize
    }

    /// Back to the start: equal to a new denoiser to the bit.
    pub fn reset(&mut self) {
        self.analysis.reset();
        self.synthesis.reset();
        self.session.reset();
        self.noisy.fill(0.0);
        self.enhanced.fill(0.0);
        self.label = None;
        self.heard.fill(0.0);
        self.made.fill(0.0);
        self.waiting = 0..0;
        self.level.reset();
        self.counts = Counts::default();
        self.frames = 0;
        self.taken = 0;
        self.flushed = 0;
    }

    /// Runs a whole clip from a fresh start: as many samples out as in, aligned with them. Afterwards the denoiser is at its
    /// start again, but for the counts, which are those of the clip until the next reset.
    pub fn process_clip(&mut self, clip: &[f32]) -> Vec<f32> {
        self.reset();
        let mut output = [Vec::with_capacity(clip.len())];
        let mut channel = Channels::new(&self.model, 1, Mask::Each);
        channel.push(&[clip], &mut output, |_, _| ());
        self.counts = channel.finish(&mut output, |_, _| ());
        let [output] = output;
        output
    }
}
