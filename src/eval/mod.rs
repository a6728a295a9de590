//! Experiments: how good sound is, how late it comes, and what a frame of future buys.
//!
//! An [`Experiment`] runs [`Method`]s (the noisy input, the bypass, models) over [`TestCase`]s (pairs of clean and noisy
//! sound) and gives a [`Comparison`]: scores by file, means with their intervals, paired differences, and what was
//! measured of delay, causality, time and size. [`report`] writes it down. With the feature `metrics` alone there are the
//! [`metrics`] and no more.

#[cfg(feature = "eval")]
mod comparison;
#[cfg(feature = "dnsmos")]
mod dnsmos;
#[cfg(feature = "eval")]
mod enhanced;
mod error;
#[cfg(feature = "eval")]
mod examples;
#[cfg(feature = "eval")]
mod experiment;
#[cfg(feature = "eval")]
mod findings;
#[cfg(feature = "eval")]
mod grouping;
#[cfg(feature = "eval")]
mod look_ahead;
#[cfg(feature = "eval")]
mod measure;
#[cfg(feature = "eval")]
mod method;
#[cfg(feature = "eval")]
mod method_run;
pub mod metrics;
#[cfg(feature = "eval")]
mod mixing;
#[cfg(feature = "eval")]
mod mixture;
#[cfg(feature = "eval")]
mod pair;
#[cfg(feature = "eval")]
mod pairs;
#[cfg(feature = "eval")]
mod plausible;
#[cfg(feature = "eval")]
mod recording;
#[cfg(feature = "eval")]
pub mod report;
#[cfg(feature = "eval")]
mod scores;
#[cfg(feature = "eval")]
mod shift;
#[cfg(feature = "eval")]
mod significance;
#[cfg(feature = "eval")]
mod statistics;
#[cfg(feature = "eval")]
mod test_case;

#[cfg(feature = "eval")]
pub(crate) use comparison::counted;
#[cfg(feature = "eval")]
pub use comparison::{Comparison, FileScores, Moved, Row, Skipped};
#[cfg(feature = "dnsmos")]
pub use dnsmos::{Dnsmos, Opinions};
#[cfg(feature = "eval")]
pub use enhanced::Enhanced;
pub use error::EvalError;
#[cfg(feature = "eval")]
pub use examples::{Example, Track};
#[cfg(feature = "eval")]
pub use experiment::{Experiment, Scored};
#[cfg(feature = "eval")]
pub use findings::{Claim, Difference, LEVEL, Part, Spread};
#[cfg(feature = "eval")]
pub use grouping::Grouping;
#[cfg(feature = "eval")]
pub use look_ahead::{LookAhead, spend_look_ahead};
#[cfg(feature = "eval")]
pub use measure::{
    Cost, DelayMeasured, HopTimes, Timing, causality_horizon, delay_by_correlation, delay_by_impulse,
    hop_times, run_live,
};
#[cfg(feature = "eval")]
pub use method::{Method, MethodKind};
#[cfg(feature = "eval")]
pub use mixing::mixtures;
#[cfg(feature = "eval")]
pub use pair::Pair;
#[cfg(feature = "eval")]
pub use pairs::{Matched, noisy_of, pairs_of};
#[cfg(feature = "eval")]
pub use scores::{Metric, Scores};
#[cfg(feature = "eval")]
pub use significance::{holm, sign_flip_probability};
#[cfg(feature = "eval")]
pub use statistics::{CONFIDENCE, DRAWS, Estimate, FEWEST_GROUPS, Interval, mean_with_interval};
#[cfg(feature = "eval")]
pub use test_case::TestCase;
