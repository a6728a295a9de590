//! The window of more than one metric.

use std::f64::consts::TAU;

/// Hann's window of `length` samples without the zeros at its ends.
pub(super) fn hann(length: usize) -> Vec<f64> {
    (1..=length).map(|n| 0.5 - 0.5 * (TAU * n as f64 / (length + 1) as f64).cos()).collect()
}
