//! Correlation of envelopes over segments of frames.

use super::SEGMENT;
use super::bands::{BANDS, Bands};

/// A band's lower bound of the signal-to-distortion ratio in dB.
const BOUND: f64 = -15.0;

/// Keeps quotients of silent bands defined.
const EPSILON: f64 = f64::EPSILON;

/// The envelope of each band in a segment.
type Segment = [[f64; SEGMENT]; BANDS];

fn segments(bands: &Bands) -> impl Iterator<Item = Segment> {
    bands
        .windows(SEGMENT)
        .map(|frames| std::array::from_fn(|band| std::array::from_fn(|frame| frames[frame][band])))
}

fn norm(values: &[f64]) -> f64 {
    values.iter().map(|v| v * v).sum::<f64>().sqrt()
}

fn subtract_mean(values: &mut [f64]) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter_mut().for_each(|v| *v -= mean);
}

/// Mean correlation of clean envelopes and estimated ones, these brought to the same norm and clipped.
pub(super) fn mean_correlation(clean: &Bands, estimate: &Bands) -> f64 {
    let most = 1.0 + 10f64.powf(-BOUND / 20.0);
    let (mut sum, mut count) = (0.0, 0usize);
    for (clean, estimate) in segments(clean).zip(segments(estimate)) {
        for (mut x, mut y) in clean.into_iter().zip(estimate) {
            let gain = norm(&x) / (norm(&y) + EPSILON);
            y.iter_mut().zip(&x).for_each(|(y, x)| *y = (*y * gain).min(x * most));
            subtract_mean(&mut x);
            subtract_mean(&mut y);
            let product: f64 = x.iter().zip(&y).map(|(x, y)| x * y).sum();
            sum += product / ((norm(&x) + EPSILON) * (norm(&y) + EPSILON));
            count += 1;
        }
    }
    sum / count as f64
}

/// Mean product of spectra, after rows and then columns of each segment were brought to zero mean and unit norm.
pub(super) fn mean_spectral_correlation(clean: &Bands, estimate: &Bands) -> f64 {
    let (mut sum, mut count) = (0.0, 0usize);
    for (clean, estimate) in segments(clean).zip(segments(estimate)) {
        let (x, y) = (spectra(clean), spectra(estimate));
        sum += x.iter().flatten().zip(y.iter().flatten()).map(|(x, y)| x * y).sum::<f64>() / SEGMENT as f64;
        count += 1;
    }
    sum / count as f64
}

/// The spectra of a segment, normalised; a row or column without any movement stays zero.
fn spectra(mut segment: Segment) -> [[f64; BANDS]; SEGMENT] {
    segment.iter_mut().for_each(|row| normalise(row));
    let mut columns: [[f64; BANDS]; SEGMENT] =
        std::array::from_fn(|frame| std::array::from_fn(|band| segment[band][frame]));
    columns.iter_mut().for_each(|column| normalise(column));
    columns
}

fn normalise(values: &mut [f64]) {
    subtract_mean(values);
    let norm = norm(values);
    if norm > 0.0 {
        values.iter_mut().for_each(|v| *v /= norm);
    }
}
