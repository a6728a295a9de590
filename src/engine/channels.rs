//! Recorded sound of several channels, each cleaned by itself or all by one mask.

use super::{Counts, Denoiser, Frame, Mask, post_filter};
use crate::dsp::flush_denormals;
use crate::model::Model;

/// Hops that run through the network at a time, layer by layer: as many as the widest vectors have lanes.
const BLOCK: usize = 16;

/// Channels whose output is aligned with their input to the sample and has its length.
///
/// Takes planar samples in pieces of any size, the same of every channel. It holds back what is still under way, at most
/// the denoiser's delay and one hop, and [`Channels::finish`] gives the rest.
#[derive(Clone, Debug)]
pub struct Channels {
    denoisers: Vec<Denoiser>,
    mask: Mask,
    post_filter: bool,
    /// The hop being filled in every channel, and how far it is.
    input: Vec<Vec<f32>>,
    filled: usize,
    output: Vec<f32>,
    /// Output samples that still precede the first input sample.
    early: usize,
    taken: u64,
    given: u64,
}

impl Channels {
    /// Streams at their start.
    ///
    /// # Panics
    /// If there is no channel.
    pub fn new(model: &Model, channels: usize, mask: Mask) -> Self {
        assert!(channels > 0, "a stream of no channels");
        let denoiser = Denoiser::with_blocks(model, BLOCK);
        let hop = denoiser.hop();
        Self {
            early: denoiser.delays().total(),
            denoisers: vec![denoiser; channels],
            mask,
            post_filter: false,
            input: vec![vec![0.0; hop]; channels],
            filled: 0,
            output: vec![0.0; hop],
            taken: 0,
            given: 0,
        }
    }

    /// The same with a filter after the model, or without: see [`Builder::post_filter`](super::Builder::post_filter).
    pub fn with_post_filter(self, on: bool) -> Self {
        Self { post_filter: on, ..self }
    }

    /// Takes as many samples of every channel and appends what is ready to each of `output`. `watch` is shown every frame
    /// that comes out of a channel, in order.
    ///
    /// # Panics
    /// If the number of channels is another than the stream's, or their pieces differ in length.
    pub fn push(
        &mut self,
        input: &[Vec<f32>],
        output: &mut [Vec<f32>],
        mut watch: impl FnMut(usize, Frame<'_>),
    ) {
        assert_eq!(input.len(), self.denoisers.len(), "channels in");
        let length = input[0].len();
        assert!(input.iter().all(|plane| plane.len() == length), "samples of every channel");
        self.taken += length as u64;
        let (hop, mut start) = (self.output.len(), 0);
        while start < length {
            let whole = (length - start) / hop;
            if self.filled == 0 && whole > 0 {
                // In equal parts.
                let count = whole.div_ceil(whole.div_ceil(BLOCK));
                self.process_block(input, start, count, output, &mut watch);
                start += count * hop;
                continue;
            }
            let count = (length - start).min(hop - self.filled);
            for (to, from) in self.input.iter_mut().zip(input) {
                to[self.filled..][..count].copy_from_slice(&from[start..][..count]);
            }
            self.filled += count;
            start += count;
            if self.filled == hop {
                self.process(output, &mut watch);
            }
        }
    }

    /// What had to be done since the start, in all channels together.
    pub fn counts(&self) -> Counts {
        self.denoisers.iter().map(Denoiser::counts).fold(Counts::default(), Counts::and)
    }

    /// Appends the rest, up to as many samples as were taken, and says what had to be done in all.
    ///
    /// # Panics
    /// If the number of channels is another than the stream's.
    pub fn finish(mut self, output: &mut [Vec<f32>], mut watch: impl FnMut(usize, Frame<'_>)) -> Counts {
        if self.filled > 0 {
            for plane in &mut self.input {
                plane[self.filled..].fill(0.0);
            }
            self.process(output, &mut watch);
        }
        while self.given < self.taken {
            let more = flush_denormals(|| {
                // In step with each other, they end together.
                let more = self.denoisers.iter_mut().all(Denoiser::take_end);
                if more {
                    self.hand_on(output, &mut watch);
                }
                more
            });
            if !more {
                break;
            }
        }
        debug_assert_eq!(self.given, self.taken);
        self.counts()
    }

    /// Processes so many whole hops of the input.
    fn process_block(
        &mut self,
        input: &[Vec<f32>],
        start: usize,
        count: usize,
        output: &mut [Vec<f32>],
        watch: &mut impl FnMut(usize, Frame<'_>),
    ) {
        let samples = start..start + count * self.output.len();
        flush_denormals(|| {
            for (denoiser, input) in self.denoisers.iter_mut().zip(input) {
                denoiser.take_hops(&input[samples.clone()]);
            }
            for _ in 0..count {
                self.denoisers.iter_mut().for_each(Denoiser::next_hop);
                self.hand_on(output, watch);
            }
        });
    }

    fn process(&mut self, output: &mut [Vec<f32>], watch: &mut impl FnMut(usize, Frame<'_>)) {
        flush_denormals(|| {
            for (denoiser, input) in self.denoisers.iter_mut().zip(&self.input) {
                denoiser.take_hop(input);
            }
            self.filled = 0;
            self.hand_on(output, watch);
        });
    }

    fn hand_on(&mut self, output: &mut [Vec<f32>], watch: &mut impl FnMut(usize, Frame<'_>)) {
        assert_eq!(output.len(), self.denoisers.len(), "channels out");
        self.mask.apply(&mut self.denoisers);
        if self.post_filter {
            self.denoisers.iter_mut().for_each(post_filter::apply);
        }
        let early = self.early.min(self.output.len());
        self.early -= early;
        let due = usize::try_from(self.taken - self.given).unwrap_or(usize::MAX);
        let count = (self.output.len() - early).min(due);
        for (c, (denoiser, output)) in self.denoisers.iter_mut().zip(output).enumerate() {
            denoiser.give_hop(&mut self.output);
            output.extend_from_slice(&self.output[early..][..count]);
            if let Some(frame) = denoiser.frame() {
                watch(c, frame);
            }
        }
        self.given += count as u64;
    }
}
