//! A model with the state of every channel: a hop of each in, a hop of each out.

use super::{Counts, Denoiser, Frame, Mask, post_filter};

/// Channels in step with each other, cleaned each by itself or all by one mask.
#[derive(Clone, Debug)]
pub(super) struct Voice {
    denoisers: Vec<Denoiser>,
    wet: Vec<Vec<f32>>,
    mask: Mask,
}

impl Voice {
    /// As many channels, each as this denoiser stands.
    pub fn new(denoiser: Denoiser, channels: usize, mask: Mask) -> Self {
        let wet = vec![vec![0.0; denoiser.hop()]; channels];
        Self { denoisers: vec![denoiser; channels], wet, mask }
    }

    /// Takes a hop of every channel and makes one of each. `filter` says whether the filter after the network is on; `watch`
    /// is shown the frame that came out of every channel.
    pub fn take<I: AsRef<[f32]>>(
        &mut self,
        input: &[I],
        filter: bool,
        watch: impl FnMut(usize, Option<Frame<'_>>),
    ) {
        for (denoiser, input) in self.denoisers.iter_mut().zip(input) {
            denoiser.take_hop(input.as_ref());
        }
        self.give(filter, watch);
    }

    /// Takes so many whole hops of every channel from sample `start` on, each of which has its turn by [`Voice::next_hop`].
    pub fn take_hops<I: AsRef<[f32]>>(&mut self, input: &[I], start: usize, count: usize) {
        let samples = start..start + count * self.hop();
        for (denoiser, input) in self.denoisers.iter_mut().zip(input) {
            denoiser.take_hops(&input.as_ref()[samples.clone()]);
        }
    }

    /// Makes the next hop of those taken, as [`Voice::take`] does.
    pub fn next_hop(&mut self, filter: bool, watch: impl FnMut(usize, Option<Frame<'_>>)) {
        self.denoisers.iter_mut().for_each(Denoiser::next_hop);
        self.give(filter, watch);
    }

    /// Makes the next hop of what is still under way after the end; false when all is out.
    pub fn take_end(&mut self, filter: bool, watch: impl FnMut(usize, Option<Frame<'_>>)) -> bool {
        // In step with each other, they end together.
        let more = self.denoisers.iter_mut().all(Denoiser::take_end);
        if more {
            self.give(filter, watch);
        }
        more
    }

    fn give(&mut self, filter: bool, mut watch: impl FnMut(usize, Option<Frame<'_>>)) {
        self.mask.apply(&mut self.denoisers);
        if filter {
            self.denoisers.iter_mut().for_each(post_filter::apply);
        }
        for (c, (denoiser, wet)) in self.denoisers.iter_mut().zip(&mut self.wet).enumerate() {
            denoiser.give_hop(wet);
            watch(c, denoiser.frame());
        }
    }

    /// The hop that was made, of every channel.
    pub fn wet(&self) -> &[Vec<f32>] {
        &self.wet
    }

    /// Samples of a hop.
    pub fn hop(&self) -> usize {
        self.denoisers[0].hop()
    }

    /// Delay from hop in to hop out.
    pub fn delay(&self) -> usize {
        self.denoisers[0].delays().total()
    }

    /// What had to be done since the start, in all channels together.
    pub fn counts(&self) -> Counts {
        self.denoisers.iter().map(Denoiser::counts).fold(Counts::default(), Counts::and)
    }

    /// The same since the last call.
    pub fn take_counts(&mut self) -> Counts {
        self.denoisers.iter_mut().map(Denoiser::take_counts).fold(Counts::default(), Counts::and)
    }

    pub fn reset(&mut self) {
        self.denoisers.iter_mut().for_each(Denoiser::reset);
        self.wet.iter_mut().for_each(|wet| wet.fill(0.0));
    }
}
