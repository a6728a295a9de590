//! Log-spectral distance.

use super::check;
use crate::eval::EvalError;
use realfft::RealFftPlanner;
use std::f64::consts::TAU;

/// Length of a frame in seconds; frames start every half of it.
const FRAME: f64 = 0.032;

/// Power below the clean signal's strongest bin by so many dB counts as that: digital silence is no infinite distance.
const RANGE: f64 = 80.0;

/// Log-spectral distance in dB; 0 for equal spectra.
///
/// The mean over frames of `sqrt(mean over bins of (10 lg (P / Q))^2)`, with `P` and `Q` the power spectra of clean and
/// estimated signal, both held above a floor 80 dB below the greatest `P`: frames of 32 ms that start every 16 ms, under a
/// periodic Hann window. After Gray and Markel, "Distance measures for speech processing", IEEE Transactions on
/// Acoustics, Speech, and Signal Processing 24 (5), 1976.
///
/// # Errors
/// If lengths differ, samples are not finite, the clean signal is silent, or there is less than one frame.
pub fn log_spectral_distance(clean: &[f32], estimate: &[f32], sample_rate: u32) -> Result<f64, EvalError> {
    check::sounding_clean(clean, estimate)?;
    let hop = (FRAME * f64::from(sample_rate) / 2.0).round() as usize;
    if hop == 0 || clean.len() < 2 * hop {
        return Err(EvalError::TooShort { metric: "log-spectral distance", expected: 1, found: 0 });
    }
    let (clean, estimate) = (power_spectra(clean, hop), power_spectra(estimate, hop));
    let peak = clean.iter().flatten().fold(0.0, |peak: f64, &power| peak.max(power));
    let floor = peak * 10f64.powf(-RANGE / 10.0);
    let distance = |(clean, estimate): (&Vec<f64>, &Vec<f64>)| {
        let squares = clean.iter().zip(estimate).map(|(&p, &q)| {
            let decibels = 10.0 * (p.max(floor) / q.max(floor)).log10();
            decibels * decibels
        });
        (squares.sum::<f64>() / clean.len() as f64).sqrt()
    };
    Ok(clean.iter().zip(&estimate).map(distance).sum::<f64>() / clean.len() as f64)
}

/// Power of every bin of every whole frame of two hops.
fn power_spectra(signal: &[f32], hop: usize) -> Vec<Vec<f64>> {
    let size = 2 * hop;
    let fft = RealFftPlanner::<f64>::new().plan_fft_forward(size);
    let window: Vec<f64> = (0..size).map(|n| 0.5 * (1.0 - (TAU * n as f64 / size as f64).cos())).collect();
    let (mut frame, mut spectrum) = (fft.make_input_vec(), fft.make_output_vec());
    let starts = (0..=signal.len() - size).step_by(hop);
    let powers = starts.map(|start| {
        for ((to, &w), &sample) in frame.iter_mut().zip(&window).zip(&signal[start..]) {
            *to = w * f64::from(sample);
        }
        fft.process(&mut frame, &mut spectrum).expect("buffers of the transform's own making");
        spectrum.iter().map(|bin| bin.norm_sqr()).collect()
    });
    powers.collect()
}
