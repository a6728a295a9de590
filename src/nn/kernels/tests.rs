//! Every kernel in every choice that this processor has, against its scalar twin and against double precision.

use super::*;
use rand::seq::IteratorRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Rounds of a random test. An interpreter that looks for undefined behaviour runs a thousand times slower, and needs
/// each path once.
const fn rounds(usual: usize) -> usize {
    if cfg!(miri) { usual / 20 } else { usual }
}

/// Stands where nothing may be written.
const SENTINEL: f32 = 12345.678;

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn random(rng: &mut ChaCha8Rng, length: usize) -> Vec<f32> {
    (0..length).map(|_| rng.random_range(-1.0..1.0)).collect()
}

fn scalar() -> Kernels {
    Kernels::by_name("scalar").expect("always there")
}

/// Fails where a sum is further from the exact one than the roundings of its terms allow, or where a number outside
/// the rows was written.
fn check_rows(
    found: &[f32],
    rows: usize,
    columns: usize,
    stride: usize,
    exact: impl Fn(usize, usize) -> (f64, f64),
    what: &str,
) {
    for (at, &found) in found.iter().enumerate() {
        let (row, column) = (at / stride, at % stride);
        if row < rows && column < columns {
            let (sum, room) = exact(row, column);
            let error = (f64::from(found) - sum).abs();
            assert!(error <= room, "row {row}, column {column}: {found}, expected {sum}: {what}");
        } else {
            assert!(found == SENTINEL, "wrote {found} at {at}, outside the rows: {what}");
        }
    }
}

/// A sum of `terms` numbers rounds each partial sum, which is never above `size`, the sum of their magnitudes.
fn room(terms: usize, size: f64) -> f64 {
    (terms + 1) as f64 * f64::from(f32::EPSILON) / 2.0 * size
}

#[test]
fn products_equal_the_sums_in_double_precision_in_every_choice() {
    let mut rng = rng(1);
    for round in 0..rounds(250) {
        let rows = rng.random_range(1..=40);
        // Every count about the widths of vector and panel, and any up to three panels.
        let columns = if round < 40 { round + 1 } else { rng.random_range(1..=300) };
        let mut segments = Vec::new();
        let mut reach = 0;
        for _ in 0..rng.random_range(1..=4) {
            let (gap, depth) = (rng.random_range(0..4), rng.random_range(1..=13));
            segments.push(Segment { input: reach + gap, depth });
            reach += gap + depth;
        }
        // Rows of input may overlap, as the windows of a convolution do; rows of output may not.
        let input_stride = rng.random_range(0..=reach + 3);
        let output_stride = columns + rng.random_range(0..5) * rng.random_range(0..20);
        let strides = Strides { rows, input: input_stride, output: output_stride };
        let depth: usize = segments.iter().map(|segment| segment.depth).sum();
        let weights = random(&mut rng, depth * columns);
        let bias = random(&mut rng, columns);
        let input = random(&mut rng, (rows - 1) * input_stride + reach);
        let product = Product::new(
            segments.clone(),
            columns,
            |row, column| weights[row * columns + column],
            bias.clone(),
        );
        assert_eq!(product.multiply_adds(), depth * columns);
        let exact = |row: usize, column: usize| {
            let inputs = segments.iter().flat_map(|s| s.input..s.input + s.depth);
            let terms = inputs.enumerate().map(|(k, i)| {
                f64::from(input[row * input_stride + i]) * f64::from(weights[k * columns + column])
            });
            let bias = f64::from(bias[column]);
            let (sum, size) = terms.fold((bias, bias.abs()), |(sum, size), v| (sum + v, size + v.abs()));
            (sum, room(2 * depth, size))
        };
        for kernels in Kernels::available() {
            // Exactly as long as needed, or longer.
            let length = (rows - 1) * output_stride + columns + (round % 2) * 37;
            let mut output = vec![SENTINEL; length];
            product.run(kernels, &input, &mut output, strides);
            let what = format!("{} {strides:?} {columns} columns {segments:?}", kernels.name());
            check_rows(&output, rows, columns, output_stride, exact, &what);
        }
    }
}

#[test]
fn depthwise_sums_equal_those_in_double_precision_in_every_choice() {
    let mut rng = rng(2);
    for round in 0..rounds(250) {
        let rows = rng.random_range(1..=40);
        let channels = if round < 40 { round + 1 } else { rng.random_range(1..=300) };
        let taps: Vec<usize> = (0..rng.random_range(1..=9)).map(|_| rng.random_range(0..200)).collect();
        let reach = taps.iter().max().expect("one at least") + channels;
        let strides = Strides {
            rows,
            input: rng.random_range(0..=2 * channels),
            output: channels + rng.random_range(0..3) * channels + rng.random_range(0..9),
        };
        let weights = random(&mut rng, taps.len() * channels);
        let bias = random(&mut rng, channels);
        let input = random(&mut rng, (rows - 1) * strides.input + reach);
        let sums = Depthwise::new(taps.clone(), |k, c| weights[k * channels + c], bias.clone());
        assert_eq!(sums.multiply_adds(), taps.len() * channels);
        let exact = |row: usize, c: usize| {
            let terms = taps.iter().enumerate().map(|(k, tap)| {
                f64::from(input[row * strides.input + tap + c]) * f64::from(weights[k * channels + c])
            });
            let bias = f64::from(bias[c]);
            let (sum, size) = terms.fold((bias, bias.abs()), |(sum, size), v| (sum + v, size + v.abs()));
            (sum, room(2 * taps.len(), size))
        };
        for kernels in Kernels::available() {
            let mut output = vec![SENTINEL; (rows - 1) * strides.output + channels + (round % 2) * 37];
            sums.run(kernels, &input, &mut output, strides);
            let what = format!("{} {strides:?} {channels} channels {taps:?}", kernels.name());
            check_rows(&output, rows, channels, strides.output, exact, &what);
        }
    }
}

#[test]
fn a_product_of_no_rows_writes_nothing() {
    let product = Product::dense(3, 5, |_, _| 1.0, vec![0.0; 5]);
    let depthwise = Depthwise::new(vec![0, 1], |_, _| 1.0, vec![0.0; 5]);
    let strides = Strides { rows: 0, input: 3, output: 5 };
    for kernels in Kernels::available() {
        let mut output = [SENTINEL; 7];
        product.run(kernels, &[], &mut output, strides);
        depthwise.run(kernels, &[], &mut output, strides);
        assert_eq!(output, [SENTINEL; 7], "{}", kernels.name());
    }
}

/// Memory safety rests on these checks.
#[test]
fn a_slice_too_short_by_one_is_refused_in_every_choice() {
    let product = Product::new(vec![Segment { input: 2, depth: 3 }], 5, |_, _| 1.0, vec![0.0; 5]);
    let depthwise = Depthwise::new(vec![1, 4], |_, _| 1.0, vec![0.0; 5]);
    let strides = Strides { rows: 3, input: 4, output: 6 };
    for kernels in Kernels::available() {
        let refused = |work: &dyn Fn()| std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err();
        let run = |input: usize, output: usize| {
            refused(&|| product.run(kernels, &vec![0.0; input], &mut vec![0.0; output], strides))
        };
        assert_eq!((run(13, 17), run(12, 17), run(13, 16)), (false, true, true), "{}", kernels.name());
        let run = |input: usize, output: usize| {
            refused(&|| depthwise.run(kernels, &vec![0.0; input], &mut vec![0.0; output], strides))
        };
        assert_eq!((run(17, 17), run(16, 17), run(17, 16)), (false, true, true), "{}", kernels.name());
        assert!(refused(&|| kernels.curve(Curve::Tanh, &[0.0; 9], &mut [0.0; 8])));
        assert!(refused(&|| kernels.leaky(&[0.1; 4], &[0.0; 9], &mut [0.0; 9])));
        assert!(refused(&|| kernels.gru_gates(3, &[0.0; 9], &[0.0; 8], &mut [0.0; 3])));
        assert!(refused(&|| kernels.lstm_gates(3, &[0.0; 12], &[0.0; 12], &mut [0.0; 3], &mut [0.0; 2])));
        for (gates, run) in CHAINS {
            let chains = BinChains::new(gates, 1, &[true, false, true], |_, _, _| 0.1, |_, _| 0.1);
            let (width, bins) = (chains.width(), 2);
            let run = |input: usize, states: usize, output: usize| {
                let (input, states, output) = (vec![0.0; input], vec![0.0; states], vec![0.0; output]);
                refused(&|| run(kernels, &chains, &input, &mut states.clone(), &mut output.clone()))
            };
            let sizes = (bins * gates * width, (bins + 2) * width, bins * 3);
            assert!(!run(sizes.0, sizes.1, sizes.2), "{}", kernels.name());
            for wrong in [
                (sizes.0 - 1, sizes.1, sizes.2),
                (sizes.0, sizes.1 - 1, sizes.2),
                (sizes.0, sizes.1, sizes.2 - 1),
                (sizes.0, sizes.1, sizes.2 + 1),
                (0, 0, 0),
            ] {
                assert!(run(wrong.0, wrong.1, wrong.2), "{} {wrong:?}", kernels.name());
            }
        }
    }
}

type RunChains = fn(Kernels, &BinChains, &[f32], &mut [f32], &mut [f32]);

/// Gates and kernel of each cell.
const CHAINS: [(usize, RunChains); 2] = [(3, Kernels::gru_bins), (4, Kernels::lstm_bins)];

/// Runs the chains in memory full of NaN between sentinels; what lies outside may not be touched, and the NaN, which is
/// memory of an earlier frame, may not be seen.
fn run_chains(
    (kernels, run): (Kernels, RunChains),
    chains: &BinChains,
    (bins, lanes): (usize, usize),
    from_input: &[f32],
) -> Vec<f32> {
    const GUARD: usize = 40;
    let guarded = |length: usize| {
        let mut memory = vec![SENTINEL; length + 2 * GUARD];
        memory[GUARD..GUARD + length].fill(f32::NAN);
        memory
    };
    let (mut states, mut output) = (guarded((bins + 2) * chains.width()), guarded(bins * lanes));
    let inside = |memory: &[f32]| GUARD..memory.len() - GUARD;
    let (within, out) = (inside(&states), inside(&output));
    run(kernels, chains, from_input, &mut states[within], &mut output[out.clone()]);
    for memory in [&states, &output] {
        let guards = memory[..GUARD].iter().chain(&memory[memory.len() - GUARD..]);
        assert!(guards.into_iter().all(|v| *v == SENTINEL), "wrote outside its memory: {}", kernels.name());
    }
    output[out].to_vec()
}

#[test]
fn chains_along_bins_equal_the_scalar_twin_in_every_choice() {
    let mut rng = rng(8);
    for (gates, run) in CHAINS {
        let mut worst = 0.0f32;
        for round in 0..rounds(140) {
            // Every count of lanes, twice; every count of bins, some of them often.
            let lanes = round % 70 + 1;
            let bins = rng.random_range(1..=40);
            // Chains of their own vectors, and chains that share them.
            let count = [1, 2, 3, 4].into_iter().filter(|count| lanes % count == 0).choose(&mut rng).unwrap();
            let upward: Vec<bool> = (0..lanes).map(|_| rng.random()).collect();
            // Sums over the sources stay near one, so that no chain is chaotic.
            let bound = (3.0 / lanes as f32).sqrt();
            let weights: Vec<f32> =
                random(&mut rng, lanes * gates * lanes).iter().map(|v| bound * v).collect();
            let biases = random(&mut rng, gates * lanes);
            let chains = BinChains::new(
                gates,
                count,
                &upward,
                |source, gate, lane| {
                    let together = source / (lanes / count) == lane / (lanes / count);
                    if together { weights[(source * gates + gate) * lanes + lane] } else { 0.0 }
                },
                |gate, lane| biases[gate * lanes + lane],
            );
            // The lanes of the padding too have inputs, which reach nothing.
            let from_input: Vec<f32> =
                random(&mut rng, bins * gates * chains.width()).iter().map(|v| 3.0 * v).collect();
            let twin = run_chains((scalar(), run), &chains, (bins, lanes), &from_input);
            assert!(twin.iter().all(|v| v.abs() <= 1.0), "{gates} gates, {lanes} lanes, {bins} bins");
            for kernels in Kernels::available() {
                let found = run_chains((kernels, run), &chains, (bins, lanes), &from_input);
                for (n, (found, twin)) in found.iter().zip(&twin).enumerate() {
                    let (bin, lane) = (n / lanes, n % lanes);
                    let error = (found - twin).abs();
                    assert!(
                        error <= 5e-6,
                        "bin {bin} of {bins}, lane {lane} of {lanes}: {found}, expected {twin}: {gates} gates, {}",
                        kernels.name()
                    );
                    worst = worst.max(error);
                }
            }
        }
        println!("largest distance of a chain of {gates} gates from the scalar twin: {worst:.2e}");
    }
}

/// What a lane gets depends on its own chain alone, which runs through the bins in the lane's direction.
#[test]
fn chains_run_in_the_direction_of_their_lanes_and_by_themselves() {
    let mut rng = rng(9);
    for (gates, run) in CHAINS {
        for lanes in [1, 3, 16, 17, 40] {
            let bins = 12;
            let upward: Vec<bool> = (0..lanes).map(|_| rng.random()).collect();
            let chains = BinChains::new(
                gates,
                1,
                &upward,
                |source, _, lane| if source == lane { 0.7 } else { 0.0 },
                |_, _| 0.1,
            );
            let width = chains.width();
            let from_input = random(&mut rng, bins * gates * width);
            for kernels in Kernels::available() {
                let before = run_chains((kernels, run), &chains, (bins, lanes), &from_input);
                let (bin, lane) = (rng.random_range(0..bins), rng.random_range(0..lanes));
                let mut changed = from_input.clone();
                for gate in 0..gates {
                    changed[(bin * gates + gate) * width + lane] += 0.5;
                }
                let after = run_chains((kernels, run), &chains, (bins, lanes), &changed);
                for (n, (before, after)) in before.iter().zip(&after).enumerate() {
                    let reached = if upward[lane] { n / lanes >= bin } else { n / lanes <= bin };
                    let same = before.to_bits() == after.to_bits();
                    let name = kernels.name();
                    if n % lanes != lane || !reached {
                        assert!(same, "bin {bin} of lane {lane} reached {n}: {name}");
                    } else if n / lanes == bin {
                        assert!(!same, "bin {bin} of lane {lane} did not reach itself: {name}");
                    }
                }
            }
        }
    }
}

#[test]
fn gates_of_chains_saturate() {
    for (gates, run) in CHAINS {
        for input in [1e2, 1e4, 1e30, f32::MAX] {
            let upward = [true, false, true, true, false];
            let chains = BinChains::new(gates, 1, &upward, |_, _, _| 0.5, |_, _| -0.5);
            for kernels in Kernels::available() {
                for sign in [1.0, -1.0] {
                    let from_input = vec![sign * input; 9 * gates * chains.width()];
                    let found = run_chains((kernels, run), &chains, (9, 5), &from_input);
                    assert!(found.iter().all(|v| v.abs() <= 1.0), "{input}: {found:?} {}", kernels.name());
                }
            }
        }
    }
}

const CURVES: [Curve; 5] = [Curve::Relu, Curve::Elu, Curve::Silu, Curve::Sigmoid, Curve::Tanh];

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

fn evaluate(kernels: Kernels, curve: Curve, input: &[f32]) -> Vec<f32> {
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
fn a_nan_stays_one_and_stays_alone_at_every_place_of_the_vector() {
    for kernels in Kernels::available() {
        for at in 0..37 {
            let mut input = vec![0.5; 37];
            input[at] = f32::NAN;
            let only = |output: &[f32]| output.iter().enumerate().all(|(i, v)| v.is_nan() == (i == at));
            for curve in CURVES {
                assert!(only(&evaluate(kernels, curve, &input)), "{curve:?} {}", kernels.name());
            }
            let mut output = vec![0.0; 37];
            kernels.leaky(&[0.1; 37], &input, &mut output);
            assert!(only(&output), "leaky {}", kernels.name());
            let mut values = input.clone();
            kernels.power(&mut values, -0.35);
            assert!(only(&values), "power {}", kernels.name());
            for gate in 0..3 {
                let mut gates = vec![0.1; 3 * 37];
                gates[gate * 37 + at] = f32::NAN;
                let mut state = vec![0.2; 37];
                kernels.gru_gates(37, &gates, &[0.1; 3 * 37], &mut state);
                assert!(only(&state), "gru {}", kernels.name());
            }
            for gate in 0..4 {
                let mut gates = vec![0.1; 4 * 37];
                gates[gate * 37 + at] = f32::NAN;
                let (mut state, mut cell) = (vec![0.2; 37], vec![0.3; 37]);
                kernels.lstm_gates(37, &[0.1; 4 * 37], &gates, &mut state, &mut cell);
                assert!(only(&state), "lstm {}", kernels.name());
                // The output gate acts behind the cell.
                assert!(gate == 3 || only(&cell), "lstm cell {}", kernels.name());
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

#[test]
fn recurrent_gates_equal_the_cell_in_double_precision_in_every_choice() {
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    let mut rng = rng(6);
    let mut worst = 0.0f64;
    for hidden in (1..=rounds(70).max(20)).chain([128, 200, 300]) {
        let scaled = |rng: &mut ChaCha8Rng, length: usize| -> Vec<f32> {
            random(rng, length).iter().map(|v| 4.0 * v).collect()
        };
        let (x, h) = (scaled(&mut rng, 4 * hidden), scaled(&mut rng, 4 * hidden));
        let (state, cell) = (random(&mut rng, hidden), random(&mut rng, hidden));
        for kernels in Kernels::available() {
            let mut close = |found: f32, expected: f64| {
                let error = (f64::from(found) - expected).abs();
                assert!(error <= 1e-6, "{found}, expected {expected}: {} {hidden} units", kernels.name());
                worst = worst.max(error);
            };
            let mut found = state.clone();
            kernels.gru_gates(hidden, &x[..3 * hidden], &h[..3 * hidden], &mut found);
            for i in 0..hidden {
                let at = |which: usize, from: &[f32]| f64::from(from[which * hidden + i]);
                let reset = sigmoid(at(0, &x) + at(0, &h));
                let keep = sigmoid(at(1, &x) + at(1, &h));
                let new = (at(2, &x) + reset * at(2, &h)).tanh();
                close(found[i], (1.0 - keep) * new + keep * f64::from(state[i]));
            }
            let (mut found, mut kept) = (state.clone(), cell.clone());
            kernels.lstm_gates(hidden, &x, &h, &mut found, &mut kept);
            for i in 0..hidden {
                let gate = |which: usize| f64::from(x[which * hidden + i]) + f64::from(h[which * hidden + i]);
                let next = sigmoid(gate(1)) * f64::from(cell[i]) + sigmoid(gate(0)) * gate(2).tanh();
                close(kept[i], next);
                close(found[i], sigmoid(gate(3)) * next.tanh());
            }
        }
    }
    println!("largest error of a gate: {worst:.2e}");
}

#[test]
fn every_choice_is_found_by_its_name_and_no_other() {
    for kernels in Kernels::available() {
        assert_eq!(Kernels::by_name(kernels.name()), Some(kernels));
    }
    assert_eq!(Kernels::by_name("none"), None);
    assert!(Kernels::available().contains(&Kernels::selected()));
}
