//! What came of an experiment.

use super::{Cost, DelayMeasured, Estimate, HopTimes, Metric, Scores, SystemKind, statistics};

/// A file that was left out.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Skipped {
    /// Its name.
    pub name: String,
    /// Why, in one line that names the path.
    pub reason: String,
}

/// All that was found of one system.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Row {
    /// Name of the system.
    pub name: String,
    /// What it is.
    pub kind: SystemKind,
    /// Frames of look-ahead.
    pub frames: usize,
    /// Samples of the synthesis window and of the hop; none for the noisy input.
    pub window_and_hop: Option<(usize, usize)>,
    /// Delay and causality.
    pub delay: DelayMeasured,
    /// Time of hops; none for the noisy input.
    pub times: Option<HopTimes>,
    /// Size; none for the noisy input.
    pub cost: Option<Cost>,
}

/// The scores of one file, one for each system in the order of the rows.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FileScores {
    /// Name of the file.
    pub name: String,
    /// Signal-to-noise ratio of the input in dB; none where it has no noise.
    pub snr: Option<f64>,
    /// Length in seconds.
    pub seconds: f64,
    /// Scores by system.
    pub scores: Vec<Scores>,
}

/// Systems, files, and how each did on each.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Comparison {
    /// Samples a second at which all ran.
    pub sample_rate: u32,
    /// The systems.
    pub rows: Vec<Row>,
    /// The files.
    pub files: Vec<FileScores>,
    /// Files that were left out, with the reason.
    pub skipped: Vec<Skipped>,
}

impl Comparison {
    /// Places of the models among the rows.
    pub fn models(&self) -> Vec<usize> {
        (0..self.rows.len()).filter(|&row| self.rows[row].kind == SystemKind::Model).collect()
    }

    /// Delay of a system in milliseconds, hop in to hop out, as measured by correlation where that was possible.
    pub fn delay_ms(&self, row: usize) -> f64 {
        let delay = self.rows[row].delay;
        delay.correlation.unwrap_or(delay.reported) as f64 * 1e3 / f64::from(self.sample_rate)
    }

    /// Files on which a metric is defined for every system: only these enter means, so that all systems are judged on the
    /// same ones.
    pub fn judged(&self, metric: Metric) -> impl Iterator<Item = &FileScores> {
        self.files.iter().filter(move |file| file.scores.iter().all(|scores| scores.get(metric).is_some()))
    }

    /// Mean of a metric of a system over the files that are judged.
    pub fn mean(&self, row: usize, metric: Metric) -> Option<Estimate> {
        let values: Vec<f64> = self.judged(metric).filter_map(|file| file.scores[row].get(metric)).collect();
        statistics::mean_with_interval(&values)
    }

    /// Values of a metric of two systems, file by file.
    pub fn pairs(&self, a: usize, b: usize, metric: Metric) -> Vec<(f64, f64)> {
        let pair = |file: &FileScores| Some((file.scores[a].get(metric)?, file.scores[b].get(metric)?));
        self.judged(metric).filter_map(pair).collect()
    }

    /// Mean of a metric of `b` less that of `a`, over the same files.
    pub fn difference(&self, a: usize, b: usize, metric: Metric) -> Option<Estimate> {
        statistics::paired_difference(&self.pairs(a, b, metric))
    }
}
