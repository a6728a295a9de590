//! What a comparison comes to beside its means: differences with what they may claim, spreads over seeds, worst files, parts.

use super::significance::{holm, sign_flip_probability};
use super::{Comparison, Estimate, FileScores, Metric, mean_with_interval};
use serde::Serialize;
use std::collections::BTreeMap;

/// Level below which a corrected probability counts as a difference.
pub const LEVEL: f64 = 0.05;

/// Ratios up to this number, in whole decibels, are each a part.
const CHOSEN: usize = 12;

/// Width in dB of a part of ratios otherwise.
const WIDTH: f64 = 5.0;

/// The paired difference of a system to the first one, by one metric.
#[derive(Clone, Copy, Debug, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The system.
    pub row: usize,
    /// The metric.
    #[serde(skip)]
    pub metric: Metric,
    /// The mean difference and its interval.
    pub estimate: Estimate,
    /// Probability of one as great where there is none; none for fewer than ten groups.
    pub probability: Option<f64>,
    /// The same after Holm's correction for all metrics and systems.
    pub corrected: Option<f64>,
}

/// What a difference lets one say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Claim {
    /// The system is better than the first one.
    Better,
    /// It is worse.
    Worse,
    /// The interval does not hold zero, but one of so many tests may do that by chance.
    NotAfterCorrection,
    /// No difference is to be seen.
    Same,
    /// There are too few groups.
    TooFew,
}

impl Difference {
    /// What may be said.
    pub fn claim(&self) -> Claim {
        let Some(corrected) = self.corrected else { return Claim::TooFew };
        match self.estimate.side_of_zero() {
            Some(side) if corrected < LEVEL => {
                if (side > 0.0) == self.metric.more_is_better() {
                    Claim::Better
                } else {
                    Claim::Worse
                }
            }
            Some(_) => Claim::NotAfterCorrection,
            None => Claim::Same,
        }
    }
}

impl Claim {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::NotAfterCorrection => "not clear among so many tests",
            Self::Same => "no difference to be seen",
            Self::TooFew => "too few groups to tell",
        }
    }
}

/// How much training again changes a mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Spread {
    /// Number of seeds.
    pub seeds: usize,
    /// Standard deviation of the seeds' means.
    pub deviation: f64,
    /// The lowest of them.
    pub low: f64,
    /// The highest.
    pub high: f64,
}

/// By what files are put into parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// Signal-to-noise ratio of the input.
    Snr,
    /// Recording or kind of noise.
    Noise,
    /// Group, which most often is a speaker.
    Group,
}

impl Part {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Snr, Self::Noise, Self::Group];
}

impl Comparison {
    /// Differences of every system to the first one by every metric, corrected together.
    pub fn differences(&self) -> Vec<Difference> {
        let systems = self.systems();
        let Some((&first, others)) = systems.split_first() else { return Vec::new() };
        let all = others.iter().flat_map(|&row| self.metrics.iter().map(move |&metric| (row, metric)));
        let mut found: Vec<Difference> = all
            .filter_map(|(row, metric)| {
                let estimate = self.difference(first, row, metric)?;
                let values = self.pairs(first, row, metric).map(|(file, a, b)| (file.group.as_str(), b - a));
                let probability = estimate.interval.and_then(|_| sign_flip_probability(values));
                Some(Difference { row, metric, estimate, probability, corrected: None })
            })
            .collect();
        let tested: Vec<usize> = (0..found.len()).filter(|&n| found[n].probability.is_some()).collect();
        let corrected = holm(&tested.iter().filter_map(|&n| found[n].probability).collect::<Vec<_>>());
        for (n, corrected) in tested.into_iter().zip(corrected) {
            found[n].corrected = Some(corrected);
        }
        found
    }

    /// The spread of a system's mean over its seeds; none for one seed.
    pub fn spread(&self, row: usize, metric: Metric) -> Option<Spread> {
        let seeds = self.rows[row].seeds;
        let mean = |seed: usize| {
            let values: Option<Vec<f64>> =
                self.judged(metric).map(|file| file.seeds[row].get(seed)?.get(metric)).collect();
            let values = values.filter(|values| !values.is_empty())?;
            Some(values.iter().sum::<f64>() / values.len() as f64)
        };
        let means: Vec<f64> = (0..seeds).map(mean).collect::<Option<_>>()?;
        let centre = means.iter().sum::<f64>() / means.len() as f64;
        let squares: f64 = means.iter().map(|mean| (mean - centre).powi(2)).sum();
        let ends = |best: fn(f64, f64) -> f64| means.iter().copied().reduce(best);
        let (low, high) = (ends(f64::min)?, ends(f64::max)?);
        (seeds > 1).then(|| Spread { seeds, deviation: (squares / (seeds - 1) as f64).sqrt(), low, high })
    }

    /// The mean over the tenth of the files on which a method does worst, of at least one.
    pub fn worst_tenth(&self, row: usize, metric: Metric) -> Option<f64> {
        let mut values: Vec<f64> =
            self.judged(metric).filter_map(|file| file.scores[row].get(metric)).collect();
        values.sort_unstable_by(f64::total_cmp);
        if !metric.more_is_better() {
            values.reverse();
        }
        values.truncate(values.len().div_ceil(10));
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    }

    /// The files in parts, in order, each with its name; none where there is nothing that parts them.
    pub fn parts(&self, by: Part) -> Vec<(String, Vec<&FileScores>)> {
        let parts = match by {
            Part::Snr => self.snr_parts(),
            Part::Noise => self.named(|file| file.noise.clone()),
            Part::Group => self.named(|file| Some(file.group.clone())),
        };
        if parts.len() > 1 { parts } else { Vec::new() }
    }

    fn named(&self, name: impl Fn(&FileScores) -> Option<String>) -> Vec<(String, Vec<&FileScores>)> {
        let mut parts: BTreeMap<String, Vec<&FileScores>> = BTreeMap::new();
        for file in &self.files {
            if let Some(name) = name(file) {
                parts.entry(name).or_default().push(file);
            }
        }
        parts.into_iter().collect()
    }

    /// By ratio where few were chosen, or else in stretches of 5 dB.
    pub(super) fn snr_parts(&self) -> Vec<(String, Vec<&FileScores>)> {
        let mut ratios: Vec<f64> = self.files.iter().filter_map(|file| file.snr).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        ratios.dedup();
        let chosen = ratios.len() <= CHOSEN && ratios.iter().all(|ratio| ratio.fract() == 0.0);
        let mut parts: BTreeMap<i64, Vec<&FileScores>> = BTreeMap::new();
        for file in &self.files {
            let Some(snr) = file.snr else { continue };
            let part = if chosen { snr } else { (snr / WIDTH).floor() };
            parts.entry(part as i64).or_default().push(file);
        }
        let name = |part: i64| match chosen {
            true => format!("{part} dB"),
            false => format!("{} to {} dB", part * WIDTH as i64, (part + 1) * WIDTH as i64),
        };
        parts.into_iter().map(|(part, files)| (name(part), files)).collect()
    }

    /// Mean of a metric of a method over some files, of those that are judged.
    pub fn mean_of(&self, files: &[&FileScores], row: usize, metric: Metric) -> Option<Estimate> {
        let judged = files.iter().filter(|file| file.scores.iter().all(|s| s.get(metric).is_some()));
        mean_with_interval(
            judged.filter_map(|file| Some((file.group.as_str(), file.scores[row].get(metric)?))),
        )
    }
}
