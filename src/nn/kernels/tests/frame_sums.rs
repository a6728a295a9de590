//! Sums of several frames against their scalar twin.

use super::*;

/// Random sums over windows of `past + 1` frames of `size` numbers, two parts beside each other in the output.
fn sums(rng: &mut ChaCha8Rng, size: usize, past: usize) -> (FrameSums, usize) {
    let mut parts = Vec::new();
    let mut outputs = 0;
    for _ in 0..2 {
        let (columns, step) = (rng.random_range(1..=9), rng.random_range(1..=3));
        let mut segments = Vec::new();
        let mut reach = 0;
        for frame in 0..=past {
            let depth = rng.random_range(1..=size.min(5));
            let first = rng.random_range(0..=size - depth);
            reach = reach.max(first + depth);
            segments.push(Segment { input: frame * size + first, depth });
        }
        let strides = Strides { rows: (size - reach) / step + 1, input: step, output: columns };
        let depth: usize = segments.iter().map(|segment| segment.depth).sum();
        let (weights, bias) = (random(rng, depth * columns), random(rng, columns));
        let weight = |row: usize, column: usize| weights[row * columns + column];
        let mut part = FramePart::new(&segments, size, columns, weight, &bias, (strides, outputs));
        let mut vector = || pad(&random(rng, columns));
        let epilogue = part.epilogue_mut();
        epilogue.affine = Some(Affine { scale: vector(), shift: vector() });
        epilogue.slopes = Some(vector());
        outputs += strides.rows * columns;
        parts.push(part);
    }
    (FrameSums { parts, size, past }, outputs)
}

fn run(kernels: Kernels, sums: &FrameSums, outputs: usize, input: &[f32], frames: usize) -> Vec<f32> {
    let lengths = [sums.scratch(outputs), frames * outputs];
    run_guarded(kernels, lengths, |scratch, output| kernels.frame_sums(sums, outputs, input, scratch, output))
}

#[test]
fn sums_of_several_frames_equal_the_scalar_twin_in_every_choice() {
    let mut rng = rng(20);
    for round in 0..rounds(160) {
        let frames = round % 40 + 1;
        // Windows longer than the widest vector too.
        let (size, past) = (rng.random_range(1..=40), [0, 1, 2, 5, 20][round % 5]);
        let (sums, outputs) = sums(&mut rng, size, past);
        let input = random(&mut rng, (past + frames) * size);
        let twin = run(scalar(), &sums, outputs, &input, frames);
        for kernels in Kernels::available() {
            let found = run(kernels, &sums, outputs, &input, frames);
            for (n, (found, twin)) in found.iter().zip(&twin).enumerate() {
                // Up to a hundred and five terms of at most one.
                let error = (found - twin).abs();
                assert!(error <= 2e-5, "{n}: {found}, expected {twin}: {frames} frames, {}", kernels.name());
            }
        }
    }
}

/// Memory safety rests on these checks.
// Where a panic ends the program there is nothing to catch.
#[cfg(panic = "unwind")]
#[test]
fn frames_that_do_not_fit_the_sums_are_refused_in_every_choice() {
    let (sums, outputs) = sums(&mut rng(23), 12, 2);
    let room = sums.scratch(outputs);
    for kernels in Kernels::available() {
        let refused = |sums: &FrameSums, input: usize, scratch: usize, output: usize| {
            let (mut scratch, mut output) = (vec![0.0; scratch], vec![0.0; output]);
            let work = || kernels.frame_sums(sums, outputs, &vec![0.0; input], &mut scratch, &mut output);
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err()
        };
        let (input, output) = (5 * 12, 3 * outputs);
        assert!(!refused(&sums, input, room, output), "{}", kernels.name());
        assert!(refused(&sums, input - 1, room, output) && refused(&sums, input + 12, room, output));
        assert!(refused(&sums, input, room - 1, output) && refused(&sums, input, room, output - 1));
        let shorter = FrameSums { size: sums.size - 4, ..sums.clone() };
        assert!(refused(&shorter, 5 * 8, room, output), "numbers beyond a frame");
        let earlier = FrameSums { past: 1, ..sums.clone() };
        assert!(refused(&earlier, 4 * 12, room, output), "frames beyond the window");
    }
}
