//! Every kernel in every choice that this processor has, against its scalar twin and against double precision.

mod bands;
mod chains;
mod curves;
mod frame_chains;
mod frame_sums;
mod gates;
mod norms;
mod sums;

use super::*;
#[cfg(panic = "unwind")]
use chains::CHAINS;
use curves::{CURVES, evaluate};
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

/// Runs a kernel that fills scratch and output of these lengths, in memory full of NaN between sentinels, and gives the output.
/// What lies outside may not be touched, and the NaN, which is memory of an earlier frame, may not be seen.
fn run_guarded(
    kernels: Kernels,
    [scratch, output]: [usize; 2],
    run: impl FnOnce(&mut [f32], &mut [f32]),
) -> Vec<f32> {
    const GUARD: usize = 40;
    let guarded = |length: usize| {
        let mut memory = vec![SENTINEL; length + 2 * GUARD];
        memory[GUARD..GUARD + length].fill(f32::NAN);
        memory
    };
    let (mut scratch, mut output) = (guarded(scratch), guarded(output));
    let inside = |memory: &[f32]| GUARD..memory.len() - GUARD;
    let (within, out) = (inside(&scratch), inside(&output));
    run(&mut scratch[within], &mut output[out.clone()]);
    for memory in [&scratch, &output] {
        let guards = memory[..GUARD].iter().chain(&memory[memory.len() - GUARD..]);
        assert!(guards.into_iter().all(|v| *v == SENTINEL), "wrote outside its memory: {}", kernels.name());
    }
    output[out].to_vec()
}

fn scalar() -> Kernels {
    "scalar".parse().expect("always there")
}

/// Memory safety rests on these checks. Where a panic ends the program there is nothing to catch.
#[cfg(panic = "unwind")]
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

#[test]
fn a_nan_stays_one_and_stays_alone_at_every_place_of_the_vector() {
    // Interpreted: the ends, and places in the middle of vectors.
    let apart = if cfg!(miri) { 12 } else { 1 };
    for kernels in Kernels::available() {
        for at in (0..37).step_by(apart) {
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
