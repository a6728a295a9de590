//! Chains along the bins against their scalar twin.

use super::*;
use rand::seq::IteratorRandom;

pub(super) type RunChains = fn(Kernels, &BinChains, &[f32], &mut [f32], &mut [f32]);

/// Gates and kernel of each cell.
pub(super) const CHAINS: [(usize, RunChains); 2] = [(3, Kernels::gru_bins), (4, Kernels::lstm_bins)];

fn run_chains(
    (kernels, run): (Kernels, RunChains),
    chains: &BinChains,
    (bins, lanes): (usize, usize),
    from_input: &[f32],
) -> Vec<f32> {
    let lengths = [(bins + 2) * chains.width(), bins * lanes];
    run_guarded(kernels, lengths, |states, output| run(kernels, chains, from_input, states, output))
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
