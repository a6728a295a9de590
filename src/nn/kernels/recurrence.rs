//! The gates of recurrent cells, fused: one pass over the hidden units of a step.

use super::Lanes;
use super::pointwise::{sigmoid, tanh};

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

/// `r = s(xr + hr)`, `z = s(xz + hz)`, `n = tanh(xn + r hn)`, `h' = n + z (h - n)`; the biases are in the products.
///
/// The convention of PyTorch's `GRU`: the reset gate acts on the recurrent product with its own bias.
///
/// # Safety
/// The instruction set of `V` must be present.
#[inline(always)]
pub(super) unsafe fn gru_gates<V: Lanes>(from_input: &[f32], from_state: &[f32], state: &mut [f32]) {
    let hidden = state.len();
    assert!(from_input.len() == 3 * hidden && from_state.len() == 3 * hidden, "three gates a hidden unit");
    let (x, g, h) = (from_input.as_ptr(), from_state.as_ptr(), state.as_mut_ptr());
    for i in (0..hidden).step_by(V::COUNT) {
        let count = (hidden - i).min(V::COUNT);
        // SAFETY: `i + count <= hidden`, and the gates hold three times that.
        unsafe {
            let gate = |from: *const f32, which: usize| load::<V>(from.add(which * hidden + i), count);
            let reset = sigmoid(gate(x, 0).add(gate(g, 0)));
            let keep = sigmoid(gate(x, 1).add(gate(g, 1)));
            let new = tanh(reset.mul_add(gate(g, 2), gate(x, 2)));
            let old = load::<V>(h.add(i), count);
            store(keep.mul_add(old.sub(new), new), h.add(i), count);
        }
    }
}

/// `c' = s(f) c + s(i) tanh(g)`, `h' = s(o) tanh(c')`; each gate is the sum of both products, with their biases.
///
/// # Safety
/// The instruction set of `V` must be present.
#[inline(always)]
pub(super) unsafe fn lstm_gates<V: Lanes>(
    from_input: &[f32],
    from_state: &[f32],
    state: &mut [f32],
    cell: &mut [f32],
) {
    let hidden = state.len();
    assert!(from_input.len() == 4 * hidden && from_state.len() == 4 * hidden, "four gates a hidden unit");
    assert_eq!(cell.len(), hidden, "one cell a hidden unit");
    for i in (0..hidden).step_by(V::COUNT) {
        let count = (hidden - i).min(V::COUNT);
        // SAFETY: `i + count <= hidden`, and the gates hold four times that.
        unsafe {
            let gate = |which: usize| {
                let at = which * hidden + i;
                load::<V>(from_input.as_ptr().add(at), count).add(load(from_state.as_ptr().add(at), count))
            };
            let (admit, forget) = (sigmoid(gate(0)), sigmoid(gate(1)));
            let (new, show) = (tanh(gate(2)), sigmoid(gate(3)));
            let next = forget.mul_add(load(cell.as_ptr().add(i), count), admit.mul(new));
            store(next, cell.as_mut_ptr().add(i), count);
            store(show.mul(tanh(next)), state.as_mut_ptr().add(i), count);
        }
    }
}
