//! Systems over files.

use super::measure::{
    Cost, DelayMeasured, causality_horizon, delay_by_correlation, delay_by_impulse, run_counted,
};
use super::{
    Comparison, FileScores, HopTimes, Item, Pair, Row, Scores, Skipped, System, SystemKind, hop_times,
};
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
    pub(super) systems: Vec<System>,
    pub(super) items: Vec<Item>,
    pub(super) sample_rate: u32,
}

/// Delay by correlation of every system on one file.
type Lags = Vec<Option<usize>>;

/// Files with their scores, before the rest was measured.
#[derive(Clone, Debug, Default)]
pub struct Scored {
    files: Vec<FileScores>,
    /// By file, and then by system: the delay by correlation.
    lags: Vec<Lags>,
    skipped: Vec<Skipped>,
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
        let outcomes: Vec<Result<(FileScores, Lags), Skipped>> = self
            .items
            .par_iter()
            .with_max_len(1)
            .map(|item| {
                let outcome = item
                    .load(self.sample_rate)
                    .map(|pair| self.score_pair(item, &pair))
                    .map_err(|error| Skipped { name: item.name.clone(), reason: error.to_string() });
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
    fn score_pair(&self, item: &Item, pair: &Pair) -> (FileScores, Lags) {
        let mut lags = Vec::with_capacity(self.systems.len());
        let scores = self.systems.iter().map(|system| {
            let Some(model) = &system.model else {
                lags.push(None);
                return Scores::compute(&pair.clean, &pair.noisy, pair.sample_rate);
            };
            let ((late, counts), delay) = (run_counted(model, &pair.noisy), Delays::of(model).total());
            let most = 4 * model.stft().window() + delay;
            lags.push(delay_by_correlation(&pair.noisy, &late, most));
            if counts.lost > 0 {
                let (lost, frames) = (counts.lost, counts.frames);
                return Scores::none(&format!("{lost} of {frames} frames of the model are not finite"));
            }
            Scores::compute(&pair.clean, &late[delay..delay + pair.clean.len()], pair.sample_rate)
        });
        let scores = scores.collect();
        let seconds = pair.clean.len() as f64 / f64::from(pair.sample_rate);
        let (name, clip, noise) = (item.name.clone(), item.clip.clone(), item.noise.clone());
        (FileScores { name, clip, noise, snr: pair.snr, seconds, scores }, lags)
    }

    /// What is measured of each system apart from its scores.
    fn rows(&self, lags: &[Lags]) -> Vec<Row> {
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
    let model = system.model.as_ref().filter(|_| system.kind == SystemKind::Model);
    Row {
        name: system.name.clone(),
        kind: system.kind,
        header: model.map(|model| model.header().clone()),
        frames: system.model.as_ref().map_or(0, |model| model.graph().delay()),
        window_and_hop: stft.map(|stft| (stft.synthesis_window(), stft.hop())),
        delay,
        times,
        cost: system.model.as_ref().map(Cost::of),
    }
}
