//! The short-time Fourier transform, a hop at a time in both directions.

use super::{DspError, Window};
use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::fmt;
use std::sync::Arc;

/// Windows, hop and Fourier transform of a short-time analysis and its synthesis.
///
/// Frame `t` spans the `N` samples that end with hop `t`; before the first sample there is silence. Its spectrum has
/// `N / 2 + 1` bins, un-normalised, real and imaginary part of a bin side by side. The synthesis window may be shorter
/// than the analysis window: it then weighs the last samples of a frame, which shortens the delay.
///
/// ```
/// use framewise::dsp::{Analysis, Stft, Synthesis};
/// # fn main() -> Result<(), framewise::dsp::DspError> {
/// let stft = Stft::sqrt_hann(320, 160)?;
/// let (mut analysis, mut synthesis) = (Analysis::new(&stft), Synthesis::new(&stft));
/// let (input, mut output) = ([0.25; 160], [0.0; 160]);
/// let mut spectrum = vec![0.0; stft.bins() * 2];
/// for _ in 0..2 {
///     analysis.push(&input, &mut spectrum);
///     synthesis.push(&spectrum, &mut output);
/// }
/// assert!((output[0] - input[0]).abs() < 1e-6); // `stft.delay()` samples later
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Stft {
    analysis: Window,
    /// Scaled so that analysis and synthesis together have a gain of one.
    synthesis: Window,
    hop: usize,
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
}

impl Stft {
    /// Equal square-rooted Hann windows of `window` samples.
    ///
    /// # Errors
    /// If the hop is out of range, or the window does not reconstruct at it.
    pub fn sqrt_hann(window: usize, hop: usize) -> Result<Self, DspError> {
        Self::new(Window::sqrt_hann(window), Window::sqrt_hann(window), hop)
    }

    /// A long analysis window that rises slowly, and a short synthesis window of `synthesis` samples that sets the delay;
    /// their product is Hann's window. With both equally long, this is [`Stft::sqrt_hann`].
    ///
    /// # Errors
    /// If the hop or the length of a window is out of range, the synthesis window is odd, or the windows do not reconstruct
    /// at the hop.
    pub fn low_delay(window: usize, synthesis: usize, hop: usize) -> Result<Self, DspError> {
        if synthesis > window {
            return Err(DspError::SynthesisWindow { synthesis, analysis: window });
        }
        if !synthesis.is_multiple_of(2) {
            return Err(DspError::OddSynthesisWindow { synthesis });
        }
        let analysis = Window::slow_rise(window, synthesis / 2);
        let synthesis = Window::completing(&analysis, synthesis);
        Self::new(analysis, synthesis, hop)
    }

    /// Any two windows; the synthesis window is scaled so that the whole has a gain of one.
    ///
    /// # Errors
    /// If the hop or the length of a window is out of range, or the overlapped product of the windows,
    /// `sum over m of analysis[n + m hop] synthesis[n + m hop]` (both counted from the start of the synthesis window),
    /// is not the same for every sample `n` of a hop.
    pub fn new(analysis: Window, synthesis: Window, hop: usize) -> Result<Self, DspError> {
        if synthesis.len() > analysis.len() {
            return Err(DspError::SynthesisWindow { synthesis: synthesis.len(), analysis: analysis.len() });
        }
        if hop == 0 || hop > synthesis.len() {
            return Err(DspError::Hop { hop, window: synthesis.len() });
        }
        let last = &analysis[analysis.len() - synthesis.len()..];
        let gain = |n: usize| -> f64 {
            let overlapped = (n..synthesis.len()).step_by(hop);
            overlapped.map(|i| f64::from(last[i]) * f64::from(synthesis[i])).sum()
        };
        let gains: Vec<f64> = (0..hop).map(gain).collect();
        let mean = gains.iter().sum::<f64>() / hop as f64;
        // Written so that gains that are not numbers are refused as well.
        if !(mean > 0.0 && gains.iter().all(|gain| (gain - mean).abs() <= 1e-5 * mean)) {
            let (least, most) = gains.iter().fold((f64::MAX, f64::MIN), |(l, m), &g| (l.min(g), m.max(g)));
            return Err(DspError::NotReconstructing { hop, least: least as f32, most: most as f32 });
        }
        let scale = 1.0 / mean;
        let synthesis =
            Window::from_values(synthesis.iter().map(|&w| (f64::from(w) * scale) as f32).collect());
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) =
            (planner.plan_fft_forward(analysis.len()), planner.plan_fft_inverse(analysis.len()));
        Ok(Self { analysis, synthesis, hop, forward, inverse })
    }

    /// Samples of the synthesis window.
    pub fn synthesis_window(&self) -> usize {
        self.synthesis.len()
    }

    /// Samples of the analysis window.
    pub fn window(&self) -> usize {
        self.analysis.len()
    }

    /// Samples between frames.
    pub fn hop(&self) -> usize {
        self.hop
    }

    /// Bins of a spectrum.
    pub fn bins(&self) -> usize {
        self.analysis.len() / 2 + 1
    }

    /// Samples from a sample going in to the same coming out, hop in to hop out: synthesis window less hop.
    pub fn delay(&self) -> usize {
        self.synthesis.len() - self.hop
    }
}

impl fmt::Debug for Stft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stft")
            .field("analysis", &self.analysis.len())
            .field("synthesis", &self.synthesis.len())
            .field("hop", &self.hop)
            .finish()
    }
}

/// Turns hops of a signal into spectra.
#[derive(Clone)]
pub struct Analysis {
    stft: Stft,
    samples: Vec<f32>,
    windowed: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl Analysis {
    /// A stream at its start.
    pub fn new(stft: &Stft) -> Self {
        Self {
            samples: vec![0.0; stft.window()],
            windowed: vec![0.0; stft.window()],
            spectrum: stft.forward.make_output_vec(),
            scratch: stft.forward.make_scratch_vec(),
            stft: stft.clone(),
        }
    }

    /// Takes the next hop and writes the spectrum of the frame that it completes, as (bins x 2) numbers.
    ///
    /// # Panics
    /// If `hop` or `spectrum` has another length.
    pub fn push(&mut self, hop: &[f32], spectrum: &mut [f32]) {
        assert_eq!(hop.len(), self.stft.hop, "samples in a hop");
        assert_eq!(spectrum.len(), 2 * self.spectrum.len(), "numbers in a spectrum");
        let start = self.samples.len() - hop.len();
        self.samples.copy_within(hop.len().., 0);
        self.samples[start..].copy_from_slice(hop);
        for ((to, sample), weight) in
            self.windowed.iter_mut().zip(&self.samples).zip(self.stft.analysis.iter())
        {
            *to = sample * weight;
        }
        let done =
            self.stft.forward.process_with_scratch(&mut self.windowed, &mut self.spectrum, &mut self.scratch);
        debug_assert!(done.is_ok(), "the buffers were made by the transform");
        for (to, bin) in spectrum.chunks_exact_mut(2).zip(&self.spectrum) {
            to.copy_from_slice(&[bin.re, bin.im]);
        }
    }

    /// Back to the start.
    pub fn reset(&mut self) {
        self.samples.fill(0.0);
    }
}

impl fmt::Debug for Analysis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Analysis").field("stft", &self.stft).finish_non_exhaustive()
    }
}

/// Turns spectra back into hops of a signal.
#[derive(Clone)]
pub struct Synthesis {
    stft: Stft,
    overlap: Vec<f32>,
    frame: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl Synthesis {
    /// A stream at its start.
    pub fn new(stft: &Stft) -> Self {
        Self {
            overlap: vec![0.0; stft.synthesis.len()],
            frame: vec![0.0; stft.window()],
            spectrum: stft.inverse.make_input_vec(),
            scratch: stft.inverse.make_scratch_vec(),
            stft: stft.clone(),
        }
    }

    /// Takes the next spectrum, (bins x 2) numbers, and writes the hop that no later frame reaches any more.
    ///
    /// # Panics
    /// If `spectrum` or `hop` has another length.
    pub fn push(&mut self, spectrum: &[f32], hop: &mut [f32]) {
        assert_eq!(hop.len(), self.stft.hop, "samples in a hop");
        assert_eq!(spectrum.len(), 2 * self.spectrum.len(), "numbers in a spectrum");
        for (bin, from) in self.spectrum.iter_mut().zip(spectrum.chunks_exact(2)) {
            *bin = Complex::new(from[0], from[1]);
        }
        // The spectrum of a real signal is real at both ends; what a network says there else cannot be heard.
        self.spectrum[0].im = 0.0;
        if self.frame.len().is_multiple_of(2) {
            self.spectrum[self.frame.len() / 2].im = 0.0;
        }
        let done =
            self.stft.inverse.process_with_scratch(&mut self.spectrum, &mut self.frame, &mut self.scratch);
        debug_assert!(done.is_ok(), "the buffers were made by the transform and the ends are real");
        let scale = 1.0 / self.frame.len() as f32;
        let last = &self.frame[self.frame.len() - self.overlap.len()..];
        for ((sum, sample), weight) in self.overlap.iter_mut().zip(last).zip(self.stft.synthesis.iter()) {
            *sum += sample * weight * scale;
        }
        hop.copy_from_slice(&self.overlap[..hop.len()]);
        self.overlap.copy_within(hop.len().., 0);
        let start = self.overlap.len() - hop.len();
        self.overlap[start..].fill(0.0);
    }

    /// Back to the start.
    pub fn reset(&mut self) {
        self.overlap.fill(0.0);
    }
}

impl fmt::Debug for Synthesis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Synthesis").field("stft", &self.stft).finish_non_exhaustive()
    }
}
