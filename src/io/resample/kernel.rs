//! Blocks of one rate to blocks of another: by Fourier transforms, or from a table where those would be too long.

use super::table::Table;
use crate::dsp::greatest_common_divisor;
use rubato::audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{Fft, FixedSync, Resampler as _, WindowFunction};

/// Samples of a block at the lower of the two rates, at least. Sets the steepness of the filter.
pub(super) const BLOCK: usize = 512;

/// The longest block of a transform at either rate.
const LONGEST: usize = 1 << 14;

/// The window of the filter.
pub(super) const WINDOW: WindowFunction = WindowFunction::BlackmanHarris2;

/// Turns a block of input into as much output as comes of it.
pub(super) enum Kernel {
    Transform(Box<Fft<f32>>),
    Table(Box<Table>),
}

/// Sizes of buffers around a kernel, in samples a channel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// Of a block of input.
    pub input: usize,
    /// Of the most output that comes of one.
    pub output: usize,
    /// Output that precedes the first sample.
    pub early: usize,
    /// Input that can be held back.
    pub delay: usize,
}

impl Kernel {
    pub(super) fn new(from: u32, to: u32, channels: usize) -> Self {
        let divisor = greatest_common_divisor(from as usize, to as usize) as u32;
        let (unit, other) = ((from / divisor) as usize, (to / divisor) as usize);
        // An even number of units: the delay is then whole at both rates.
        let units = BLOCK.div_ceil(unit.min(other)).next_multiple_of(2);
        if unit.max(other) * units > LONGEST {
            return Self::Table(Box::new(Table::new(from, to, channels)));
        }
        let (from, to) = (from as usize, to as usize);
        let fft = Fft::new_custom(from, to, unit * units, 1, channels, WINDOW, FixedSync::Both);
        Self::Transform(Box::new(fft.expect("rates and block are above zero")))
    }

    pub(super) fn sizes(&self) -> Sizes {
        match self {
            Self::Transform(fft) => {
                let input = fft.input_frames_next();
                let output = fft.output_frames_next();
                Sizes { input, output, early: fft.output_delay(), delay: input * 3 / 2 }
            }
            Self::Table(table) => table.sizes(),
        }
    }

    /// Writes what comes of a whole block and returns how many samples of each channel that are.
    pub(super) fn process(&mut self, input: &[Vec<f32>], output: &mut [Vec<f32>]) -> usize {
        let fft = match self {
            Self::Transform(fft) => fft,
            Self::Table(table) => return table.process(input, output),
        };
        let (channels, taken, made) = (input.len(), input[0].len(), output[0].len());
        let from = SequentialSliceOfVecs::new(input, channels, taken).expect("as long as that");
        let mut to = SequentialSliceOfVecs::new_mut(output, channels, made).expect("as long as that");
        fft.process_into_buffer(&from, &mut to, None).expect("buffers of the sizes that were asked for");
        made
    }
}
