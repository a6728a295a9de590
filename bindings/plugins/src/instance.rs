//! The processor behind a plugin of any format, and what a host sets of it.

use crate::ports::{BYPASS, LOOK_AHEAD, NO_LIMIT, PARAMETERS, POST_FILTER, STRENGTH};
use framewise::engine::{Controls, EngineError, Mask, Processor};
use std::ops::Range;

/// Samples that are taken from the host at once.
const PIECE: usize = 512;

/// What a host sets, each in its place in [`crate::ports`]; what is no number has its default.
pub type Values = [f32; PARAMETERS];

/// Sound of a host. Outputs may lie where inputs do: all that is read of a piece is read before any of it is written.
pub trait Sound {
    /// Reads samples of a channel from `start` on.
    fn read(&self, channel: usize, start: usize, to: &mut [f32]);

    /// Writes samples of a channel from `start` on.
    fn write(&mut self, channel: usize, start: usize, from: &[f32]);
}

/// A piece of a channel.
#[derive(Clone)]
struct Piece {
    samples: [f32; PIECE],
    length: usize,
}

impl AsMut<[f32]> for Piece {
    fn as_mut(&mut self) -> &mut [f32] {
        &mut self.samples[..self.length]
    }
}

/// A plugin.
pub struct Instance {
    processor: Processor,
    pieces: Vec<Piece>,
    /// Whether no sample was taken since the start: values then apply at once.
    fresh: bool,
}

impl Instance {
    /// An instance for a host's sample rate in Hz; channels share a mask.
    ///
    /// # Errors
    /// As for [`framewise::engine::Builder::build`].
    pub fn new(rate: u32, channels: usize) -> Result<Self, EngineError> {
        let mask = if channels == 1 { Mask::Each } else { Mask::Shared };
        let processor = Processor::builder(rate, channels).mask(mask).build()?;
        Ok(Self {
            processor,
            pieces: vec![Piece { samples: [0.0; PIECE], length: 0 }; channels],
            fresh: true,
        })
    }

    /// Sample rate of the host in Hz.
    pub fn rate(&self) -> u32 {
        self.processor.rate()
    }

    /// Number of channels.
    pub fn channels(&self) -> usize {
        self.processor.channels()
    }

    /// Back to the start.
    pub fn reset(&mut self) {
        self.processor.reset();
        self.fresh = true;
    }

    /// Takes and gives the samples of a range of every channel, under these values: at the start at once, later under a
    /// cross-fade.
    pub fn run(&mut self, values: Values, sound: &mut impl Sound, range: Range<usize>) {
        set(self.processor.controls(), values);
        if self.fresh {
            self.processor.reset();
            self.fresh = range.is_empty();
        }
        for start in range.clone().step_by(PIECE) {
            let length = PIECE.min(range.end - start);
            for (c, piece) in self.pieces.iter_mut().enumerate() {
                piece.length = length;
                sound.read(c, start, piece.as_mut());
            }
            self.processor.process_in_place(&mut self.pieces);
            for (c, piece) in self.pieces.iter_mut().enumerate() {
                sound.write(c, start, piece.as_mut());
            }
        }
    }

    /// Delay from sample in to sample out, in samples.
    pub fn latency(&self) -> usize {
        self.processor.delays().total()
    }

    /// The delay at so many frames of look-ahead.
    pub fn latency_of(&self, look_ahead: f32) -> usize {
        self.processor.controls().delays_of(model(look_ahead)).total()
    }
}

/// The model of so many frames of look-ahead.
fn model(look_ahead: f32) -> usize {
    usize::from(look_ahead >= 0.5)
}

/// Hands values on.
fn set(controls: &Controls, values: Values) {
    let limited = values[STRENGTH] < NO_LIMIT;
    controls.set_strength(if limited { values[STRENGTH] } else { f32::INFINITY });
    controls.set_bypass(values[BYPASS] > 0.0);
    controls.set_post_filter(values[POST_FILTER] > 0.0);
    controls.set_model(model(values[LOOK_AHEAD]));
}
