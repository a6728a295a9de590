//! Means and differences with the intervals that they could as well have.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use serde::Serialize;

/// Samples drawn for an interval.
const DRAWS: usize = 10_000;

/// Part of the draws that lies within an interval.
const CONFIDENCE: f64 = 0.95;

/// Seed of the draws: the same files give the same interval.
const SEED: u64 = 0x5EED;

/// A mean over files with its 95 % confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Estimate {
    /// The mean.
    pub mean: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Number of files.
    pub files: usize,
}

/// The mean of values and its 95 % interval by the percentile bootstrap: means of 10,000 samples of the same size drawn
/// with replacement, after Efron and Tibshirani, "An Introduction to the Bootstrap", 1993. One value is its own
/// interval; of none there is no mean.
pub fn mean_with_interval(values: &[f64]) -> Option<Estimate> {
    if values.is_empty() {
        return None;
    }
    let files = values.len();
    let mean = values.iter().sum::<f64>() / files as f64;
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let mut draw = || {
        let sum: f64 = (0..files).map(|_| values[(rng.next_u64() % files as u64) as usize]).sum();
        sum / files as f64
    };
    let mut means: Vec<f64> = (0..DRAWS).map(|_| draw()).collect();
    means.sort_unstable_by(f64::total_cmp);
    let outside = ((1.0 - CONFIDENCE) / 2.0 * DRAWS as f64) as usize;
    Some(Estimate { mean, low: means[outside], high: means[DRAWS - 1 - outside], files })
}

/// The mean of `b - a` over files, with its interval: the files are drawn, so that what makes a file easy or hard falls out.
pub fn paired_difference(pairs: &[(f64, f64)]) -> Option<Estimate> {
    let differences: Vec<f64> = pairs.iter().map(|(a, b)| b - a).collect();
    mean_with_interval(&differences)
}

#[cfg(test)]
mod tests {
    use super::{mean_with_interval, paired_difference};

    #[test]
    fn the_interval_is_that_of_the_normal_theory_where_it_holds() {
        // Mean 49.5, standard error 28.866 / 10.
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        let found = mean_with_interval(&values).expect("values");
        assert_eq!((found.mean, found.files), (49.5, 100));
        assert!((found.low - (49.5 - 1.96 * 2.8866)).abs() < 0.3, "{found:?}");
        assert!((found.high - (49.5 + 1.96 * 2.8866)).abs() < 0.3, "{found:?}");
        assert_eq!(mean_with_interval(&values), Some(found), "the same values give the same interval");
    }

    #[test]
    fn what_files_have_in_common_falls_out_of_a_difference() {
        let pairs: Vec<(f64, f64)> = (0..20).map(|n| (f64::from(n * n), f64::from(n * n) + 0.5)).collect();
        let found = paired_difference(&pairs).expect("pairs");
        assert_eq!((found.mean, found.low, found.high), (0.5, 0.5, 0.5));
    }

    #[test]
    fn few_values_make_no_claim() {
        assert_eq!(mean_with_interval(&[]), None);
        let one = mean_with_interval(&[3.0]).expect("a value");
        assert_eq!((one.mean, one.low, one.high, one.files), (3.0, 3.0, 3.0, 1));
    }
}
