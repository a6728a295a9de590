//! Gates of recurrent cells against double precision.

use super::*;

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
