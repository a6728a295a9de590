//! One method on one file.

use super::measure::{delay_by_correlation, run_counted};
use super::recording::resampled;
use super::{EvalError, Method, Pair, TestCase};
use crate::engine::Delays;
use crate::model::Model;

/// By how much the methods were late on a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Lags(Vec<Late>);

#[derive(Clone, Copy, Debug)]
enum Late {
    /// What does not run.
    Nothing,
    /// A model's delay by correlation, in its own samples, where there was something to compare.
    Model(Option<usize>),
    /// By how much a file was late, and how many samples it lacked, in samples of the comparison.
    Files(isize, isize),
}

impl Lags {
    /// Of a model, the delay by correlation.
    pub fn of_model(&self, method: usize) -> Option<usize> {
        if let Late::Model(lag) = self.0[method] { lag } else { None }
    }

    /// Of files, by how much they were late and how many samples they lacked.
    pub fn of_files(&self, method: usize) -> Option<(isize, isize)> {
        if let Late::Files(late, lacking) = self.0[method] { Some((late, lacking)) } else { None }
    }
}

/// What a method makes of a file, aligned with the clean sound and at its rate; or why it made nothing.
type Made = Result<Vec<f32>, String>;

/// A case at the rates at which it is needed.
pub(super) struct Versions<'a> {
    case: &'a TestCase,
    /// At the rate of the comparison first.
    pairs: Vec<Pair>,
    /// At which mixtures are made: their noise begins at a sample.
    made_at: u32,
}

impl<'a> Versions<'a> {
    /// A case at the rate of a comparison; `most` is the highest rate at which it will be asked for.
    pub fn load(case: &'a TestCase, rate: u32, most: u32) -> Result<Self, EvalError> {
        let mut versions = Self { case, pairs: Vec::new(), made_at: most.max(rate) };
        versions.place(rate)?;
        Ok(versions)
    }

    /// The case at the rate of the comparison.
    pub fn pair(&self) -> &Pair {
        &self.pairs[0]
    }

    /// Where the case at a rate is, which is loaded if it is not there.
    fn place(&mut self, rate: u32) -> Result<usize, EvalError> {
        if let Some(place) = self.pairs.iter().position(|pair| pair.sample_rate == rate) {
            return Ok(place);
        }
        let pair = if self.case.is_mixture() && rate != self.made_at {
            let Pair { clean, noisy, sample_rate, snr } = self.case.load(self.made_at)?;
            let at = |samples| resampled(samples, sample_rate, rate);
            Pair { clean: at(clean), noisy: at(noisy), sample_rate: rate, snr }
        } else {
            self.case.load(rate)?
        };
        self.pairs.push(pair);
        Ok(self.pairs.len() - 1)
    }

    /// What each model of a method makes of the case, or the files that it has made, or the noisy input.
    pub fn run(&mut self, method: &Method, lags: &mut Lags) -> Result<Vec<Made>, EvalError> {
        if let Some(files) = &method.enhanced {
            let placed = files.load(self.case, self.pair().reference(), self.pair().sample_rate)?;
            lags.0.push(Late::Files(placed.late, placed.lacking));
            return Ok(vec![Ok(placed.samples)]);
        }
        let Some(model) = &method.model else {
            lags.0.push(Late::Nothing);
            return Ok(vec![Ok(self.pair().noisy.clone())]);
        };
        let place = self.place(model.sample_rate())?;
        let (made, late) = through(model, &self.pairs[place], self.pair());
        lags.0.push(Late::Model(late));
        let others = method.seeds.iter().map(|seed| through(seed, &self.pairs[place], self.pair()).0);
        Ok(std::iter::once(made).chain(others).collect())
    }
}

/// What a model makes of a pair, at the rate and of the length of another version of it; and its delay by correlation.
fn through(model: &Model, pair: &Pair, wanted: &Pair) -> (Made, Option<usize>) {
    let ((late, counts), delay) = (run_counted(model, &pair.noisy), Delays::of(model).total());
    let lag = delay_by_correlation(&pair.noisy, &late, 4 * model.stft().window() + delay);
    if counts.lost > 0 {
        let (lost, frames) = (counts.lost, counts.frames);
        return (Err(format!("{lost} of {frames} frames of the model are not finite")), lag);
    }
    let samples = late[delay..delay + pair.noisy.len()].to_vec();
    let mut samples = resampled(samples, pair.sample_rate, wanted.sample_rate);
    // Rates are not multiples of each other: a sample more or less at the end.
    samples.resize(wanted.noisy.len(), 0.0);
    (Ok(samples), lag)
}
