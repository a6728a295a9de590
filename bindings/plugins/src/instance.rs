//! A plugin in a host: its ports, and the processor behind them.

use crate::ports::{BYPASS, CONTROLS, LATENCY, LOOK_AHEAD, NO_LIMIT, POST_FILTER, STRENGTH};
use framewise::engine::{Controls, EngineError, Mask, Processor};
use std::ptr;

/// Samples that are taken from the host at once.
const PIECE: usize = 512;

/// Most ports.
const PORTS: usize = CONTROLS + 4;

/// A plugin of `N` channels.
pub struct Instance<const N: usize> {
    processor: Processor,
    /// Where the host keeps what belongs to each port; null where it has not said.
    ports: [*mut f32; PORTS],
    /// A piece of every channel. Ports may share memory in any way that a host likes, slices may not.
    pieces: [[f32; PIECE]; N],
    /// Whether no sample was taken since the start: settings then apply at once.
    fresh: bool,
}

impl<const N: usize> Instance<N> {
    /// An instance for a host's sample rate in Hz.
    pub fn new(rate: u32) -> Result<Self, EngineError> {
        let mask = if N == 1 { Mask::Each } else { Mask::Shared };
        let processor = Processor::builder(rate, N).mask(mask).build()?;
        let ports = [ptr::null_mut(); PORTS];
        Ok(Self { processor, ports, pieces: [[0.0; PIECE]; N], fresh: true })
    }

    /// Takes note of where a port's data is. Ports that do not exist are ignored.
    pub fn connect(&mut self, port: usize, data: *mut f32) {
        if port < CONTROLS + 2 * N {
            self.ports[port] = data;
        }
    }

    /// Back to the start.
    pub fn activate(&mut self) {
        self.processor.reset();
        self.fresh = true;
    }

    /// Takes and gives so many samples of every channel.
    ///
    /// # Safety
    /// Every connected port of sound has `count` samples that may be read or written, every other one a number.
    pub unsafe fn run(&mut self, count: usize) {
        // SAFETY: as the caller promises.
        unsafe { self.read_controls() };
        if self.fresh {
            self.processor.reset();
            self.fresh = count == 0;
        }
        for start in (0..count).step_by(PIECE) {
            let length = PIECE.min(count - start);
            for (piece, &input) in self.pieces.iter_mut().zip(&self.ports[CONTROLS..][..N]) {
                if input.is_null() {
                    piece[..length].fill(0.0);
                } else {
                    // SAFETY: the port has `count` samples, and a piece of this instance is no memory of the host.
                    unsafe { ptr::copy_nonoverlapping(input.add(start), piece.as_mut_ptr(), length) };
                }
            }
            self.processor.process_in_place(&mut self.pieces.each_mut().map(|piece| &mut piece[..length]));
            for (piece, &output) in self.pieces.iter().zip(&self.ports[CONTROLS + N..][..N]) {
                if !output.is_null() {
                    // SAFETY: as above.
                    unsafe { ptr::copy_nonoverlapping(piece.as_ptr(), output.add(start), length) };
                }
            }
        }
        let latency = self.ports[LATENCY];
        if !latency.is_null() {
            // SAFETY: the port is connected to a number.
            unsafe { *latency = self.processor.delays().total() as f32 };
        }
    }

    /// Reads every control once and hands it on; what is not connected, or no number, has its default.
    ///
    /// # Safety
    /// Every connected control port is a number that may be read.
    unsafe fn read_controls(&self) {
        // SAFETY: as the caller promises.
        let read = |port: usize| unsafe { self.ports[port].as_ref() }.copied();
        let controls: &Controls = self.processor.controls();
        let strength = read(STRENGTH).filter(|&strength| strength < NO_LIMIT).unwrap_or(f32::INFINITY);
        controls.set_strength(strength);
        controls.set_bypass(read(BYPASS).is_some_and(|on| on > 0.0));
        controls.set_post_filter(read(POST_FILTER).is_some_and(|on| on > 0.0));
        controls.set_model(usize::from(read(LOOK_AHEAD).is_some_and(|frames| frames >= 0.5)));
    }

    /// Silences what goes out.
    ///
    /// # Safety
    /// As for [`Instance::run`].
    pub unsafe fn silence(&mut self, count: usize) {
        for &output in self.ports[CONTROLS + N..][..N].iter().filter(|output| !output.is_null()) {
            // SAFETY: the port has `count` samples.
            unsafe { ptr::write_bytes(output, 0, count) };
        }
    }
}
