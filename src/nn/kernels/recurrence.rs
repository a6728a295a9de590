//! Recurrent cells, fused: the gates of many units at once, and whole runs along the bins of a frame.

// Gates and lanes are numbered alike in several arrays; an index says so more plainly than zipped iterators.
#![allow(clippy::needless_range_loop)]

use super::pointwise::{sigmoid, tanh};
use super::{Lanes, padded, scalar};

/// What a cell does with the products of input and state, both with their biases: the next state and cell.
///
/// Cells use the first `GATES` of the four products.
pub(super) trait Gates {
    const GATES: usize;

    /// On the lanes `V`.
    ///
    /// # Safety
    /// The instruction set of `V` must be present.
    unsafe fn next<V: Lanes>(x: [V; 4], h: [V; 4], state: V, cell: V) -> (V, V);

    /// The plain twin.
    fn next_scalar(x: [f32; 4], h: [f32; 4], state: f32, cell: f32) -> (f32, f32);
}

/// `r = s(xr + hr)`, `z = s(xz + hz)`, `n = tanh(xn + r hn)`, `h' = n + z (h - n)`.
///
/// The convention of PyTorch's `GRU`: the reset gate acts on the recurrent product with its own bias.
pub(super) struct GruGates;

impl Gates for GruGates {
    const GATES: usize = 3;

    #[inline(always)]
    unsafe fn next<V: Lanes>(x: [V; 4], h: [V; 4], state: V, cell: V) -> (V, V) {
        // SAFETY: the caller has the instruction set of `V`.
        unsafe {
            let reset = sigmoid(x[0].add(h[0]));
            let keep = sigmoid(x[1].add(h[1]));
            let new = tanh(reset.mul_add(h[2], x[2]));
            (keep.mul_add(state.sub(new), new), cell)
        }
    }

    fn next_scalar(x: [f32; 4], h: [f32; 4], state: f32, cell: f32) -> (f32, f32) {
        let (reset, keep) = (scalar::sigmoid(x[0] + h[0]), scalar::sigmoid(x[1] + h[1]));
        let new = (x[2] + reset * h[2]).tanh();
        ((1.0 - keep) * new + keep * state, cell)
    }
}

/// `c' = s(f) c + s(i) tanh(g)`, `h' = s(o) tanh(c')`; each gate is the sum of both products.
pub(super) struct LstmGates;

impl Gates for LstmGates {
    const GATES: usize = 4;

    #[inline(always)]
    unsafe fn next<V: Lanes>(x: [V; 4], h: [V; 4], _: V, cell: V) -> (V, V) {
        // SAFETY: the caller has the instruction set of `V`.
        unsafe {
            let (admit, forget) = (sigmoid(x[0].add(h[0])), sigmoid(x[1].add(h[1])));
            let (new, show) = (tanh(x[2].add(h[2])), sigmoid(x[3].add(h[3])));
            let cell = forget.mul_add(cell, admit.mul(new));
            (show.mul(tanh(cell)), cell)
        }
    }

    fn next_scalar(x: [f32; 4], h: [f32; 4], _: f32, cell: f32) -> (f32, f32) {
        let [admit, forget, show] = [0, 1, 3].map(|gate| scalar::sigmoid(x[gate] + h[gate]));
        let cell = forget * cell + admit * (x[2] + h[2]).tanh();
        (show * cell.tanh(), cell)
    }
}

#[inline(always)]
unsafe fn load<V: Lanes>(from: *const f32, count: usize) -> V {
    // SAFETY: the caller vouches for `count` numbers.
    unsafe { if count == V::COUNT { V::load(from) } else { V::load_first(from, count) } }
}

#[inline(always)]
unsafe fn store<V: Lanes>(value: V, to: *mut f32, count: usize) {
    // SAFETY: the caller vouches for `count` numbers.
    unsafe { if count == V::COUNT { value.store(to) } else { value.store_first(to, count) } }
}

fn check<G: Gates>(hidden: usize, from_input: &[f32], from_state: &[f32], state: &[f32], cell: &[f32]) {
    assert!(hidden > 0 && state.len().is_multiple_of(hidden), "whole rows of hidden units");
    let gates = G::GATES * state.len();
    assert!(from_input.len() == gates && from_state.len() == gates, "every gate of every hidden unit");
    assert!(cell.is_empty() || cell.len() == state.len(), "one cell a hidden unit");
}

/// The gates of every row of `hidden` units; a row of products holds its gates one after the other.
#[inline(always)]
unsafe fn gates<V: Lanes, G: Gates>(
    hidden: usize,
    from_input: &[f32],
    from_state: &[f32],
    state: &mut [f32],
    cell: &mut [f32],
) {
    check::<G>(hidden, from_input, from_state, state, cell);
    for row in (0..state.len()).step_by(hidden) {
        for i in (0..hidden).step_by(V::COUNT) {
            let count = (hidden - i).min(V::COUNT);
            // SAFETY: `check` has every row of products, state and, where there is any, cell; `i + count <= hidden`.
            unsafe {
                let zero = V::splat(0.0);
                let (mut x, mut h) = ([zero; 4], [zero; 4]);
                for gate in 0..G::GATES {
                    let at = row * G::GATES + gate * hidden + i;
                    x[gate] = load(from_input.as_ptr().add(at), count);
                    h[gate] = load(from_state.as_ptr().add(at), count);
                }
                let kept = state.as_mut_ptr().add(row + i);
                if cell.is_empty() {
                    store(G::next(x, h, load(kept, count), zero).0, kept, count);
                } else {
                    let inner = cell.as_mut_ptr().add(row + i);
                    let (next, next_cell) = G::next(x, h, load(kept, count), load(inner, count));
                    store(next, kept, count);
                    store(next_cell, inner, count);
                }
            }
        }
    }
}

/// Gates of gated recurrent units on the lanes `V`.
///
/// # Safety
/// The instruction set of `V` must be present.
#[inline(always)]
pub(super) unsafe fn gru_gates<V: Lanes>(
    hidden: usize,
    from_input: &[f32],
    from_state: &[f32],
    state: &mut [f32],
) {
    // SAFETY: passed on.
    unsafe { gates::<V, GruGates>(hidden, from_input, from_state, state, &mut []) }
}

/// Gates of long short-term memories on the lanes `V`.
///
/// # Safety
/// The instruction set of `V` must be present.
#[inline(always)]
pub(super) unsafe fn lstm_gates<V: Lanes>(
    hidden: usize,
    from_input: &[f32],
    from_state: &[f32],
    state: &mut [f32],
    cell: &mut [f32],
) {
    assert_eq!(cell.len(), state.len(), "one cell a hidden unit");
    // SAFETY: passed on.
    unsafe { gates::<V, LstmGates>(hidden, from_input, from_state, state, cell) }
}

/// The plain twin of the gates.
pub(super) fn gates_scalar<G: Gates>(
    hidden: usize,
    from_input: &[f32],
    from_state: &[f32],
    state: &mut [f32],
    cell: &mut [f32],
) {
    check::<G>(hidden, from_input, from_state, state, cell);
    for n in 0..state.len() {
        let (row, unit) = (n / hidden, n % hidden);
        let at = |gate: usize| (row * G::GATES + gate) * hidden + unit;
        let gather =
            |from: &[f32]| std::array::from_fn(|gate| if gate < G::GATES { from[at(gate)] } else { 0.0 });
        let kept = cell.get(n).copied().unwrap_or(0.0);
        let (next, next_cell) = G::next_scalar(gather(from_input), gather(from_state), state[n], kept);
        state[n] = next;
        if let Some(cell) = cell.get_mut(n) {
            *cell = next_cell;
        }
    }
}

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
    weights: Vec<f32>,
    /// For every gate: one bias a (padded) lane.
    bias: Vec<f32>,
    /// Above zero where the lane's chain runs upwards, below where it runs downwards.
    upward: Vec<f32>,
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
        let mut weights = vec![0.0; runs * sources * gates * stride];
        let mut biases = vec![0.0; gates * runs * stride];
        let mut directions = vec![0.0; runs * stride];
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

    fn check(&self, gates: usize, bins: usize, from_input: &[f32], states: &[f32], output: &[f32]) {
        assert_eq!(self.gates, gates, "chains of this cell");
        assert_eq!(from_input.len(), bins * gates * self.width(), "every gate of every lane of every bin");
        assert_eq!(
            states.len(),
            (bins + 2) * self.width(),
            "a row of states a bin, one before them, and one of cells"
        );
        assert_eq!(output.len(), bins * self.runs * self.lanes, "one output a lane and bin");
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
    let bins = output.len() / (runs * lanes);
    chains.check(G::GATES, bins, from_input, states, output);
    let row = G::GATES * width;
    let weights_of_run = BinChains::sources(lanes) * G::GATES * stride;
    states[..2 * width].fill(0.0);
    // SAFETY: `check` has the sizes of all slices in whole vectors, for every bin; weights and biases were packed for
    // them. Sources come in fours within a run's padded lanes. Outputs are stored up to `lanes` of each run.
    unsafe {
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
                    let upward = V::load(chains.upward.as_ptr().add(v));
                    let (mut x, mut h) = ([zero; 4], [zero; 4]);
                    for gate in 0..G::GATES {
                        let at = gate * width + v;
                        let [a, b, c, d] = sums[gate];
                        h[gate] = a.add(b).add(c.add(d)).add(V::load(chains.bias.as_ptr().add(at)));
                        let up = V::load(from_input.as_ptr().add(i * row + at));
                        let down = V::load(from_input.as_ptr().add((bins - 1 - i) * row + at));
                        x[gate] = upward.where_positive(up, down);
                    }
                    let cell = cells.add(v);
                    let (next, next_cell) = G::next(x, h, V::load(before.add(v)), V::load(cell));
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
                    let upward = V::load(chains.upward.as_ptr().add(v));
                    let up = V::load(states.add(bin * width + v));
                    let down = V::load(states.add((bins - 1 - bin) * width + v));
                    store(upward.where_positive(up, down), to.add(lane), (lanes - lane).min(V::COUNT));
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
    let bins = output.len() / (runs * lanes);
    chains.check(G::GATES, bins, from_input, states, output);
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
