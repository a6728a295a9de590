//! Files of a comparison that are worth looking at and listening to.

use super::method_run::Lags;
use super::{Comparison, Experiment, FileScores, MethodKind, Metric};

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
    /// Clean sound first if there is any, then each method that is worth hearing.
    pub tracks: Vec<Track>,
}

/// One version of a file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Track {
    /// `clean`, or the name of a method.
    pub name: String,
    /// Number of the method; none for the clean sound.
    pub row: Option<usize>,
    /// Its samples, aligned with the clean ones.
    pub samples: Vec<f32>,
}

impl Experiment {
    /// The files on which the models gain most, least, and as much as the median file, with all that is worth hearing.
    ///
    /// The gain is that of PESQ over the noisy input, or of SI-SDR where PESQ is not defined, or of DNSMOS or the attenuation of pauses
    /// where there is no clean sound; the mean over systems.
    pub fn examples(&self, comparison: &Comparison) -> Vec<Example> {
        let models = comparison.systems();
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
        let by = [Metric::Pesq, Metric::SiSdr, Metric::DnsmosOverall, Metric::PauseAttenuation];
        let ranked = by.into_iter().map(ranked).find(|ranked| !ranked.is_empty()).unwrap_or_default();
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
        let case = self.cases.iter().find(|case| case.name == name)?;
        let mut versions = self.versions(case).ok()?;
        let clean = Some(versions.pair().clean.clone()).filter(|clean| !clean.is_empty());
        let track = |samples| Track { name: "clean".into(), row: None, samples };
        let mut tracks: Vec<Track> = clean.into_iter().map(track).collect();
        for (row, method) in self.methods.iter().enumerate() {
            if method.kind == MethodKind::Bypass {
                continue;
            }
            let made = versions.run(method, &mut Lags::default()).ok()?.swap_remove(0);
            tracks.push(Track { name: method.name.clone(), row: Some(row), samples: made.ok()? });
        }
        Some(Example { place, name, file, tracks })
    }
}
