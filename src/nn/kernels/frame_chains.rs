//! Recurrent cells along the bins of several frames at once: each lane is a frame.
//!
//! The frames of a block know nothing of each other, so that no lane waits for another, none is padding, and every weight
//! serves all of them. The sums are those of one frame at a time, number by number in the same order.

// Gates and units are numbered alike in several arrays; an index says so more plainly than zipped iterators.
#![allow(clippy::needless_range_loop)]

mod weights;

use super::Lanes;
use super::across::{across, back};
use super::gates::{Gates, GruGates, LstmGates};
pub(crate) use weights::{ChainSizes, ChainWeights, FrameChains};

/// Runs the chains over all frames, as many at a time as there are lanes.
#[inline(always)]
unsafe fn frames<V: Lanes, G: Gates>(
    chains: &FrameChains,
    bins: usize,
    input: &[f32],
    scratch: &mut [f32],
    output: &mut [f32],
) {
    let frames = chains.check(G::GATES, bins, input, scratch, output);
    let ChainSizes { chains: count, inputs, channels, hidden, directions, .. } = chains.sizes;
    let outputs = chains.outputs();
    let (from, to) = (bins * channels, bins * outputs);
    // SAFETY: `check` has all frames of input and output, and room in `scratch` for the five parts below in the widest
    // vectors. Weights and biases were packed for every chain, unit, source and gate. `rows` frames are read and written
    // from number `first` on, which are there.
    unsafe {
        let heard = scratch.as_mut_ptr();
        let made = heard.add(from * V::COUNT);
        let start = made.add(to * V::COUNT);
        let cells = start.add(hidden * V::COUNT);
        let products = cells.add(hidden * V::COUNT);
        for unit in 0..hidden {
            V::splat(0.0).store(start.add(unit * V::COUNT));
        }
        for first in (0..frames).step_by(V::COUNT) {
            let rows = (frames - first).min(V::COUNT);
            across::<V>(input.as_ptr().add(first * from), from, rows, from, heard, V::COUNT);
            for chain in 0..count {
                for unit in 0..if G::CELL { hidden } else { 0 } {
                    V::splat(0.0).store(cells.add(unit * V::COUNT));
                }
                let upward = chain % directions == 0;
                let mut before = start.cast_const();
                for step in 0..bins {
                    let bin = if upward { step } else { bins - 1 - step };
                    let x = heard.add((bin * channels + chain / directions * inputs) * V::COUNT);
                    let now = made.add((bin * outputs + chain * hidden) * V::COUNT);
                    // All products first: the gates of a unit then wait for nothing but each other.
                    let mut unit = 0;
                    while unit + 4 <= hidden {
                        from_input::<V, G, 4>(chains, chain, unit, x, products);
                        unit += 4;
                    }
                    while unit < hidden {
                        from_input::<V, G, 1>(chains, chain, unit, x, products);
                        unit += 1;
                    }
                    for unit in 0..hidden {
                        from_state::<V, G>(chains, chain, unit, before, products);
                    }
                    let mut unit = 0;
                    while unit < hidden {
                        let left = hidden - unit;
                        unit += if V::MANY_REGISTERS && left >= 4 {
                            units::<V, G, 4>(unit, products, before, cells, now)
                        } else if left >= 2 {
                            units::<V, G, 2>(unit, products, before, cells, now)
                        } else {
                            units::<V, G, 1>(unit, products, before, cells, now)
                        };
                    }
                    before = now;
                }
            }
            back::<V>(made, output.as_mut_ptr().add(first * to), to, rows, to);
        }
    }
}

/// Products of the inputs of a bin with the gates of `U` units, with their biases.
#[inline(always)]
unsafe fn from_input<V: Lanes, G: Gates, const U: usize>(
    chains: &FrameChains,
    chain: usize,
    unit: usize,
    x: *const f32,
    products: *mut f32,
) {
    let ChainSizes { inputs, hidden, .. } = chains.sizes;
    // SAFETY: the caller vouches for a vector for every input and product; units `unit..unit + U` are among those that
    // weights and biases were packed for.
    unsafe {
        let mut sums = [[V::splat(0.0); 4]; U];
        let mut weights = chains.from_input.as_ptr().add((chain * inputs * hidden + unit) * G::GATES);
        for source in 0..inputs {
            let value = V::load(x.add(source * V::COUNT));
            for n in 0..U {
                for gate in 0..G::GATES {
                    let weight = V::splat(*weights.add(n * G::GATES + gate));
                    sums[n][gate] = value.mul_add(weight, sums[n][gate]);
                }
            }
            // Behind the last source it points beyond the weights.
            weights = weights.wrapping_add(hidden * G::GATES);
        }
        for n in 0..U {
            for gate in 0..G::GATES {
                let bias = *chains.input_bias.as_ptr().add((chain * hidden + unit + n) * G::GATES + gate);
                let at = (unit + n) * 2 * G::GATES + gate;
                sums[n][gate].add(V::splat(bias)).store(products.add(at * V::COUNT));
            }
        }
    }
}

/// Products of the states of the bin before with the gates of a unit, with their biases: four partial sums a gate, as a
/// frame by itself has them.
#[inline(always)]
unsafe fn from_state<V: Lanes, G: Gates>(
    chains: &FrameChains,
    chain: usize,
    unit: usize,
    before: *const f32,
    products: *mut f32,
) {
    let hidden = chains.sizes.hidden;
    // SAFETY: as above, with a vector for every state.
    unsafe {
        let mut parts = [[V::splat(0.0); 4]; 4];
        let first = chains.from_state.as_ptr().add((chain * hidden * hidden + unit) * G::GATES);
        let add = |source: usize, sums: &mut [V; 4]| {
            let value = V::load(before.add(source * V::COUNT));
            for gate in 0..G::GATES {
                let weight = V::splat(*first.add(source * hidden * G::GATES + gate));
                sums[gate] = value.mul_add(weight, sums[gate]);
            }
        };
        let whole = hidden / 4 * 4;
        for source in (0..whole).step_by(4) {
            for part in 0..4 {
                add(source + part, &mut parts[part]);
            }
        }
        for part in 0..3 {
            if whole + part < hidden {
                add(whole + part, &mut parts[part]);
            }
        }
        let turned = chains.turned[chain];
        for gate in 0..G::GATES {
            let [a, b, c, d] = [parts[0][gate], parts[1][gate], parts[2][gate], parts[3][gate]];
            let sum = if turned { d.add(a).add(b.add(c)) } else { a.add(b).add(c.add(d)) };
            let bias = *chains.state_bias.as_ptr().add((chain * hidden + unit) * G::GATES + gate);
            let at = (unit * 2 + 1) * G::GATES + gate;
            sum.add(V::splat(bias)).store(products.add(at * V::COUNT));
        }
    }
}

/// One step of `N` units from `unit` on, from their products; returns how many that were.
#[inline(always)]
unsafe fn units<V: Lanes, G: Gates, const N: usize>(
    unit: usize,
    products: *const f32,
    before: *const f32,
    cells: *mut f32,
    now: *mut f32,
) -> usize {
    // SAFETY: the caller vouches for a vector for every product, state and cell of the units, and of what they become.
    unsafe {
        let zero = [V::splat(0.0); N];
        let (mut x, mut h) = ([zero; 4], [zero; 4]);
        for n in 0..N {
            for gate in 0..G::GATES {
                let at = (unit + n) * 2 * G::GATES + gate;
                x[gate][n] = V::load(products.add(at * V::COUNT));
                h[gate][n] = V::load(products.add((at + G::GATES) * V::COUNT));
            }
        }
        let (mut state, mut cell) = (zero, zero);
        for n in 0..N {
            state[n] = V::load(before.add((unit + n) * V::COUNT));
            if G::CELL {
                cell[n] = V::load(cells.add((unit + n) * V::COUNT));
            }
        }
        let (next, next_cell) = G::next(x, h, state, cell);
        for n in 0..N {
            next[n].store(now.add((unit + n) * V::COUNT));
            if G::CELL {
                next_cell[n].store(cells.add((unit + n) * V::COUNT));
            }
        }
    }
    N
}

/// Chains of gated recurrent units on the lanes `V`.
///
/// # Safety
/// The instruction set of `V` must be present.
#[inline(always)]
pub(super) unsafe fn gru_frames<V: Lanes>(
    chains: &FrameChains,
    bins: usize,
    input: &[f32],
    scratch: &mut [f32],
    output: &mut [f32],
) {
    // SAFETY: passed on.
    unsafe { frames::<V, GruGates>(chains, bins, input, scratch, output) }
}

/// Chains of long short-term memories on the lanes `V`.
///
/// # Safety
/// The instruction set of `V` must be present.
#[inline(always)]
pub(super) unsafe fn lstm_frames<V: Lanes>(
    chains: &FrameChains,
    bins: usize,
    input: &[f32],
    scratch: &mut [f32],
    output: &mut [f32],
) {
    // SAFETY: passed on.
    unsafe { frames::<V, LstmGates>(chains, bins, input, scratch, output) }
}

/// The plain twin of the chains.
pub(super) fn frames_scalar<G: Gates>(
    chains: &FrameChains,
    bins: usize,
    input: &[f32],
    scratch: &mut [f32],
    output: &mut [f32],
) {
    let frames = chains.check(G::GATES, bins, input, scratch, output);
    let ChainSizes { chains: count, inputs, channels, hidden, directions, .. } = chains.sizes;
    let outputs = chains.outputs();
    let places = (0..frames).flat_map(|frame| (0..count).map(move |chain| (frame, chain)));
    for (frame, chain) in places {
        let cells = &mut scratch[..hidden];
        cells.fill(0.0);
        let mut before = None;
        for step in 0..bins {
            let bin = if chain % directions == 0 { step } else { bins - 1 - step };
            let x = &input[(frame * bins + bin) * channels + chain / directions * inputs..][..inputs];
            let now = (frame * bins + bin) * outputs + chain * hidden;
            for unit in 0..hidden {
                let place = chain * hidden + unit;
                let state = |unit: usize| before.map_or(0.0, |before: usize| output[before + unit]);
                let (mut from_x, mut from_h) = ([0.0; 4], [0.0; 4]);
                for gate in 0..G::GATES {
                    let at = place * G::GATES + gate;
                    let weight = |of: &[f32], sources: usize, n: usize| {
                        of[((chain * sources + n) * hidden + unit) * G::GATES + gate]
                    };
                    let mut sum = 0.0;
                    for (n, x) in x.iter().enumerate() {
                        sum += x * weight(&chains.from_input, inputs, n);
                    }
                    from_x[gate] = sum + chains.input_bias[at];
                    let mut sum = chains.state_bias[at];
                    for n in 0..hidden {
                        sum += state(n) * weight(&chains.from_state, hidden, n);
                    }
                    from_h[gate] = sum;
                }
                let (next, cell) = G::next_scalar(from_x, from_h, state(unit), cells[unit]);
                output[now + unit] = next;
                cells[unit] = cell;
            }
            before = Some(now);
        }
    }
}
