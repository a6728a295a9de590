//! A layer from outside the library: a smoothing of each bin's magnitude over time, as a gain.
//!
//! The graph treats it like its own layers: it gives it state, aligns its wires and counts its cost.
//! `cargo run --release --example custom_layer`

use framewise::dsp::Stft;
use framewise::engine::Denoiser;
use framewise::model::Model;
use framewise::nn::{FrameShape, GraphBuilder, Inputs, Layer, Memory, NnError, Workspace};
use std::error::Error;

/// Lets through what stands out of a slowly falling maximum of its own bin, and turns down the rest.
#[derive(Debug)]
struct SpectralGate {
    /// What is left of the maximum after a frame.
    decay: f32,
}

impl Layer for SpectralGate {
    fn kind(&self) -> &'static str {
        "spectral gate"
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        match inputs {
            [spectrum] if spectrum.channels == 2 => Ok(*spectrum),
            [other] => Err(NnError::InputShape { input: 0, expected: "any bins x 2".into(), found: *other }),
            _ => Err(NnError::InputCount { expected: "1".into(), found: inputs.len() }),
        }
    }

    /// One maximum a bin, zero at the start.
    fn memory(&self, inputs: &[FrameShape]) -> Memory {
        Memory::state(inputs[0].bins)
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        let bins = inputs[0].chunks_exact(2).zip(output.chunks_exact_mut(2));
        for ((x, y), highest) in bins.zip(work.state) {
            let magnitude = x[0].hypot(x[1]);
            *highest = magnitude.max(*highest * self.decay);
            let gain = if *highest > 0.0 { (magnitude / *highest).powi(2) } else { 0.0 };
            y[0] = gain * x[0];
            y[1] = gain * x[1];
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let stft = Stft::sqrt_hann(320, 160)?;
    let mut graph = GraphBuilder::new(FrameShape::new(stft.bins(), 2));
    let spectrum = graph.input();
    let gated = graph.add("gate", SpectralGate { decay: 0.98 }, &[spectrum])?;
    let model = Model::from_graph("gate", 16_000, stft, graph.finish(gated)?)?;
    println!("{}", model.graph().summary());

    let mut denoiser = Denoiser::new(&model);
    let tone: Vec<f32> = (0..16_000).map(|n| (n as f32 * 0.2).sin() * 0.3).collect();
    let output = denoiser.process_clip(&tone);
    println!("{} samples in, {} out, {} live", tone.len(), output.len(), denoiser.delays());
    Ok(())
}
