//! Delay by impulse.

use super::run_live;
use crate::model::Model;

/// Height of the impulse.
const HEIGHT: f32 = 0.9;

/// Impulses at different places in a hop, so that no place is special.
const IMPULSES: usize = 7;

/// Samples after which an impulse of silence all around comes out of a model: the median over several places of it within
/// a hop. A network bends what passes it, so that its peak counts, not its height.
///
/// None if nothing comes out.
pub fn delay_by_impulse(model: &Model) -> Option<usize> {
    let hop = model.stft().hop();
    let reach = 4 * model.stft().window() + (model.graph().delay() + 8) * hop;
    let mut delays = Vec::with_capacity(IMPULSES);
    for n in 0..IMPULSES {
        let at = 8 * hop + n * hop / IMPULSES;
        let mut input = vec![0.0; at + reach];
        // What a network makes of silence is no answer to the impulse.
        let silence = run_live(model, &input);
        input[at] = HEIGHT;
        let answer = run_live(model, &input);
        let change = |n: usize| (answer[n] - silence[n]).abs();
        let peak = (at..answer.len()).max_by(|&a, &b| change(a).total_cmp(&change(b)))?;
        if change(peak) > 0.0 {
            delays.push(peak - at);
        }
    }
    delays.sort_unstable();
    delays.get(delays.len() / 2).copied()
}
