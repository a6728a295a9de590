//! The resampling that the measure's reference implementation does, sample for sample.

use crate::dsp::greatest_common_divisor;
use std::f64::consts::PI;

/// Rejection of the filter in dB.
const REJECTION: f64 = 60.0;

/// Brings a signal to another rate through a windowed sinc of linear phase, aligned at the first sample.
///
/// With `p / q` the ratio of the rates in lowest terms, `y[m] = p sum_k h[L + m q - k p] x[k]`: `h` is a sinc of cut-off
/// `1 / (2 max(p, q))` under a Kaiser window of `2 L + 1` samples, with a sum of one.
pub(super) fn resample(signal: &[f32], from: u32, to: u32) -> Vec<f64> {
    if from == to {
        return signal.iter().copied().map(f64::from).collect();
    }
    let divisor = greatest_common_divisor(from as usize, to as usize);
    let (up, down) = (to as usize / divisor, from as usize / divisor);
    let filter = filter(up, down);
    let half = filter.len() / 2;
    let length = (signal.len() * up).div_ceil(down);
    let sample = |m: usize| {
        let centre = half + m * down;
        // The k for which centre - k up lies within the filter.
        let first = (centre + 1).saturating_sub(filter.len()).div_ceil(up);
        let last = (centre / up).min(signal.len() - 1);
        let taps = (first..=last).map(|k| filter[centre - k * up] * f64::from(signal[k]));
        up as f64 * taps.sum::<f64>()
    };
    (0..length).map(sample).collect()
}

fn filter(up: usize, down: usize) -> Vec<f64> {
    let cutoff = 1.0 / (2 * up.max(down)) as f64;
    let roll_off = cutoff / 10.0;
    let half = ((REJECTION - 8.0) / (28.714 * roll_off)).ceil();
    let beta = 0.1102 * (REJECTION - 8.7);
    let sinc = |x: f64| if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
    let tap = |n: usize| {
        let t = n as f64 - half;
        let kaiser = bessel(beta * (1.0 - (t / half).powi(2)).max(0.0).sqrt()) / bessel(beta);
        kaiser * sinc(2.0 * cutoff * t)
    };
    let taps: Vec<f64> = (0..=2 * half as usize).map(tap).collect();
    let sum: f64 = taps.iter().sum();
    taps.iter().map(|tap| tap / sum).collect()
}

/// Modified Bessel function of the first kind and order zero, by its power series: `sum over k of ((x / 2)^k / k!)^2`.
fn bessel(x: f64) -> f64 {
    let (mut term, mut sum, mut k) = (1.0, 1.0, 1.0);
    while term > sum * f64::EPSILON {
        term *= (x / (2.0 * k)).powi(2);
        sum += term;
        k += 1.0;
    }
    sum
}
