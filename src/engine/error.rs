//! Why a processor cannot be built or changed.

use crate::dsp::RATES;
use crate::model::{Latency, and};

/// Why a [`Processor`](super::Processor) cannot be built, or a change be asked of it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// No channel, or too many.
    #[error("{found} channels: expected 1 to {most}")]
    Channels {
        /// Channels that were asked for.
        found: usize,
        /// Most channels.
        most: usize,
    },
    /// A rate that is neither the model's nor one that is resampled.
    #[error("sample rate {found} Hz: expected {} to {} Hz", RATES.start(), RATES.end())]
    Rate {
        /// Rate that was asked for, in Hz.
        found: u32,
    },
    /// Constant blocks of no samples.
    #[error("constant blocks of 0 samples: expected 1 or more")]
    Blocks,
    /// A strength that is no attenuation.
    #[error("strength of {found} dB: expected 0 dB, which changes nothing, or more")]
    Strength {
        /// Strength that was asked for, in dB.
        found: f32,
    },
    /// A list of models without any.
    #[error("no model: expected one or more")]
    NoModel,
    /// Models that cannot take turns.
    #[error(
        "model `{model}` has a hop of {hop} samples at {rate} Hz: models that take turns have the hop and the rate of the \
         first, {first_hop} samples at {first_rate} Hz"
    )]
    Turns {
        /// The model that differs from the first.
        model: String,
        /// Its hop in samples.
        hop: usize,
        /// Its sample rate in Hz.
        rate: u32,
        /// The first model's hop in samples.
        first_hop: usize,
        /// The first model's sample rate in Hz.
        first_rate: u32,
    },
    /// A latency that none of the models has.
    #[error("no model for a latency of {asked}: there {} {}", if available.len() == 1 { "is" } else { "are" }, and(available))]
    Latency {
        /// Latency that was asked for.
        asked: Latency,
        /// Latencies of the models that are there.
        available: Vec<Latency>,
    },
}
