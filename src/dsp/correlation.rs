//! How alike two signals are at every shift.

use realfft::RealFftPlanner;

/// Circular cross-correlation, `r[d] = sum over n of pattern[n] signal[(n + d) mod size]`, both filled up with zeros.
///
/// By the Fourier transform, in double precision: for measurements, not for callbacks.
///
/// # Panics
/// If a signal is longer than `size`.
pub fn circular_correlation(signal: &[f32], pattern: &[f32], size: usize) -> Vec<f64> {
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
    product.iter_mut().zip(spectrum(pattern)).for_each(|(y, x)| *y *= x.conj());
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

#[cfg(test)]
mod tests {
    use super::circular_correlation;

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
