//! Where the time of a frame goes.

use crate::dsp::{Analysis, Synthesis, flush_denormals};
use crate::model::Model;
use crate::nn::{Kernels, Session, Summary};
use std::fmt;
use std::time::{Duration, Instant};

/// The time that each layer of a model takes for a frame, measured. `Display` draws it as a table.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Profile {
    /// The layers, in the order of `times`.
    pub summary: Summary,
    /// Median time of each layer; reading the clock is taken off.
    pub times: Vec<Duration>,
    /// Median time of analysis and synthesis together.
    pub transform: Duration,
    /// Median time of a whole frame, measured without the clock between layers.
    pub frame: Duration,
    /// What the layers computed on.
    pub kernels: Kernels,
}

/// Measures a model over so many frames of noise.
///
/// # Panics
/// If `frames` is zero.
pub fn profile(model: &Model, frames: usize) -> Profile {
    assert!(frames > 0, "a profile of no frames");
    flush_denormals(|| measure(model, frames))
}

fn measure(model: &Model, frames: usize) -> Profile {
    let summary = model.graph().summary();
    let mut session = Session::new(model.graph());
    let (mut analysis, mut synthesis) = (Analysis::new(model.stft()), Synthesis::new(model.stft()));
    let mut hop = vec![0.0; model.stft().hop()];
    let mut spectrum = vec![0.0; model.graph().input_shape().size()];
    let mut enhanced = spectrum.clone();
    let mut noise = 1u32;
    let mut fill = |hop: &mut [f32]| {
        for sample in hop {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *sample = (noise >> 8) as f32 / (1 << 24) as f32 - 0.5;
        }
    };
    let clock = median(&mut (0..1000).map(|_| Instant::now().elapsed()).collect::<Vec<_>>());

    let mut layers = vec![Vec::with_capacity(frames); summary.nodes.len()];
    let (mut transforms, mut wholes) = (Vec::with_capacity(frames), Vec::with_capacity(frames));
    for _ in 0..frames {
        fill(&mut hop);
        let start = Instant::now();
        analysis.push(&hop, &mut spectrum);
        let analysed = start.elapsed();
        let mut last = Instant::now();
        session.step_each(&spectrum, &mut enhanced, |layer| {
            let now = Instant::now();
            layers[layer].push((now - last).saturating_sub(clock));
            last = now;
        });
        let start = Instant::now();
        synthesis.push(&enhanced, &mut hop);
        transforms.push(analysed + start.elapsed());
    }
    for _ in 0..frames {
        fill(&mut hop);
        let start = Instant::now();
        analysis.push(&hop, &mut spectrum);
        session.step(&spectrum, &mut enhanced);
        synthesis.push(&enhanced, &mut hop);
        wholes.push(start.elapsed());
    }
    Profile {
        summary,
        times: layers.iter_mut().map(|times| median(times)).collect(),
        transform: median(&mut transforms),
        frame: median(&mut wholes),
        kernels: model.graph().kernels(),
    }
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micro = |time: Duration| time.as_secs_f64() * 1e6;
        let width = self.summary.nodes.iter().map(|node| node.name.len()).max().unwrap_or(0).max(9);
        let total: Duration = self.times.iter().sum();
        writeln!(
            f,
            "{:width$}  {:>8}  {:>6}  {:>13}  {:>9}",
            "layer", "us", "share", "multiply-adds", "per ns"
        )?;
        for (node, &time) in self.summary.nodes.iter().zip(&self.times).skip(1) {
            let share = 100.0 * time.as_secs_f64() / total.as_secs_f64().max(1e-12);
            let rate = node.multiply_adds as f64 / (micro(time) * 1e3).max(1e-3);
            let (name, cost) = (&node.name, node.multiply_adds);
            writeln!(f, "{name:width$}  {:>8.2}  {share:>5.1}%  {cost:>13}  {rate:>9.1}", micro(time))?;
        }
        writeln!(f, "{:width$}  {:>8.2}", "layers", micro(total))?;
        writeln!(f, "{:width$}  {:>8.2}", "transform", micro(self.transform))?;
        write!(
            f,
            "{:width$}  {:>8.2}  median of whole hops, {} kernels",
            "hop",
            micro(self.frame),
            self.kernels.name()
        )
    }
}
