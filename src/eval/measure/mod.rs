//! What a model costs in time, measured: delay, causality, time per hop.

mod correlation;
mod horizon;
mod impulse;
mod live;
mod timing;

pub use correlation::delay_by_correlation;
pub use horizon::causality_horizon;
pub use impulse::delay_by_impulse;
pub(super) use live::run_counted;
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

impl DelayMeasured {
    /// What the engine reports, where an impulse or the correlation confirms it; or else what was measured.
    ///
    /// One of them is enough: a network may take an impulse for noise, or turn phases, which moves the correlation by a sample
    /// or two.
    pub fn measured(&self) -> usize {
        let confirmed = [self.impulse, self.correlation].contains(&Some(self.reported));
        let found = self.correlation.or(self.impulse).filter(|_| !confirmed);
        found.unwrap_or(self.reported)
    }
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

#[cfg(test)]
mod tests {
    use super::DelayMeasured;

    #[test]
    fn a_delay_that_one_measurement_confirms_holds_and_one_that_none_does_gives_way() {
        let measured = |impulse, correlation| {
            DelayMeasured { reported: 160, impulse, correlation, ..DelayMeasured::default() }.measured()
        };
        assert_eq!(measured(Some(160), Some(159)), 160);
        assert_eq!(measured(Some(7), Some(160)), 160);
        assert_eq!((measured(Some(161), Some(159)), measured(Some(161), None)), (159, 161));
        assert_eq!(measured(None, None), 160, "there was nothing to measure with");
    }
}
