//! Whether a contestant computes what it should: asked before its time is taken.

use crate::args::ReferenceFiles;
use crate::contestants::{Contestant, Entry};
use crate::material::{Frames, read_recording, read_spectrum};
use anyhow::{Context, Result, ensure};
use framewise::dsp::{Analysis, Synthesis};
use framewise::model::{Latency, Model};
use ndarray::ArrayView3;
use std::fmt;
use std::path::{Path, PathBuf};

/// Largest difference from PyTorch's spectrum, whose peak is about 30. Two right implementations differ by a tenth of
/// this; a wrong state shows as thousands of times as much.
const SPECTRUM: f32 = 1e-4;
/// Largest difference of samples.
const SAMPLES: f32 = 2e-6;

/// What a contestant's output is compared with.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// PyTorch's spectrum.
    Spectrum,
    /// PyTorch's samples.
    Samples,
    /// The same built-in model run over the whole clip at once, which no published output exists for.
    WholeClip(Latency),
    /// Nothing: only that it looks like the speech that went in.
    Plausible,
}

/// What PyTorch made of a recording.
pub struct Reference {
    noisy: Vec<f32>,
    noisy_spectrum: Frames,
    enhanced_spectrum: Frames,
    enhanced: Vec<f32>,
}

impl Reference {
    pub fn read(files: &ReferenceFiles) -> Result<Self> {
        fn given(path: &Option<PathBuf>) -> Result<&Path> {
            path.as_deref().context("the reference needs all of its files")
        }
        let reference = Self {
            noisy: read_recording(given(&files.noisy)?)?,
            noisy_spectrum: read_spectrum(given(&files.noisy_spectrum)?)?,
            enhanced_spectrum: read_spectrum(given(&files.enhanced_spectrum)?)?,
            enhanced: read_recording(given(&files.enhanced)?)?,
        };
        ensure!(
            reference.noisy_spectrum.len() == reference.enhanced_spectrum.len(),
            "the reference's spectra differ in length"
        );
        ensure!(
            reference.noisy.len() == reference.enhanced.len(),
            "the reference's recordings differ in length"
        );
        Ok(reference)
    }

    pub fn noisy(&self) -> &[f32] {
        &self.noisy
    }
}

/// How a check went.
pub enum Verdict {
    Difference { worst: f32, bound: f32, from: &'static str },
    Correlation { found: f32, bound: f32 },
}

impl Verdict {
    pub fn passed(&self) -> bool {
        // Nothing passes that is not a number.
        match *self {
            Self::Difference { worst, bound, .. } => worst <= bound,
            Self::Correlation { found, bound } => found >= bound,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.passed() {
            f.write_str("**fails**: ")?;
        }
        match self {
            Self::Difference { worst: 0.0, from, .. } => write!(f, "equal to {from}"),
            Self::Difference { worst, from, .. } => write!(f, "{worst:.1e} from {from}"),
            Self::Correlation { found, .. } => {
                write!(f, "no reference; correlation with its input {found:.2}")
            }
        }
    }
}

impl Check {
    pub fn run(
        self,
        entry: &Entry,
        contestant: &mut dyn Contestant,
        reference: &Reference,
    ) -> Result<Verdict> {
        contestant.reset()?;
        Ok(match self {
            Self::Spectrum => {
                let found = stream(contestant, &reference.noisy_spectrum)?;
                let worst = difference(found.values(), reference.enhanced_spectrum.values());
                Verdict::Difference { worst, bound: SPECTRUM, from: "PyTorch's spectrum" }
            }
            Self::Samples => {
                let input = entry.feed.cut(&reference.noisy);
                let found = stream(contestant, &input)?;
                let late = entry.feed.size();
                let worst = difference(&found.values()[late..], &reference.enhanced);
                Verdict::Difference { worst, bound: SAMPLES, from: "PyTorch's samples" }
            }
            Self::WholeClip(latency) => {
                let input = entry.feed.cut(&reference.noisy);
                let found = stream(contestant, &input)?;
                let worst = difference(found.values(), &whole_clip(&Model::builtin(latency), &input)?);
                Verdict::Difference { worst, bound: SAMPLES, from: "its own whole-clip output" }
            }
            Self::Plausible => {
                let input = entry.feed.cut(&reference.noisy);
                let found = stream(contestant, &input)?;
                let lags = 0..=2 * entry.feed.size();
                let found = lags
                    .map(|lag| correlation(&found.values()[lag..], input.values()))
                    .max_by(f32::total_cmp);
                Verdict::Correlation { found: found.unwrap_or(f32::NAN), bound: 0.5 }
            }
        })
    }
}

fn stream(contestant: &mut dyn Contestant, input: &Frames) -> Result<Frames> {
    let size = input.iter().next().context("an empty recording")?.len();
    let (mut found, mut frame) = (Frames::new(size), vec![0.0; size]);
    for input in input.iter() {
        contestant.step(input, &mut frame)?;
        found.push(&frame);
    }
    Ok(found)
}

/// The largest difference as far as both go; not a number where one of either is not.
fn difference(found: &[f32], expected: &[f32]) -> f32 {
    let differences = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
    differences.fold(0.0, |worst, next| if next.is_nan() || next > worst { next } else { worst })
}

fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let (mut products, mut of_a, mut of_b) = (0.0f64, 0.0f64, 0.0f64);
    for (&a, &b) in a.iter().zip(b) {
        let (a, b) = (f64::from(a), f64::from(b));
        products += a * b;
        of_a += a * a;
        of_b += b * b;
    }
    (products / (of_a * of_b).sqrt()) as f32
}

/// All spectra first, then the network over the whole clip, then all samples.
fn whole_clip(model: &Model, hops: &Frames) -> Result<Vec<f32>> {
    let (mut analysis, mut synthesis) = (Analysis::new(model.stft()), Synthesis::new(model.stft()));
    let bins = model.stft().bins();
    let mut spectra = Frames::new(bins * 2);
    let mut frame = vec![0.0; bins * 2];
    for hop in hops.iter() {
        analysis.push(hop, &mut frame);
        spectra.push(&frame);
    }
    let whole = model.graph().run(ArrayView3::from_shape((spectra.len(), bins, 2), spectra.values())?);
    let whole = whole.as_slice().context("a whole array")?;
    let silence = vec![0.0; model.graph().delay() * bins * 2];
    let mut hop = vec![0.0; model.stft().hop()];
    let mut samples = Vec::new();
    for spectrum in
        [&silence, whole].into_iter().flat_map(|part| part.chunks_exact(bins * 2)).take(hops.len())
    {
        synthesis.push(spectrum, &mut hop);
        samples.extend_from_slice(&hop);
    }
    Ok(samples)
}
