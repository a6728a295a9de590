//! What leads from a playback to others: the input's side, listeners, whoever watches.

use super::capture::{BlockSeen, Mark};
use super::counters::Counters;
use super::switches::Switches;
use super::tap::TapEnd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// The ends of a playback.
pub(super) struct Ends {
    pub mark: Arc<Mark>,
    pub block: Arc<BlockSeen>,
    pub tap: TapEnd,
    pub monitor: TapEnd,
    pub switches: Arc<Switches>,
    pub counters: Arc<Counters>,
}

impl Ends {
    /// Hands on a hop as it is heard, and the dry and the denoised sound that it was made of, to whoever listens.
    pub fn tell(&mut self, hop: &[Vec<f32>], [dry, wet]: [&[Vec<f32>]; 2]) {
        let Self { tap, monitor, switches, counters, .. } = self;
        let frames = hop[0].len();
        if switches.tapped() {
            let lost = tap.push(frames, |n, channel| [dry[channel][n], wet[channel][n]]);
            counters.tap_lost.fetch_add(lost as u64, Relaxed);
        }
        if switches.monitored() {
            // Whoever only looks may miss something, and hears the mean of all channels.
            let mean = |planes: &[Vec<f32>], n: usize| {
                planes.iter().map(|plane| plane[n]).sum::<f32>() / planes.len() as f32
            };
            monitor.push(frames, |n, _| [mean(dry, n), mean(hop, n)]);
        }
        level(dry, frames, &counters.input_peak, &counters.input_power);
        level(hop, frames, &counters.output_peak, &counters.output_power);
    }
}

fn level(planes: &[Vec<f32>], frames: usize, peak: &AtomicU32, power: &AtomicU32) {
    let samples = planes.iter().flat_map(|plane| &plane[..frames]);
    let (most, sum) = samples.fold((0f32, 0f32), |(most, sum), v| (most.max(v.abs()), sum + v * v));
    // Floats that are not negative order as their bits do.
    peak.fetch_max(most.to_bits(), Relaxed);
    power.store((sum / (planes.len() * frames) as f32).to_bits(), Relaxed);
}
