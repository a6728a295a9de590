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
