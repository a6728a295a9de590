//! Delay by cross-correlation.

use crate::dsp::circular_correlation;

/// Samples by which `output` lags behind `input`: the lag from 0 to `most` at which their product summed is greatest.
///
/// None where there is nothing to compare: one of them is silent.
pub fn delay_by_correlation(input: &[f32], output: &[f32], most: usize) -> Option<usize> {
    let silent = |signal: &[f32]| signal.iter().all(|&v| v == 0.0);
    if silent(input) || silent(output) {
        return None;
    }
    let size = (input.len() + output.len()).next_power_of_two();
    let correlation = circular_correlation(output, input, size);
    (0..=most.min(output.len())).max_by(|&a, &b| correlation[a].total_cmp(&correlation[b]))
}
