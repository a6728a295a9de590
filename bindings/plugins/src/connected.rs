//! An instance whose host keeps what belongs to each port in memory of its own.

use crate::instance::{Instance, Sound, Values};
use crate::ports::{CONTROLS, LATENCY, PARAMETERS};
use framewise::engine::EngineError;
use std::array;
use std::ptr;

/// A plugin of `N` channels and its ports.
pub struct Connected<const N: usize> {
    instance: Instance,
    controls: [*mut f32; CONTROLS],
    sound: Planes<N>,
}

/// Where the samples of each channel are; null where the host has not said.
pub struct Planes<const N: usize> {
    inputs: [*mut f32; N],
    outputs: [*mut f32; N],
}

impl<const N: usize> Planes<N> {
    /// # Safety
    /// Whenever an instance runs with them, planes that are not null have as many samples as it is told, to read or to write.
    pub unsafe fn new(inputs: [*mut f32; N], outputs: [*mut f32; N]) -> Self {
        Self { inputs, outputs }
    }

    /// Silences so many samples of what goes out.
    pub fn silence(&mut self, count: usize) {
        for &output in self.outputs.iter().filter(|output| !output.is_null()) {
            // SAFETY: as `new` demands.
            unsafe { ptr::write_bytes(output, 0, count) };
        }
    }
}

impl<const N: usize> Sound for Planes<N> {
    fn read(&self, channel: usize, start: usize, to: &mut [f32]) {
        let from = self.inputs[channel];
        if from.is_null() {
            to.fill(0.0);
        } else {
            // SAFETY: the plane has that many samples, and `to` is no memory of the host.
            unsafe { ptr::copy_nonoverlapping(from.add(start), to.as_mut_ptr(), to.len()) };
        }
    }

    fn write(&mut self, channel: usize, start: usize, from: &[f32]) {
        let to = self.outputs[channel];
        if !to.is_null() {
            // SAFETY: as above.
            unsafe { ptr::copy_nonoverlapping(from.as_ptr(), to.add(start), from.len()) };
        }
    }
}

impl<const N: usize> Connected<N> {
    /// An instance for a host's sample rate in Hz, with nothing connected.
    ///
    /// # Errors
    /// As for [`Instance::new`].
    pub fn new(rate: u32) -> Result<Self, EngineError> {
        let none = [ptr::null_mut(); N];
        // SAFETY: no plane is there; those of `connect` are as its caller promises.
        let sound = unsafe { Planes::new(none, none) };
        Ok(Self { instance: Instance::new(rate, N)?, controls: [ptr::null_mut(); CONTROLS], sound })
    }

    /// Takes note of where a port's data is. Ports that do not exist are ignored.
    pub fn connect(&mut self, port: usize, data: *mut f32) {
        let Planes { inputs, outputs } = &mut self.sound;
        let place = self.controls.iter_mut().chain(inputs).chain(outputs).nth(port);
        if let Some(place) = place {
            *place = data;
        }
    }

    /// Back to the start.
    pub fn activate(&mut self) {
        self.instance.reset();
    }

    /// Takes and gives so many samples of every channel.
    ///
    /// # Safety
    /// Every connected port of sound has `count` samples that may be read or written, every other one a number.
    pub unsafe fn run(&mut self, count: usize) {
        let controls = &self.controls;
        let values: Values = array::from_fn::<_, PARAMETERS, _>(|port| {
            // SAFETY: as the caller promises. What is not connected is no number.
            unsafe { controls[port].as_ref() }.copied().unwrap_or(f32::NAN)
        });
        self.instance.run(values, &mut self.sound, 0..count);
        let latency = self.controls[LATENCY];
        if !latency.is_null() {
            // SAFETY: the port is connected to a number.
            unsafe { *latency = self.instance.latency() as f32 };
        }
    }

    /// Silences what goes out.
    ///
    /// # Safety
    /// As for [`Connected::run`].
    pub unsafe fn silence(&mut self, count: usize) {
        self.sound.silence(count);
    }
}
