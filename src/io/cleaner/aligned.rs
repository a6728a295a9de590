//! Sound that comes out in its place: the delay taken off at the start, and made up for at the end.

use super::CleanConfig;
use super::mix::Mix;
use crate::dsp::scrub;
use crate::engine::{Channels, Counts, Frame, Gain, HighBand, Rates};
use crate::io::Resampler;
use crate::model::Model;

/// What every channel passes through.
#[derive(Debug)]
pub(super) struct Aligned {
    down: Resampler,
    channels: Channels,
    up: Resampler,
    /// Brings back what the model could hear, where what it could not is wanted.
    heard: Option<Resampler>,
    /// Gains of the high band, where it follows the model.
    gains: Option<Vec<Gain>>,
    /// Samples that were none.
    scrubbed: u64,
    /// Sound at the model's rate, before and after.
    middle: Vec<Vec<f32>>,
    cleaned: Vec<Vec<f32>>,
    mix: Mix,
}

impl Aligned {
    pub fn new(model: &Model, rate: u32, channels: usize, config: CleanConfig) -> Self {
        let own = model.sample_rate();
        let up = || Resampler::new(own, rate, channels);
        let high = if rate == own { HighBand::Mute } else { config.high_band };
        let rates = Rates::of(model, rate);
        Self {
            down: Resampler::new(rate, own, channels),
            channels: Channels::new(model, channels, config.mask).with_post_filter(config.post_filter),
            up: up(),
            heard: (high != HighBand::Mute).then(up),
            gains: (high == HighBand::Follow).then(|| vec![Gain::new(rates); channels]),
            scrubbed: 0,
            middle: vec![Vec::new(); channels],
            cleaned: vec![Vec::new(); channels],
            mix: Mix::new(channels, config.strength, high),
        }
    }

    pub fn push(&mut self, input: &[Vec<f32>], output: &mut [Vec<f32>]) {
        let mut input = input.to_vec();
        self.scrubbed += input.iter_mut().map(|plane| scrub(plane)).sum::<u64>();
        self.mix.take(&input);
        self.down.push(&input, &mut self.middle);
        self.channels.push(&self.middle, &mut self.cleaned, hear(&mut self.gains));
        self.up.push(&self.cleaned, &mut self.mix.wet);
        if let Some(heard) = &mut self.heard {
            heard.push(&self.middle, &mut self.mix.heard);
        }
        for plane in self.middle.iter_mut().chain(&mut self.cleaned) {
            plane.clear();
        }
        self.mix.give(&mut self.gains, output);
    }

    pub fn finish(self, output: &mut [Vec<f32>]) -> Counts {
        let Self { down, mut channels, mut up, heard, mut gains, scrubbed, mut middle, mut cleaned, mut mix } =
            self;
        down.finish(&mut middle);
        channels.push(&middle, &mut cleaned, hear(&mut gains));
        let counts = channels.finish(&mut cleaned, hear(&mut gains));
        up.push(&cleaned, &mut mix.wet);
        up.finish(&mut mix.wet);
        if let Some(mut heard) = heard {
            heard.push(&middle, &mut mix.heard);
            heard.finish(&mut mix.heard);
        }
        mix.give(&mut gains, output);
        debug_assert!(mix.dry.iter().all(Vec::is_empty), "every sample has its clean twin");
        Counts { scrubbed: scrubbed + counts.scrubbed, ..counts }
    }
}

/// Shows every frame to the gain of its channel.
fn hear(gains: &mut Option<Vec<Gain>>) -> impl FnMut(usize, Frame<'_>) {
    move |channel, frame| {
        if let Some(gains) = gains {
            gains[channel].hear(frame);
        }
    }
}
