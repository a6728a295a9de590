//! The audio and the reference, in the pieces that contestants take.

use anyhow::{Context, Result, ensure};
use framewise::dsp::{Analysis, Stft};
use framewise::io::wav::WavReader;
use std::f64::consts::PI;
use std::fs;
use std::path::Path;

/// Bins of GTCRN's spectra.
pub const BINS: usize = 257;
/// Its hop at 16 kHz.
pub const HOP: usize = 256;

/// What a contestant takes each frame, and gives back in the same form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feed {
    /// A frame of GTCRN's spectrum: real and imaginary part of each bin.
    Spectrum,
    /// So many samples at so many kilohertz.
    Samples { hop: usize, kilohertz: usize },
}

impl Feed {
    /// Numbers in a frame.
    pub fn size(self) -> usize {
        match self {
            Self::Spectrum => BINS * 2,
            Self::Samples { hop, .. } => hop,
        }
    }

    /// Sound that a frame stands for, in milliseconds.
    pub fn milliseconds(self) -> f64 {
        match self {
            Self::Spectrum => HOP as f64 / 16.0,
            Self::Samples { hop, kilohertz } => hop as f64 / kilohertz as f64,
        }
    }

    /// A 16 kHz recording, cut into frames; what is left over is dropped.
    pub fn cut(self, recording: &[f32]) -> Frames {
        let size = self.size();
        let values = match self {
            Self::Spectrum => spectrum_of(recording),
            Self::Samples { kilohertz: 48, .. } => upsampled(recording),
            Self::Samples { .. } => recording.to_vec(),
        };
        Frames { size, values }
    }
}

/// Frames of one size, one behind the other.
pub struct Frames {
    size: usize,
    values: Vec<f32>,
}

impl Frames {
    pub fn new(size: usize) -> Self {
        Self { size, values: Vec::new() }
    }

    pub fn push(&mut self, frame: &[f32]) {
        assert_eq!(frame.len(), self.size, "numbers in a frame");
        self.values.extend_from_slice(frame);
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.values.chunks_exact(self.size)
    }

    pub fn len(&self) -> usize {
        self.values.len() / self.size
    }

    pub fn values(&self) -> &[f32] {
        &self.values
    }
}

/// A raw file of 32-bit numbers, (bins, frames, 2), frame by frame.
pub fn read_spectrum(path: &Path) -> Result<Frames> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    let (numbers, rest) = bytes.as_chunks::<4>();
    let frames = numbers.len() / (BINS * 2);
    ensure!(
        rest.is_empty() && frames > 0 && numbers.len() == frames * BINS * 2,
        "{}: {} bytes are not {BINS} bins of whole frames",
        path.display(),
        bytes.len()
    );
    let at = |bin: usize, t: usize, part: usize| f32::from_le_bytes(numbers[(bin * frames + t) * 2 + part]);
    let values = (0..frames)
        .flat_map(|t| (0..BINS).flat_map(move |bin| [(bin, t, 0), (bin, t, 1)]))
        .map(|(bin, t, part)| at(bin, t, part))
        .collect();
    Ok(Frames { size: BINS * 2, values })
}

/// A mono recording at 16 kHz.
pub fn read_recording(path: &Path) -> Result<Vec<f32>> {
    let mut reader = WavReader::open(path)?;
    let spec = reader.spec();
    ensure!(
        spec.sample_rate == 16_000 && spec.channels == 1,
        "{}: {} Hz and {} channels, but mono at 16000 Hz is needed",
        path.display(),
        spec.sample_rate,
        spec.channels
    );
    let (mut samples, mut block) = (Vec::new(), vec![0.0; 4096]);
    loop {
        match reader.read(&mut block)? {
            0 => return Ok(samples),
            frames => samples.extend_from_slice(&block[..frames]),
        }
    }
}

fn spectrum_of(recording: &[f32]) -> Vec<f32> {
    let stft = Stft::sqrt_hann(2 * HOP, HOP).expect("the published transform");
    let mut analysis = Analysis::new(&stft);
    let mut frame = vec![0.0; BINS * 2];
    let mut values = Vec::new();
    for hop in recording.chunks_exact(HOP) {
        analysis.push(hop, &mut frame);
        values.extend_from_slice(&frame);
    }
    values
}

/// 16 kHz to 48 kHz by a windowed sinc, and to the scale of 16-bit samples, which is what RNNoise takes.
fn upsampled(recording: &[f32]) -> Vec<f32> {
    const REACH: i64 = 16;
    let kernel: Vec<Vec<f32>> = (0..3)
        .map(|phase| {
            (-REACH + 1..=REACH)
                .map(|tap| {
                    let x = tap as f64 - f64::from(phase) / 3.0;
                    let sinc = if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
                    (sinc * (0.5 * PI * x / REACH as f64).cos().powi(2)) as f32
                })
                .collect()
        })
        .collect();
    let sample = |at: i64| usize::try_from(at).ok().and_then(|at| recording.get(at)).copied().unwrap_or(0.0);
    (0..recording.len() * 3)
        .map(|n| {
            let (at, phase) = ((n / 3) as i64, n % 3);
            let taps = (-REACH + 1..=REACH).zip(&kernel[phase]);
            taps.map(|(tap, weight)| sample(at + tap) * weight).sum::<f32>() * 32_767.0
        })
        .collect()
}
