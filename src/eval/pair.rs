//! Clean and noisy sound, sample by sample.

/// Clean and noisy sound of one length and rate, aligned to the sample.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Pair {
    /// Samples without noise; none of a recording that is noisy only.
    pub clean: Vec<f32>,
    /// The same with noise.
    pub noisy: Vec<f32>,
    /// Samples a second.
    pub sample_rate: u32,
    /// Signal-to-noise ratio in dB: that of a mixture, or `10 lg (|clean|^2 / |noisy - clean|^2)`. None where both are
    /// the same.
    pub snr: Option<f64>,
}

impl Pair {
    /// What outputs are aligned with: the clean sound, or else the noisy one.
    pub(super) fn reference(&self) -> &[f32] {
        if self.clean.is_empty() { &self.noisy } else { &self.clean }
    }

    /// Clean and noisy sound, with the signal-to-noise ratio that they have.
    pub fn new(clean: Vec<f32>, noisy: Vec<f32>, sample_rate: u32) -> Self {
        let signal: f64 = clean.iter().map(|&s| f64::from(s).powi(2)).sum();
        let noise: f64 = clean.iter().zip(&noisy).map(|(&s, &x)| (f64::from(x) - f64::from(s)).powi(2)).sum();
        let snr = (signal > 0.0 && noise > 0.0).then(|| 10.0 * (signal / noise).log10());
        Self { clean, noisy, sample_rate, snr }
    }
}
