//! The heart of it in a few lines: a hop in, a hop out, and the time it takes.
//!
//! `cargo run --release --example frame_loop`

use framewise::engine::Denoiser;
use framewise::model::{Latency, Model};
use std::time::Instant;

fn main() {
    for latency in Latency::ALL {
        let model = Model::builtin(latency);
        let mut denoiser = Denoiser::new(&model);
        let hop = denoiser.hop();
        let rate = f64::from(model.sample_rate());

        let mut noise = 1u32;
        let mut times = Vec::new();
        let (mut input, mut output) = (vec![0.0; hop], vec![0.0; hop]);
        for t in 0..2000 {
            for (n, sample) in input.iter_mut().enumerate() {
                let phase = (t * hop + n) as f64 / rate;
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let hiss = f64::from(noise >> 8) / f64::from(1 << 24) - 0.5;
                *sample = (0.3 * (phase * 220.0 * std::f64::consts::TAU).sin() + 0.05 * hiss) as f32;
            }
            let start = Instant::now();
            denoiser.process_hop(&input, &mut output);
            times.push(start.elapsed());
        }

        times.sort();
        let delay = denoiser.delays().total();
        println!(
            "{}: {delay} samples = {:.0} ms from hop in to hop out; a hop of {:.0} ms takes {:.1?} (median), {:.1?} (worst of 100)",
            model.header().name,
            delay as f64 / rate * 1e3,
            hop as f64 / rate * 1e3,
            times[times.len() / 2],
            times[times.len() * 99 / 100],
        );
    }
}
