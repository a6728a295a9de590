//! An active plugin.

use super::main_thread::MainThread;
use super::{INACTIVE, Shared};
use crate::instance::{Instance, Sound};
use crate::ports::LOOK_AHEAD;
use clack_extensions::params::PluginAudioProcessorParams;
use clack_plugin::events::io::{InputEvents, OutputEvents};
use clack_plugin::prelude::*;
use clack_plugin::process::Audio as HostAudio;
use std::sync::atomic::Ordering::Relaxed;

/// The instance of `N` channels that runs.
pub struct Audio<'a, const N: usize> {
    shared: &'a Shared<'a>,
    instance: Instance,
    /// Frames of look-ahead since the host has started this plugin.
    look_ahead: f32,
}

/// The first port of a host's in each direction. A channel that is missing is silent.
struct Ports<'a, 'b>(&'a mut HostAudio<'b>);

impl Sound for Ports<'_, '_> {
    fn read(&self, channel: usize, start: usize, to: &mut [f32]) {
        let channels = self.0.input_port(0).and_then(|port| port.channels().ok()?.into_f32());
        match channels.and_then(|channels| channels.channel(channel as u32)) {
            Some(plane) => to.copy_from_slice(&plane[start..][..to.len()]),
            None => to.fill(0.0),
        }
    }

    fn write(&mut self, channel: usize, start: usize, from: &[f32]) {
        if let Some(mut port) = self.0.output_port(0)
            && let Some(mut channels) = port.channels().ok().and_then(|channels| channels.into_f32())
            && let Some(plane) = channels.channel_mut(channel as u32)
        {
            plane[start..][..from.len()].copy_from_slice(from);
        }
    }
}

impl<'a, const N: usize> PluginAudioProcessor<'a, Shared<'a>, MainThread<'a, N>> for Audio<'a, N> {
    fn activate(
        _: HostAudioProcessorHandle<'a>,
        main: &MainThread<'a, N>,
        shared: &'a Shared<'a>,
        configuration: PluginAudioConfiguration,
    ) -> Result<Self, PluginError> {
        let rate = configuration.sample_rate as u32;
        if f64::from(rate) != configuration.sample_rate {
            return Err(PluginError::Message("the sample rate is no whole number"));
        }
        let instance = Instance::new(rate, N)?;
        let look_ahead = shared.store.get(LOOK_AHEAD);
        shared.heard.store(look_ahead.to_bits(), Relaxed);
        main.tell_latency(instance.latency_of(look_ahead));
        Ok(Self { shared, instance, look_ahead })
    }

    #[cfg_attr(framewise_rtsan, sanitize(realtime = "nonblocking"))]
    fn process(
        &mut self,
        _: Process<'_>,
        mut audio: HostAudio<'_>,
        events: Events<'_>,
    ) -> Result<ProcessStatus, PluginError> {
        let count = audio.frames_count() as usize;
        let mut sound = Ports(&mut audio);
        let mut done = 0;
        for event in events.input {
            let at = (event.header().time() as usize).min(count);
            if at > done {
                self.run(&mut sound, done, at);
                done = at;
            }
            self.shared.take(event);
        }
        self.run(&mut sound, done, count);
        // Silence goes out while sound is still under way: a host must not take that for the end.
        Ok(ProcessStatus::Continue)
    }

    #[cfg_attr(framewise_rtsan, sanitize(realtime = "nonblocking"))]
    fn reset(&mut self) {
        self.instance.reset();
    }

    fn deactivate(self, _: &MainThread<'a, N>) {
        self.shared.heard.store(INACTIVE, Relaxed);
    }
}

impl<const N: usize> Audio<'_, N> {
    fn run(&mut self, sound: &mut impl Sound, start: usize, end: usize) {
        let mut values = self.shared.store.values();
        values[LOOK_AHEAD] = self.look_ahead;
        self.instance.run(values, sound, start..end);
    }
}

impl<const N: usize> PluginAudioProcessorParams for Audio<'_, N> {
    fn flush(&mut self, input: &InputEvents<'_>, _: &mut OutputEvents<'_>) {
        self.shared.set_all(input);
    }
}
