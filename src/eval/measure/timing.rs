//! Time per hop.

use crate::engine::Denoiser;
use crate::model::Model;
use serde::Serialize;
use std::time::{Duration, Instant};

/// Hops that are run before the clock counts.
const WARM_UP: usize = 50;

/// What hops of a model took, in the order in which they ran.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HopTimes {
    /// Time of every hop in microseconds.
    pub microseconds: Vec<f64>,
    /// Time of a hop of sound in microseconds: the deadline.
    pub deadline: f64,
}

/// What hops of a model took, in a few numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Timing {
    /// Number of hops.
    pub hops: usize,
    /// Median in microseconds.
    pub median_us: f64,
    /// 99th percentile in microseconds.
    pub p99_us: f64,
    /// The slowest hop in microseconds.
    pub max_us: f64,
    /// Time for all hops by the time that they last: below 1 is faster than sound.
    pub real_time_factor: f64,
    /// Time of a hop of sound in microseconds.
    pub deadline_us: f64,
}

impl HopTimes {
    /// The numbers; none if there are no hops.
    pub fn timing(&self) -> Option<Timing> {
        let mut sorted = self.microseconds.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let hops = sorted.len();
        Some(Timing {
            hops,
            median_us: *sorted.get(hops / 2)?,
            p99_us: sorted[(hops * 99).div_ceil(100) - 1],
            max_us: sorted[hops - 1],
            real_time_factor: sorted.iter().sum::<f64>() / (hops as f64 * self.deadline),
            deadline_us: self.deadline,
        })
    }
}

/// Runs several models over the same hops in turns, on one core, so that what else the machine does meets them all.
pub fn hop_times(models: &[&Model], signal: &[f32], hops: usize) -> Vec<HopTimes> {
    let mut runs: Vec<_> = models.iter().map(|model| Run::new(model, hops)).collect();
    for n in 0..WARM_UP + hops {
        for run in &mut runs {
            let time = run.step(signal, n);
            if n >= WARM_UP {
                run.times.microseconds.push(time.as_secs_f64() * 1e6);
            }
        }
    }
    runs.into_iter().map(|run| run.times).collect()
}

struct Run {
    denoiser: Denoiser,
    input: Vec<f32>,
    output: Vec<f32>,
    times: HopTimes,
}

impl Run {
    fn new(model: &Model, hops: usize) -> Self {
        let denoiser = Denoiser::new(model);
        let hop = denoiser.hop();
        let deadline = hop as f64 * 1e6 / f64::from(model.sample_rate());
        let times = HopTimes { microseconds: Vec::with_capacity(hops), deadline };
        Self { denoiser, input: vec![0.0; hop], output: vec![0.0; hop], times }
    }

    /// One hop of the signal, which is repeated where it ends.
    fn step(&mut self, signal: &[f32], n: usize) -> Duration {
        let start = n * self.input.len();
        for (k, sample) in self.input.iter_mut().enumerate() {
            *sample = signal.get((start + k) % signal.len().max(1)).copied().unwrap_or(0.0);
        }
        let clock = Instant::now();
        self.denoiser.process_hop(&self.input, &mut self.output);
        clock.elapsed()
    }
}
