//! Time per hop, as the processor spends it.

use crate::engine::Denoiser;
use crate::model::Model;
use serde::Serialize;
use std::time::Duration;

/// Hops that are run before the clock counts.
const WARM_UP: usize = 50;

/// Hops of a model in a row before the next one has its turn: the first finds the processor's caches full of another model,
/// and a stream of its own would not.
const TURN: usize = 20;

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
    /// Median time by the time that a hop lasts: below 1 is faster than sound.
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
            real_time_factor: sorted[hops / 2] / self.deadline,
            deadline_us: self.deadline,
        })
    }
}

/// Runs several models, each over its sound for so many seconds of it, in turns on one core, so that what else the machine does
/// meets them all.
///
/// Counted is the time that this thread was run, by the system's clock of the thread: what the processor did meanwhile for others is
/// not in it. Where there is no such clock it is the time that passed.
pub fn hop_times(models: &[(&Model, &[f32])], seconds: f64) -> Vec<HopTimes> {
    let mut runs: Vec<_> = models.iter().map(|(model, signal)| Run::new(model, signal, seconds)).collect();
    while runs.iter().any(|run| run.done < run.hops) {
        for run in &mut runs {
            for _ in 0..TURN.min(run.hops - run.done) {
                run.step();
            }
        }
    }
    runs.into_iter().map(|run| run.times).collect()
}

/// What a clock of this thread shows, of which only differences tell something.
#[cfg(unix)]
fn clock() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

#[cfg(not(unix))]
fn clock() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}

struct Run<'a> {
    denoiser: Denoiser,
    signal: &'a [f32],
    input: Vec<f32>,
    output: Vec<f32>,
    /// Hops that were run, and that are to be run.
    done: usize,
    hops: usize,
    times: HopTimes,
}

impl<'a> Run<'a> {
    fn new(model: &Model, signal: &'a [f32], seconds: f64) -> Self {
        let denoiser = Denoiser::new(model);
        let hop = denoiser.hop();
        let timed = (seconds * f64::from(model.sample_rate()) / hop as f64) as usize;
        let deadline = hop as f64 * 1e6 / f64::from(model.sample_rate());
        let times = HopTimes { microseconds: Vec::with_capacity(timed), deadline };
        let (input, output) = (vec![0.0; hop], vec![0.0; hop]);
        Self { denoiser, signal, input, output, done: 0, hops: WARM_UP + timed, times }
    }

    /// One hop of the signal, which is repeated where it ends.
    fn step(&mut self) {
        let start = self.done * self.input.len();
        for (k, sample) in self.input.iter_mut().enumerate() {
            *sample = self.signal.get((start + k) % self.signal.len().max(1)).copied().unwrap_or(0.0);
        }
        let start = clock();
        self.denoiser.process_hop(&self.input, &mut self.output);
        let time = clock().saturating_sub(start);
        if self.done >= WARM_UP {
            self.times.microseconds.push(time.as_secs_f64() * 1e6);
        }
        self.done += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::HopTimes;

    #[test]
    fn hops_that_were_held_up_do_not_move_the_real_time_factor() {
        let times = |slow: usize| {
            let microseconds = (0..100).map(|n| if n < slow { 50_000.0 } else { 100.0 }).collect();
            HopTimes { microseconds, deadline: 10_000.0 }.timing().expect("hops")
        };
        assert_eq!([0, 10, 40].map(|slow| times(slow).real_time_factor), [0.01; 3]);
        assert_eq!((times(10).max_us, times(10).p99_us, times(10).median_us), (50_000.0, 50_000.0, 100.0));
    }
}
