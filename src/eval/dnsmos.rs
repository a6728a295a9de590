//! DNSMOS P.835: opinions of listeners predicted by a network, without the clean sound.

use super::EvalError;
use rten::{Model, RunOptions, ThreadPool, Value};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Rate that the network was trained at.
pub(super) const RATE: u32 = 16_000;

/// Samples of a stretch that it takes: 9.01 s.
const STRETCH: usize = 144_160;

/// Samples from a stretch to the next: a second.
const STEP: usize = RATE as usize;

/// From what the network says to opinions, as its authors fit them: coefficients of x^2, x and 1 for speech, noise, overall.
const FITS: [[f64; 3]; 3] = [
    [-0.083_972_78, 1.220_839_53, 0.005_243_9],
    [-0.131_668_88, 1.609_155_14, -0.396_045_46],
    [-0.067_662_83, 1.115_464_68, 0.046_025_35],
];

/// The network, read from a file of its authors, `sig_bak_ovr.onnx`.
///
/// Reddy, Gopal and Cutler, "DNSMOS P.835: A Non-Intrusive Perceptual Objective Speech Quality Metric to Evaluate Noise
/// Suppressors", ICASSP 2022.
#[derive(Clone)]
pub struct Dnsmos {
    file: String,
    model: Arc<Model>,
    /// Of one thread: several files are scored at the same time.
    pool: Arc<ThreadPool>,
}

impl fmt::Debug for Dnsmos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dnsmos").field("file", &self.file).finish_non_exhaustive()
    }
}

/// Predicted opinions from 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Opinions {
    /// Of the speech.
    pub speech: f64,
    /// Of the noise that is left.
    pub noise: f64,
    /// Of all of it.
    pub overall: f64,
}

impl Dnsmos {
    /// Reads the network.
    ///
    /// # Errors
    /// If the file cannot be read, or is no network that takes 9.01 s of sound and gives three numbers.
    pub fn open(path: &Path) -> Result<Self, EvalError> {
        let file = path.display().to_string();
        let failed = |reason: String| EvalError::Dnsmos { file: file.clone(), reason };
        let bytes = std::fs::read(path).map_err(|source| failed(format!("can't be read: {source}")))?;
        let model = Model::load(bytes).map_err(|error| failed(format!("is no ONNX network: {error}")))?;
        let pool = Arc::new(ThreadPool::with_num_threads(1));
        let found = Self { file: file.clone(), model: Arc::new(model), pool };
        found.raw(&vec![0.0; STRETCH])?;
        Ok(found)
    }

    /// Opinions of sound at 16 kHz: the mean over stretches of 9.01 s that begin every second. Sound that is shorter is
    /// repeated, doubled until it is long enough, as the authors' program does.
    ///
    /// # Errors
    /// If there are no samples, samples that are not finite, or the network fails.
    pub fn opinions(&self, samples: &[f32]) -> Result<Opinions, EvalError> {
        if samples.is_empty() {
            return Err(EvalError::Empty);
        }
        if let Some(at) = samples.iter().position(|sample| !sample.is_finite()) {
            return Err(EvalError::NotFinite { signal: "estimated", at, value: samples[at] });
        }
        let mut long = samples.to_vec();
        while long.len() < STRETCH {
            long.extend_from_within(..);
        }
        let seconds = long.len() / STEP;
        let stretches = (seconds as f64 - STRETCH as f64 / f64::from(RATE)) as usize + 1;
        let (mut sums, mut count) = ([0.0; 3], 0);
        for stretch in (0..stretches).filter_map(|n| long.get(n * STEP..n * STEP + STRETCH)) {
            let raw = self.raw(stretch)?;
            for ((sum, raw), [a, b, c]) in sums.iter_mut().zip(raw).zip(FITS) {
                *sum += (a * raw + b) * raw + c;
            }
            count += 1;
        }
        let [speech, noise, overall] = sums.map(|sum| sum / f64::from(count.max(1)));
        Ok(Opinions { speech, noise, overall })
    }

    /// What the network says of a stretch.
    fn raw(&self, stretch: &[f32]) -> Result<[f64; 3], EvalError> {
        let failed = |reason: String| EvalError::Dnsmos { file: self.file.clone(), reason };
        let input =
            Value::from_shape(&[1, STRETCH], stretch.to_vec()).map_err(|error| failed(error.to_string()))?;
        let options = RunOptions::default().with_thread_pool(Some(self.pool.clone()));
        let output = self.model.run_one(input.into(), Some(options));
        let output = output.map_err(|error| failed(format!("takes other sound than DNSMOS: {error}")))?;
        let ([rows, columns], values) = output
            .into_shape_vec::<f32, 2>()
            .map_err(|error| failed(format!("gives something else than opinions: {error}")))?;
        match values[..] {
            [a, b, c] if rows == 1 => Ok([a, b, c].map(f64::from)),
            _ => Err(failed(format!("gives {rows} by {columns} numbers, expected 1 by 3"))),
        }
    }
}
