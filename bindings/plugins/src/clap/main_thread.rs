//! What a host asks and sets outside its audio threads.

use super::{Shared, place_of};
use crate::parameters::{self, ALL, MOST_STATE};
use crate::ports::BYPASS;
use clack_extensions::audio_ports::{
    AudioPortFlags, AudioPortInfo, AudioPortInfoWriter, AudioPortType, PluginAudioPortsImpl,
};
use clack_extensions::latency::{HostLatency, PluginLatencyImpl};
use clack_extensions::params::{
    HostParams, ParamDisplayWriter, ParamInfo, ParamInfoFlags, ParamInfoWriter, ParamRescanFlags,
    PluginMainThreadParams,
};
use clack_extensions::state::PluginStateImpl;
use clack_plugin::events::io::{InputEvents, OutputEvents};
use clack_plugin::prelude::*;
use clack_plugin::stream::{InputStream, OutputStream};
use clack_plugin::utils::Cookie;
use std::cell::Cell;
use std::ffi::CStr;
use std::fmt::Write as _;
use std::io::{Read, Write as _};

/// The part of a plugin of `N` channels that stays on the host's main thread.
pub struct MainThread<'a, const N: usize> {
    host: HostMainThreadHandle<'a>,
    shared: &'a Shared<'a>,
    latency: Cell<Option<usize>>,
}

impl<'a, const N: usize> PluginMainThread<'a, Shared<'a>> for MainThread<'a, N> {}

impl<'a, const N: usize> MainThread<'a, N> {
    pub fn new(host: HostMainThreadHandle<'a>, shared: &'a Shared<'a>) -> Self {
        Self { host, shared, latency: Cell::new(None) }
    }

    /// Takes note of the latency of a new start, and tells the host if it is another one than before.
    pub fn tell_latency(&self, samples: usize) {
        let before = self.latency.replace(Some(samples));
        if before.is_some_and(|before| before != samples)
            && let Some(host) = self.host.get_extension::<HostLatency>()
        {
            host.changed(&self.host);
        }
    }
}

impl<const N: usize> PluginLatencyImpl for MainThread<'_, N> {
    fn get(&self) -> u32 {
        self.latency.get().and_then(|samples| u32::try_from(samples).ok()).unwrap_or(0)
    }
}

impl<const N: usize> PluginAudioPortsImpl for MainThread<'_, N> {
    fn count(&self, _is_input: bool) -> u32 {
        1
    }

    fn get(&self, index: u32, is_input: bool, writer: &mut AudioPortInfoWriter<'_>) {
        if index == 0 {
            writer.set(&AudioPortInfo {
                id: ClapId::new(0),
                name: if is_input { b"Input" } else { b"Output" },
                channel_count: N as u32,
                flags: AudioPortFlags::IS_MAIN,
                port_type: AudioPortType::from_channel_count(N as u32),
                in_place_pair: Some(ClapId::new(0)),
            });
        }
    }
}

impl<const N: usize> PluginMainThreadParams for MainThread<'_, N> {
    fn count(&self) -> u32 {
        ALL.len() as u32
    }

    fn get_info(&self, index: u32, info: &mut ParamInfoWriter<'_>) {
        let place = index as usize;
        let Some(parameter) = ALL.get(place) else { return };
        let mut flags = ParamInfoFlags::empty();
        flags.set(ParamInfoFlags::IS_AUTOMATABLE, parameters::automatable(place));
        flags.set(ParamInfoFlags::IS_STEPPED, parameters::stepped(place));
        flags.set(ParamInfoFlags::IS_BYPASS, place == BYPASS);
        info.set(&ParamInfo {
            id: ClapId::new(index),
            flags,
            cookie: Cookie::default(),
            name: parameter.name.as_bytes(),
            module: b"",
            min_value: 0.0,
            max_value: parameters::most(place).into(),
            default_value: parameters::default(place).into(),
        });
    }

    fn get_value(&self, id: ClapId) -> Option<f64> {
        place_of(id).map(|place| self.shared.store.get(place).into())
    }

    fn value_to_text(&self, id: ClapId, value: f64, writer: &mut ParamDisplayWriter<'_>) -> std::fmt::Result {
        writer.write_str(&parameters::text(place_of(id).ok_or(std::fmt::Error)?, value, true))
    }

    fn text_to_value(&self, id: ClapId, text: &CStr) -> Option<f64> {
        parameters::value(place_of(id)?, text.to_str().ok()?)
    }

    fn flush(&self, input: &InputEvents<'_>, _: &mut OutputEvents<'_>) {
        self.shared.set_all(input);
    }
}

impl<const N: usize> PluginStateImpl for MainThread<'_, N> {
    fn save(&self, output: &mut OutputStream<'_>) -> Result<(), PluginError> {
        Ok(output.write_all(&self.shared.store.save())?)
    }

    fn load(&self, input: &mut InputStream<'_>) -> Result<(), PluginError> {
        let mut state = Vec::new();
        input.take(MOST_STATE).read_to_end(&mut state)?;
        self.shared.store.load(&state)?;
        self.shared.ask_for_start();
        if let Some(host) = self.host.get_extension::<HostParams>() {
            host.rescan(&self.host, ParamRescanFlags::VALUES);
        }
        Ok(())
    }
}
