//! What came of an experiment.

use super::{Cost, DelayMeasured, Estimate, HopTimes, MethodKind, Metric, Scores, statistics};
use crate::model::Header;
use std::collections::HashSet;

/// A file that was left out.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
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
    /// Samples a second at which it ran.
    pub sample_rate: u32,
    /// Models of training seeds that it is the mean of; one where it is no mean.
    pub seeds: usize,
    /// How far its files were moved; none but for files that another system has made.
    pub moved: Option<Moved>,
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

/// How far the files of a system were moved to lie on the clean ones, in samples of the comparison: above zero they were late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Moved {
    /// The median over files.
    pub median: isize,
    /// The least.
    pub least: isize,
    /// The most.
    pub most: isize,
    /// Files that were shorter than the clean ones, and filled up with silence.
    pub filled: usize,
    /// Files that were longer, and cut.
    pub cut: usize,
}

impl Moved {
    /// Of files that were so late and lacked so many samples; none of no files.
    pub(super) fn of(files: &[(isize, isize)]) -> Option<Self> {
        let mut late: Vec<isize> = files.iter().map(|&(late, _)| late).collect();
        late.sort_unstable();
        Some(Self {
            median: *late.get(late.len() / 2)?,
            least: late[0],
            most: late[late.len() - 1],
            filled: files.iter().filter(|(_, lacking)| *lacking > 0).count(),
            cut: files.iter().filter(|(_, lacking)| *lacking < 0).count(),
        })
    }
}

/// The scores of one file, one for each method in the order of the rows.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FileScores {
    /// Name of the file.
    pub name: String,
    /// The clip of clean speech that it is a version of.
    pub clip: String,
    /// The group of clips that it belongs to: what intervals draw.
    pub group: String,
    /// The recording of noise in it, where it was mixed here.
    pub noise: Option<String>,
    /// Signal-to-noise ratio of the input in dB; none where it has no noise.
    pub snr: Option<f64>,
    /// Length in seconds.
    pub seconds: f64,
    /// Scores by method; the mean where a method is models of several seeds.
    pub scores: Vec<Scores>,
    /// Scores by method and then by seed; no seeds where a method has one alone.
    pub seeds: Vec<Vec<Scores>>,
}

/// Methods, files, and how each did on each.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Comparison {
    /// Samples a second at which sound was compared, by metrics that have no rate of their own.
    pub sample_rate: u32,
    /// The metrics that it has.
    pub metrics: Vec<Metric>,
    /// How files were put into groups, in words.
    pub grouping: String,
    /// Whether files are mixtures that were made here.
    pub mixed: bool,
    /// The methods.
    pub rows: Vec<Row>,
    /// The files.
    pub files: Vec<FileScores>,
    /// Files that were left out, with the reason.
    pub skipped: Vec<Skipped>,
}

impl Comparison {
    /// Places of the systems that are judged among the rows.
    pub fn systems(&self) -> Vec<usize> {
        (0..self.rows.len()).filter(|&row| self.rows[row].kind.is_system()).collect()
    }

    /// Delay of a method in milliseconds, hop in to hop out, as [measured](DelayMeasured::measured); of files that another system
    /// has made, by how much they were late.
    pub fn delay_ms(&self, row: usize) -> f64 {
        let row = &self.rows[row];
        match row.moved {
            Some(moved) => moved.median as f64 * 1e3 / f64::from(self.sample_rate),
            None => row.delay.measured() as f64 * 1e3 / f64::from(row.sample_rate),
        }
    }

    /// Files on which a metric is defined for every method: only these enter means, so that all methods are judged on the
    /// same ones.
    pub fn judged(&self, metric: Metric) -> impl Iterator<Item = &FileScores> {
        self.files.iter().filter(move |file| file.scores.iter().all(|scores| scores.get(metric).is_some()))
    }

    /// Whether there is clean sound to compare with.
    pub fn has_clean(&self) -> bool {
        self.metrics.contains(&Metric::SiSdr)
    }

    /// Number of clips of clean speech that the files are versions of.
    pub fn clips(&self) -> usize {
        self.files.iter().map(|file| &file.clip).collect::<HashSet<_>>().len()
    }

    /// Number of groups that the clips belong to.
    pub fn groups(&self) -> usize {
        self.files.iter().map(|file| &file.group).collect::<HashSet<_>>().len()
    }

    /// Number of recordings of noise in the files that were mixed here.
    pub fn noises(&self) -> usize {
        self.files.iter().filter_map(|file| file.noise.as_ref()).collect::<HashSet<_>>().len()
    }

    /// What was compared, counted: `22 pairs`, `110 mixtures of 22 clips with 3 recordings of noise`, `44 channels of 22 pairs`.
    pub fn material(&self) -> String {
        let (files, clips, noises) = (self.files.len(), self.clips(), self.noises());
        if noises > 0 && self.mixed {
            let [mixtures, clips] = [counted(files, "mixture"), counted(clips, "clip")];
            format!("{mixtures} of {clips} with {} of noise", counted(noises, "recording"))
        } else if files > clips {
            let what = if self.has_clean() { "pair" } else { "noisy recording" };
            format!("{} of {}", counted(files, "channel"), counted(clips, what))
        } else if !self.has_clean() {
            counted(files, "noisy recording")
        } else {
            counted(files, "pair")
        }
    }

    /// Mean of a metric of a method over the files that are judged.
    pub fn mean(&self, row: usize, metric: Metric) -> Option<Estimate> {
        let value = |file: &FileScores| file.scores[row].get(metric);
        let files = self.judged(metric);
        statistics::mean_with_interval(files.filter_map(|file| Some((file.group.as_str(), value(file)?))))
    }

    /// Values of a metric of two methods, file by file.
    pub fn pairs(&self, a: usize, b: usize, metric: Metric) -> impl Iterator<Item = (&FileScores, f64, f64)> {
        let value = move |file: &FileScores, row: usize| file.scores[row].get(metric);
        self.judged(metric).filter_map(move |file| Some((file, value(file, a)?, value(file, b)?)))
    }

    /// Mean of a metric of `b` less that of `a`, over the same files: what makes a file easy or hard falls out.
    pub fn difference(&self, a: usize, b: usize, metric: Metric) -> Option<Estimate> {
        let differences = self.pairs(a, b, metric).map(|(file, a, b)| (file.group.as_str(), b - a));
        statistics::mean_with_interval(differences)
    }
}

/// So many of something: `1 clip`, `2 clips`.
pub(crate) fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
