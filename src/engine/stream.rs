//! Live sound: blocks of any size in, the same size out, at a constant delay.

use super::{Delays, Denoiser};
use crate::dsp::greatest_common_divisor;
use crate::model::Model;

/// What is known of the sizes of blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Blocks {
    /// Any size, changing from block to block: a hop less one sample of delay for blocking.
    Any,
    /// Always this many samples: `H - gcd(block, H)` of delay for blocking, none where blocks are whole hops.
    Constant(usize),
}

/// Channels of sound through a model in blocks of any size, each channel by itself.
///
/// Gives as many samples as it takes, [`Stream::delays`] later. All memory is set aside by [`Stream::new`];
/// [`Stream::process`] may run in an audio callback.
#[derive(Clone, Debug)]
pub struct Stream {
    channels: Vec<Channel>,
    blocks: Blocks,
}

#[derive(Clone, Debug)]
struct Channel {
    denoiser: Denoiser,
    input: Vec<f32>,
    filled: usize,
    hop: Vec<f32>,
    /// Samples ready, as a ring of two hops.
    ready: Vec<f32>,
    first: usize,
    count: usize,
}

impl Stream {
    /// A stream at its start.
    ///
    /// # Panics
    /// If there is no channel, or constant blocks have no samples.
    pub fn new(model: &Model, channels: usize, blocks: Blocks) -> Self {
        assert!(channels > 0, "a stream of no channels");
        assert_ne!(blocks, Blocks::Constant(0), "blocks of no samples");
        let mut stream = Self { channels: vec![Channel::new(Denoiser::new(model)); channels], blocks };
        stream.reset();
        stream
    }

    /// Delay from sample in to sample out.
    pub fn delays(&self) -> Delays {
        Delays { blocking: self.blocking(), ..self.channels[0].denoiser.delays() }
    }

    fn blocking(&self) -> usize {
        let hop = self.channels[0].denoiser.hop();
        match self.blocks {
            Blocks::Any => hop - 1,
            Blocks::Constant(block) => hop - greatest_common_divisor(block, hop),
        }
    }

    /// Takes a block of every channel and writes as many samples of each.
    ///
    /// # Panics
    /// If the number of channels is another than the stream's, or the slices differ in length. Blocks of another size
    /// than the constant that was announced may panic as well.
    #[cfg_attr(framewise_rtsan, sanitize(realtime = "nonblocking"))]
    pub fn process(&mut self, input: &[&[f32]], output: &mut [&mut [f32]]) {
        assert_eq!(input.len(), self.channels.len(), "channels in");
        assert_eq!(output.len(), self.channels.len(), "channels out");
        for ((channel, input), output) in self.channels.iter_mut().zip(input).zip(output) {
            channel.process(input, output);
        }
    }

    /// Back to the start: equal to a new stream to the bit.
    pub fn reset(&mut self) {
        let blocking = self.blocking();
        for channel in &mut self.channels {
            channel.reset(blocking);
        }
    }
}

impl Channel {
    fn new(denoiser: Denoiser) -> Self {
        let hop = denoiser.hop();
        Self {
            denoiser,
            input: vec![0.0; hop],
            filled: 0,
            hop: vec![0.0; hop],
            ready: vec![0.0; 2 * hop],
            first: 0,
            count: 0,
        }
    }

    /// Starts with `blocking` samples of silence ready, so that every block finds as many samples as it brings.
    fn reset(&mut self, blocking: usize) {
        self.denoiser.reset();
        self.filled = 0;
        self.ready.fill(0.0);
        self.first = 0;
        self.count = blocking;
    }

    fn process(&mut self, mut input: &[f32], mut output: &mut [f32]) {
        assert_eq!(input.len(), output.len(), "samples of a channel in and out");
        while !input.is_empty() {
            let length = input.len().min(self.input.len() - self.filled);
            let (now, later) = input.split_at(length);
            self.input[self.filled..self.filled + length].copy_from_slice(now);
            self.filled += length;
            input = later;
            if self.filled == self.input.len() {
                self.filled = 0;
                self.denoiser.process_hop(&self.input, &mut self.hop);
                for &sample in &self.hop {
                    let place = (self.first + self.count) % self.ready.len();
                    self.ready[place] = sample;
                    self.count += 1;
                }
            }
            let (now, later) = output.split_at_mut(length);
            assert!(self.count >= length, "a block of another size than was announced");
            for sample in now {
                *sample = self.ready[self.first];
                self.first = (self.first + 1) % self.ready.len();
            }
            self.count -= length;
            output = later;
        }
    }
}
