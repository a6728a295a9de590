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

/// Several vectors at once, operation by operation: while one waits for its result, the next begins. Evaluates an expression
/// for each number `$n` of an array.
macro_rules! each_of {
    ($n:ident < $count:ident => $value:expr) => {{
        let mut all = [V::splat(0.0); $count];
        for $n in 0..$count {
            all[$n] = $value;
        }
        all
    }};
}
pub(super) use each_of;

/// Splits `x = n ln 2 + r` with `|r| <= ln 2 / 2`; returns `(2^n, e^r - 1)`.
///
/// `e^r - 1 = r + r^2 (1/2! + r/3! + ... + r^5/7!)`: the next term is below 6e-9.
#[inline(always)]
unsafe fn split_exponential<V: Lanes, const N: usize>(x: [V; N]) -> ([V; N], [V; N]) {
    // ln 2 in two parts, the first short enough that `n` times it is exact.
    const HIGH: f32 = 0.693_359_4;
    const LOW: f32 = -2.121_944_4e-4;
    // SAFETY: the caller has the instruction set of `V`.
    unsafe {
        // The bound comes first so that a NaN in `x`, the second operand, is kept.
        let x = each_of!(i < N => V::splat(-87.0).max(V::splat(88.0).min(x[i])));
        let n = each_of!(i < N => x[i].mul(V::splat(std::f32::consts::LOG2_E)).round());
        let r = each_of!(i < N => n[i].mul_add(V::splat(-HIGH), x[i]));
        let r = each_of!(i < N => n[i].mul_add(V::splat(-LOW), r[i]));
        let mut series = [V::splat(1.0 / 5040.0); N];
        for divisor in [720.0, 120.0, 24.0, 6.0, 2.0] {
            series = each_of!(i < N => series[i].mul_add(r[i], V::splat(1.0 / divisor)));
        }
        let power = each_of!(i < N => n[i].power_of_two());
        (power, each_of!(i < N => r[i].mul(r[i]).mul_add(series[i], r[i])))
    }
}

/// `e^x - 1`, exact to rounding also near zero.
#[inline(always)]
unsafe fn exponential_minus_one<V: Lanes, const N: usize>(x: [V; N]) -> [V; N] {
    // SAFETY: the caller has the instruction set of `V`.
    unsafe {
        let (scale, rest) = split_exponential(x);
        each_of!(i < N => scale[i].mul_add(rest[i], scale[i].sub(V::splat(1.0))))
    }
}

/// `1 / (1 + e^-x)`
///
/// # Safety
/// The instruction set of `V` must be present.
#[inline(always)]
pub(super) unsafe fn sigmoid<V: Lanes, const N: usize>(x: [V; N]) -> [V; N] {
    // SAFETY: the caller has the instruction set of `V`.
    unsafe {
        let one = V::splat(1.0);
        let (scale, rest) = split_exponential(each_of!(i < N => V::splat(0.0).sub(x[i])));
        let sum = each_of!(i < N => one.add(scale[i].mul_add(rest[i], scale[i])));
        each_of!(i < N => one.div(sum[i]))
    }
}

/// The plain twin of [`sigmoid`].
pub(super) fn sigmoid_scalar(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// `tanh x = t / (t + 2)` with `t = e^2x - 1`; beyond 9.1 the result rounds to one.
///
/// # Safety
/// The instruction set of `V` must be present.
#[inline(always)]
pub(super) unsafe fn tanh<V: Lanes, const N: usize>(x: [V; N]) -> [V; N] {
    // SAFETY: the caller has the instruction set of `V`.
    unsafe {
        let x = each_of!(i < N => V::splat(-9.1).max(V::splat(9.1).min(x[i])));
        let t = exponential_minus_one(each_of!(i < N => x[i].add(x[i])));
        each_of!(i < N => t[i].div(t[i].add(V::splat(2.0))))
    }
}

/// A function of one number. A trait and not a closure: closures are not always inlined, and then each instruction of
/// the vector set becomes a call.
trait Operation: Copy {
    unsafe fn apply<V: Lanes>(self, x: V) -> V;
}

macro_rules! operation {
    ($name:ident, $x:ident => $result:expr) => {
        #[derive(Clone, Copy)]
        struct $name;

        impl Operation for $name {
            #[inline(always)]
            unsafe fn apply<V: Lanes>(self, $x: V) -> V {
                // SAFETY: the caller has the instruction set of `V`.
                unsafe { $result }
            }
        }
    };
}

operation!(Relu, x => V::splat(0.0).max(x));
operation!(Elu, x => x.where_positive(x, exponential_minus_one([x])[0]));
// Below -87 the sigmoid is a constant, and the factor may not grow against it.
operation!(Silu, x => V::splat(-87.0).max(x).mul(sigmoid([x])[0]));
operation!(Sigmoid, x => sigmoid([x])[0]);
operation!(Tanh, x => tanh([x])[0]);

/// Runs `operation` over whole vectors from `input` to `output` and once over the rest.
///
/// # Safety
/// The instruction set of `V` must be present; both pointers must be valid for `length` numbers, and may be equal.
#[inline(always)]
unsafe fn each<V: Lanes>(input: *const f32, output: *mut f32, length: usize, operation: impl Operation) {
    let whole = length / V::COUNT * V::COUNT;
    let left = length - whole;
    // SAFETY: offsets stay below the length.
    unsafe {
        for i in (0..whole).step_by(V::COUNT) {
            operation.apply(V::load(input.add(i))).store(output.add(i));
        }
        if left > 0 {
            operation.apply(V::load_first(input.add(whole), left)).store_first(output.add(whole), left);
        }
    }
}

/// A curve on the lanes `V`.
///
/// # Safety
/// The instruction set of `V` must be present.
#[inline(always)]
pub(super) unsafe fn curve<V: Lanes>(curve: Curve, input: &[f32], output: &mut [f32]) {
    assert_eq!(input.len(), output.len(), "one output a number");
    let (from, to, length) = (input.as_ptr(), output.as_mut_ptr(), input.len());
    // SAFETY: both slices have that length.
    unsafe {
        match curve {
            Curve::Relu => each::<V>(from, to, length, Relu),
            Curve::Elu => each::<V>(from, to, length, Elu),
            Curve::Silu => each::<V>(from, to, length, Silu),
            Curve::Sigmoid => each::<V>(from, to, length, Sigmoid),
            Curve::Tanh => each::<V>(from, to, length, Tanh),
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
#[derive(Clone, Copy)]
struct Power(f32);

impl Operation for Power {
    #[inline(always)]
    unsafe fn apply<V: Lanes>(self, x: V) -> V {
        // SAFETY: the caller has the instruction set of `V`.
        unsafe {
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
            let ([scale], [rest]) = split_exponential([logarithm.mul(V::splat(self.0))]);
            // A NaN loses itself in the bits of the mantissa; adding `x - x` brings it back.
            scale.mul_add(rest, scale).add(x.sub(x))
        }
    }
}

/// Powers of positive normal numbers, in place, on the lanes `V`.
///
/// # Safety
/// The instruction set of `V` must be present.
#[inline(always)]
pub(super) unsafe fn power<V: Lanes>(values: &mut [f32], exponent: f32) {
    let (at, length) = (values.as_mut_ptr(), values.len());
    // SAFETY: the slice has that length.
    unsafe { each::<V>(at, at, length, Power(exponent)) }
}
