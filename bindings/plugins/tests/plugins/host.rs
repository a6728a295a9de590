//! A host of one plugin: keeps what belongs to its ports, and calls it as the formats say.

use framewise_plugins::ports::{CONTROLS, LATENCY};
use framewise_plugins::{ladspa, lv2};
use std::ffi::c_void;
use std::ptr;

/// A plugin as one of the formats gives it.
#[derive(Clone, Copy)]
pub enum Format {
    Ladspa(&'static ladspa::Descriptor),
    Lv2(&'static lv2::Descriptor),
}

impl Format {
    /// Both formats of the plugin for so many channels.
    pub fn both(channels: usize) -> [Self; 2] {
        let place = channels - 1;
        // SAFETY: they are null, or a constant of the library.
        let (ladspa, lv2) = unsafe {
            (ladspa::ladspa_descriptor(place as _).as_ref(), lv2::lv2_descriptor(place as _).as_ref())
        };
        [Self::Ladspa(ladspa.expect("a plugin")), Self::Lv2(lv2.expect("a plugin"))]
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Ladspa(_) => "LADSPA",
            Self::Lv2(_) => "LV2",
        }
    }
}

/// An instance and its ports.
pub struct Host {
    format: Format,
    handle: *mut c_void,
    channels: usize,
    /// What the control ports hold. The instance writes and reads it through a pointer taken once.
    controls: Box<[f32; CONTROLS]>,
    at: *mut f32,
}

// SAFETY: formats allow an instance to move between threads, as long as one uses it at a time.
unsafe impl Send for Host {}

impl Host {
    /// An instance with its control ports connected and at their defaults; none if the plugin refuses the rate.
    pub fn try_new(format: Format, channels: usize, rate: f64) -> Option<Self> {
        // SAFETY: the arguments are those of the format.
        let handle = unsafe {
            match format {
                Format::Ladspa(plugin) => plugin.instantiate.expect("there")(plugin, rate as _),
                Format::Lv2(plugin) => {
                    plugin.instantiate.expect("there")(plugin, rate, c"/".as_ptr(), &ptr::null())
                }
            }
        };
        let mut controls = Box::new([100.0, 0.0, 0.0, 0.0, -1.0]);
        let at = controls.as_mut_ptr();
        let mut host = (!handle.is_null()).then(|| Self { format, handle, channels, controls, at })?;
        for port in 0..CONTROLS {
            // SAFETY: one of the numbers above.
            host.connect(port, unsafe { host.at.add(port) });
        }
        host.activate();
        Some(host)
    }

    pub fn new(format: Format, channels: usize, rate: u32) -> Self {
        Self::try_new(format, channels, rate.into()).expect("an instance")
    }

    pub fn connect(&mut self, port: usize, data: *mut f32) {
        // SAFETY: the handle is that of the plugin.
        unsafe {
            match self.format {
                Format::Ladspa(plugin) => plugin.connect_port.expect("there")(self.handle, port as _, data),
                Format::Lv2(plugin) => {
                    plugin.connect_port.expect("there")(self.handle, port as _, data.cast());
                }
            }
        }
    }

    pub fn activate(&mut self) {
        // SAFETY: as above.
        unsafe {
            match self.format {
                Format::Ladspa(plugin) => plugin.activate.expect("there")(self.handle),
                Format::Lv2(plugin) => plugin.activate.expect("there")(self.handle),
            }
        }
    }

    pub fn set(&mut self, port: usize, value: f32) {
        // SAFETY: a number of this host.
        unsafe { *self.at.add(port) = value };
    }

    pub fn latency(&self) -> f32 {
        // SAFETY: as above.
        unsafe { *self.at.add(LATENCY) }
    }

    /// Runs with the ports of sound where they were connected.
    pub fn run_connected(&mut self, count: usize) {
        // SAFETY: the test has connected as many samples.
        unsafe {
            match self.format {
                Format::Ladspa(plugin) => plugin.run.expect("there")(self.handle, count as _),
                Format::Lv2(plugin) => plugin.run.expect("there")(self.handle, count as _),
            }
        }
    }

    /// Runs planes through in blocks of these sizes in turn; `in_place` connects each output where its input is.
    pub fn run(&mut self, input: &[Vec<f32>], blocks: &[usize], in_place: bool) -> Vec<Vec<f32>> {
        let mut output: Vec<_> =
            input.iter().map(|plane| if in_place { plane.clone() } else { vec![0.0; plane.len()] }).collect();
        let mut start = 0;
        for &block in blocks.iter().cycle() {
            let count = block.min(input[0].len() - start);
            for (c, (from, to)) in input.iter().zip(&mut output).enumerate() {
                let to = to[start..].as_mut_ptr();
                self.connect(CONTROLS + c, if in_place { to } else { from[start..].as_ptr().cast_mut() });
                self.connect(CONTROLS + self.channels + c, to);
            }
            self.run_connected(count);
            start += count;
            if start == input[0].len() {
                return output;
            }
        }
        unreachable!("blocks of no samples alone")
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // SAFETY: the handle is not used again.
        unsafe {
            match self.format {
                Format::Ladspa(plugin) => plugin.cleanup.expect("there")(self.handle),
                Format::Lv2(plugin) => plugin.cleanup.expect("there")(self.handle),
            }
        }
        assert_eq!(self.at.cast_const(), self.controls.as_ptr());
    }
}
