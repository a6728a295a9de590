//! Removal of frames in which the clean signal is silent.

use super::{FRAME, HOP};
use crate::eval::metrics::hann::hann;

/// Frames more than this many dB below the loudest are silent.
const RANGE: f64 = 40.0;

/// Both signals without the frames in which the clean one is silent: the frames that stay, under their window, are added
/// again at the same overlap.
pub(super) fn remove(clean: &[f64], estimate: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let window = hann(FRAME);
    // The reference leaves out a frame that ends with the signal.
    let starts: Vec<usize> = (0..clean.len().saturating_sub(FRAME)).step_by(HOP).collect();
    let energy = |&start: &usize| {
        let squares = window.iter().zip(&clean[start..]).map(|(w, s)| (w * s).powi(2));
        20.0 * (squares.sum::<f64>().sqrt() + f64::EPSILON).log10()
    };
    let energies: Vec<f64> = starts.iter().map(energy).collect();
    let loudest = energies.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sounding = starts.iter().zip(&energies).filter(|&(_, &energy)| loudest - RANGE - energy < 0.0);
    let kept: Vec<usize> = sounding.map(|(&start, _)| start).collect();
    let join = |signal: &[f64]| {
        let length = if kept.is_empty() { 0 } else { (kept.len() - 1) * HOP + FRAME };
        let mut joined = vec![0.0; length];
        for (n, &start) in kept.iter().enumerate() {
            let frame = window.iter().zip(&signal[start..]);
            joined[n * HOP..].iter_mut().zip(frame).for_each(|(to, (w, s))| *to += w * s);
        }
        joined
    };
    (join(clean), join(estimate))
}
