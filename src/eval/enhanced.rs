//! Files that another system has made of the noisy ones.

use super::pairs::keyed;
use super::recording::Recording;
use super::shift::{lag, shifted};
use super::{EvalError, Skipped, TestCase};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Seconds by which a file may be late or early on the clean one.
const MOST_SHIFT: f64 = 0.5;

/// Seconds by which a file may be shorter or longer than the clean one: a window that was dropped or filled up.
const MOST_LENGTH: f64 = 0.25;

/// By which part a shift must raise the likeness to the clean sound to be made.
const WORTH: f64 = 0.01;

/// The output of a system that ran elsewhere: a folder of files with the names of the noisy ones, of any rate.
#[derive(Clone, Debug)]
pub struct Enhanced {
    folder: PathBuf,
    files: BTreeMap<String, PathBuf>,
    /// Files that cannot be paired with others by their names.
    pub skipped: Vec<Skipped>,
}

/// One of its files, brought to the clean one.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    /// As many samples as the clean sound has.
    pub samples: Vec<f32>,
    /// By how many samples it was late.
    pub late: isize,
    /// Samples that it lacks, which are silent, less those that it has in excess, which are left out.
    pub lacking: isize,
}

impl Enhanced {
    /// The sound files of a folder and the folders below.
    ///
    /// # Errors
    /// If it cannot be read or holds none; the message names it.
    pub fn open(folder: &Path) -> Result<Self, EvalError> {
        let mut skipped = Vec::new();
        let files = keyed(folder, &mut skipped)?;
        Ok(Self { folder: folder.into(), files, skipped })
    }

    /// Samples a second of the first file that tells; none where none does.
    pub fn sample_rate(&self) -> Option<u32> {
        self.files.values().find_map(|path| Some(crate::io::open_sound(path).ok()?.spec().sample_rate))
    }

    /// The file of a case at a rate, moved to where it is most like the clean sound.
    pub(super) fn load(&self, case: &TestCase, clean: &[f32], rate: u32) -> Result<Placed, EvalError> {
        let Some(path) = self.files.get(&case.clip) else {
            let (name, folder) = (case.clip.clone(), self.folder.display().to_string());
            return Err(EvalError::NoEnhanced { name, folder });
        };
        let file = || path.display().to_string();
        let channel = case.channel();
        let found = Recording::read(path, channel.unwrap_or(0))?;
        if let Some(channel) = channel.filter(|&channel| channel >= found.channels) {
            return Err(EvalError::PairChannels {
                file: file(),
                found: found.channels,
                expected: channel + 1,
            });
        }
        if channel.is_none() && found.channels != 1 {
            return Err(EvalError::NotMono { file: file(), found: found.channels });
        }
        let samples = found.at(rate);
        let lacking = clean.len() as isize - samples.len() as isize;
        if lacking.unsigned_abs() as f64 > MOST_LENGTH * f64::from(rate) {
            return Err(EvalError::PairLengths { file: file(), found: samples.len(), expected: clean.len() });
        }
        let late = lag(clean, &samples, (MOST_SHIFT * f64::from(rate)) as usize, WORTH);
        Ok(Placed { samples: shifted(&samples, late, clean.len()), late, lacking })
    }
}
