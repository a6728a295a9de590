//! Delay by cross-correlation.

use realfft::RealFftPlanner;

/// Samples by which `output` lags behind `input`: the lag from 0 to `most` at which their product summed is greatest.
///
/// None where there is nothing to compare: one of them is silent.
pub fn delay_by_correlation(input: &[f32], output: &[f32], most: usize) -> Option<usize> {
    let silent = |signal: &[f32]| signal.iter().all(|&v| v == 0.0);
    if silent(input) || silent(output) {
        return None;
    }
    let size = (input.len() + output.len()).next_power_of_two();
    let mut planner = RealFftPlanner::<f64>::new();
    let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let spectrum = |signal: &[f32]| {
        let mut padded = forward.make_input_vec();
        padded.iter_mut().zip(signal).for_each(|(to, &from)| *to = f64::from(from));
        let mut spectrum = forward.make_output_vec();
        forward.process(&mut padded, &mut spectrum).expect("buffers of the transform's own making");
        spectrum
    };
    let mut product = spectrum(output);
    product.iter_mut().zip(spectrum(input)).for_each(|(y, x)| *y *= x.conj());
    let mut correlation = inverse.make_output_vec();
    // The parts that rounding left on two real bins would be refused.
    product[0].im = 0.0;
    product[size / 2].im = 0.0;
    inverse.process(&mut product, &mut correlation).expect("buffers of the transform's own making");
    (0..=most.min(output.len())).max_by(|&a, &b| correlation[a].total_cmp(&correlation[b]))
}
