//! Recurrent cells, fused: whole runs along the bins of a frame.

// Gates and lanes are numbered alike in several arrays; an index says so more plainly than zipped iterators.
#![allow(clippy::needless_range_loop)]

use super::gates::{Gates, GruGates, LstmGates};
use super::{Lanes, padded};
use crate::nn::floats::Floats;

/// Recurrent chains along the bins of a frame, side by side: each unit of each chain is a lane.
///
/// The chains are independent, so that their steps share the time that one step alone would wait for its own result.
/// Where that takes no more vectors, each chain has vectors of its own and meets its own weights only; otherwise all
/// share vectors and meet the zeros between them too. A run is what shares vectors.
#[derive(Clone, Debug)]
pub struct BinChains {
    runs: usize,
    /// Lanes of a run.
    lanes: usize,
    /// The same in whole vectors.
    stride: usize,
    gates: usize,
    /// For every run, every source lane of it, every gate: the weights into all (padded) lanes of the run.
    weights: Floats,
    /// For every gate: one bias a (padded) lane.
    bias: Floats,
    /// Above zero where the lane's chain runs upwards, below where it runs downwards.
    upward: Floats,
}

impl BinChains {
    /// Packs `weight(source lane, gate, lane)` and `bias(gate, lane)` of so many equal chains; no weight leads from one
    /// chain to another. There is an `upward` for every lane, the lanes of a chain one after the other.
    pub fn new(
        gates: usize,
        chains: usize,
        upward: &[bool],
        weight: impl Fn(usize, usize, usize) -> f32,
        bias: impl Fn(usize, usize) -> f32,
    ) -> Self {
        let all = upward.len();
        let apart = chains * padded(all / chains) == padded(all);
        let runs = if apart { chains } else { 1 };
        let (lanes, stride) = (all / runs, padded(all / runs));
        let sources = Self::sources(lanes);
        let mut weights = Floats::zeros(runs * sources * gates * stride);
        let mut biases = Floats::zeros(gates * runs * stride);
        let mut directions = Floats::zeros(runs * stride);
        for run in 0..runs {
            for lane in 0..lanes {
                let (place, whole) = (run * stride + lane, run * lanes + lane);
                directions[place] = if upward[whole] { 1.0 } else { -1.0 };
                for gate in 0..gates {
                    biases[gate * runs * stride + place] = bias(gate, whole);
                    for source in 0..lanes {
                        let to = ((run * sources + source) * gates + gate) * stride + lane;
                        weights[to] = weight(run * lanes + source, gate, whole);
                    }
                }
            }
        }
        Self { runs, lanes, stride, gates, weights, bias: biases, upward: directions }
    }

    /// Sources come in fours; those beyond the last lane are zero.
    fn sources(lanes: usize) -> usize {
        lanes.next_multiple_of(4)
    }

    /// Lanes with their padding: the width of a row of products for one gate, and of a row of states.
    pub fn width(&self) -> usize {
        self.runs * self.stride
    }

    /// The lane that stands at a place of a row, if it is not padding.
    pub fn lane_at(&self, place: usize) -> Option<usize> {
        let (run, lane) = (place / self.stride, place % self.stride);
        (lane < self.lanes).then_some(run * self.lanes + lane)
    }

    /// Which source of its run a lane is.
    pub fn source_of(&self, lane: usize) -> usize {
        lane % self.lanes
    }

    /// Refuses slices that do not fit together; the number of bins.
    fn check(&self, gates: usize, from_input: &[f32], states: &[f32], output: &[f32]) -> usize {
        let bins = output.len() / (self.runs * self.lanes);
        assert_eq!(self.gates, gates, "chains of this cell");
        assert_eq!(from_input.len(), bins * gates * self.width(), "every gate of every lane of every bin");
        assert_eq!(
            states.len(),
            (bins + 2) * self.width(),
            "a row of states a bin, one before them, and one of cells"
        );
        assert_eq!(output.len(), bins * self.runs * self.lanes, "one output a lane and bin");
        bins
    }
}

/// Runs the chains. `states` gets a row of cells, a row of zeros, then the states of every step.
#[inline(always)]
unsafe fn bins<V: Lanes, G: Gates>(
    chains: &BinChains,
    from_input: &[f32],
    states: &mut [f32],
    output: &mut [f32],
) {
    let BinChains { runs, lanes, stride, .. } = *chains;
    let width = chains.width();
    let bins = chains.check(G::GATES, from_input, states, output);
    let row = G::GATES * width;
    let weights_of_run = BinChains::sources(lanes) * G::GATES * stride;
    states[..2 * width].fill(0.0);
    // SAFETY: `check` has the sizes of all slices in whole vectors, for every bin; weights and biases were packed for
    // them. Sources come in fours within a run's padded lanes. Outputs are stored up to `lanes` of each run.
    unsafe {
        let (bias, upward) = (chains.bias.as_ptr(), chains.upward.as_ptr());
        let zero = V::splat(0.0);
        let cells = states.as_mut_ptr();
        for i in 0..bins {
            // From the one pointer: borrowing the slice again would take away its right to it.
            let before = cells.add((i + 1) * width);
            let now = before.add(width);
            for run in 0..runs {
                let first = run * stride;
                let weights = chains.weights.as_ptr().add(run * weights_of_run);
                for lane in (0..stride).step_by(V::COUNT) {
                    // Four partial sums a gate, so that they do not wait for each other.
                    let mut sums = [[zero; 4]; 4];
                    for source in (0..lanes).step_by(4) {
                        for part in 0..4 {
                            let value = V::splat(*before.add(first + source + part));
                            let at = weights.add((source + part) * G::GATES * stride + lane);
                            for gate in 0..G::GATES {
                                let weight = V::load(at.add(gate * stride));
                                sums[gate][part] = value.mul_add(weight, sums[gate][part]);
                            }
                        }
                    }
                    let v = first + lane;
                    let direction = V::load(upward.add(v));
                    let (mut x, mut h) = ([[zero]; 4], [[zero]; 4]);
                    for gate in 0..G::GATES {
                        let at = gate * width + v;
                        let [a, b, c, d] = sums[gate];
                        h[gate] = [a.add(b).add(c.add(d)).add(V::load(bias.add(at)))];
                        let up = V::load(from_input.as_ptr().add(i * row + at));
                        let down = V::load(from_input.as_ptr().add((bins - 1 - i) * row + at));
                        x[gate] = [direction.where_positive(up, down)];
                    }
                    let cell = cells.add(v);
                    let ([next], [next_cell]) = G::next(x, h, [V::load(before.add(v))], [V::load(cell)]);
                    next.store(now.add(v));
                    next_cell.store(cell);
                }
            }
        }
        let states = states.as_ptr().add(2 * width);
        let mut to = output.as_mut_ptr();
        for bin in 0..bins {
            for first in (0..runs).map(|run| run * stride) {
                for lane in (0..lanes).step_by(V::COUNT) {
                    let v = first + lane;
                    let direction = V::load(upward.add(v));
                    let up = V::load(states.add(bin * width + v));
                    let down = V::load(states.add((bins - 1 - bin) * width + v));
                    let value = direction.where_positive(up, down);
                    value.store_up_to(to.add(lane), (lanes - lane).min(V::COUNT));
                }
                to = to.add(lanes);
            }
        }
    }
}

/// Chains of gated recurrent units on the lanes `V`.
///
/// # Safety
/// The instruction set of `V` must be present.
#[inline(always)]
pub(super) unsafe fn gru_bins<V: Lanes>(
    chains: &BinChains,
    from_input: &[f32],
    states: &mut [f32],
    output: &mut [f32],
) {
    // SAFETY: passed on.
    unsafe { bins::<V, GruGates>(chains, from_input, states, output) }
}

/// Chains of long short-term memories on the lanes `V`.
///
/// # Safety
/// The instruction set of `V` must be present.
#[inline(always)]
pub(super) unsafe fn lstm_bins<V: Lanes>(
    chains: &BinChains,
    from_input: &[f32],
    states: &mut [f32],
    output: &mut [f32],
) {
    // SAFETY: passed on.
    unsafe { bins::<V, LstmGates>(chains, from_input, states, output) }
}

/// The plain twin of the chains.
pub(super) fn bins_scalar<G: Gates>(
    chains: &BinChains,
    from_input: &[f32],
    states: &mut [f32],
    output: &mut [f32],
) {
    let BinChains { runs, lanes, stride, .. } = *chains;
    let width = chains.width();
    let bins = chains.check(G::GATES, from_input, states, output);
    states[..2 * width].fill(0.0);
    for i in 0..bins {
        for (run, lane) in (0..runs).flat_map(|run| (0..lanes).map(move |lane| (run, lane))) {
            let place = run * stride + lane;
            let bin = if chains.upward[place] > 0.0 { i } else { bins - 1 - i };
            let (mut x, mut h) = ([0.0; 4], [0.0; 4]);
            for gate in 0..G::GATES {
                x[gate] = from_input[(bin * G::GATES + gate) * width + place];
                h[gate] = chains.bias[gate * width + place];
                for source in 0..lanes {
                    let row = (run * BinChains::sources(lanes) + source) * G::GATES + gate;
                    let state = states[(i + 1) * width + run * stride + source];
                    h[gate] += state * chains.weights[row * stride + lane];
                }
            }
            let (next, cell) = G::next_scalar(x, h, states[(i + 1) * width + place], states[place]);
            states[(i + 2) * width + place] = next;
            states[place] = cell;
            output[(bin * runs + run) * lanes + lane] = next;
        }
    }
}
