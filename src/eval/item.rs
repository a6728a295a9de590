//! One pair of clean and noisy sound: where it comes from, and its samples.

use super::EvalError;
use super::mixing::Mixture;
use crate::io::wav::Warning;
use crate::io::{Resampler, open_sound};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a pair of clean and noisy sound comes from.
#[derive(Clone, Debug)]
pub struct Item {
    /// Name of the pair in tables.
    pub name: String,
    /// The clip of clean speech that it is a version of. Versions of one clip are drawn together for
    /// [intervals](super::mean_with_interval).
    pub clip: String,
    /// The recording of noise, where it is mixed here.
    pub noise: Option<String>,
    pub(super) source: Source,
}

#[derive(Clone, Debug)]
pub(super) enum Source {
    /// Files of one channel, or one channel of each.
    Files {
        clean: PathBuf,
        noisy: PathBuf,
        channel: Option<usize>,
    },
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
    /// A pair of WAV files of one channel.
    pub fn files(name: impl Into<String>, clean: impl Into<PathBuf>, noisy: impl Into<PathBuf>) -> Self {
        let source = Source::Files { clean: clean.into(), noisy: noisy.into(), channel: None };
        Self::of(name.into(), source)
    }

    /// A pair of WAV files, channel by channel: an item for each, all of one clip.
    ///
    /// One item where the files cannot be read or differ in their number of channels: loading it then says so.
    pub fn channels(name: &str, clean: &Path, noisy: &Path) -> Vec<Self> {
        let count = |path: &Path| open_sound(path).map(|reader| usize::from(reader.spec().channels)).ok();
        let Some(count) = count(clean).filter(|&channels| channels > 1 && count(noisy) == Some(channels))
        else {
            return vec![Self::files(name, clean, noisy)];
        };
        let item = |channel: usize| {
            let source = Source::Files { clean: clean.into(), noisy: noisy.into(), channel: Some(channel) };
            Self { clip: name.into(), ..Self::of(format!("{name}, channel {}", channel + 1), source) }
        };
        (0..count).map(item).collect()
    }

    /// A pair that is there already.
    pub fn samples(name: impl Into<String>, pair: Pair) -> Self {
        Self::of(name.into(), Source::Samples(Arc::new(pair)))
    }

    /// A pair that is a clip of its own.
    fn of(name: String, source: Source) -> Self {
        Self { clip: name.clone(), name, noise: None, source }
    }

    /// Reads the pair, or mixes it, and brings it to a rate.
    ///
    /// # Errors
    /// In one line that names the file: if it cannot be read, is silent, has no samples or samples that are no numbers, or if
    /// the two differ in channels, rate or length.
    pub fn load(&self, sample_rate: u32) -> Result<Pair, EvalError> {
        match &self.source {
            Source::Files { clean, noisy, channel } => load_files(clean, noisy, *channel, sample_rate),
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

fn load_samples(name: &str, pair: &Pair, sample_rate: u32) -> Result<Pair, EvalError> {
    let name = || name.to_owned();
    if pair.clean.len() != pair.noisy.len() {
        let (found, expected) = (pair.noisy.len(), pair.clean.len());
        return Err(EvalError::SampleLengths { name: name(), found, expected });
    }
    for (sound, samples) in [("clean", &pair.clean), ("noisy", &pair.noisy)] {
        let first = samples.first().ok_or_else(|| EvalError::SamplesEmpty { name: name() })?;
        if samples.iter().all(|sample| sample == first) {
            return Err(EvalError::SamplesSilent { name: name(), sound });
        }
        if let Some(at) = samples.iter().position(|sample| !sample.is_finite()) {
            return Err(EvalError::SampleNotFinite { name: name(), sound, at, value: samples[at] });
        }
    }
    if pair.sample_rate == sample_rate {
        return Ok(pair.clone());
    }
    let at_rate = |samples: &[f32]| resampled(samples.to_vec(), pair.sample_rate, sample_rate);
    Ok(Pair::new(at_rate(&pair.clean), at_rate(&pair.noisy), sample_rate))
}

fn load_files(
    clean: &Path,
    noisy: &Path,
    channel: Option<usize>,
    sample_rate: u32,
) -> Result<Pair, EvalError> {
    let file = |path: &Path| path.display().to_string();
    let read = |path| Sound::read(path, channel.unwrap_or(0));
    let (first, second) = (read(clean)?, read(noisy)?);
    if first.channels != second.channels {
        let (found, expected) = (second.channels, first.channels);
        return Err(EvalError::PairChannels { file: file(noisy), found, expected });
    }
    if channel.is_none() && first.channels != 1 {
        return Err(EvalError::NotMono { file: file(clean), found: first.channels });
    }
    if first.sample_rate != second.sample_rate {
        let (found, expected) = (second.sample_rate, first.sample_rate);
        return Err(EvalError::PairRates { file: file(noisy), found, expected });
    }
    if first.samples.len() != second.samples.len() {
        let (found, expected) = (second.samples.len(), first.samples.len());
        return Err(EvalError::PairLengths { file: file(noisy), found, expected });
    }
    Ok(Pair::new(first.at(sample_rate), second.at(sample_rate), sample_rate))
}

/// One channel of sound from a file.
pub(super) struct Sound {
    pub samples: Vec<f32>,
    pub sample_rate: u32,
    /// Channels of the file.
    pub channels: usize,
}

impl Sound {
    /// Reads a channel of a whole file, which must hold sound that is not silent.
    pub fn read(path: &Path, channel: usize) -> Result<Self, EvalError> {
        let file = || path.display().to_string();
        let mut reader = open_sound(path)?;
        let spec = reader.spec();
        let channels = usize::from(spec.channels);
        if !crate::io::RATES.contains(&spec.sample_rate) {
            return Err(EvalError::FileRate { file: file(), found: spec.sample_rate });
        }
        let (mut samples, mut block) = (Vec::new(), vec![0.0; channels << 12]);
        loop {
            match reader.read(&mut block)? {
                0 => break,
                // Whole sample frames.
                count => samples.extend(block[..count].iter().skip(channel).step_by(channels)),
            }
        }
        for warning in reader.warnings() {
            // A signal that was mended is not the one that was recorded.
            match warning {
                Warning::NonFinite { count } => {
                    return Err(EvalError::FileNotFinite { file: file(), count: *count });
                }
                Warning::Truncated { .. } | Warning::CutShort | Warning::LostFrames { .. } => {
                    return Err(EvalError::Damaged { file: file(), warning: *warning });
                }
                _ => {}
            }
        }
        if samples.is_empty() {
            return Err(EvalError::FileEmpty { file: file() });
        }
        if samples.iter().all(|sample| *sample == samples[0]) {
            return Err(EvalError::FileSilent { file: file(), channel: (channels > 1).then_some(channel) });
        }
        Ok(Self { samples, sample_rate: spec.sample_rate, channels })
    }

    /// The samples at another rate.
    pub fn at(self, sample_rate: u32) -> Vec<f32> {
        resampled(self.samples, self.sample_rate, sample_rate)
    }
}

fn resampled(samples: Vec<f32>, from: u32, to: u32) -> Vec<f32> {
    if from == to {
        return samples;
    }
    let mut resampler = Resampler::new(from, to, 1);
    let mut output = [Vec::new()];
    resampler.push(&[samples], &mut output);
    resampler.finish(&mut output);
    let [samples] = output;
    samples
}
