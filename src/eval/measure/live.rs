//! Sound through a model as a live stream gives it: late.

use crate::engine::{Counts, Denoiser};
use crate::model::Model;

/// Everything that comes out of a live stream of whole hops, with its tail: input sample `n` stands at `n` plus the delay.
pub fn run_live(model: &Model, input: &[f32]) -> Vec<f32> {
    run_counted(model, input).0
}

/// The same, and what had to be done to it.
pub(in crate::eval) fn run_counted(model: &Model, input: &[f32]) -> (Vec<f32>, Counts) {
    let mut denoiser = Denoiser::new(model);
    let hop = denoiser.hop();
    let mut output = vec![0.0; hop];
    let mut all = Vec::with_capacity(input.len() + denoiser.delays().total() + 2 * hop);
    let mut padded = vec![0.0; hop];
    for samples in input.chunks(hop) {
        padded[..samples.len()].copy_from_slice(samples);
        padded[samples.len()..].fill(0.0);
        denoiser.process_hop(&padded, &mut output);
        all.extend_from_slice(&output);
    }
    while denoiser.flush(&mut output) {
        all.extend_from_slice(&output);
    }
    (all, denoiser.counts())
}
