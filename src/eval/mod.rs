//! Experiments: how good sound is, how late it comes, and what a frame of future buys.
//!
//! An [`Experiment`] runs [`Method`]s (the noisy input, the bypass, models) over [`TestCase`]s (pairs of clean and noisy
//! sound) and gives a [`Comparison`]: scores by file, means with their intervals, paired differences, and what was
//! measured of delay, causality, time and size. [`report`] writes it down.

mod comparison;
#[cfg(feature = "dnsmos")]
mod dnsmos;
mod enhanced;
mod error;
mod examples;
mod experiment;
mod findings;
mod grouping;
mod look_ahead;
mod measure;
mod method;
mod method_run;
pub mod metrics;
mod mixing;
mod mixture;
mod pair;
mod pairs;
mod plausible;
mod recording;
pub mod report;
mod scores;
mod shift;
mod significance;
mod statistics;
mod test_case;

pub(crate) use comparison::counted;
pub use comparison::{Comparison, FileScores, Moved, Row, Skipped};
#[cfg(feature = "dnsmos")]
pub use dnsmos::{Dnsmos, Opinions};
pub use enhanced::Enhanced;
pub use error::EvalError;
pub use examples::{Example, Track};
pub use experiment::{Experiment, Scored};
pub use findings::{Claim, Difference, LEVEL, Part, Spread};
pub use grouping::Grouping;
pub use look_ahead::{LookAhead, spend_look_ahead};
pub use measure::{
    Cost, DelayMeasured, HopTimes, Timing, causality_horizon, delay_by_correlation, delay_by_impulse,
    hop_times, run_live,
};
pub use method::{Method, MethodKind};
pub use mixing::mixtures;
pub use pair::Pair;
pub use pairs::{Matched, noisy_of, pairs_of};
pub use scores::{Metric, Scores};
pub use significance::{holm, sign_flip_probability};
pub use statistics::{CONFIDENCE, DRAWS, Estimate, FEWEST_GROUPS, Interval, mean_with_interval};
pub use test_case::TestCase;
