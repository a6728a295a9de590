//! A host of LADSPA and LV2: keeps what belongs to the ports, and calls the plugin as the formats say.

use crate::host::{Audio, Format, Plugin};
use framewise_plugins::ports::{CONTROLS, LATENCY};
use std::ffi::c_void;
use std::ptr;

/// An instance and its ports.
pub struct Ports {
    format: Format,
    handle: *mut c_void,
    /// What the control ports hold. The instance writes and reads it through a pointer taken once.
    controls: Box<[f32; CONTROLS]>,
    at: *mut f32,
}

// SAFETY: the formats allow an instance to move between threads, as long as one uses it at a time.
unsafe impl Send for Ports {}

impl Ports {
    /// An instance with its control ports connected and at their defaults; none if the plugin refuses the rate.
    pub fn try_new(format: Format, channels: usize, rate: f64) -> Option<Self> {
        assert!((1..=2).contains(&channels));
        // SAFETY: the arguments are those of the format.
        let handle = unsafe {
            match format {
                Format::Ladspa(plugin) => plugin.instantiate.expect("there")(plugin, rate as _),
                Format::Lv2(plugin) => {
                    plugin.instantiate.expect("there")(plugin, rate, c"/".as_ptr(), &ptr::null())
                }
                _ => panic!("a format with ports"),
            }
        };
        let mut controls = Box::new([100.0, 0.0, 0.0, 0.0, -1.0]);
        let at = controls.as_mut_ptr();
        let mut host = (!handle.is_null()).then(|| Self { format, handle, controls, at })?;
        for port in 0..CONTROLS {
            // SAFETY: one of the numbers above.
            host.connect(port, unsafe { host.at.add(port) });
        }
        host.reset();
        Some(host)
    }

    fn connect(&mut self, port: usize, data: *mut f32) {
        // SAFETY: the handle is that of the plugin.
        unsafe {
            match self.format {
                Format::Ladspa(plugin) => plugin.connect_port.expect("there")(self.handle, port as _, data),
                Format::Lv2(plugin) => {
                    plugin.connect_port.expect("there")(self.handle, port as _, data.cast());
                }
                _ => unreachable!(),
            }
        }
    }
}

impl Plugin for Ports {
    fn set(&mut self, port: usize, value: f32) {
        // SAFETY: a number of this host.
        unsafe { *self.at.add(port) = value };
    }

    /// Told at the end of a run, one of no samples if need be.
    fn latency(&mut self) -> f32 {
        // SAFETY: as above.
        unsafe { *self.at.add(LATENCY) }
    }

    fn audio(&mut self) -> &mut dyn Audio {
        self
    }
}

impl Audio for Ports {
    unsafe fn run(&mut self, inputs: &[*mut f32], outputs: &[*mut f32], count: usize) {
        for (c, plane) in inputs.iter().chain(outputs).enumerate() {
            self.connect(CONTROLS + c, *plane);
        }
        // SAFETY: the caller's planes have as many samples.
        unsafe {
            match self.format {
                Format::Ladspa(plugin) => plugin.run.expect("there")(self.handle, count as _),
                Format::Lv2(plugin) => plugin.run.expect("there")(self.handle, count as _),
                _ => unreachable!(),
            }
        }
    }

    fn reset(&mut self) {
        // SAFETY: as above.
        unsafe {
            match self.format {
                Format::Ladspa(plugin) => plugin.activate.expect("there")(self.handle),
                Format::Lv2(plugin) => plugin.activate.expect("there")(self.handle),
                _ => unreachable!(),
            }
        }
    }
}

impl Drop for Ports {
    fn drop(&mut self) {
        // SAFETY: the handle is not used again.
        unsafe {
            match self.format {
                Format::Ladspa(plugin) => plugin.cleanup.expect("there")(self.handle),
                Format::Lv2(plugin) => plugin.cleanup.expect("there")(self.handle),
                _ => unreachable!(),
            }
        }
        assert_eq!(self.at.cast_const(), self.controls.as_ptr());
    }
}
