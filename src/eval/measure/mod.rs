//! What a model costs in time, measured: delay, causality, time per hop.

mod correlation;
mod horizon;
mod impulse;
mod live;
mod timing;

pub use correlation::delay_by_correlation;
pub use horizon::causality_horizon;
pub use impulse::delay_by_impulse;
pub use live::run_live;
pub use timing::{HopTimes, Timing, hop_times};

use crate::model::Model;
use serde::Serialize;

/// Delay from hop in to hop out, in samples: as the engine reports it, and as it was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DelayMeasured {
    /// By the engine.
    pub reported: usize,
    /// Where an impulse comes out.
    pub impulse: Option<usize>,
    /// Where input and output are most alike; the median over files.
    pub correlation: Option<usize>,
    /// Files whose correlation says another delay than the engine.
    pub correlation_deviates: usize,
    /// Most samples of future that an output sample depends on, found by perturbing input samples.
    pub horizon: Option<usize>,
}

/// What a network costs, by its graph.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Cost {
    /// Trained numbers.
    pub parameters: usize,
    /// Multiply-adds of a frame.
    pub multiply_adds_per_frame: usize,
    /// Multiply-adds of a second of sound.
    pub multiply_adds_per_second: f64,
    /// Bytes of state of one stream.
    pub state_bytes: usize,
}

impl Cost {
    /// The cost of a model.
    pub fn of(model: &Model) -> Self {
        let summary = model.graph().summary();
        Self {
            parameters: summary.parameters(),
            multiply_adds_per_frame: summary.multiply_adds(),
            multiply_adds_per_second: model.multiply_adds_per_second(),
            state_bytes: summary.state() * size_of::<f32>(),
        }
    }
}
