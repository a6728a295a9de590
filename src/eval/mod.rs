//! Experiments: how good sound is, how late it comes, and what a frame of future buys.
//!
//! An [`Experiment`] runs [`Method`]s (the noisy input, the bypass, models) over [`TestCase`]s (pairs of clean and noisy
//! sound) and gives a [`Comparison`]: scores by file, means with their intervals, paired differences, and what was
//! measured of delay, causality, time and size. [`report`] writes it down.

mod comparison;
mod error;
mod examples;
mod experiment;
mod look_ahead;
mod measure;
mod method;
pub mod metrics;
mod mixing;
mod mixture;
mod pair;
mod pairs;
mod recording;
pub mod report;
mod scores;
mod statistics;
mod test_case;

#[cfg(feature = "cli")]
pub(crate) use comparison::counted;
pub use comparison::{Comparison, FileScores, Row, Skipped};
pub use error::EvalError;
pub use examples::{Example, Track};
pub use experiment::{Experiment, Scored};
pub use look_ahead::{LookAhead, spend_look_ahead};
pub use measure::{
    Cost, DelayMeasured, HopTimes, Timing, causality_horizon, delay_by_correlation, delay_by_impulse,
    hop_times, run_live,
};
pub use method::{Method, MethodKind};
pub use mixing::mixtures;
pub use pair::Pair;
pub use pairs::{Matched, pairs_of};
pub use scores::{Metric, Scores};
pub use statistics::{CONFIDENCE, DRAWS, Estimate, FEWEST_CLIPS, Interval, mean_with_interval};
pub use test_case::TestCase;
