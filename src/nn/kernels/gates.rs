//! Recurrent cells, fused: the gates of many units at once.

// Gates and lanes are numbered alike in several arrays; an index says so more plainly than zipped iterators.
#![allow(clippy::needless_range_loop)]

use super::Lanes;
use super::pointwise::{each_of, sigmoid, sigmoid_scalar, tanh};

/// What a cell does with the products of input and state, both with their biases: the next state and cell.
///
/// Cells use the first `GATES` of the four products.
pub(super) trait Gates {
    const GATES: usize;
    /// Whether a unit keeps a cell besides its state.
    const CELL: bool;

    /// On the lanes `V`, for `N` vectors of units, of which no one depends on another.
    ///
    /// # Safety
    /// The instruction set of `V` must be present.
    unsafe fn next<V: Lanes, const N: usize>(
        x: [[V; N]; 4],
        h: [[V; N]; 4],
        state: [V; N],
        cell: [V; N],
    ) -> ([V; N], [V; N]);

    /// The plain twin.
    fn next_scalar(x: [f32; 4], h: [f32; 4], state: f32, cell: f32) -> (f32, f32);
}

/// `r = s(xr + hr)`, `z = s(xz + hz)`, `n = tanh(xn + r hn)`, `h' = n + z (h - n)`.
///
/// The convention of PyTorch's `GRU`: the reset gate acts on the recurrent product with its own bias.
pub(super) struct GruGates;

impl Gates for GruGates {
    const GATES: usize = 3;
    const CELL: bool = false;

    #[inline(always)]
    unsafe fn next<V: Lanes, const N: usize>(
        x: [[V; N]; 4],
        h: [[V; N]; 4],
        state: [V; N],
        cell: [V; N],
    ) -> ([V; N], [V; N]) {
        // SAFETY: the caller has the instruction set of `V`.
        unsafe {
            let reset = sigmoid(each_of!(i < N => x[0][i].add(h[0][i])));
            let keep = sigmoid(each_of!(i < N => x[1][i].add(h[1][i])));
            let new = tanh(each_of!(i < N => reset[i].mul_add(h[2][i], x[2][i])));
            (each_of!(i < N => keep[i].mul_add(state[i].sub(new[i]), new[i])), cell)
        }
    }

    fn next_scalar(x: [f32; 4], h: [f32; 4], state: f32, cell: f32) -> (f32, f32) {
        let (reset, keep) = (sigmoid_scalar(x[0] + h[0]), sigmoid_scalar(x[1] + h[1]));
        let new = (x[2] + reset * h[2]).tanh();
        ((1.0 - keep) * new + keep * state, cell)
    }
}

/// `c' = s(f) c + s(i) tanh(g)`, `h' = s(o) tanh(c')`; each gate is the sum of both products.
pub(super) struct LstmGates;

impl Gates for LstmGates {
    const GATES: usize = 4;
    const CELL: bool = true;

    #[inline(always)]
    unsafe fn next<V: Lanes, const N: usize>(
        x: [[V; N]; 4],
        h: [[V; N]; 4],
        _: [V; N],
        cell: [V; N],
    ) -> ([V; N], [V; N]) {
        // SAFETY: the caller has the instruction set of `V`.
        unsafe {
            let admit = sigmoid(each_of!(i < N => x[0][i].add(h[0][i])));
            let forget = sigmoid(each_of!(i < N => x[1][i].add(h[1][i])));
            let new = tanh(each_of!(i < N => x[2][i].add(h[2][i])));
            let show = sigmoid(each_of!(i < N => x[3][i].add(h[3][i])));
            let cell = each_of!(i < N => forget[i].mul_add(cell[i], admit[i].mul(new[i])));
            let bent = tanh(cell);
            (each_of!(i < N => show[i].mul(bent[i])), cell)
        }
    }

    fn next_scalar(x: [f32; 4], h: [f32; 4], _: f32, cell: f32) -> (f32, f32) {
        let [admit, forget, show] = [0, 1, 3].map(|gate| sigmoid_scalar(x[gate] + h[gate]));
        let cell = forget * cell + admit * (x[2] + h[2]).tanh();
        (show * cell.tanh(), cell)
    }
}

fn check<G: Gates>(hidden: usize, from_input: &[f32], from_state: &[f32], state: &[f32], cell: &[f32]) {
    assert!(hidden > 0 && state.len().is_multiple_of(hidden), "whole rows of hidden units");
    let gates = G::GATES * state.len();
    assert!(from_input.len() == gates && from_state.len() == gates, "every gate of every hidden unit");
    let cells = if G::CELL { state.len() } else { 0 };
    assert_eq!(cell.len(), cells, "one cell a hidden unit of those that have any");
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
    let rows = state.len() / hidden;
    let mut row = 0;
    // SAFETY: `check` has every row of products, state and, where there is any, cell.
    unsafe {
        let (x, h) = (from_input.as_ptr(), from_state.as_ptr());
        let (state, cell) = (state.as_mut_ptr(), cell.as_mut_ptr());
        while row < rows {
            let left = rows - row;
            row += if V::MANY_REGISTERS && left >= 4 {
                rows_of::<V, G, 4>(hidden, row, x, h, state, cell)
            } else if left >= 2 {
                rows_of::<V, G, 2>(hidden, row, x, h, state, cell)
            } else {
                rows_of::<V, G, 1>(hidden, row, x, h, state, cell)
            };
        }
    }
}

/// `N` rows from `row` on; returns how many that were.
#[inline(always)]
unsafe fn rows_of<V: Lanes, G: Gates, const N: usize>(
    hidden: usize,
    row: usize,
    from_input: *const f32,
    from_state: *const f32,
    state: *mut f32,
    cell: *mut f32,
) -> usize {
    for unit in (0..hidden).step_by(V::COUNT) {
        let count = (hidden - unit).min(V::COUNT);
        // SAFETY: the caller vouches for the rows; `unit + count <= hidden`.
        unsafe {
            let zero = [V::splat(0.0); N];
            let (mut x, mut h) = ([zero; 4], [zero; 4]);
            for gate in 0..G::GATES {
                for n in 0..N {
                    let at = ((row + n) * G::GATES + gate) * hidden + unit;
                    x[gate][n] = V::load_up_to(from_input.add(at), count);
                    h[gate][n] = V::load_up_to(from_state.add(at), count);
                }
            }
            let (mut kept, mut inner) = (zero, zero);
            for n in 0..N {
                let at = (row + n) * hidden + unit;
                kept[n] = V::load_up_to(state.add(at), count);
                if G::CELL {
                    inner[n] = V::load_up_to(cell.add(at), count);
                }
            }
            let (next, next_cell) = G::next(x, h, kept, inner);
            for n in 0..N {
                let at = (row + n) * hidden + unit;
                next[n].store_up_to(state.add(at), count);
                if G::CELL {
                    next_cell[n].store_up_to(cell.add(at), count);
                }
            }
        }
    }
    N
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
