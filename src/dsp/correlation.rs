//! How alike two signals are at every shift, and where most.

use realfft::RealFftPlanner;
use realfft::num_complex::Complex;
use std::f64::consts::PI;

/// Samples on either side that [`peak`] reads: what lies below 0.45 of the sample rate comes out right to 1e-5.
const REACH: usize = 48;

/// Circular cross-correlation, `r[d] = sum over n of pattern[n] signal[(n + d) mod size]`, both filled up with zeros.
///
/// By the Fourier transform, in double precision: for measurements, not for callbacks.
///
/// # Panics
/// If a signal is longer than `size`.
pub fn circular_correlation(signal: &[f32], pattern: &[f32], size: usize) -> Vec<f64> {
    correlation(signal, pattern, size, |bin| bin)
}

/// As [`circular_correlation`], of signals whose bins all have one magnitude: one at the shift of a signal that is the pattern
/// shifted, and near zero elsewhere, whatever their spectra.
#[cfg(feature = "eval")]
pub(crate) fn phase_correlation(signal: &[f32], pattern: &[f32], size: usize) -> Vec<f64> {
    correlation(signal, pattern, size, |bin| {
        let magnitude = bin.norm();
        if magnitude > 0.0 { bin / magnitude } else { bin }
    })
}

fn correlation(
    signal: &[f32],
    pattern: &[f32],
    size: usize,
    weigh: impl Fn(Complex<f64>) -> Complex<f64>,
) -> Vec<f64> {
    assert!(signal.len().max(pattern.len()) <= size, "signals of at most {size} samples");
    let mut planner = RealFftPlanner::<f64>::new();
    let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let spectrum = |samples: &[f32]| {
        let mut padded = forward.make_input_vec();
        padded.iter_mut().zip(samples).for_each(|(to, &from)| *to = f64::from(from));
        let mut spectrum = forward.make_output_vec();
        forward.process(&mut padded, &mut spectrum).expect("buffers of the transform's own making");
        spectrum
    };
    let mut product = spectrum(signal);
    product.iter_mut().zip(spectrum(pattern)).for_each(|(y, x)| *y = weigh(*y * x.conj()));
    // The parts that rounding left on the bins that are real would be refused.
    product[0].im = 0.0;
    if size.is_multiple_of(2) {
        product[size / 2].im = 0.0;
    }
    let mut correlation = inverse.make_output_vec();
    inverse.process(&mut product, &mut correlation).expect("buffers of the transform's own making");
    correlation.iter_mut().for_each(|sum| *sum /= size as f64);
    correlation
}

/// The greatest magnitude of a sequence, which may lie between two samples.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Peak {
    /// Where it lies, in samples: from 0 up to the length of the sequence.
    pub place: f64,
    /// The value there, with its sign.
    pub value: f64,
}

/// Finds the peak of a circular sequence that holds nothing near half its sample rate, such as a correlation of signals
/// that do not.
///
/// Between samples the sequence is `x(t) = sum over n of x[n] sinc(t - n) w(t - n)`, `w` a Hann window. At half a sample from
/// the nearest one, that sample alone would be too low, by a quarter for a band that fills 0.4 of the rate.
///
/// # Panics
/// If the sequence is empty.
pub fn peak(sequence: &[f64]) -> Peak {
    let length = sequence.len();
    let best = (0..length).max_by(|&a, &b| sequence[a].abs().total_cmp(&sequence[b].abs()));
    let best = best.expect("a sequence of some length");
    let sign = sequence[best].signum();
    let size = |off: f64| sign * between(sequence, best, off);
    // The lobe has one summit, not further away than the neighbours: golden sections close in on it.
    let (golden, mut low, mut high) = (0.5 * (5f64.sqrt() - 1.0), -1.0, 1.0);
    while high - low > 1e-6 {
        let step = golden * (high - low);
        if size(high - step) < size(low + step) { low = high - step } else { high = low + step }
    }
    let off = 0.5 * (low + high);
    Peak { place: (best as f64 + off).rem_euclid(length as f64), value: sign * size(off) }
}

/// The value of a circular sequence at `place + off`, `off` from -1 to 1.
fn between(sequence: &[f64], place: usize, off: f64) -> f64 {
    let length = sequence.len();
    let term = |n: isize| {
        let from = off - n as f64;
        let sinc = if from == 0.0 { 1.0 } else { (PI * from).sin() / (PI * from) };
        let window = (0.5 * PI * from / (REACH + 1) as f64).cos().powi(2);
        sequence[(place as isize + n).rem_euclid(length as isize) as usize] * sinc * window
    };
    (-(REACH as isize)..=REACH as isize).map(term).sum()
}

#[cfg(test)]
mod tests {
    use super::{circular_correlation, peak};
    use std::f64::consts::TAU;

    #[test]
    fn a_peak_between_samples_has_its_own_place_and_value() {
        // A pulse of `tones` cosines, all in phase at `at`: a band up to `tones` of 1000.
        for tones in [20, 145, 400, 450] {
            for (at, value) in [(0.0, 2.0), (17.25, 1.0), (500.5, -1.0), (998.9, 0.1)] {
                let wave = |n: usize, k: usize| (TAU * k as f64 * (n as f64 - at) / 1000.0).cos();
                let pulse = |n: usize| value * (1..=tones).map(|k| wave(n, k)).sum::<f64>() / tones as f64;
                let found = peak(&(0..1000).map(pulse).collect::<Vec<_>>());
                let off = (found.place - at + 500.0).rem_euclid(1000.0) - 500.0;
                assert!(off.abs() < 1e-3, "{found:?} for {at}, {tones} tones");
                assert!((found.value / value - 1.0).abs() < 1e-3, "{found:?} for {value}, {tones} tones");
            }
        }
        assert_eq!(peak(&[0.0; 5]).value, 0.0);
    }

    #[test]
    fn it_is_the_sum_that_defines_it_at_even_and_odd_sizes() {
        let signal = [0.5, -1.0, 0.25, 2.0, -0.75];
        let pattern = [1.0, 0.5, -0.25];
        for size in [5, 6, 7, 8, 16] {
            let at = |n: usize| signal.get(n % size).copied().map_or(0.0, f64::from);
            for (shift, found) in circular_correlation(&signal, &pattern, size).into_iter().enumerate() {
                let sum: f64 = pattern.iter().enumerate().map(|(n, &p)| f64::from(p) * at(n + shift)).sum();
                assert!((found - sum).abs() < 1e-12, "{found}, expected {sum} at {shift} of {size}");
            }
        }
    }
}
