//! Speech and noise at a chosen signal-to-noise ratio.

use super::EvalError;
use super::pair::Pair;
use super::recording::Recording;
use std::path::PathBuf;

/// Peak of a mixture; a louder one is brought down to it, together with its clean signal.
const PEAK: f32 = 0.99;

/// A mixture that is made when it is needed.
#[derive(Clone, Debug)]
pub(super) struct Mixture {
    pub(super) speech: PathBuf,
    pub(super) noise: PathBuf,
    pub(super) snr: f64,
    /// Where in the noise to begin: a random number, whatever the noise's length.
    pub(super) start: u64,
}

impl Mixture {
    pub fn load(&self, sample_rate: u32) -> Result<Pair, EvalError> {
        let mut clean = Recording::read(&self.speech, 0)?.at(sample_rate);
        let noise = Recording::read(&self.noise, 0)?.at(sample_rate);
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
