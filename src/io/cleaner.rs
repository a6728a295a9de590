//! Channels of recorded sound at any rate through a model.

use super::mix::Mix;
use super::resample::Resampler;
use crate::dsp::scrub;
use crate::engine::{Channels, Counts, Delays, Frame, Gain, HighBand, Mask, Rates};
use crate::model::Model;

/// How recorded sound is cleaned.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct CleanConfig {
    /// Most attenuation in decibels; none sets no limit. See [`Cleaner`] for the formula.
    pub strength: Option<f32>,
    /// What becomes of sound above the model's band.
    pub high_band: HighBand,
    /// Whether channels share a mask.
    pub mask: Mask,
    /// Whether a filter after the model lowers further what the model lowered: see
    /// [`Builder::post_filter`](crate::engine::Builder::post_filter).
    pub post_filter: bool,
    /// Leaves the model's delay in: all comes that much later, as from a live stream, and the end is cut off.
    pub raw_delay: bool,
}

impl CleanConfig {
    /// Sets [the most attenuation](field@Self::strength), in decibels.
    #[must_use]
    pub fn strength(mut self, decibels: impl Into<Option<f32>>) -> Self {
        self.strength = decibels.into();
        self
    }

    /// Sets what becomes of sound [above the model's band](field@Self::high_band).
    #[must_use]
    pub fn high_band(mut self, high_band: HighBand) -> Self {
        self.high_band = high_band;
        self
    }

    /// Sets whether channels share [a mask](field@Self::mask).
    #[must_use]
    pub fn mask(mut self, mask: Mask) -> Self {
        self.mask = mask;
        self
    }

    /// Sets whether [the filter after the model](field@Self::post_filter) runs.
    #[must_use]
    pub fn post_filter(mut self, on: bool) -> Self {
        self.post_filter = on;
        self
    }

    /// Sets whether [the delay is left in](field@Self::raw_delay).
    #[must_use]
    pub fn raw_delay(mut self, on: bool) -> Self {
        self.raw_delay = on;
        self
    }
}

/// Cleans channels of recorded sound: as many samples out as in, aligned with them, at any rate, in flat memory.
///
/// With `x` a channel at the file's rate and `down`, `up` the change to the model's rate and back:
///
/// ```text
/// wet  = up(model(down(x))) + h (x - up(down(x)))      h: 1 to keep, 0 to mute the high band, or the model's gain
/// out  = g x + (1 - g) wet                             g = 10^(-strength / 20), 0 without a limit
/// ```
/// At a strength of 0 dB the output is the input to the bit. At the model's own rate there is nothing above its band,
/// and `wet = model(x)`.
///
/// ```
/// use framewise::io::{CleanConfig, Cleaner};
/// use framewise::model::{Latency, Model};
///
/// let model = Model::builtin(Latency::ZERO);
/// let mut cleaner = Cleaner::new(&model, 48_000, 2, CleanConfig::default());
/// let (noisy, mut clean) = (vec![vec![0.0; 1000]; 2], vec![Vec::new(); 2]);
/// cleaner.push(&noisy, &mut clean); // appends what is ready
/// cleaner.finish(&mut clean);
/// assert_eq!(clean[1].len(), 1000);
/// ```
#[derive(Debug)]
pub struct Cleaner {
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

impl Cleaner {
    /// A stream at its start.
    ///
    /// # Panics
    /// If there is no channel, or the rate is neither the model's nor in [`super::RATES`].
    pub fn new(model: &Model, rate: u32, channels: usize, config: CleanConfig) -> Self {
        let own = model.sample_rate();
        let up = || Resampler::new(own, rate, channels);
        let high = if rate == own { HighBand::Mute } else { config.high_band };
        let rates = Rates::of(model, rate);
        let delay = Delays::of(model).total() as f64 * f64::from(rate) / f64::from(own);
        let late = if config.raw_delay { delay.round() as usize } else { 0 };
        Self {
            down: Resampler::new(rate, own, channels),
            channels: Channels::new(model, channels, config.mask).with_post_filter(config.post_filter),
            up: up(),
            heard: (high != HighBand::Mute).then(up),
            gains: (high == HighBand::Follow).then(|| vec![Gain::new(rates); channels]),
            scrubbed: 0,
            middle: vec![Vec::new(); channels],
            cleaned: vec![Vec::new(); channels],
            mix: Mix::new(channels, config.strength, high, late),
        }
    }

    /// Takes as many samples of every channel and appends what is ready to each of `output`. What is no sample counts as
    /// silence, by [`scrub`].
    ///
    /// # Panics
    /// If the number of channels is another than the stream's, or their pieces differ in length.
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

    /// Appends the rest, up to as many samples as were taken, and says what had to be done in all channels together.
    ///
    /// # Panics
    /// If the number of channels is another than the stream's.
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
