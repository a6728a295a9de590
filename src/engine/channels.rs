//! Recorded sound of several channels, each cleaned by itself or all by one mask.

use super::filling::Filling;
use super::voice::Voice;
use super::{Counts, Denoiser, Frame, Mask};
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
    voice: Voice,
    post_filter: bool,
    filling: Filling,
    /// Output samples that still precede the first input sample.
    early: usize,
    /// Output samples beyond those of the input.
    late: usize,
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
        let voice = Voice::new(Denoiser::with_blocks(model, BLOCK), channels, mask);
        let filling = Filling::new(channels, voice.hop());
        Self { early: voice.delay(), voice, post_filter: false, filling, late: 0, taken: 0, given: 0 }
    }

    /// The same with a filter after the model, or without: see [`Builder::post_filter`](super::Builder::post_filter).
    pub fn with_post_filter(self, on: bool) -> Self {
        Self { post_filter: on, ..self }
    }

    /// The same with the delay left in, and with it all that a live stream of whole hops gives: the output is longer than the
    /// input by the delay. To be asked for at the start.
    #[cfg(feature = "eval")]
    pub(crate) fn with_delay(self) -> Self {
        Self { early: 0, late: self.voice.delay(), ..self }
    }

    /// Takes as many samples of every channel and appends what is ready to each of `output`. `watch` is shown every frame
    /// that comes out of a channel, in order.
    ///
    /// # Panics
    /// If the number of channels is another than the stream's, or their pieces differ in length.
    pub fn push<I: AsRef<[f32]>>(
        &mut self,
        input: &[I],
        output: &mut [Vec<f32>],
        mut watch: impl FnMut(usize, Frame<'_>),
    ) {
        assert_eq!(
            (input.len(), output.len()),
            (self.filling.channels(), input.len()),
            "channels in and out"
        );
        let length = input[0].as_ref().len();
        assert!(input.iter().all(|plane| plane.as_ref().len() == length), "samples of every channel");
        self.taken += length as u64;
        let mut start = 0;
        while start < length {
            let whole = (length - start) / self.voice.hop();
            if whole > 0 && self.filling.is_empty() {
                // In equal parts.
                let count = whole.div_ceil(whole.div_ceil(BLOCK));
                self.process_block(input, start, count, output, &mut watch);
                start += count * self.voice.hop();
                continue;
            }
            start += self.filling.take(input, start, length);
            self.process(output, &mut watch);
        }
    }

    /// What had to be done since the start, in all channels together.
    pub fn counts(&self) -> Counts {
        self.voice.counts()
    }

    /// Appends the rest, up to as many samples as were taken, and says what had to be done in all.
    ///
    /// # Panics
    /// If the number of channels is another than the stream's.
    pub fn finish(mut self, output: &mut [Vec<f32>], mut watch: impl FnMut(usize, Frame<'_>)) -> Counts {
        assert_eq!(output.len(), self.filling.channels(), "channels out");
        self.filling.pad();
        self.process(output, &mut watch);
        while self.due() > 0 {
            if !flush_denormals(|| self.voice.take_end(self.post_filter, known(&mut watch))) {
                break;
            }
            self.hand_on(output);
        }
        debug_assert_eq!(self.due(), 0);
        self.counts()
    }

    /// Processes the hop if it is full.
    fn process(&mut self, output: &mut [Vec<f32>], watch: &mut impl FnMut(usize, Frame<'_>)) {
        let Some(hop) = self.filling.hop() else { return };
        flush_denormals(|| self.voice.take(hop, self.post_filter, known(watch)));
        self.hand_on(output);
    }

    /// Processes so many whole hops of the input.
    fn process_block<I: AsRef<[f32]>>(
        &mut self,
        input: &[I],
        start: usize,
        count: usize,
        output: &mut [Vec<f32>],
        watch: &mut impl FnMut(usize, Frame<'_>),
    ) {
        flush_denormals(|| {
            self.voice.take_hops(input, start, count);
            for _ in 0..count {
                self.voice.next_hop(self.post_filter, known(watch));
                self.hand_on(output);
            }
        });
    }

    /// Samples that were taken, or are to come beyond those, and not yet given.
    fn due(&self) -> u64 {
        self.taken + self.late as u64 - self.given
    }

    fn hand_on(&mut self, output: &mut [Vec<f32>]) {
        let early = self.early.min(self.voice.hop());
        self.early -= early;
        let due = usize::try_from(self.due()).unwrap_or(usize::MAX);
        let count = (self.voice.hop() - early).min(due);
        for (output, wet) in output.iter_mut().zip(self.voice.wet()) {
            output.extend_from_slice(&wet[early..][..count]);
        }
        self.given += count as u64;
    }
}

/// Shows the frames that there are.
fn known(watch: &mut impl FnMut(usize, Frame<'_>)) -> impl FnMut(usize, Option<Frame<'_>>) {
    |channel, frame| frame.into_iter().for_each(|frame| watch(channel, frame))
}
