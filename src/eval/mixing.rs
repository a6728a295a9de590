//! Every speech file with noise, at every ratio.

use super::EvalError;
use super::mixture::Mixture;
use super::pairs::{path_below, sound_files};
use super::test_case::{Origin, TestCase};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use std::path::Path;

/// Every speech file at every signal-to-noise ratio, with a noise file and a place in it that the seed chooses.
///
/// A speech file meets the same noise at all ratios, and its mixtures are all of one clip. The ratio is that of the mean powers
/// over the whole clip; noise that is shorter than the speech is repeated. Of files with several channels the first is taken.
///
/// # Errors
/// If a folder cannot be read or holds no sound files; the message names it.
pub fn mixtures(speech: &Path, noise: &Path, snrs: &[f64], seed: u64) -> Result<Vec<TestCase>, EvalError> {
    let (speech_files, noise_files) = (sound_files(speech)?, sound_files(noise)?);
    let mut cases = Vec::new();
    for (n, speech_file) in speech_files.iter().enumerate() {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // A stream of its own: a file added or taken away leaves the others' noise as it was up to there.
        rng.set_stream(n as u64);
        let noise_file = &noise_files[(rng.next_u64() % noise_files.len() as u64) as usize];
        let start = rng.next_u64();
        let (clip, recording) = (path_below(speech, speech_file), path_below(noise, noise_file));
        for &snr in snrs {
            cases.push(TestCase {
                name: format!("{clip} + {recording} {snr:+} dB"),
                clip: clip.clone(),
                group: None,
                noise: Some(recording.clone()),
                origin: Origin::Mixture(Mixture {
                    speech: speech_file.clone(),
                    noise: noise_file.clone(),
                    snr,
                    start,
                }),
            });
        }
    }
    Ok(cases)
}
