//! One pair of clean and noisy sound: where it comes from, and its samples.

use super::mixing::Mixture;
use crate::io::Resampler;
use crate::io::wav::{Warning, WavReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a pair of clean and noisy sound comes from.
#[derive(Clone, Debug)]
pub struct Item {
    /// Name of the pair in tables.
    pub name: String,
    pub(super) source: Source,
}

#[derive(Clone, Debug)]
pub(super) enum Source {
    Files { clean: PathBuf, noisy: PathBuf },
    Mixture(Mixture),
    Samples(Arc<Pair>),
}

/// Clean and noisy sound of one length and rate, aligned to the sample.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Samples without noise.
    pub clean: Vec<f32>,
    /// The same with noise.
    pub noisy: Vec<f32>,
    /// Samples a second.
    pub sample_rate: u32,
    /// Signal-to-noise ratio in dB: that of a mixture, or `10 lg (|clean|^2 / |noisy - clean|^2)`. None where both are
    /// the same.
    pub snr: Option<f64>,
}

impl Item {
    /// A pair of WAV files.
    pub fn files(name: impl Into<String>, clean: impl Into<PathBuf>, noisy: impl Into<PathBuf>) -> Self {
        Self { name: name.into(), source: Source::Files { clean: clean.into(), noisy: noisy.into() } }
    }

    /// A pair that is there already.
    pub fn samples(name: impl Into<String>, pair: Pair) -> Self {
        Self { name: name.into(), source: Source::Samples(Arc::new(pair)) }
    }

    /// Reads the pair, or mixes it, and brings it to a rate.
    ///
    /// # Errors
    /// In one line that names the file: if it cannot be read, is silent, has no samples, several channels or samples that
    /// are no numbers, or if the two differ in rate or length.
    pub fn load(&self, sample_rate: u32) -> Result<Pair, String> {
        match &self.source {
            Source::Files { clean, noisy } => load_files(clean, noisy, sample_rate),
            Source::Mixture(mixture) => mixture.load(sample_rate),
            Source::Samples(pair) => load_samples(&self.name, pair, sample_rate),
        }
    }
}

impl Pair {
    /// Clean and noisy sound, with the signal-to-noise ratio that they have.
    pub fn new(clean: Vec<f32>, noisy: Vec<f32>, sample_rate: u32) -> Self {
        let signal: f64 = clean.iter().map(|&s| f64::from(s).powi(2)).sum();
        let noise: f64 = clean.iter().zip(&noisy).map(|(&s, &x)| (f64::from(x) - f64::from(s)).powi(2)).sum();
        let snr = (signal > 0.0 && noise > 0.0).then(|| 10.0 * (signal / noise).log10());
        Self { clean, noisy, sample_rate, snr }
    }
}

fn load_samples(name: &str, pair: &Pair, sample_rate: u32) -> Result<Pair, String> {
    if pair.clean.len() != pair.noisy.len() {
        return Err(format!("{name}: {} noisy samples, expected {}", pair.noisy.len(), pair.clean.len()));
    }
    for (what, samples) in [("clean", &pair.clean), ("noisy", &pair.noisy)] {
        let first = samples.first().ok_or_else(|| format!("{name}: has no samples"))?;
        if samples.iter().all(|sample| sample == first) {
            return Err(format!("{name}: the {what} sound is silent"));
        }
        if let Some(at) = samples.iter().position(|sample| !sample.is_finite()) {
            return Err(format!("{name}: sample {at} of the {what} sound is {}", samples[at]));
        }
    }
    if pair.sample_rate == sample_rate {
        return Ok(pair.clone());
    }
    let at_rate =
        |samples: &[f32]| Sound { samples: samples.to_vec(), sample_rate: pair.sample_rate }.at(sample_rate);
    Ok(Pair::new(at_rate(&pair.clean), at_rate(&pair.noisy), sample_rate))
}

fn load_files(clean: &Path, noisy: &Path, sample_rate: u32) -> Result<Pair, String> {
    let (first, second) = (Sound::read(clean)?, Sound::read(noisy)?);
    if first.sample_rate != second.sample_rate {
        let (found, expected) = (second.sample_rate, first.sample_rate);
        return Err(format!(
            "{}: sample rate {found} Hz, expected {expected} Hz as in the clean file",
            noisy.display()
        ));
    }
    if first.samples.len() != second.samples.len() {
        let (found, expected) = (second.samples.len(), first.samples.len());
        return Err(format!(
            "{}: {found} samples, expected {expected} as in the clean file",
            noisy.display()
        ));
    }
    Ok(Pair::new(first.at(sample_rate), second.at(sample_rate), sample_rate))
}

/// One channel of sound from a file.
pub(super) struct Sound {
    pub samples: Vec<f32>,
    pub sample_rate: u32,
}

impl Sound {
    /// Reads a whole file, which must hold one channel of sound that is not silent.
    pub fn read(path: &Path) -> Result<Self, String> {
        let file = path.display();
        let mut reader = WavReader::open(path).map_err(|error| error.to_string())?;
        let spec = reader.spec();
        if spec.channels != 1 {
            return Err(format!("{file}: {} channels, expected 1", spec.channels));
        }
        if !crate::io::RATES.contains(&spec.sample_rate) {
            return Err(format!("{file}: sample rate {} Hz is out of range", spec.sample_rate));
        }
        let (mut samples, mut block) = (Vec::new(), vec![0.0; 1 << 14]);
        loop {
            match reader.read(&mut block).map_err(|error| error.to_string())? {
                0 => break,
                count => samples.extend_from_slice(&block[..count]),
            }
        }
        for warning in reader.warnings() {
            // A signal that was mended is not the one that was recorded.
            if matches!(warning, Warning::NonFinite { .. } | Warning::Truncated { .. }) {
                return Err(format!("{file}: {warning}"));
            }
        }
        if samples.is_empty() {
            return Err(format!("{file}: has no samples"));
        }
        if samples.iter().all(|sample| *sample == samples[0]) {
            return Err(format!("{file}: is silent"));
        }
        Ok(Self { samples, sample_rate: spec.sample_rate })
    }

    /// The samples at another rate.
    pub fn at(self, sample_rate: u32) -> Vec<f32> {
        if self.sample_rate == sample_rate {
            return self.samples;
        }
        let mut resampler = Resampler::new(self.sample_rate, sample_rate, 1);
        let mut output = [Vec::new()];
        resampler.push(&[self.samples], &mut output);
        resampler.finish(&mut output);
        let [samples] = output;
        samples
    }
}
