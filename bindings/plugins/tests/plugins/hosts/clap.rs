//! A host of CLAP, by `clack-host`.

use crate::host::{Audio, Plugin};
use clack_extensions::latency::{HostLatency, HostLatencyImpl, PluginLatency};
use clack_extensions::params::{
    HostParams, HostParamsImplMainThread, HostParamsImplShared, ParamClearFlags, ParamRescanFlags,
    PluginParams,
};
use clack_host::events::event_types::ParamValueEvent;
use clack_host::events::io::EventBuffer;
use clack_host::prelude::*;
use clack_host::utils::ClapId;
use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::process::{CLAP_PROCESS_CONTINUE, clap_process};
use framewise_plugins::clap::Library;
use std::cell::Cell;
use std::ptr;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

/// What a plugin asks of the host.
pub struct Handlers;

#[derive(Default)]
pub struct Shared {
    pub starts: AtomicUsize,
}

#[derive(Default)]
pub struct MainThread {
    /// Changes of latency and of values that the plugin told.
    pub latencies: Cell<usize>,
    pub values: Cell<usize>,
}

impl HostHandlers for Handlers {
    type Shared<'a> = Shared;
    type MainThread<'a> = MainThread;
    type AudioProcessor<'a> = ();

    fn declare_extensions(builder: &mut HostExtensions<Self>, _: &Shared) {
        builder.register::<HostLatency>().register::<HostParams>();
    }
}

impl SharedHandler<'_> for Shared {
    fn request_restart(&self) {
        self.starts.fetch_add(1, Relaxed);
    }

    fn request_process(&self) {}

    fn request_callback(&self) {}
}

impl MainThreadHandler<'_> for MainThread {}

impl HostLatencyImpl for MainThread {
    fn changed(&self) {
        self.latencies.set(self.latencies.get() + 1);
    }
}

impl HostParamsImplShared for Shared {
    fn request_flush(&self) {}
}

impl HostParamsImplMainThread for MainThread {
    fn rescan(&self, flags: ParamRescanFlags) {
        assert_eq!(flags, ParamRescanFlags::VALUES);
        self.values.set(self.values.get() + 1);
    }

    fn clear(&self, _: ClapId, _: ParamClearFlags) {}
}

/// An instance, and its active half.
pub struct Clap {
    pub instance: PluginInstance<Handlers>,
    pub active: Active,
    rate: f64,
}

/// The half of an instance that belongs to an audio thread.
pub struct Active {
    processor: Option<StartedPluginAudioProcessor<Handlers>>,
    /// Events for the next run.
    pub events: EventBuffer,
    out: EventBuffer,
}

/// The library's plugins as `clack-host` finds them.
pub fn entry() -> PluginEntry {
    PluginEntry::load_from_clack::<Library>(c"").expect("the library")
}

/// An instance that is not active.
pub fn instance(entry: &PluginEntry, channels: usize) -> PluginInstance<Handlers> {
    let host = HostInfo::new("Tests", "Framewise", "", "1").expect("names");
    let id = [c"framewise.mono", c"framewise.stereo"][channels - 1];
    PluginInstance::new(|()| Shared::default(), |_| MainThread::default(), entry, id, &host)
        .expect("an instance")
}

/// A new value of a parameter, at a sample of a block.
pub fn event(at: u32, port: usize, value: f64) -> ParamValueEvent {
    ParamValueEvent::new(at, ClapId::new(port as u32), Pckn::match_all(), value)
}

impl Clap {
    pub fn try_new(channels: usize, rate: f64) -> Option<Self> {
        let instance = instance(&entry(), channels);
        let active =
            Active { processor: None, events: EventBuffer::with_capacity(64), out: EventBuffer::new() };
        let mut host = Self { instance, active, rate };
        host.start().then_some(host)
    }

    /// Starts the plugin; says whether it lets itself.
    fn start(&mut self) -> bool {
        let configuration = PluginAudioConfiguration {
            sample_rate: self.rate,
            min_frames_count: 1,
            max_frames_count: 1 << 20,
        };
        let Ok(processor) = self.instance.activate(|_, _| (), configuration) else { return false };
        self.active.processor = Some(processor.start_processing().expect("starts"));
        true
    }

    pub fn stop(&mut self) {
        if let Some(processor) = self.active.processor.take() {
            self.instance.deactivate(processor.stop_processing());
        }
    }

    /// Starts again if the plugin has asked for it.
    pub fn oblige(&mut self) -> bool {
        let asked = self.instance.access_shared_handler(|shared| shared.starts.swap(0, Relaxed)) > 0;
        if asked {
            self.stop();
            assert!(self.start());
        }
        asked
    }

    pub fn extension<
        E: clack_host::extensions::Extension<ExtensionSide = clack_host::extensions::PluginExtensionSide>,
    >(
        &mut self,
    ) -> E {
        self.instance.plugin_handle().get_extension().expect("an extension")
    }
}

impl Plugin for Clap {
    fn set(&mut self, port: usize, value: f32) {
        let parameters: PluginParams = self.extension();
        let mut events = EventBuffer::new();
        events.push(&event(0, port, value.into()));
        let mut handle = self.active.processor.as_mut().expect("active").plugin_handle();
        parameters.flush_active(&mut handle, &events.as_input(), &mut self.active.out.as_output());
        self.oblige();
    }

    fn latency(&mut self) -> f32 {
        let latency: PluginLatency = self.extension();
        latency.get(&self.instance.plugin_handle()) as f32
    }

    fn audio(&mut self) -> &mut dyn Audio {
        &mut self.active
    }
}

impl Audio for Active {
    /// By the format's own structures: planes may lie in each other's place, which slices may not.
    unsafe fn run(&mut self, inputs: &[*mut f32], outputs: &[*mut f32], count: usize) {
        let port = |planes: &[*mut f32]| clap_audio_buffer {
            data32: planes.as_ptr().cast_mut(),
            data64: ptr::null_mut(),
            channel_count: planes.len() as u32,
            latency: 0,
            constant_mask: 0,
        };
        let (input, mut output) = (port(inputs), port(outputs));
        let (events, mut out) = (self.events.as_input(), self.out.as_output());
        let process = clap_process {
            steady_time: -1,
            frames_count: count as u32,
            transport: ptr::null(),
            audio_inputs: &raw const input,
            audio_outputs: &raw mut output,
            audio_inputs_count: 1,
            audio_outputs_count: 1,
            in_events: events.as_raw(),
            out_events: out.as_raw(),
        };
        let plugin = self.processor.as_mut().expect("active").plugin_handle().as_raw();
        // SAFETY: the plugin is processing, and all that it is handed lives until it returns.
        let status = unsafe { plugin.process.expect("there")(plugin, &raw const process) };
        assert_eq!(status, CLAP_PROCESS_CONTINUE);
        self.events.clear();
    }

    fn reset(&mut self) {
        self.processor.as_mut().expect("active").reset();
    }
}

impl Drop for Clap {
    fn drop(&mut self) {
        self.stop();
    }
}
