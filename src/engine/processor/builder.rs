//! What a processor is made of, and what it refuses.

use super::Processor;
use super::controls::{Controls, Entry, find};
use super::plan::Plan;
use crate::dsp::RATES;
use crate::engine::{Blocks, EngineError, HighBand, Mask};
use crate::model::{Latency, Model};
use std::sync::Arc;

/// Most channels of a processor.
const MOST_CHANNELS: usize = 256;

/// Settings of a [`Processor`] to be.
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    rate: u32,
    channels: usize,
    models: Option<Vec<Model>>,
    latency: Option<Latency>,
    mask: Mask,
    blocks: Blocks,
    high_band: HighBand,
    strength: f32,
    bypass: bool,
    post_filter: bool,
}

impl Builder {
    pub(super) fn new(rate: u32, channels: usize) -> Self {
        Self {
            rate,
            channels,
            models: None,
            latency: None,
            mask: Mask::default(),
            blocks: Blocks::Any,
            high_band: HighBand::default(),
            strength: f32::INFINITY,
            bypass: false,
            post_filter: false,
        }
    }

    /// The latency that is heard first; without this line, that of the first model. The built-in models have zero frames and
    /// one.
    pub fn latency(mut self, latency: Latency) -> Self {
        self.latency = Some(latency);
        self
    }

    /// This model alone, in place of the built-in ones.
    pub fn model(self, model: Model) -> Self {
        self.models([model])
    }

    /// Models to choose from while sound runs, in place of the built-in ones; the first is heard first. They have one hop and
    /// one sample rate.
    pub fn models(mut self, models: impl IntoIterator<Item = Model>) -> Self {
        self.models = Some(models.into_iter().collect());
        self
    }

    /// Whether channels share a mask; without this line each has its own.
    pub fn mask(mut self, mask: Mask) -> Self {
        self.mask = mask;
        self
    }

    /// What is known of the sizes of blocks; without this line, nothing.
    pub fn blocks(mut self, blocks: Blocks) -> Self {
        self.blocks = blocks;
        self
    }

    /// What becomes of sound above the model's band; without this line, it follows the band below.
    pub fn high_band(mut self, high_band: HighBand) -> Self {
        self.high_band = high_band;
        self
    }

    /// Most attenuation in dB; without this line, no limit. See [`Controls::set_strength`].
    pub fn strength(mut self, decibels: f32) -> Self {
        self.strength = decibels;
        self
    }

    /// Begins with the sound let through as it comes in.
    pub fn bypass(mut self, on: bool) -> Self {
        self.bypass = on;
        self
    }

    /// Begins with a filter after the model that lowers further what the model already lowered, and delays nothing: a bin that
    /// has the gain `g` gets `(1 + b) g / (1 + b / sin^2(pi g / 2))` with `b = 0.02`, as in DeepFilterNet. Off without this
    /// line.
    pub fn post_filter(mut self, on: bool) -> Self {
        self.post_filter = on;
        self
    }

    /// Builds the processor: everything that it will ever need is allocated here.
    ///
    /// # Errors
    /// If a number is out of range, there is no model of the latency asked for, or models cannot take turns.
    pub fn build(self) -> Result<Processor, EngineError> {
        if !(1..=MOST_CHANNELS).contains(&self.channels) {
            return Err(EngineError::Channels { found: self.channels, most: MOST_CHANNELS });
        }
        if self.blocks == Blocks::Constant(0) {
            return Err(EngineError::Blocks);
        }
        if self.strength.is_nan() || self.strength < 0.0 {
            return Err(EngineError::Strength { found: self.strength });
        }
        let models = self.models.unwrap_or_else(|| Latency::ALL.map(Model::builtin).into());
        let first = models.first().ok_or(EngineError::NoModel)?;
        let (own, hop) = (first.sample_rate(), first.stft().hop());
        for model in &models {
            if (model.sample_rate(), model.stft().hop()) != (own, hop) {
                return Err(EngineError::Turns {
                    model: model.header().name.clone(),
                    hop: model.stft().hop(),
                    rate: model.sample_rate(),
                    first_hop: hop,
                    first_rate: own,
                });
            }
        }
        let resampled = RATES.contains(&self.rate) && RATES.contains(&own);
        if self.rate == 0 || self.rate != own && !resampled {
            return Err(EngineError::Rate { found: self.rate });
        }
        let latencies = models.iter().map(Model::latency);
        let active = self.latency.map_or(Ok(0), |latency| find(latencies.clone(), latency))?;
        let plan = Plan::new(self.rate, &models, self.blocks);
        let entries = latencies.zip(&plan.delays).map(|(latency, &delays)| Entry { latency, delays });
        let controls = Arc::new(Controls::new(entries.collect(), active));
        controls.set_strength(self.strength);
        controls.set_bypass(self.bypass);
        controls.set_post_filter(self.post_filter);
        let high_band = if plan.resamples() { self.high_band } else { HighBand::Mute };
        Ok(Processor::new(plan, &models, self.channels, self.mask, high_band, controls))
    }
}
