//! What came of an experiment.

use super::{Cost, DelayMeasured, Estimate, HopTimes, MethodKind, Metric, Scores, statistics};
use crate::model::Header;
use std::collections::HashSet;

/// A file that was left out.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Skipped {
    /// Its name.
    pub name: String,
    /// Why, in one line that names the path.
    pub reason: String,
}

/// All that was found of one method.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Row {
    /// Name of the method.
    pub name: String,
    /// What it is.
    pub kind: MethodKind,
    /// What a model's file says of it, its training included; none for what is no model.
    pub header: Option<Header>,
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

/// The scores of one file, one for each method in the order of the rows.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FileScores {
    /// Name of the file.
    pub name: String,
    /// The clip of clean speech that it is a version of: what intervals draw.
    pub clip: String,
    /// The recording of noise in it, where it was mixed here.
    pub noise: Option<String>,
    /// Signal-to-noise ratio of the input in dB; none where it has no noise.
    pub snr: Option<f64>,
    /// Length in seconds.
    pub seconds: f64,
    /// Scores by method.
    pub scores: Vec<Scores>,
}

/// Methods, files, and how each did on each.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Comparison {
    /// Samples a second at which all ran.
    pub sample_rate: u32,
    /// The methods.
    pub rows: Vec<Row>,
    /// The files.
    pub files: Vec<FileScores>,
    /// Files that were left out, with the reason.
    pub skipped: Vec<Skipped>,
}

impl Comparison {
    /// Places of the models among the rows.
    pub fn models(&self) -> Vec<usize> {
        (0..self.rows.len()).filter(|&row| self.rows[row].kind == MethodKind::Model).collect()
    }

    /// Delay of a method in milliseconds, hop in to hop out, as [measured](DelayMeasured::measured).
    pub fn delay_ms(&self, row: usize) -> f64 {
        self.rows[row].delay.measured() as f64 * 1e3 / f64::from(self.sample_rate)
    }

    /// Files on which a metric is defined for every method: only these enter means, so that all methods are judged on the
    /// same ones.
    pub fn judged(&self, metric: Metric) -> impl Iterator<Item = &FileScores> {
        self.files.iter().filter(move |file| file.scores.iter().all(|scores| scores.get(metric).is_some()))
    }

    /// Number of clips of clean speech that the files are versions of.
    pub fn clips(&self) -> usize {
        self.files.iter().map(|file| &file.clip).collect::<HashSet<_>>().len()
    }

    /// Number of recordings of noise in the files that were mixed here.
    pub fn noises(&self) -> usize {
        self.files.iter().filter_map(|file| file.noise.as_ref()).collect::<HashSet<_>>().len()
    }

    /// What was compared, counted: `22 pairs`, `110 mixtures of 22 clips with 3 recordings of noise`, `44 channels of 22 pairs`.
    pub fn material(&self) -> String {
        let (files, clips, noises) = (self.files.len(), self.clips(), self.noises());
        if noises > 0 {
            let [mixtures, clips] = [counted(files, "mixture"), counted(clips, "clip")];
            format!("{mixtures} of {clips} with {} of noise", counted(noises, "recording"))
        } else if files > clips {
            format!("{} of {}", counted(files, "channel"), counted(clips, "pair"))
        } else {
            counted(files, "pair")
        }
    }

    /// Mean of a metric of a method over the files that are judged.
    pub fn mean(&self, row: usize, metric: Metric) -> Option<Estimate> {
        let value = |file: &FileScores| file.scores[row].get(metric);
        let files = self.judged(metric);
        statistics::mean_with_interval(files.filter_map(|file| Some((file.clip.as_str(), value(file)?))))
    }

    /// Values of a metric of two methods, file by file.
    pub fn pairs(&self, a: usize, b: usize, metric: Metric) -> impl Iterator<Item = (&FileScores, f64, f64)> {
        let value = move |file: &FileScores, row: usize| file.scores[row].get(metric);
        self.judged(metric).filter_map(move |file| Some((file, value(file, a)?, value(file, b)?)))
    }

    /// Mean of a metric of `b` less that of `a`, over the same files: what makes a file easy or hard falls out.
    pub fn difference(&self, a: usize, b: usize, metric: Metric) -> Option<Estimate> {
        let differences = self.pairs(a, b, metric).map(|(file, a, b)| (file.clip.as_str(), b - a));
        statistics::mean_with_interval(differences)
    }
}

/// So many of something: `1 clip`, `2 clips`.
pub(crate) fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
