//! Chains of several frames against their scalar twin.

use super::*;

type RunFrames = fn(Kernels, &FrameChains, usize, &[f32], &mut [f32], &mut [f32]);

/// Gates and kernel of each cell.
const CELLS: [(usize, RunFrames); 2] = [(3, Kernels::gru_frames), (4, Kernels::lstm_frames)];

/// Chains with random weights, whose sums stay near one.
fn chains(rng: &mut ChaCha8Rng, gates: usize, groups: usize, inputs: usize, hidden: usize) -> FrameChains {
    let (count, rows) = (2 * groups, gates * hidden);
    let sizes = ChainSizes { chains: count, gates, inputs, channels: groups * inputs, hidden, directions: 2 };
    let mut scaled = |sources: usize| -> Vec<f32> {
        let bound = (3.0 / sources as f32).sqrt();
        random(rng, count * rows * sources).iter().map(|v| bound * v).collect()
    };
    let (input, state) = (scaled(inputs), scaled(hidden));
    let (input_bias, state_bias) = (random(rng, count * rows), random(rng, count * rows));
    let weights = ChainWeights {
        from_input: &|chain, gate, source| input[(chain * rows + gate) * inputs + source],
        from_state: &|chain, gate, source| state[(chain * rows + gate) * hidden + source],
        input_bias: &|chain, gate| input_bias[chain * rows + gate],
        state_bias: &|chain, gate| state_bias[chain * rows + gate],
    };
    let upward = vec![true; count * hidden];
    FrameChains::new(sizes, &weights, &BinChains::new(gates, count, &upward, |_, _, _| 0.0, |_, _| 0.0))
}

fn run_frames(
    (kernels, run): (Kernels, RunFrames),
    chains: &FrameChains,
    bins: usize,
    input: &[f32],
    outputs: usize,
) -> Vec<f32> {
    let lengths = [chains.scratch(bins), outputs];
    run_guarded(kernels, lengths, |scratch, output| run(kernels, chains, bins, input, scratch, output))
}

#[test]
fn chains_of_several_frames_equal_the_scalar_twin_in_every_choice() {
    let mut rng = rng(18);
    for (gates, run) in CELLS {
        let mut worst = 0.0f32;
        for round in 0..rounds(140) {
            // Every number of frames that fills up to two of the widest vectors and more, three times.
            let frames = round % 40 + 1;
            let (groups, hidden) = (rng.random_range(1..=3), rng.random_range(1..=13));
            let (inputs, bins) = (rng.random_range(1..=9), rng.random_range(1..=12));
            let chains = chains(&mut rng, gates, groups, inputs, hidden);
            let input: Vec<f32> =
                random(&mut rng, frames * bins * groups * inputs).iter().map(|v| 3.0 * v).collect();
            let outputs = frames * bins * 2 * groups * hidden;
            let twin = run_frames((scalar(), run), &chains, bins, &input, outputs);
            assert!(twin.iter().all(|v| v.abs() <= 1.0), "{gates} gates, {hidden} units, {bins} bins");
            for kernels in Kernels::available() {
                let found = run_frames((kernels, run), &chains, bins, &input, outputs);
                for (n, (found, twin)) in found.iter().zip(&twin).enumerate() {
                    let error = (found - twin).abs();
                    assert!(
                        error <= 5e-6,
                        "number {n} of {frames} frames: {found}, expected {twin}: {gates} gates, {}",
                        kernels.name()
                    );
                    worst = worst.max(error);
                }
            }
        }
        println!("largest distance of a chain of {gates} gates from the scalar twin: {worst:.2e}");
    }
}

/// Memory safety rests on these checks.
// Where a panic ends the program there is nothing to catch.
#[cfg(panic = "unwind")]
#[test]
fn frames_that_do_not_fit_the_chains_are_refused_in_every_choice() {
    for (gates, run) in CELLS {
        let chains = chains(&mut rng(19), gates, 2, 3, 5);
        let (bins, input, output) = (4, 3 * 4 * 6, 3 * 4 * 20);
        let scratch = chains.scratch(bins);
        for kernels in Kernels::available() {
            let refused = |bins: usize, input: usize, scratch: usize, output: usize| {
                let (input, scratch, output) = (vec![0.0; input], vec![0.0; scratch], vec![0.0; output]);
                let work = || run(kernels, &chains, bins, &input, &mut scratch.clone(), &mut output.clone());
                std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err()
            };
            assert!(!refused(bins, input, scratch, output), "{}", kernels.name());
            for (bins, input, scratch, output) in [
                (bins, input - 1, scratch, output),
                (bins, input, scratch - 1, output),
                (bins, input, scratch, output - 1),
                (bins, input, scratch, output + 1),
                (bins, input + 24, scratch, output),
                (bins + 1, input, scratch, output),
                (0, input, scratch, output),
            ] {
                assert!(refused(bins, input, scratch, output), "{bins} {input} {scratch} {output}");
            }
        }
        let other = if gates == 3 { Kernels::lstm_frames } else { Kernels::gru_frames };
        let mut memory = (vec![0.0; scratch], vec![0.0; output]);
        let work = || other(scalar(), &chains, bins, &vec![0.0; input], &mut memory.0, &mut memory.1);
        let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err();
        assert!(refused, "chains of another cell");
    }
}
