//! Norms against double precision.

use super::*;

#[test]
fn norms_equal_those_in_double_precision_in_every_choice() {
    let mut rng = rng(22);
    let mut worst = 0.0f64;
    for round in 0..rounds(160) {
        // Every length about the widths of vectors and of what runs beside each other.
        let (length, rows) = (if round < 130 { round + 1 } else { 792 }, rng.random_range(1..=4));
        let (weight, bias) = (random(&mut rng, length), random(&mut rng, length));
        let input: Vec<f32> = random(&mut rng, rows * length).iter().map(|v| 3.0 * v + 1.0).collect();
        for kernels in Kernels::available() {
            let mut output = vec![SENTINEL; rows * length + 20];
            kernels.layer_norm(1e-5, &weight, &bias, &input, &mut output[..rows * length]);
            assert!(output[rows * length..].iter().all(|v| *v == SENTINEL), "{}", kernels.name());
            for (x, y) in input.chunks_exact(length).zip(output.chunks_exact(length)) {
                let count = length as f64;
                let mean = x.iter().map(|v| f64::from(*v)).sum::<f64>() / count;
                let variance = x.iter().map(|v| (f64::from(*v) - mean).powi(2)).sum::<f64>() / count;
                let scale = 1.0 / (variance + 1e-5).sqrt();
                for n in 0..length {
                    let expected =
                        (f64::from(x[n]) - mean) * scale * f64::from(weight[n]) + f64::from(bias[n]);
                    // A mean that is off by a rounding counts as often as the scale magnifies it.
                    let error = (f64::from(y[n]) - expected).abs() / scale.max(1.0);
                    assert!(
                        error <= 2e-6,
                        "{n} of {length}: {}, expected {expected}: {}",
                        y[n],
                        kernels.name()
                    );
                    worst = worst.max(error);
                }
            }
        }
    }
    println!("largest error of a norm: {worst:.2e}");
}

/// Memory safety rests on these checks.
// Where a panic ends the program there is nothing to catch.
#[cfg(panic = "unwind")]
#[test]
fn rows_that_are_not_whole_are_refused_in_every_choice() {
    for kernels in Kernels::available() {
        let refused = |weight: usize, bias: usize, input: usize, output: usize| {
            let (weight, bias, input) = (vec![1.0; weight], vec![0.0; bias], vec![1.0; input]);
            let mut output = vec![0.0; output];
            let work = || kernels.layer_norm(1e-5, &weight, &bias, &input, &mut output);
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err()
        };
        assert!(!refused(5, 5, 10, 10), "{}", kernels.name());
        for (weight, bias, input, output) in [(5, 4, 10, 10), (5, 5, 9, 9), (5, 5, 10, 5), (0, 0, 0, 0)] {
            assert!(refused(weight, bias, input, output), "{weight} {bias} {input} {output}");
        }
    }
}
