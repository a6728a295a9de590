//! Channels of recorded sound at any rate through a model.

mod aligned;
mod late;
mod mix;

use crate::engine::{Counts, HighBand, Mask};
use crate::model::Model;
use aligned::Aligned;
use late::Late;

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
    /// Leaves the delay in: what comes out is what a [`Processor`](crate::engine::Processor) of the model gives at the file's rate,
    /// but for the part of its delay that blocks of any size cost. All comes that much later, and the end is cut off.
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
/// and `wet = model(x)`. With [`CleanConfig::raw_delay`] the ways `down` and `up` are those of live sound, with less delay and
/// shorter filters.
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
pub struct Cleaner(Kind);

#[derive(Debug)]
enum Kind {
    Aligned(Box<Aligned>),
    Late(Box<Late>),
}

impl Cleaner {
    /// A stream at its start.
    ///
    /// # Panics
    /// If there is no channel, or the rate is neither the model's nor in [`super::RATES`]; where the delay is left in, also if
    /// there are more than 256 channels.
    pub fn new(model: &Model, rate: u32, channels: usize, config: CleanConfig) -> Self {
        Self(match config.raw_delay {
            false => Kind::Aligned(Box::new(Aligned::new(model, rate, channels, config))),
            true => Kind::Late(Box::new(Late::new(model, rate, channels, config))),
        })
    }

    /// Takes as many samples of every channel and appends what is ready to each of `output`. What is no sample counts as
    /// silence, by [`scrub`](crate::dsp::scrub).
    ///
    /// # Panics
    /// If the number of channels is another than the stream's, or their pieces differ in length.
    pub fn push(&mut self, input: &[Vec<f32>], output: &mut [Vec<f32>]) {
        match &mut self.0 {
            Kind::Aligned(cleaner) => cleaner.push(input, output),
            Kind::Late(cleaner) => cleaner.push(input, output),
        }
    }

    /// Appends the rest, up to as many samples as were taken, and says what had to be done in all channels together.
    ///
    /// # Panics
    /// If the number of channels is another than the stream's.
    pub fn finish(self, output: &mut [Vec<f32>]) -> Counts {
        match self.0 {
            Kind::Aligned(cleaner) => cleaner.finish(output),
            Kind::Late(cleaner) => cleaner.finish(output),
        }
    }
}
