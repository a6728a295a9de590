//! Methods over files.

use super::measure::{
    Cost, DelayMeasured, causality_horizon, delay_by_correlation, delay_by_impulse, run_counted,
};
use super::{
    Comparison, FileScores, HopTimes, Method, MethodKind, Pair, Row, Scores, Skipped, TestCase, hop_times,
};
use crate::engine::Delays;
use crate::model::Model;
use rayon::prelude::*;

/// Seconds of sound over which hops are timed.
const TIMED_SECONDS: f64 = 30.0;

/// Methods and the files that they are compared on.
///
/// ```no_run
/// use framewise::eval::{Experiment, Metric, Method, pairs_of};
/// use framewise::model::{Latency, Model};
///
/// let pairs = pairs_of("clean".as_ref(), "noisy".as_ref())?;
/// let models = Latency::ALL.map(Model::builtin);
/// let comparison = Experiment::new(Method::all(&models)?, pairs.cases).run(|_| ());
/// println!("{:?}", comparison.mean(0, Metric::SiSdr));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Experiment {
    pub(super) methods: Vec<Method>,
    pub(super) cases: Vec<TestCase>,
    pub(super) sample_rate: u32,
}

/// Delay by correlation of every method on one file.
type Lags = Vec<Option<usize>>;

/// Files with their scores, before the rest was measured.
#[derive(Clone, Debug, Default)]
pub struct Scored {
    files: Vec<FileScores>,
    /// By file, and then by method: the delay by correlation.
    lags: Vec<Lags>,
    skipped: Vec<Skipped>,
}

impl Experiment {
    /// An experiment at the rate of the first model.
    ///
    /// # Panics
    /// If the models are of different rates.
    pub fn new(methods: Vec<Method>, cases: Vec<TestCase>) -> Self {
        let mut rates = methods.iter().filter_map(|method| method.model.as_ref()).map(Model::sample_rate);
        let sample_rate = rates.next().unwrap_or(16_000);
        assert!(rates.all(|rate| rate == sample_rate), "models of different sample rates");
        Self { methods, cases, sample_rate }
    }

    /// Runs all methods over all files and measures them. `done` is told of every file, with the reason if it had to be left
    /// out.
    pub fn run(&self, done: impl Fn(Option<&Skipped>) + Sync) -> Comparison {
        self.measure(self.score(done))
    }

    /// The first half of [`Experiment::run`]: runs all methods over all files, several at a time on the current pool of
    /// threads.
    pub fn score(&self, done: impl Fn(Option<&Skipped>) + Sync) -> Scored {
        let outcomes: Vec<Result<(FileScores, Lags), Skipped>> = self
            .cases
            .par_iter()
            .with_max_len(1)
            .map(|case| {
                let outcome = case
                    .load(self.sample_rate)
                    .map(|pair| self.score_pair(case, &pair))
                    .map_err(|error| Skipped { name: case.name.clone(), reason: error.to_string() });
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

    /// Scores of every method on a pair, and the delay of each by correlation.
    fn score_pair(&self, case: &TestCase, pair: &Pair) -> (FileScores, Lags) {
        let mut lags = Vec::with_capacity(self.methods.len());
        let scores = self.methods.iter().map(|method| {
            let Some(model) = &method.model else {
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
        let (name, clip, noise) = (case.name.clone(), case.clip.clone(), case.noise.clone());
        (FileScores { name, clip, noise, snr: pair.snr, seconds, scores }, lags)
    }

    /// What is measured of each method apart from its scores.
    fn rows(&self, lags: &[Lags]) -> Vec<Row> {
        let signal = self.cases.iter().find_map(|case| case.load(self.sample_rate).ok());
        let signal = signal.map(|pair| pair.noisy).unwrap_or_default();
        let models: Vec<&Model> = self.methods.iter().filter_map(|method| method.model.as_ref()).collect();
        let hop = models.iter().map(|model| model.stft().hop()).max().unwrap_or(1);
        let hops = (TIMED_SECONDS * f64::from(self.sample_rate) / hop as f64) as usize;
        let mut times = hop_times(&models, &signal, hops).into_iter();
        let rows = self.methods.iter().enumerate().map(|(n, method)| {
            let times = method.model.as_ref().and_then(|_| times.next());
            let lags: Vec<usize> = lags.iter().filter_map(|lags| lags[n]).collect();
            row(method, &signal, &lags, times)
        });
        rows.collect()
    }
}

fn row(method: &Method, signal: &[f32], lags: &[usize], times: Option<HopTimes>) -> Row {
    let mut delay = DelayMeasured::default();
    if let Some(model) = &method.model {
        delay.reported = Delays::of(model).total();
        delay.impulse = delay_by_impulse(model);
        let mut sorted = lags.to_vec();
        sorted.sort_unstable();
        delay.correlation = sorted.get(sorted.len() / 2).copied();
        delay.correlation_deviates = lags.iter().filter(|&&lag| lag != delay.reported).count();
        delay.horizon = causality_horizon(model, signal);
    }
    let stft = method.model.as_ref().map(|model| model.stft());
    let model = method.model.as_ref().filter(|_| method.kind == MethodKind::Model);
    Row {
        name: method.name.clone(),
        kind: method.kind,
        header: model.map(|model| model.header().clone()),
        frames: method.model.as_ref().map_or(0, |model| model.graph().delay()),
        window_and_hop: stft.map(|stft| (stft.synthesis_window(), stft.hop())),
        delay,
        times,
        cost: method.model.as_ref().map(Cost::of),
    }
}
