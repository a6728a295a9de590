//! Magnitudes in third-octave bands.

use super::{FRAME, HOP, RATE};
use crate::eval::metrics::hann::hann;
use realfft::RealFftPlanner;
use std::ops::Range;

/// Number of bands.
pub(super) const BANDS: usize = 15;

/// Points of the Fourier transform: frames are filled up with zeros.
const POINTS: usize = 512;

/// Centre of the lowest band in Hz.
const LOWEST: f64 = 150.0;

/// Magnitude of every band, frame by frame.
pub(super) type Bands = Vec<[f64; BANDS]>;

/// The magnitudes of a signal: the root of the power in each band.
pub(super) fn magnitudes(signal: &[f64]) -> Bands {
    let fft = RealFftPlanner::<f64>::new().plan_fft_forward(POINTS);
    let (mut input, mut spectrum) = (fft.make_input_vec(), fft.make_output_vec());
    let (window, bins) = (hann(FRAME), bins());
    // The reference leaves out a frame that ends with the signal.
    let starts = (0..signal.len().saturating_sub(FRAME)).step_by(HOP);
    let frames = starts.map(|start| {
        input.fill(0.0);
        for ((to, w), s) in input.iter_mut().zip(&window).zip(&signal[start..]) {
            *to = w * s;
        }
        fft.process(&mut input, &mut spectrum).expect("buffers of the transform's own making");
        let band = |b: usize| spectrum[bins[b].clone()].iter().map(|bin| bin.norm_sqr()).sum::<f64>().sqrt();
        std::array::from_fn(band)
    });
    frames.collect()
}

/// The bins of each band: its edges, a sixth of an octave off the centre, lie at the nearest bins.
fn bins() -> [Range<usize>; BANDS] {
    let width = f64::from(RATE) / POINTS as f64;
    let nearest = |hertz: f64| (hertz / width).round() as usize;
    std::array::from_fn(|band| {
        let sixths = 2.0 * band as f64;
        let edge = |sixths: f64| nearest(LOWEST * 2f64.powf(sixths / 6.0));
        edge(sixths - 1.0)..edge(sixths + 1.0)
    })
}
