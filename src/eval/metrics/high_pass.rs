//! A filter that takes low rumble out.

use std::f64::consts::PI;

/// Qualities of the two sections of a Butterworth filter of order four: `1 / (2 cos(pi / 8))` and `1 / (2 cos(3 pi / 8))`.
const QUALITIES: [f64; 2] = [0.541_196_100_146_197, 1.306_562_964_876_376_6];

/// A signal through a Butterworth high-pass filter of order four: 3 dB less at `corner` Hz, 24 dB an octave below.
///
/// By the bilinear transform with the corner where it belongs, in sections of order two that start at rest.
pub(super) fn high_pass(signal: &[f32], corner: f64, sample_rate: u32) -> Vec<f32> {
    let mut samples: Vec<f64> = signal.iter().copied().map(f64::from).collect();
    for quality in QUALITIES {
        let turn = 2.0 * PI * corner / f64::from(sample_rate);
        let (cosine, alpha) = (turn.cos(), turn.sin() / (2.0 * quality));
        let b = (1.0 + cosine) / 2.0 / (1.0 + alpha);
        let a = [-2.0 * cosine / (1.0 + alpha), (1.0 - alpha) / (1.0 + alpha)];
        let mut state = [0.0; 2];
        for sample in &mut samples {
            let output = b * *sample + state[0];
            state = [-2.0 * b * *sample - a[0] * output + state[1], b * *sample - a[1] * output];
            *sample = output;
        }
    }
    samples.into_iter().map(|sample| sample as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::high_pass;
    use std::f64::consts::TAU;

    /// The magnitude of a Butterworth filter, `1 / sqrt(1 + (corner / f)^8)`, of frequencies bent by the bilinear transform.
    #[test]
    fn tones_pass_as_the_definition_says() {
        let rate = 16_000;
        for frequency in [30.0, 60.0, 120.0, 240.0, 1000.0] {
            let tone = |n: usize| (TAU * frequency * n as f64 / f64::from(rate)).sin() as f32;
            let input: Vec<f32> = (0..64_000).map(tone).collect();
            let output = high_pass(&input, 120.0, rate);
            let power = |signal: &[f32]| signal[32_000..].iter().map(|&v| f64::from(v).powi(2)).sum::<f64>();
            let found = (power(&output) / power(&input)).sqrt();
            let bent = |f: f64| (TAU / 2.0 * f / f64::from(rate)).tan();
            let expected = 1.0 / (1.0 + (bent(120.0) / bent(frequency)).powi(8)).sqrt();
            // Rounding to single precision, of tones far below as well.
            assert!((found / expected - 1.0).abs() < 1e-3, "{frequency} Hz: {found}, expected {expected}");
        }
    }
}
