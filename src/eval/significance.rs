//! How likely a mean difference is where there is none, and what many of them together may claim.

use super::statistics::DRAWS;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use std::collections::BTreeMap;

/// Groups up to which every choice of signs is tried: as many as there are draws otherwise, about.
const ALL_SIGNS: usize = 13;

/// Seed of the draws: the same values give the same probability.
const SEED: u64 = 0x51_6E5;

/// Part of the greatest mean by which another may miss it and still count as great: rounding of sums in another order.
const ROUNDING: f64 = 1e-9;

/// The probability, where two systems do not differ, of a mean paired difference as great as this one, either way; none of
/// no values.
///
/// Where they do not differ, each group's differences could as well have had the other sign: that is drawn, 10,000 times, or all
/// choices are tried where there are no more than 13 groups. The test of Fisher and Pitman, by groups as the
/// [interval](super::mean_with_interval) is; after Good, "Permutation, Parametric and Bootstrap Tests of Hypotheses", 2005,
/// section 3.2.
pub fn sign_flip_probability<'a>(values: impl IntoIterator<Item = (&'a str, f64)>) -> Option<f64> {
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    for (group, value) in values {
        *sums.entry(group).or_default() += value;
    }
    let sums: Vec<f64> = sums.into_values().collect();
    if sums.is_empty() {
        return None;
    }
    let found = sums.iter().sum::<f64>().abs() * (1.0 - ROUNDING);
    let as_great = |signs: &dyn Fn(usize) -> bool| {
        let signed = sums.iter().enumerate().map(|(n, sum)| if signs(n) { *sum } else { -sum });
        signed.sum::<f64>().abs() >= found
    };
    if sums.len() <= ALL_SIGNS {
        let choices = 1usize << sums.len();
        let great = (0..choices).filter(|choice| as_great(&|n| choice >> n & 1 == 1)).count();
        return Some(great as f64 / choices as f64);
    }
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let mut draw = || {
        let bits: Vec<u64> = (0..sums.len().div_ceil(64)).map(|_| rng.next_u64()).collect();
        as_great(&|n| bits[n / 64] >> (n % 64) & 1 == 1)
    };
    let great = (0..DRAWS).filter(|_| draw()).count();
    // The signs that were found are one of the choices.
    Some((great + 1) as f64 / (DRAWS + 1) as f64)
}

/// Probabilities of several tests corrected for their number: where those below a level are taken for differences, one that is
/// none is among them no more often than the level says.
///
/// With the `m` probabilities in rising order, the `k`-th (from zero) times `m - k`, at most 1 and not below the one before.
/// Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6 (2), 1979.
pub fn holm(probabilities: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]));
    let mut corrected = vec![0.0; probabilities.len()];
    let mut before: f64 = 0.0;
    for (k, &place) in order.iter().enumerate() {
        before = before.max(probabilities[place] * (probabilities.len() - k) as f64).min(1.0);
        corrected[place] = before;
    }
    corrected
}

#[cfg(test)]
mod tests {
    use super::{holm, sign_flip_probability};
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{RngCore, SeedableRng};

    fn probability(values: &[f64]) -> f64 {
        let names: Vec<String> = (0..values.len()).map(|n| n.to_string()).collect();
        let named = names.iter().map(String::as_str).zip(values.iter().copied());
        sign_flip_probability(named).expect("values")
    }

    #[test]
    fn few_groups_are_counted_out() {
        assert_eq!(sign_flip_probability([]), None);
        // Of eight choices of signs, those of 1 + 2 + 3 and its negative.
        assert_eq!(probability(&[1.0, 2.0, 3.0]), 2.0 / 8.0);
        // 1 + 2 - 3 is zero: every choice is as great.
        assert_eq!(probability(&[1.0, 2.0, -3.0]), 1.0);
        // 3 + 2 - 1 = 4, reached by these signs and 6 by all of one sign, each with its negative.
        assert_eq!(probability(&[-1.0, 2.0, 3.0]), 4.0 / 8.0);
        // Values of one group are one value.
        assert_eq!(sign_flip_probability([("a", 1.0), ("a", 1.0), ("b", 2.0)]), Some(0.5));
    }

    /// Where there is no difference, one test in twenty finds one at the level of 0.05, with drawn signs and with all of them.
    #[test]
    fn it_is_right_as_often_as_it_says() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let mut uniform = || f64::from(rng.next_u32()) / 2f64.powi(31) - 1.0;
        for (groups, trials) in [(10, 1000), (20, 150)] {
            let below = (0..trials).filter(|_| {
                let values: Vec<f64> = (0..groups).map(|_| uniform()).collect();
                probability(&values) < 0.05
            });
            let part = below.count() as f64 / f64::from(trials);
            // Three standard errors.
            let error = 3.0 * (0.05 * 0.95 / f64::from(trials)).sqrt();
            assert!((part - 0.05).abs() < error, "{part} of {groups} groups");
        }
        // And a difference is found: the least probability of drawn signs.
        assert_eq!(probability(&[1.0; 40]), 1.0 / 10_001.0);
    }

    /// The example of R, `p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")`.
    #[test]
    fn holm_s_correction_is_that_of_other_programs() {
        let found = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (found, expected) in found.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!((found - expected).abs() < 1e-12, "{found}, expected {expected}");
        }
        assert_eq!(holm(&[0.6, 0.7]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }
}
