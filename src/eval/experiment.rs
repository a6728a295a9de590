//! Methods over files.

use super::measure::{Cost, DelayMeasured, causality_horizon, delay_by_impulse};
use super::method_run::{Lags, Versions};
use super::{
    Comparison, EvalError, FileScores, Grouping, HopTimes, Method, MethodKind, Metric, Moved, Pair, Row,
    Scores, Skipped, TestCase, hop_times, plausible,
};
use crate::engine::Delays;
use crate::model::Model;
use rayon::prelude::*;

/// Seconds of sound over which hops are timed.
const TIMED_SECONDS: f64 = 30.0;

/// The rate at which sound is compared where no system has one.
const USUAL_RATE: u32 = 16_000;

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
    /// At which sound is compared.
    pub(super) sample_rate: u32,
    grouping: String,
    #[cfg(feature = "dnsmos")]
    dnsmos: Option<super::Dnsmos>,
}

/// Files with their scores, before the rest was measured.
#[derive(Clone, Debug, Default)]
pub struct Scored {
    files: Vec<FileScores>,
    /// By file, and then by method.
    lags: Vec<Lags>,
    skipped: Vec<Skipped>,
}

impl Experiment {
    /// An experiment in which sound is compared at the lowest rate of the models, or, where there are none, of the files that
    /// systems have made: what lies above is not in all of them.
    pub fn new(methods: Vec<Method>, cases: Vec<TestCase>) -> Self {
        let models = methods.iter().filter_map(|method| method.model.as_ref()).map(Model::sample_rate);
        let files = || methods.iter().filter_map(|method| method.enhanced.as_ref()?.sample_rate());
        let sample_rate = models.min().or_else(|| files().min()).unwrap_or(USUAL_RATE);
        Self {
            methods,
            cases,
            sample_rate,
            grouping: Grouping::default().description(),
            #[cfg(feature = "dnsmos")]
            dnsmos: None,
        }
    }

    /// Asks DNSMOS as well.
    #[cfg(feature = "dnsmos")]
    pub fn ask(&mut self, dnsmos: super::Dnsmos) {
        self.dnsmos = Some(dnsmos);
    }

    /// The metrics that its comparison will have.
    fn metrics(&self) -> Vec<Metric> {
        #[cfg(feature = "dnsmos")]
        let dnsmos = self.dnsmos.is_some();
        #[cfg(not(feature = "dnsmos"))]
        let dnsmos = false;
        Metric::of(self.cases.iter().all(TestCase::has_clean), dnsmos)
    }

    /// Puts the files into groups.
    ///
    /// # Errors
    /// As [`Grouping::apply`].
    pub fn group(&mut self, grouping: &Grouping) -> Result<(), EvalError> {
        self.grouping = grouping.description();
        grouping.apply(&mut self.cases)
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
                let left_out =
                    |error: EvalError| Skipped { name: case.name.clone(), reason: error.to_string() };
                let outcome = self.score_case(case).map_err(left_out);
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
        Comparison {
            sample_rate: self.sample_rate,
            grouping: self.grouping.clone(),
            metrics: self.metrics(),
            mixed: self.cases.iter().any(TestCase::is_mixture),
            rows: self.rows(&lags),
            files,
            skipped,
        }
    }

    /// The versions of a case.
    pub(super) fn versions<'a>(&self, case: &'a TestCase) -> Result<Versions<'a>, EvalError> {
        let rates = self.methods.iter().flat_map(Method::models).map(Model::sample_rate);
        Versions::load(case, self.sample_rate, rates.max().unwrap_or(self.sample_rate))
    }

    /// Scores of every method on a case, and by how much each was late.
    fn score_case(&self, case: &TestCase) -> Result<(FileScores, Lags), EvalError> {
        let mut versions = self.versions(case)?;
        if case.has_clean() {
            plausible::check(&case.file(), versions.pair())?;
        }
        let metrics = self.metrics();
        let (mut lags, mut scores, mut seeds) = (Lags::default(), Vec::new(), Vec::new());
        for method in &self.methods {
            let runs = versions.run(method, &mut lags)?.into_iter().map(|run| match run {
                Ok(samples) => self.score_samples(versions.pair(), &samples),
                Err(reason) => Scores::none(&metrics, &reason),
            });
            let runs: Vec<_> = runs.collect();
            scores.push(Scores::mean(&runs));
            seeds.push(if runs.len() > 1 { runs } else { Vec::new() });
        }
        let pair = versions.pair();
        let seconds = pair.noisy.len() as f64 / f64::from(pair.sample_rate);
        let (name, clip, noise) = (case.name.clone(), case.clip.clone(), case.noise.clone());
        let group = case.group().to_owned();
        Ok((FileScores { name, clip, group, noise, snr: pair.snr, seconds, scores, seeds }, lags))
    }

    /// Scores of what a method made of a pair.
    fn score_samples(&self, pair: &Pair, samples: &[f32]) -> Scores {
        let scores = if pair.clean.is_empty() {
            Scores::unreferenced(&pair.noisy, samples, pair.sample_rate)
        } else {
            Scores::compute(&pair.clean, samples, pair.sample_rate)
        };
        #[cfg(feature = "dnsmos")]
        if let Some(dnsmos) = &self.dnsmos {
            return scores.with_dnsmos(dnsmos, samples, pair.sample_rate);
        }
        scores
    }

    /// What is measured of each method apart from its scores.
    fn rows(&self, lags: &[Lags]) -> Vec<Row> {
        let signal = |rate: u32| {
            let found = self.cases.iter().find_map(|case| case.load(rate).ok());
            found.map(|pair| pair.noisy).unwrap_or_default()
        };
        let models: Vec<&Model> = self.methods.iter().filter_map(|method| method.model.as_ref()).collect();
        let signals: Vec<Vec<f32>> = models.iter().map(|model| signal(model.sample_rate())).collect();
        let timed: Vec<_> = models.iter().copied().zip(signals.iter().map(Vec::as_slice)).collect();
        let mut times = hop_times(&timed, TIMED_SECONDS).into_iter();
        let mut signals = signals.iter();
        let rows = self.methods.iter().enumerate().map(|(n, method)| {
            let measured = method.model.as_ref().and_then(|_| Some((signals.next()?, times.next()?)));
            self.row(n, method, measured, lags)
        });
        rows.collect()
    }

    fn row(&self, n: usize, method: &Method, measured: Option<(&Vec<f32>, HopTimes)>, lags: &[Lags]) -> Row {
        let mut delay = DelayMeasured::default();
        if let (Some(model), Some((signal, _))) = (&method.model, &measured) {
            delay.reported = Delays::of(model).total();
            delay.impulse = delay_by_impulse(model);
            let mut sorted: Vec<usize> = lags.iter().filter_map(|lags| lags.of_model(n)).collect();
            delay.correlation_deviates = sorted.iter().filter(|&&lag| lag != delay.reported).count();
            sorted.sort_unstable();
            delay.correlation = sorted.get(sorted.len() / 2).copied();
            delay.horizon = causality_horizon(model, signal);
        }
        let moved: Vec<_> = lags.iter().filter_map(|lags| lags.of_files(n)).collect();
        let stft = method.model.as_ref().map(|model| model.stft());
        let model = method.model.as_ref().filter(|_| method.kind == MethodKind::Model);
        let files = method.enhanced.as_ref().and_then(super::Enhanced::sample_rate);
        Row {
            name: method.name.clone(),
            kind: method.kind,
            sample_rate: method.model.as_ref().map(Model::sample_rate).or(files).unwrap_or(self.sample_rate),
            seeds: method.models().count().max(1),
            moved: Moved::of(&moved),
            header: model.map(|model| model.header().clone()),
            frames: method.model.as_ref().map_or(0, |model| model.graph().delay()),
            window_and_hop: stft.map(|stft| (stft.synthesis_window(), stft.hop())),
            delay,
            times: measured.map(|(_, times)| times),
            cost: method.model.as_ref().map(Cost::of),
        }
    }
}
