//! What one pair of clean and noisy sound is called, and where its samples come from.

use super::EvalError;
use super::mixture::Mixture;
use super::pair::Pair;
use super::pairs::FILE_ID;
use super::recording::{Recording, resampled};
use crate::io::open_sound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a pair of clean and noisy sound comes from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TestCase {
    /// Name of the pair in tables.
    pub name: String,
    /// The clip of clean speech that it is a version of.
    pub clip: String,
    /// The group of clips that it belongs to, such as those of one speaker: groups are drawn for
    /// [intervals](super::mean_with_interval). None for what the name of the clip says: [`TestCase::group`].
    pub group: Option<String>,
    /// The recording of noise, where it is mixed here.
    pub noise: Option<String>,
    pub(super) origin: Origin,
}

#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// Files of one channel, or one channel of each.
    Files {
        clean: PathBuf,
        noisy: PathBuf,
        channel: Option<usize>,
    },
    /// A recording without a clean one, or one channel of it.
    Noisy {
        noisy: PathBuf,
        channel: Option<usize>,
    },
    Mixture(Mixture),
    Samples(Arc<Pair>),
}

impl TestCase {
    /// A pair of WAV files of one channel.
    pub fn files(name: impl Into<String>, clean: impl Into<PathBuf>, noisy: impl Into<PathBuf>) -> Self {
        let origin = Origin::Files { clean: clean.into(), noisy: noisy.into(), channel: None };
        Self::of(name.into(), origin)
    }

    /// A pair of WAV files, channel by channel: a case for each, all of one clip.
    ///
    /// One case where the files cannot be read or differ in their number of channels: loading it then says so.
    pub fn channels(name: &str, clean: &Path, noisy: &Path) -> Vec<Self> {
        let count = |path: &Path| open_sound(path).map(|reader| usize::from(reader.spec().channels)).ok();
        let Some(count) = count(clean).filter(|&channels| channels > 1 && count(noisy) == Some(channels))
        else {
            return vec![Self::files(name, clean, noisy)];
        };
        let case = |channel: usize| {
            let origin = Origin::Files { clean: clean.into(), noisy: noisy.into(), channel: Some(channel) };
            Self { clip: name.into(), ..Self::of(format!("{name}, channel {}", channel + 1), origin) }
        };
        (0..count).map(case).collect()
    }

    /// A noisy recording without a clean one, channel by channel.
    pub fn noisy(name: &str, noisy: &Path) -> Vec<Self> {
        let channels = open_sound(noisy).map_or(1, |reader| usize::from(reader.spec().channels));
        let case = |channel: Option<usize>| Origin::Noisy { noisy: noisy.into(), channel };
        if channels == 1 {
            return vec![Self::of(name.into(), case(None))];
        }
        let named = |channel: usize| Self {
            clip: name.into(),
            ..Self::of(format!("{name}, channel {}", channel + 1), case(Some(channel)))
        };
        (0..channels).map(named).collect()
    }

    /// A pair that is there already.
    pub fn samples(name: impl Into<String>, pair: Pair) -> Self {
        Self::of(name.into(), Origin::Samples(Arc::new(pair)))
    }

    /// A pair that is a clip of its own.
    fn of(name: String, origin: Origin) -> Self {
        Self { clip: name.clone(), name, group: None, noise: None, origin }
    }

    /// The group, by default the name of the clip up to its first `_`; of one that is a number of the DNS Challenge, all of it.
    pub fn group(&self) -> &str {
        let folder = self.clip.rfind('/').map_or(0, |slash| slash + 1);
        let named = self.clip[folder..].find('_').filter(|_| !self.clip.starts_with(FILE_ID));
        let clip = named.map_or(self.clip.as_str(), |end| &self.clip[..folder + end]);
        self.group.as_deref().unwrap_or(clip)
    }

    /// What names it in messages: its clean file, or where there is none its name.
    pub(super) fn file(&self) -> String {
        match &self.origin {
            Origin::Files { clean, .. } => clean.display().to_string(),
            Origin::Noisy { noisy, .. } => noisy.display().to_string(),
            Origin::Mixture(mixture) => mixture.speech.display().to_string(),
            Origin::Samples(_) => self.name.clone(),
        }
    }

    /// The names of its files, by which it can be put into a group.
    pub(super) fn names(&self) -> Vec<String> {
        match &self.origin {
            Origin::Files { clean, noisy, .. } => {
                vec![self.clip.clone(), clean.display().to_string(), noisy.display().to_string()]
            }
            Origin::Noisy { noisy, .. } => vec![self.clip.clone(), noisy.display().to_string()],
            _ => vec![self.clip.clone()],
        }
    }

    /// Which channel of its files it is, where they have several.
    pub(super) fn channel(&self) -> Option<usize> {
        match &self.origin {
            Origin::Files { channel, .. } | Origin::Noisy { channel, .. } => *channel,
            _ => None,
        }
    }

    /// Whether it has a clean sound.
    pub(super) fn has_clean(&self) -> bool {
        !matches!(self.origin, Origin::Noisy { .. })
    }

    /// Whether it is made here, so that what is drawn depends on the rate at which it is made.
    pub(super) fn is_mixture(&self) -> bool {
        matches!(self.origin, Origin::Mixture(_))
    }

    /// Reads the pair, or mixes it, and brings it to a rate.
    ///
    /// # Errors
    /// In one line that names the file: if it cannot be read, is silent, has no samples or samples that are not finite, or if
    /// the two differ in channels, rate or length.
    pub fn load(&self, sample_rate: u32) -> Result<Pair, EvalError> {
        match &self.origin {
            Origin::Files { clean, noisy, channel } => load_files(clean, noisy, *channel, sample_rate),
            Origin::Noisy { noisy, channel } => {
                let noisy = Recording::read(noisy, channel.unwrap_or(0))?.at(sample_rate);
                Ok(Pair { clean: Vec::new(), noisy, sample_rate, snr: None })
            }
            Origin::Mixture(mixture) => mixture.load(sample_rate),
            Origin::Samples(pair) => load_samples(&self.name, pair, sample_rate),
        }
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
    let read = |path| Recording::read(path, channel.unwrap_or(0));
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
