//! Curves, rectifiers and powers against double precision and their scalar twins.

use super::*;

pub(super) const CURVES: [Curve; 5] = [Curve::Relu, Curve::Elu, Curve::Silu, Curve::Sigmoid, Curve::Tanh];

fn exact(curve: Curve, x: f64) -> f64 {
    let sigmoid = 1.0 / (1.0 + (-x).exp());
    match curve {
        Curve::Relu => x.max(0.0),
        Curve::Elu => x.max(0.0) + x.min(0.0).exp_m1(),
        Curve::Silu if x == f64::NEG_INFINITY => 0.0,
        Curve::Silu => x * sigmoid,
        Curve::Sigmoid => sigmoid,
        Curve::Tanh => x.tanh(),
    }
}

pub(super) fn evaluate(kernels: Kernels, curve: Curve, input: &[f32]) -> Vec<f32> {
    let mut output = vec![SENTINEL; input.len()];
    kernels.curve(curve, input, &mut output);
    output
}

/// The bounded curves are held to an absolute error, the unbounded ones to one relative to `max(1, |y|)`.
#[test]
#[cfg_attr(miri, ignore = "a million numbers; the paths are those of the other tests")]
fn curves_are_within_four_roundings_of_double_precision() {
    let grid: Vec<f32> = (-400_000..=400_000).map(|i| i as f32 * 2.5e-4).collect();
    let near_zero: Vec<f32> = (0..100_000).map(|i| (i as f32 - 5e4) * 1e-8).collect();
    for kernels in Kernels::available() {
        for curve in CURVES {
            let mut worst = 0.0f64;
            for input in [&grid, &near_zero] {
                for (x, y) in input.iter().zip(evaluate(kernels, curve, input)) {
                    let expected = exact(curve, f64::from(*x));
                    let error = (f64::from(y) - expected).abs() / expected.abs().max(1.0);
                    assert!(
                        error <= BOUND,
                        "{curve:?} of {x} is {y}, expected {expected}: {}",
                        kernels.name()
                    );
                    worst = worst.max(error);
                }
            }
            println!("{curve:?} {}: {worst:.2e}", kernels.name());
        }
    }
}

const BOUND: f64 = 2.4e-7;

#[test]
fn curves_at_the_ends_of_the_numbers() {
    let tiny = f32::from_bits(1);
    let ends = [
        0.0,
        tiny,
        1e-40,
        f32::MIN_POSITIVE,
        1e-20,
        86.9,
        87.5,
        88.9,
        104.0,
        1e3,
        1e30,
        f32::MAX,
        f32::INFINITY,
    ];
    let ends: Vec<f32> = ends.iter().flat_map(|&x| [x, -x]).collect();
    for kernels in Kernels::available() {
        for curve in CURVES {
            for (x, y) in ends.iter().zip(evaluate(kernels, curve, &ends)) {
                let expected = exact(curve, f64::from(*x));
                let right = f64::from(y) == expected
                    || (f64::from(y) - expected).abs() <= BOUND * expected.abs().max(1.0);
                assert!(right, "{curve:?} of {x:e} is {y:e}, expected {expected:e}: {}", kernels.name());
            }
        }
    }
}

#[test]
fn curves_of_any_length_equal_the_scalar_twin() {
    let mut rng = rng(3);
    for length in (0..70).chain([255, 256, 257]) {
        let input: Vec<f32> = random(&mut rng, length).iter().map(|v| 6.0 * v).collect();
        for kernels in Kernels::available() {
            for curve in CURVES {
                let twin = evaluate(scalar(), curve, &input);
                for (found, twin) in evaluate(kernels, curve, &input).iter().zip(&twin) {
                    assert!(
                        (found - twin).abs() <= 5e-7 * twin.abs().max(1.0),
                        "{curve:?} {}",
                        kernels.name()
                    );
                }
            }
        }
    }
}

#[test]
fn leaky_rectifiers_repeat_their_slopes_over_the_rows() {
    let mut rng = rng(4);
    for channels in (1..40).chain([64, 100, 129]) {
        for rows in [0, 1, 2, 7] {
            let slopes = random(&mut rng, channels);
            let mut input = random(&mut rng, rows * channels);
            input.iter_mut().step_by(5).for_each(|v| *v = 0.0);
            for kernels in Kernels::available() {
                let mut output = vec![SENTINEL; input.len()];
                kernels.leaky(&slopes, &input, &mut output);
                for (i, (y, x)) in output.iter().zip(&input).enumerate() {
                    let expected = if *x > 0.0 { *x } else { x * slopes[i % channels] };
                    assert_eq!(y.to_bits(), expected.to_bits(), "{} {channels} channels", kernels.name());
                }
            }
        }
    }
}

/// `x^p = e^(p ln x)`: the error is that of the rounded logarithm, which grows with `|p ln x|`. Compression takes powers
/// of -1/2 to 0 of squared magnitudes from its floor of 1e-10 up; the range here goes to where that product is 16.
#[test]
fn powers_are_right_to_two_millionths() {
    let mut rng = rng(5);
    let mut values: Vec<f32> =
        (0..rounds(20_000)).map(|_| 10f32.powf(rng.random_range(-14.0..14.0))).collect();
    values.extend([1e-10, 1.0, 2.0, std::f32::consts::SQRT_2, 0.5, 1.0 - 6e-8, 1.0 + 1.2e-7]);
    for kernels in Kernels::available() {
        let mut worst = 0.0f64;
        for exponent in [-0.35, -0.25, -0.5, 0.3, 0.15, 0.0] {
            let mut found = values.clone();
            kernels.power(&mut found, exponent);
            for (x, y) in values.iter().zip(&found) {
                let expected = f64::from(*x).powf(f64::from(exponent));
                let error = (f64::from(*y) - expected).abs() / expected;
                assert!(
                    error <= 2e-6,
                    "{x:e} ^ {exponent} is {y:e}, expected {expected:e}: {}",
                    kernels.name()
                );
                worst = worst.max(error);
            }
        }
        println!("power {}: {worst:.2e}", kernels.name());
        for length in 0..40 {
            let mut found = values[..length].to_vec();
            found.push(SENTINEL);
            kernels.power(&mut found[..length], -0.35);
            for (x, y) in values.iter().zip(&found[..length]) {
                let expected = f64::from(*x).powf(f64::from(-0.35f32));
                assert!((f64::from(*y) - expected).abs() <= 2e-6 * expected, "{}", kernels.name());
            }
            assert_eq!(found[length], SENTINEL, "{}", kernels.name());
        }
    }
}
