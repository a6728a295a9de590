//! Activation curves and powers, number by number.

use super::Lanes;

/// A curve without parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Curve {
    Relu,
    Elu,
    Silu,
    Sigmoid,
    Tanh,
}

/// Splits `x = n ln 2 + r` with `|r| <= ln 2 / 2`; returns `(2^n, e^r - 1)`.
///
/// `e^r - 1 = r + r^2 (1/2! + r/3! + ... + r^5/7!)`: the next term is below 6e-9.
#[inline(always)]
unsafe fn split_exponential<V: Lanes>(x: V) -> (V, V) {
    // ln 2 in two parts, the first short enough that `n` times it is exact.
    const HIGH: f32 = 0.693_359_4;
    const LOW: f32 = -2.121_944_4e-4;
    // SAFETY: the caller has the instruction set of `V`.
    unsafe {
        // The bound comes first so that a NaN in `x`, the second operand, is kept.
        let x = V::splat(-87.0).max(V::splat(88.0).min(x));
        let n = x.mul(V::splat(std::f32::consts::LOG2_E)).round();
        let r = n.mul_add(V::splat(-LOW), n.mul_add(V::splat(-HIGH), x));
        let mut series = V::splat(1.0 / 5040.0);
        for divisor in [720.0, 120.0, 24.0, 6.0, 2.0] {
            series = series.mul_add(r, V::splat(1.0 / divisor));
        }
        (n.power_of_two(), r.mul(r).mul_add(series, r))
    }
}

/// `e^x - 1`, exact to rounding also near zero.
#[inline(always)]
unsafe fn exponential_minus_one<V: Lanes>(x: V) -> V {
    // SAFETY: the caller has the instruction set of `V`.
    unsafe {
        let (scale, rest) = split_exponential(x);
        scale.mul_add(rest, scale.sub(V::splat(1.0)))
    }
}

/// `1 / (1 + e^-x)`
#[inline(always)]
pub(super) unsafe fn sigmoid<V: Lanes>(x: V) -> V {
    // SAFETY: the caller has the instruction set of `V`.
    unsafe {
        let one = V::splat(1.0);
        let (scale, rest) = split_exponential(V::splat(0.0).sub(x));
        one.div(one.add(scale.mul_add(rest, scale)))
    }
}

/// `tanh x = t / (t + 2)` with `t = e^2x - 1`; beyond 9.1 the result rounds to one.
#[inline(always)]
pub(super) unsafe fn tanh<V: Lanes>(x: V) -> V {
    // SAFETY: the caller has the instruction set of `V`.
    unsafe {
        let x = V::splat(-9.1).max(V::splat(9.1).min(x));
        let t = exponential_minus_one(x.add(x));
        t.div(t.add(V::splat(2.0)))
    }
}

#[inline(always)]
unsafe fn apply<V: Lanes>(curve: Curve, x: V) -> V {
    // SAFETY: the caller has the instruction set of `V`.
    unsafe {
        match curve {
            Curve::Relu => V::splat(0.0).max(x),
            Curve::Elu => x.where_positive(x, exponential_minus_one(x)),
            // Below -87 the sigmoid is a constant, and the factor may not grow against it.
            Curve::Silu => V::splat(-87.0).max(x).mul(sigmoid(x)),
            Curve::Sigmoid => sigmoid(x),
            Curve::Tanh => tanh(x),
        }
    }
}

/// Runs `operation` over whole vectors of input and output and once over the rest.
#[inline(always)]
unsafe fn each<V: Lanes>(input: &[f32], output: &mut [f32], operation: impl Fn(V) -> V) {
    assert_eq!(input.len(), output.len(), "one output a number");
    let whole = input.len() / V::COUNT * V::COUNT;
    let left = input.len() - whole;
    // SAFETY: offsets stay below the common length.
    unsafe {
        for i in (0..whole).step_by(V::COUNT) {
            operation(V::load(input.as_ptr().add(i))).store(output.as_mut_ptr().add(i));
        }
        if left > 0 {
            operation(V::load_first(input.as_ptr().add(whole), left))
                .store_first(output.as_mut_ptr().add(whole), left);
        }
    }
}

/// A curve on the lanes `V`.
///
/// # Safety
/// The instruction set of `V` must be present.
#[inline(always)]
pub(super) unsafe fn curve<V: Lanes>(curve: Curve, input: &[f32], output: &mut [f32]) {
    // SAFETY: passed on.
    unsafe {
        match curve {
            // One loop a curve, so that the choice is made once and not for each vector.
            Curve::Relu => each(input, output, |x: V| apply(Curve::Relu, x)),
            Curve::Elu => each(input, output, |x: V| apply(Curve::Elu, x)),
            Curve::Silu => each(input, output, |x: V| apply(Curve::Silu, x)),
            Curve::Sigmoid => each(input, output, |x: V| apply(Curve::Sigmoid, x)),
            Curve::Tanh => each(input, output, |x: V| apply(Curve::Tanh, x)),
        }
    }
}

/// The leaky rectifier with one slope a channel on the lanes `V`.
///
/// # Safety
/// The instruction set of `V` must be present.
#[inline(always)]
pub(super) unsafe fn leaky<V: Lanes>(slopes: &[f32], input: &[f32], output: &mut [f32]) {
    assert_eq!(input.len(), output.len(), "one output a number");
    assert_eq!(input.len() % slopes.len(), 0, "whole rows of channels");
    for c in (0..slopes.len()).step_by(V::COUNT) {
        let left = (slopes.len() - c).min(V::COUNT);
        for row in (c..input.len()).step_by(slopes.len()) {
            // SAFETY: `left` numbers from `row` on are within the row, and from `c` on within the slopes.
            unsafe {
                let (from, to) = (input.as_ptr().add(row), output.as_mut_ptr().add(row));
                if left == V::COUNT {
                    let (x, slope) = (V::load(from), V::load(slopes.as_ptr().add(c)));
                    x.where_positive(x, x.mul(slope)).store(to);
                } else {
                    let (x, slope) = (V::load_first(from, left), V::load_first(slopes.as_ptr().add(c), left));
                    x.where_positive(x, x.mul(slope)).store_first(to, left);
                }
            }
        }
    }
}

/// `x^p = e^(p ln x)`, with `ln m = 2 (s + s^3/3 + ... + s^9/9)`, `s = (m - 1) / (m + 1)`, for `m` in `[sqrt 1/2, sqrt 2)`.
///
/// # Safety
/// The instruction set of `V` must be present.
#[inline(always)]
pub(super) unsafe fn power<V: Lanes>(values: &mut [f32], exponent: f32) {
    // SAFETY: the caller has the instruction set of `V`; `each` keeps to the slices.
    unsafe {
        let raise = |x: V| {
            let (e, m) = x.exponent_and_mantissa();
            let above = m.sub(V::splat(std::f32::consts::SQRT_2));
            let m = above.where_positive(m.mul(V::splat(0.5)), m);
            let e = above.where_positive(e.add(V::splat(1.0)), e);
            let s = m.sub(V::splat(1.0)).div(m.add(V::splat(1.0)));
            let square = s.mul(s);
            let mut series = V::splat(1.0 / 9.0);
            for divisor in [7.0, 5.0, 3.0, 1.0] {
                series = series.mul_add(square, V::splat(1.0 / divisor));
            }
            let logarithm = e.mul_add(V::splat(std::f32::consts::LN_2), s.add(s).mul(series));
            let (scale, rest) = split_exponential(logarithm.mul(V::splat(exponent)));
            // A NaN loses itself in the bits of the mantissa; adding `x - x` brings it back.
            scale.mul_add(rest, scale).add(x.sub(x))
        };
        let whole = values.len() / V::COUNT * V::COUNT;
        let left = values.len() - whole;
        for i in (0..whole).step_by(V::COUNT) {
            let at = values.as_mut_ptr().add(i);
            raise(V::load(at)).store(at);
        }
        if left > 0 {
            let at = values.as_mut_ptr().add(whole);
            raise(V::load_first(at, left)).store_first(at, left);
        }
    }
}
