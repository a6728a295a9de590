//! Mixtures of speech and noise at chosen signal-to-noise ratios.

use super::EvalError;
use super::item::{Item, Pair, Sound, Source};
use super::pairs::{path_below, sound_files};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use std::path::{Path, PathBuf};

/// Peak of a mixture; a louder one is brought down to it, together with its clean signal.
const PEAK: f32 = 0.99;

/// A mixture that is made when it is needed.
#[derive(Clone, Debug)]
pub(super) struct Mixture {
    speech: PathBuf,
    noise: PathBuf,
    snr: f64,
    /// Where in the noise to begin: a random number, whatever the noise's length.
    start: u64,
}

/// Every speech file at every signal-to-noise ratio, with a noise file and a place in it that the seed chooses.
///
/// A speech file meets the same noise at all ratios, and its mixtures are all of one clip. The ratio is that of the mean powers
/// over the whole clip; noise that is shorter than the speech is repeated. Of files with several channels the first is taken.
///
/// # Errors
/// If a folder cannot be read or holds no sound files; the message names it.
pub fn mixtures(speech: &Path, noise: &Path, snrs: &[f64], seed: u64) -> Result<Vec<Item>, EvalError> {
    let (speech_files, noise_files) = (sound_files(speech)?, sound_files(noise)?);
    let mut items = Vec::new();
    for (n, speech_file) in speech_files.iter().enumerate() {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // A stream of its own: a file added or taken away leaves the others' noise as it was up to there.
        rng.set_stream(n as u64);
        let noise_file = &noise_files[(rng.next_u64() % noise_files.len() as u64) as usize];
        let start = rng.next_u64();
        let (clip, recording) = (path_below(speech, speech_file), path_below(noise, noise_file));
        for &snr in snrs {
            items.push(Item {
                name: format!("{clip} + {recording} {snr:+} dB"),
                clip: clip.clone(),
                noise: Some(recording.clone()),
                source: Source::Mixture(Mixture {
                    speech: speech_file.clone(),
                    noise: noise_file.clone(),
                    snr,
                    start,
                }),
            });
        }
    }
    Ok(items)
}

impl Mixture {
    pub fn load(&self, sample_rate: u32) -> Result<Pair, EvalError> {
        let mut clean = Sound::read(&self.speech, 0)?.at(sample_rate);
        let noise = Sound::read(&self.noise, 0)?.at(sample_rate);
        let start = (self.start % noise.len() as u64) as usize;
        let noise: Vec<f32> = noise.iter().cycle().skip(start).take(clean.len()).copied().collect();
        let power = |signal: &[f32]| signal.iter().map(|&v| f64::from(v) * f64::from(v)).sum::<f64>();
        let (signal, disturbance) = (power(&clean), power(&noise));
        if disturbance == 0.0 {
            return Err(EvalError::NoiseSilent { file: self.noise.display().to_string(), start });
        }
        let gain = (signal / disturbance / 10f64.powf(self.snr / 10.0)).sqrt();
        let mut noisy: Vec<f32> =
            clean.iter().zip(&noise).map(|(&s, &n)| (f64::from(s) + gain * f64::from(n)) as f32).collect();
        let peak = noisy.iter().fold(0.0, |peak: f32, v| peak.max(v.abs()));
        if peak > PEAK {
            let scale = PEAK / peak;
            noisy.iter_mut().chain(&mut clean).for_each(|v| *v *= scale);
        }
        Ok(Pair { clean, noisy, sample_rate, snr: Some(self.snr) })
    }
}
