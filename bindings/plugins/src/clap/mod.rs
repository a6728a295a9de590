//! CLAP, by `clack`: the plugins `framewise.mono` and `framewise.stereo`. The format: <https://github.com/free-audio/clap>.
//!
//! CLAP takes the latency of an active plugin for fixed. A change of look-ahead while sound runs therefore asks the host to start
//! the plugin again, and is heard and reported when it does; everything else changes at the sample that the host names.

mod audio;
mod main_thread;

use crate::parameters::Store;
use crate::ports::LOOK_AHEAD;
use audio::Audio;
use clack_extensions::{
    audio_ports::PluginAudioPorts, latency::PluginLatency, params::PluginParams, state::PluginState,
};
use clack_plugin::entry::prelude::*;
use clack_plugin::events::io::InputEvents;
use clack_plugin::events::spaces::CoreEventSpace;
use clack_plugin::plugin::features;
use clack_plugin::prelude::*;
use main_thread::MainThread;
use std::ffi::CStr;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

/// The plugin for `N` channels.
pub struct Denoiser<const N: usize>;

impl<const N: usize> Plugin for Denoiser<N> {
    type AudioProcessor<'a> = Audio<'a, N>;
    type Shared<'a> = Shared<'a>;
    type MainThread<'a> = MainThread<'a, N>;

    fn declare_extensions(builder: &mut PluginExtensions<Self>, _: Option<&Shared<'_>>) {
        builder
            .register::<PluginAudioPorts>()
            .register::<PluginLatency>()
            .register::<PluginParams>()
            .register::<PluginState>();
    }
}

/// Stands for no look-ahead: the plugin is not active.
const INACTIVE: u32 = u32::MAX;

/// What all threads see of an instance.
pub struct Shared<'a> {
    host: HostSharedHandle<'a>,
    store: Store,
    /// Look-ahead that is heard, as bits.
    heard: AtomicU32,
}

impl<'a> PluginShared<'a> for Shared<'a> {}

impl<'a> Shared<'a> {
    fn new(host: HostSharedHandle<'a>) -> Self {
        Self { host, store: Store::default(), heard: INACTIVE.into() }
    }

    /// Sets a value, and asks for a new start if it needs one.
    fn set(&self, id: Option<ClapId>, value: f64) {
        let Some(place) = id.and_then(place_of) else { return };
        self.store.set(place, value);
        if place == LOOK_AHEAD {
            self.ask_for_start();
        }
    }

    /// Asks the host to start the plugin again if another look-ahead is heard than is set.
    fn ask_for_start(&self) {
        let heard = self.heard.load(Relaxed);
        if heard != INACTIVE && heard != self.store.get(LOOK_AHEAD).to_bits() {
            self.host.request_restart();
        }
    }

    /// Sets all values that events set.
    fn set_all(&self, events: &InputEvents<'_>) {
        for event in events {
            self.take(event);
        }
    }

    /// Sets the value that an event sets, if it is one of those.
    fn take(&self, event: &UnknownEvent) {
        if let Some(CoreEventSpace::ParamValue(event)) = event.as_core_event() {
            self.set(event.param_id(), event.value());
        }
    }
}

/// A parameter's place, by the number that hosts know it by.
fn place_of(id: ClapId) -> Option<usize> {
    usize::try_from(id.get()).ok().filter(|&place| place < crate::ports::PARAMETERS)
}

/// What a host finds in this library.
pub struct Library {
    factory: PluginFactoryWrapper<Factory>,
}

struct Factory {
    plugins: [PluginDescriptor; 2],
}

fn descriptor(id: &str, name: &str, channels: &'static CStr) -> PluginDescriptor {
    PluginDescriptor::new(id, name)
        .with_vendor("Framewise")
        .with_version(env!("CARGO_PKG_VERSION"))
        .with_description("Lowers what is not speech, with a latency of zero frames or one")
        .with_features([features::AUDIO_EFFECT, features::RESTORATION, channels])
}

impl Entry for Library {
    fn new(_: Option<&CStr>) -> Result<Self, EntryLoadError> {
        let plugins = [
            descriptor("framewise.mono", "Framewise speech denoiser (mono)", features::MONO),
            descriptor("framewise.stereo", "Framewise speech denoiser (stereo)", features::STEREO),
        ];
        Ok(Self { factory: PluginFactoryWrapper::new(Factory { plugins }) })
    }

    fn declare_factories<'a>(&'a self, builder: &mut EntryFactories<'a>) {
        builder.register_factory(&self.factory);
    }
}

impl Factory {
    fn create<'a, const N: usize>(&'a self, host: HostInfo<'a>) -> PluginInstance<'a> {
        let main = |host, shared| Ok(MainThread::new(host, shared));
        PluginInstance::new::<Denoiser<N>>(host, &self.plugins[N - 1], |host| Ok(Shared::new(host)), main)
    }
}

impl PluginFactoryImpl for Factory {
    fn plugin_count(&self) -> u32 {
        2
    }

    fn plugin_descriptor(&self, index: u32) -> Option<&PluginDescriptor> {
        self.plugins.get(index as usize)
    }

    fn create_plugin<'a>(&'a self, host: HostInfo<'a>, id: &CStr) -> Option<PluginInstance<'a>> {
        match self.plugins.iter().position(|plugin| plugin.id() == Some(id))? {
            0 => Some(self.create::<1>(host)),
            _ => Some(self.create::<2>(host)),
        }
    }
}

clack_plugin::clack_export_entry!(Library);
