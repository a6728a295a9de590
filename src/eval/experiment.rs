//! Systems over files.

use super::measure::{
    Cost, DelayMeasured, causality_horizon, delay_by_correlation, delay_by_impulse, run_live,
};
use super::{Comparison, FileScores, HopTimes, Item, Metric, Pair, Row, Scores, Skipped, System, hop_times};
use crate::engine::Delays;
use crate::model::Model;
use rayon::prelude::*;

/// Seconds of sound over which hops are timed.
const TIMED_SECONDS: f64 = 30.0;

/// Systems and the files that they are compared on.
///
/// ```no_run
/// use framewise::eval::{Experiment, Metric, System, pairs_of};
/// use framewise::model::{Latency, Model};
///
/// let pairs = pairs_of("clean".as_ref(), "noisy".as_ref())?;
/// let models = Latency::ALL.map(Model::builtin);
/// let comparison = Experiment::new(System::all(&models)?, pairs.items).run(|_| ());
/// println!("{:?}", comparison.mean(0, Metric::SiSdr));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Experiment {
    systems: Vec<System>,
    items: Vec<Item>,
    sample_rate: u32,
}

/// Files with their scores, before the rest was measured.
#[derive(Clone, Debug, Default)]
pub struct Scored {
    files: Vec<FileScores>,
    /// By file, and then by system: the delay by correlation.
    lags: Vec<Vec<Option<usize>>>,
    skipped: Vec<Skipped>,
}

/// A file to look at and listen to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Example {
    /// What it stands for: best, median, worst.
    pub place: &'static str,
    /// Name of the file.
    pub name: String,
    /// Number of the file in the comparison.
    pub file: usize,
    /// Clean sound first, then each system that is worth hearing.
    pub tracks: Vec<Track>,
}

/// One version of a file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Track {
    /// `clean`, or the name of a system.
    pub name: String,
    /// Number of the system; none for the clean sound.
    pub row: Option<usize>,
    /// Its samples, aligned with the clean ones.
    pub samples: Vec<f32>,
}

impl Experiment {
    /// An experiment at the rate of the first model.
    ///
    /// # Panics
    /// If the models are of different rates.
    pub fn new(systems: Vec<System>, items: Vec<Item>) -> Self {
        let mut rates = systems.iter().filter_map(|system| system.model.as_ref()).map(Model::sample_rate);
        let sample_rate = rates.next().unwrap_or(16_000);
        assert!(rates.all(|rate| rate == sample_rate), "models of different sample rates");
        Self { systems, items, sample_rate }
    }

    /// Runs all systems over all files and measures them. `done` is told of every file, with the reason if it had to be left
    /// out.
    pub fn run(&self, done: impl Fn(Option<&Skipped>) + Sync) -> Comparison {
        self.measure(self.score(done))
    }

    /// The first half of [`Experiment::run`]: runs all systems over all files, several at a time on the current pool of
    /// threads.
    pub fn score(&self, done: impl Fn(Option<&Skipped>) + Sync) -> Scored {
        let outcomes: Vec<Result<(FileScores, Vec<Option<usize>>), Skipped>> = self
            .items
            .par_iter()
            .with_max_len(1)
            .map(|item| {
                let outcome = item
                    .load(self.sample_rate)
                    .map(|pair| self.score_pair(item, &pair))
                    .map_err(|reason| Skipped { name: item.name.clone(), reason });
                done(outcome.as_ref().err());
                outcome
            })
            .collect();
        let mut scored = Scored::default();
        for outcome in outcomes {
            match outcome {
                Ok((file, lag)) => {
                    scored.files.push(file);
                    scored.lags.push(lag);
                }
                Err(reason) => scored.skipped.push(reason),
            }
        }
        scored
    }

    /// The second half of [`Experiment::run`]: measures delay and time on this thread alone.
    pub fn measure(&self, scored: Scored) -> Comparison {
        let Scored { files, lags, skipped } = scored;
        Comparison { sample_rate: self.sample_rate, rows: self.rows(&lags), files, skipped }
    }

    /// Scores of every system on a pair, and the delay of each by correlation.
    fn score_pair(&self, item: &Item, pair: &Pair) -> (FileScores, Vec<Option<usize>>) {
        let mut lags = Vec::with_capacity(self.systems.len());
        let scores = self.systems.iter().map(|system| {
            let Some(model) = &system.model else {
                lags.push(None);
                return Scores::compute(&pair.clean, &pair.noisy, pair.sample_rate);
            };
            let (late, delay) = (run_live(model, &pair.noisy), Delays::of(model).total());
            let most = 4 * model.stft().window() + delay;
            lags.push(delay_by_correlation(&pair.noisy, &late, most));
            Scores::compute(&pair.clean, &late[delay..delay + pair.clean.len()], pair.sample_rate)
        });
        let scores = scores.collect();
        let seconds = pair.clean.len() as f64 / f64::from(pair.sample_rate);
        (FileScores { name: item.name.clone(), snr: pair.snr, seconds, scores }, lags)
    }

    /// What is measured of each system apart from its scores.
    fn rows(&self, lags: &[Vec<Option<usize>>]) -> Vec<Row> {
        let signal = self.items.iter().find_map(|item| item.load(self.sample_rate).ok());
        let signal = signal.map(|pair| pair.noisy).unwrap_or_default();
        let models: Vec<&Model> = self.systems.iter().filter_map(|system| system.model.as_ref()).collect();
        let hop = models.iter().map(|model| model.stft().hop()).max().unwrap_or(1);
        let hops = (TIMED_SECONDS * f64::from(self.sample_rate) / hop as f64) as usize;
        let mut times = hop_times(&models, &signal, hops).into_iter();
        let rows = self.systems.iter().enumerate().map(|(n, system)| {
            let times = system.model.as_ref().and_then(|_| times.next());
            let lags: Vec<usize> = lags.iter().filter_map(|lags| lags[n]).collect();
            row(system, &signal, &lags, times)
        });
        rows.collect()
    }

    /// The files on which the models gain most, least, and as much as the median file, with all that is worth hearing.
    ///
    /// The gain is that of PESQ over the noisy input, or of SI-SDR where PESQ is not defined; the mean over models.
    pub fn examples(&self, comparison: &Comparison) -> Vec<Example> {
        let models = comparison.models();
        let gain = |metric: Metric, file: &FileScores| {
            let noisy = file.scores.first()?.get(metric)?;
            let gains = models.iter().map(|&row| Some(file.scores[row].get(metric)? - noisy));
            Some(gains.sum::<Option<f64>>()? / models.len().max(1) as f64)
        };
        let ranked = |metric: Metric| {
            let gains = comparison.files.iter().enumerate();
            let mut gains: Vec<_> = gains.filter_map(|(n, file)| Some((gain(metric, file)?, n))).collect();
            gains.sort_by(|a, b| b.0.total_cmp(&a.0));
            gains
        };
        let ranked =
            Some(ranked(Metric::Pesq)).filter(|r| !r.is_empty()).unwrap_or_else(|| ranked(Metric::SiSdr));
        if ranked.is_empty() {
            return Vec::new();
        }
        let mut places = vec![("best", 0), ("median", ranked.len() / 2), ("worst", ranked.len() - 1)];
        places.dedup_by_key(|(_, rank)| *rank);
        let example = |(place, rank): (&'static str, usize)| self.example(comparison, place, ranked[rank].1);
        places.into_iter().filter_map(example).collect()
    }

    fn example(&self, comparison: &Comparison, place: &'static str, file: usize) -> Option<Example> {
        let name = comparison.files[file].name.clone();
        let pair = self.items.iter().find(|item| item.name == name)?.load(self.sample_rate).ok()?;
        let mut tracks = vec![Track { name: "clean".into(), row: None, samples: pair.clean.clone() }];
        for (row, system) in self.systems.iter().enumerate() {
            let samples = match (&system.model, system.kind) {
                (None, _) => pair.noisy.clone(),
                (Some(_), super::SystemKind::Bypass) => continue,
                (Some(model), _) => {
                    let (late, delay) = (run_live(model, &pair.noisy), Delays::of(model).total());
                    late[delay..delay + pair.clean.len()].to_vec()
                }
            };
            tracks.push(Track { name: system.name.clone(), row: Some(row), samples });
        }
        Some(Example { place, name, file, tracks })
    }
}

fn row(system: &System, signal: &[f32], lags: &[usize], times: Option<HopTimes>) -> Row {
    let mut delay = DelayMeasured::default();
    if let Some(model) = &system.model {
        delay.reported = Delays::of(model).total();
        delay.impulse = delay_by_impulse(model);
        let mut sorted = lags.to_vec();
        sorted.sort_unstable();
        delay.correlation = sorted.get(sorted.len() / 2).copied();
        delay.correlation_deviates = lags.iter().filter(|&&lag| lag != delay.reported).count();
        delay.horizon = causality_horizon(model, signal);
    }
    let stft = system.model.as_ref().map(|model| model.stft());
    Row {
        name: system.name.clone(),
        kind: system.kind,
        frames: system.model.as_ref().map_or(0, |model| model.graph().delay()),
        window_and_hop: stft.map(|stft| (stft.delay() + stft.hop(), stft.hop())),
        delay,
        times,
        cost: system.model.as_ref().map(Cost::of),
    }
}
