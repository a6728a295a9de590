//! How far into the future an output sample looks.

use super::run_live;
use crate::engine::Delays;
use crate::model::Model;

/// Most samples of future that an output sample depends on: with input sample `n` changed, output sample `m` is the first
/// that comes out different, and the horizon is the greatest `n - m` over all places of `n` in a hop, both counted in the
/// signal's own time.
///
/// By construction at most `N - 1 + d H`, with `N` samples of synthesis window, `H` of hop and `d` frames of look-ahead, and a few
/// less where the ends of the windows are too faint to change a sample. None if no output changes.
pub fn causality_horizon(model: &Model, signal: &[f32]) -> Option<usize> {
    let hop = model.stft().hop();
    let delay = Delays::of(model).total();
    let ahead = (model.stft().window() + model.graph().delay() * hop).next_multiple_of(hop);
    let length = (2 * ahead + 4 * hop).min(signal.len());
    let signal = &signal[..length];
    let before = run_live(model, signal);
    let start = (length / 2).checked_sub(hop)? / hop * hop;
    let mut horizon = None;
    for at in start..start + hop {
        let mut changed = signal.to_vec();
        changed[at] += if changed[at] > 0.0 { -0.5 } else { 0.5 };
        let after = run_live(model, &changed);
        let first = before.iter().zip(&after).position(|(a, b)| a.to_bits() != b.to_bits());
        // Output sample `first` stands for input sample `first - delay`.
        let ahead = first.map(|first| (at + delay).saturating_sub(first));
        horizon = horizon.max(ahead);
    }
    horizon
}
