//! Sound through a model as a live stream gives it: late.

use crate::engine::{Channels, Counts, Mask};
use crate::model::Model;

/// Everything that comes out of a live stream of whole hops, with its tail: input sample `n` stands at `n` plus the delay.
pub fn run_live(model: &Model, input: &[f32]) -> Vec<f32> {
    run_counted(model, input).0
}

/// The same, and what had to be done to it.
pub(in crate::eval) fn run_counted(model: &Model, input: &[f32]) -> (Vec<f32>, Counts) {
    let mut channel = Channels::new(model, 1, Mask::Each).with_delay();
    let mut output = [Vec::with_capacity(input.len())];
    channel.push(&[input], &mut output, |_, _| ());
    let counts = channel.finish(&mut output, |_, _| ());
    let [output] = output;
    (output, counts)
}
