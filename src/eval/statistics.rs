//! Means and differences with the intervals that they could as well have.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use serde::Serialize;
use std::collections::HashMap;

/// Samples drawn for an interval.
pub const DRAWS: usize = 10_000;

/// Part of the draws that lies within an interval.
pub const CONFIDENCE: f64 = 0.95;

/// The quantile of the normal distribution beyond which a half of what is outside lies.
const NORMAL: f64 = 1.959_963_985;

/// Groups below which there is no interval: the bootstrap's would be too narrow.
pub const FEWEST_GROUPS: usize = 10;

/// Seed of the draws: the same files give the same interval.
const SEED: u64 = 0x5EED;

/// A mean over files with its 95 % confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Estimate {
    /// The mean over files.
    pub mean: f64,
    /// The interval; none for fewer than [`FEWEST_GROUPS`] groups.
    pub interval: Option<Interval>,
    /// Number of files.
    pub files: usize,
    /// Number of groups that the files belong to: what is drawn.
    pub groups: usize,
}

/// Where a mean could as well lie.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Estimate {
    /// Whether the interval lies on one side of zero: -1 below, 1 above. None where it holds zero, or where there is none.
    pub fn side_of_zero(&self) -> Option<f64> {
        let Interval { low, high } = self.interval?;
        (low > 0.0 || high < 0.0).then(|| self.mean.signum())
    }
}

/// The values of a group's files.
#[derive(Clone, Copy, Default)]
struct Group {
    sum: f64,
    files: usize,
}

/// The mean of values, each given with the group that its file belongs to, and its 95 % interval; none of no values.
///
/// The interval is that of the percentile bootstrap: 10,000 times as many groups as there are drawn with replacement, each
/// with all its values, and the mean is taken over the values drawn. Files of a speaker, and versions of a clip, resemble each
/// other: drawn one by one they would pass for more evidence than they are. After Davison and Hinkley,
/// "Bootstrap Methods and their Application", 1997, section 3.8. For `m` groups its ends are moved away from the mean by the factor
/// `sqrt(m / (m - 1)) t / z`, with Student's quantile of `m - 1` degrees of freedom by that of the normal distribution: by so
/// much the bootstrap of few groups is too narrow (Hesterberg, "What Teachers Should Know About the Bootstrap", The American
/// Statistician 69 (4), 2015).
pub fn mean_with_interval<'a>(values: impl IntoIterator<Item = (&'a str, f64)>) -> Option<Estimate> {
    let mut places = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for (name, value) in values {
        let place = *places.entry(name).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Group::default());
        }
        groups[place].sum += value;
        groups[place].files += 1;
    }
    let all = mean(groups.iter().copied())?;
    let interval = (groups.len() >= FEWEST_GROUPS).then(|| interval(&groups, all));
    let files = groups.iter().map(|clip| clip.files).sum();
    Some(Estimate { mean: all, interval, files, groups: groups.len() })
}

/// The mean over the files of groups.
fn mean(groups: impl Iterator<Item = Group>) -> Option<f64> {
    let (sum, files) = groups.fold((0.0, 0), |(sum, files), clip| (sum + clip.sum, files + clip.files));
    (files > 0).then(|| sum / files as f64)
}

fn interval(groups: &[Group], centre: f64) -> Interval {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let mut draw = || groups[(rng.next_u64() % groups.len() as u64) as usize];
    let mut means: Vec<f64> = (0..DRAWS).filter_map(|_| mean((0..groups.len()).map(|_| draw()))).collect();
    means.sort_unstable_by(f64::total_cmp);
    let outside = ((1.0 - CONFIDENCE) / 2.0 * DRAWS as f64) as usize;
    let from_centre = |end: f64| centre + widening(groups.len()) * (end - centre);
    Interval { low: from_centre(means[outside]), high: from_centre(means[DRAWS - 1 - outside]) }
}

/// By how much the bootstrap of so many groups is too narrow.
fn widening(groups: usize) -> f64 {
    let freedom = (groups - 1) as f64;
    (groups as f64 / freedom).sqrt() * student(freedom) / NORMAL
}

/// The quantile of Student's distribution beyond which a half of what is outside lies, by the expansion 26.7.5 of Abramowitz and
/// Stegun, "Handbook of Mathematical Functions", 1964: to 3e-4 from nine degrees of freedom on.
fn student(freedom: f64) -> f64 {
    let z = NORMAL;
    let terms = [
        (z.powi(3) + z) / 4.0,
        (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0,
        (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / 384.0,
    ];
    z + terms.iter().rev().fold(0.0, |sum, term| (sum + term) / freedom)
}

#[cfg(test)]
mod tests {
    use super::{Estimate, FEWEST_GROUPS, Interval, NORMAL, mean_with_interval, student};
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{RngCore, SeedableRng};

    /// The estimate of values of which each `copies` in a row are of one clip.
    fn estimate(values: &[f64], copies: usize) -> Option<Estimate> {
        let names: Vec<String> = (0..values.len()).map(|n| (n / copies).to_string()).collect();
        mean_with_interval(names.iter().map(String::as_str).zip(values.iter().copied()))
    }

    fn ends(found: Option<Estimate>) -> (f64, f64) {
        let Interval { low, high } = found.expect("values").interval.expect("enough groups");
        (low, high)
    }

    #[test]
    fn the_interval_is_that_of_the_normal_theory_where_it_holds() {
        // Mean 49.5, standard error 29.011 / 10 with 99 degrees of freedom, Student's quantile 1.984.
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        let found = estimate(&values, 1);
        let (low, high) = ends(found);
        assert_eq!(found.map(|e| (e.mean, e.files, e.groups)), Some((49.5, 100, 100)));
        assert!((low - (49.5 - 1.984 * 2.9011)).abs() < 0.3, "{found:?}");
        assert!((high - (49.5 + 1.984 * 2.9011)).abs() < 0.3, "{found:?}");
        assert_eq!(estimate(&values, 1), found, "the same values give the same interval");
    }

    #[test]
    fn copies_of_a_clip_are_no_more_evidence_than_the_clip() {
        let values: Vec<f64> = (0..30).map(|n| f64::from(n * n % 31)).collect();
        let single = ends(estimate(&values, 1));
        for copies in [2, 5] {
            let copied: Vec<f64> = values.iter().flat_map(|&v| vec![v; copies]).collect();
            let found = estimate(&copied, copies);
            let (low, high) = ends(found);
            // To the rounding of sums of another order.
            assert!(
                (low - single.0).abs() < 1e-12 && (high - single.1).abs() < 1e-12,
                "{found:?}, {single:?}"
            );
            assert_eq!(found.map(|e| (e.files, e.groups)), Some((30 * copies, 30)));
            // What is guarded against: as files of their own they would narrow it by the root of their number.
            let (low, high) = ends(estimate(&copied, 1));
            let narrower = (single.1 - single.0) / (high - low);
            assert!(narrower > 0.95 * (copies as f64).sqrt(), "{narrower} for {copies} copies");
        }
    }

    #[test]
    fn groups_of_unequal_numbers_of_files_weigh_by_their_files() {
        let mut values = vec![("long", 1.0); 30];
        let names: Vec<String> = (0..FEWEST_GROUPS).map(|n| n.to_string()).collect();
        values.extend(names.iter().map(|name| (name.as_str(), 0.0)));
        let found = mean_with_interval(values).expect("values");
        assert_eq!((found.mean, found.files, found.groups), (0.75, 40, FEWEST_GROUPS + 1));
        // In more than a third of the draws the long clip is not among them, and the mean of these is zero.
        assert!(found.interval.expect("enough").low <= 0.0);
    }

    #[test]
    fn student_s_quantile_is_that_of_the_tables() {
        for (freedom, expected) in [(9.0, 2.262_157), (20.0, 2.085_963), (30.0, 2.042_272), (1e9, NORMAL)] {
            assert!((student(freedom) - expected).abs() < 3e-4, "{freedom}: {}", student(freedom));
        }
    }

    /// Of many intervals of few groups the part that was claimed holds the true mean; without what makes up for few groups it
    /// would be nine in ten.
    #[test]
    fn nineteen_of_twenty_intervals_hold_the_true_mean() {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        // Near enough to normal: the sum of twelve uniform numbers, less their mean.
        let mut normal = || (0..12).map(|_| f64::from(rng.next_u32()) / 2f64.powi(32)).sum::<f64>() - 6.0;
        let trials = 1_000;
        let hold = (0..trials).filter(|_| {
            let values: Vec<f64> = (0..FEWEST_GROUPS).map(|_| normal()).collect();
            let (low, high) = ends(estimate(&values, 1));
            low <= 0.0 && 0.0 <= high
        });
        let part = hold.count() as f64 / f64::from(trials);
        // Three standard errors of so many trials.
        assert!((part - 0.95).abs() < 0.021, "{part}");
    }

    #[test]
    fn few_groups_make_no_claim_however_many_files_they_have() {
        assert_eq!(estimate(&[], 1), None);
        let values: Vec<f64> = (0..90).map(f64::from).collect();
        let found = estimate(&values, 10).expect("values");
        assert_eq!((found.mean, found.interval, found.files, found.groups), (44.5, None, 90, 9));
        assert!(estimate(&values, 9).expect("values").interval.is_some());
    }

    #[test]
    fn an_interval_has_a_side_of_zero_or_none() {
        let direction = |offset: f64| {
            let values: Vec<f64> = (0..40).map(|n| f64::from(n % 5) - 2.0 + offset).collect();
            estimate(&values, 1).expect("values").side_of_zero()
        };
        assert_eq!([direction(0.0), direction(3.0), direction(-3.0)], [None, Some(1.0), Some(-1.0)]);
        assert_eq!(estimate(&[1.0; 9], 1).expect("values").side_of_zero(), None);
    }
}
