//! Signals made from nothing, and models that change nothing.

use super::kernels::kernels;
use framewise::dsp::Stft;
use framewise::model::Model;
use framewise::nn::{Axes, ConvConfig, FrameShape, GraphBuilder, TimeConv};
use ndarray::{Array1, Array4};
use rand::Rng;

/// White noise of that peak.
pub fn noise(seed: u64, samples: usize, peak: f32) -> Vec<f32> {
    let mut rng = super::rng(seed);
    (0..samples).map(|_| rng.random_range(-peak..=peak)).collect()
}

/// Something like voice at 16 kHz: harmonics under a slow envelope, with noise beneath.
pub fn voice(seed: u64, samples: usize) -> Vec<f32> {
    let hiss = noise(seed, samples, 0.03);
    let tone = |n: usize| {
        let t = n as f32 / 16_000.0;
        let pitch = 140.0 + 20.0 * (t * 2.3).sin();
        let envelope = (0.5 - 0.5 * (t * 9.0).cos()).powi(2);
        let harmonics = (1..12).map(|k| (t * pitch * k as f32 * std::f32::consts::TAU).sin() / k as f32);
        0.2 * envelope * harmonics.sum::<f32>()
    };
    (0..samples).map(|n| tone(n) + hiss[n]).collect()
}

/// A model that gives its input back, with a look-ahead of `frames`.
pub fn identity(window: usize, hop: usize, frames: usize) -> Model {
    let stft = Stft::sqrt_hann(window, hop).expect("windows that reconstruct");
    let shape = FrameShape::new(stft.bins(), 2);
    let mut graph = GraphBuilder::new(shape);
    let kernel = Axes { time: frames + 1, bins: 1 };
    let config = ConvConfig::new(shape, 2, kernel).groups(2).look_ahead(frames);
    // The tap of the oldest frame: the newest is `frames` ahead of it.
    let weight = Array4::from_shape_fn((2, 1, frames + 1, 1), |(_, _, k, _)| if k == 0 { 1.0 } else { 0.0 });
    let conv = TimeConv::new(config, weight.view(), Array1::zeros(2).view()).expect("a convolution");
    let input = graph.input();
    let output = graph.add("identity", conv, &[input]).expect("it fits");
    let graph = graph.finish(output).expect("its own wire").with_kernels(kernels());
    Model::from_graph("identity", 16_000, stft, graph).expect("spectra in and out")
}
