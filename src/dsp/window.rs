//! Windows of the short-time Fourier transform.

use std::f64::consts::TAU;
use std::ops::Deref;

/// The weights of the samples of a frame. Periodic: the sample after the last would repeat the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Window(Vec<f32>);

impl Window {
    /// Hann's window, `(1 - cos(2 pi n / length)) / 2`.
    pub fn hann(length: usize) -> Self {
        Self::from_fn(length, |phase| 0.5 - 0.5 * (TAU * phase).cos())
    }

    /// The square root of Hann's window: as analysis and synthesis window at half overlap it gives the signal back.
    pub fn sqrt_hann(length: usize) -> Self {
        Self::from_fn(length, |phase| (0.5 - 0.5 * (TAU * phase).cos()).sqrt())
    }

    /// Rises slowly and falls fast: `length` samples, of which the last `fall` are the falling half of
    /// [`Window::sqrt_hann`] of `2 fall` samples and those before them the rising half of a longer one.
    ///
    /// As the analysis window of a short synthesis window it resolves finely without a long delay (Mauler and Martin,
    /// "A Low Delay, Variable Resolution, Perfect Reconstruction Spectral Analysis-Synthesis System for Speech
    /// Enhancement", EUSIPCO 2007).
    ///
    /// # Panics
    /// If `fall` is greater than `length`.
    pub fn slow_rise(length: usize, fall: usize) -> Self {
        assert!(fall <= length, "a fall of {fall} samples in a window of {length}");
        let rise = length - fall;
        let mut values = Self::sqrt_hann(2 * rise).0;
        values.truncate(rise);
        values.extend(&Self::sqrt_hann(2 * fall)[fall..]);
        Self(values)
    }

    /// What makes the product with the last samples of `analysis` Hann's window of `length` samples.
    ///
    /// # Panics
    /// If `analysis` has fewer than `length` samples.
    pub fn completing(analysis: &Self, length: usize) -> Self {
        let last = &analysis[analysis.len() - length..];
        let ratio = |(product, &weight): (&f32, &f32)| if weight > 0.0 { product / weight } else { 0.0 };
        Self(Self::hann(length).iter().zip(last).map(ratio).collect())
    }

    /// All samples alike.
    pub fn rectangular(length: usize) -> Self {
        Self::from_fn(length, |_| 1.0)
    }

    /// `value(n / length)` for every sample `n`.
    pub fn from_fn(length: usize, value: impl Fn(f64) -> f64) -> Self {
        Self((0..length).map(|n| value(n as f64 / length as f64) as f32).collect())
    }

    /// Any weights.
    pub fn from_values(values: Vec<f32>) -> Self {
        Self(values)
    }
}

impl Deref for Window {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Window;
    use std::f64::consts::PI;

    /// Half an angle instead of a cosine: `(1 - cos 2x) / 2 = sin^2 x`.
    fn near(window: &[f32], expected: impl Fn(usize) -> f64) {
        for (n, value) in window.iter().enumerate() {
            assert!(
                (f64::from(*value) - expected(n)).abs() < 1e-6,
                "sample {n} is {value}, not {}",
                expected(n)
            );
        }
    }

    #[test]
    fn windows_are_those_of_their_formulas() {
        for length in [2, 7, 320] {
            let sine = |n: usize| (PI * n as f64 / length as f64).sin();
            near(&Window::hann(length), |n| sine(n) * sine(n));
            near(&Window::sqrt_hann(length), sine);
        }
        near(&Window::rectangular(5), |_| 1.0);
    }

    #[test]
    fn a_slow_rise_and_a_fast_fall_meet_at_the_top_and_are_completed_to_hanns_window() {
        for (length, fall, synthesis) in [(512, 160, 320), (96, 16, 32)] {
            let rise = length - fall;
            let slow = Window::slow_rise(length, fall);
            near(&slow, |n| match n.checked_sub(rise) {
                None => (PI / 2.0 * n as f64 / rise as f64).sin(),
                Some(n) => (PI / 2.0 * n as f64 / fall as f64).cos(),
            });
            let completing = Window::completing(&slow, synthesis);
            let products: Vec<f32> =
                slow[length - synthesis..].iter().zip(completing.iter()).map(|(a, b)| a * b).collect();
            near(&products, |n| (PI * n as f64 / synthesis as f64).sin().powi(2));
        }
    }
}
