//! Matrices along frequency against their scalar twin.

use super::*;

#[test]
fn matrices_along_bins_equal_the_scalar_twin_in_every_choice() {
    let mut rng = rng(21);
    for round in 0..rounds(120) {
        let (frames, channels) = (round % 40 + 1, rng.random_range(1..=5));
        let (inputs, outputs) = (rng.random_range(1..=30), rng.random_range(1..=20));
        let weights = random(&mut rng, 60);
        let rows = (0..outputs).map(|_| {
            let first = rng.random_range(0..inputs);
            // A row of zeros has no run.
            let count = rng.random_range(0..=inputs - first);
            BandRow { first, weights: rng.random_range(0..=60 - count), count }
        });
        let matrix = Bands { rows: rows.collect(), weights, inputs };
        let input = random(&mut rng, frames * inputs * channels);
        let run = |kernels: Kernels| {
            let lengths = [matrix.scratch(channels), frames * outputs * channels];
            run_guarded(kernels, lengths, |scratch, output| {
                kernels.bands(&matrix, channels, &input, scratch, output);
            })
        };
        let twin = run(scalar());
        for kernels in Kernels::available() {
            // The same products in the same order, each rounded by itself.
            assert_eq!(run(kernels), twin, "{frames} frames, {channels} channels: {}", kernels.name());
        }
    }
}

/// Memory safety rests on these checks.
// Where a panic ends the program there is nothing to catch.
#[cfg(panic = "unwind")]
#[test]
fn a_matrix_that_does_not_fit_is_refused_in_every_choice() {
    let row = BandRow { first: 1, weights: 0, count: 2 };
    for kernels in Kernels::available() {
        let refused = |row: BandRow, input: usize, scratch: usize, output: usize| {
            let matrix = Bands { rows: vec![row; 2], weights: vec![0.5; 2], inputs: 3 };
            let (mut scratch, mut output) = (vec![0.0; scratch], vec![0.0; output]);
            let work = || kernels.bands(&matrix, 2, &vec![0.0; input], &mut scratch, &mut output);
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err()
        };
        let room = 16 * 2 * 5;
        assert!(!refused(row, 18, room, 12), "{}", kernels.name());
        assert!(refused(row, 17, room, 12) && refused(row, 18, room - 1, 12) && refused(row, 18, room, 11));
        assert!(refused(BandRow { first: 2, ..row }, 18, room, 12), "bins beyond the last");
        assert!(refused(BandRow { weights: 1, ..row }, 18, room, 12), "weights beyond the last");
    }
}
