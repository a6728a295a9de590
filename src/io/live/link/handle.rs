//! What watches and steers a link: delays, controls, counters.

use super::counters::{Counters, Report};
use super::held::DeviceDelay;
use super::switches::Switches;
use crate::engine::{Controls, Delays};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// Delay from microphone to speaker, by cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DelayParts {
    /// What the input device holds besides the block that it hands over.
    pub device_in: DeviceDelay,
    /// Between the devices' callbacks: ring, block being filled, samples ready.
    pub ring: Duration,
    /// Overlap of the model's windows.
    pub window: Duration,
    /// Future frames that the model uses.
    pub look_ahead: Duration,
    /// Filters of the resamplers on both sides.
    pub resampling: Duration,
    /// What the output device holds.
    pub device_out: DeviceDelay,
}

impl DelayParts {
    /// All causes together. Where a driver says nothing of its own delay, it is the least that is possible.
    pub fn total(&self) -> Duration {
        let Self { device_in, ring, window, look_ahead, resampling, device_out } = self;
        device_in.delay + *ring + *window + *look_ahead + *resampling + device_out.delay
    }

    /// Whether both drivers say what they hold.
    pub fn told(&self) -> bool {
        self.device_in.told && self.device_out.told
    }
}

/// The handle of a link: delays, controls, counters.
#[derive(Clone, Debug)]
pub struct Handle {
    pub(super) controls: Arc<Controls>,
    pub(super) switches: Arc<Switches>,
    pub(super) channels: usize,
    pub(super) counters: Arc<Counters>,
    pub(super) model_rate: u32,
    pub(super) hop: usize,
    pub(super) resampling: Duration,
}

impl Handle {
    /// How sound is cleaned, which may be changed while it runs.
    pub fn controls(&self) -> &Controls {
        &self.controls
    }

    /// What else is done with it.
    pub fn switches(&self) -> &Switches {
        &self.switches
    }

    /// What happened so far. Peaks begin anew with every report.
    pub fn report(&self) -> Report {
        self.counters.report(&self.controls)
    }

    /// Calls of the input and of the output device so far.
    pub(in crate::io::live) fn calls(&self) -> [u64; 2] {
        [&self.counters.capture_calls, &self.counters.playback_calls].map(|calls| calls.load(Relaxed))
    }

    /// Delay of a model by cause, in samples at its rate; of the last one where there is no such model.
    pub fn delays(&self, model: usize) -> Delays {
        self.controls.delays_of(model)
    }

    /// How many models take turns.
    pub fn models(&self) -> usize {
        self.controls.models()
    }

    /// Channels that are denoised, and that the tap has.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Rate of the models and of the tap.
    pub fn model_rate(&self) -> u32 {
        self.model_rate
    }

    /// Length of a hop: what the work for it must take less than.
    pub fn hop(&self) -> Duration {
        Duration::from_secs_f64(self.hop as f64 / f64::from(self.model_rate))
    }

    /// Delay of the resamplers on both sides.
    pub fn resampling(&self) -> Duration {
        self.resampling
    }

    /// Delay by cause, at the time of a report and with the model that it names.
    pub fn parts(&self, report: &Report) -> DelayParts {
        let delays = self.delays(report.model);
        let time = |samples: usize| Duration::from_secs_f64(samples as f64 / f64::from(self.model_rate));
        DelayParts {
            device_in: report.device_in,
            ring: report.ring,
            window: time(delays.window),
            look_ahead: time(delays.look_ahead),
            resampling: self.resampling,
            device_out: report.device_out,
        }
    }
}
