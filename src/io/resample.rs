//! From one sample rate to another, aligned to the sample.

mod kernel;
mod table;

use crate::dsp::{RATES, scrub};
use kernel::Kernel;
use std::fmt;

/// Brings channels of sound from one rate to another, in pieces of any size.
///
/// Output sample `m` is the sound at the time of input sample `m from / to`: the filter's delay is taken off at the start
/// and made up for at the end. Of `n` samples come [`Resampler::length`]. Between equal rates nothing changes.
///
/// The filter is a windowed sinc of linear phase that passes up to about 97 % of half of the lower rate. Between rates with
/// much in common it runs by Fourier transforms of whole blocks. Between others those blocks would have as many samples as
/// the rates have hertz: there it is interpolated for each sample, from a table that all channels share, and memory stays
/// within half a megabyte a channel and some for the table, whatever the rates.
pub struct Resampler {
    from: u32,
    to: u32,
    /// None between equal rates.
    filter: Option<Filter>,
    channels: usize,
    taken: u64,
    given: u64,
}

/// The block being filled, and what makes output of it.
struct Filter {
    kernel: Kernel,
    input: Vec<Vec<f32>>,
    filled: usize,
    output: Vec<Vec<f32>>,
    /// Output samples that still precede the first input sample.
    early: usize,
    /// Input samples that can be held back.
    delay: usize,
}

impl Resampler {
    /// A stream at its start.
    ///
    /// # Panics
    /// If a rate is outside [`RATES`], or there is no channel.
    pub fn new(from: u32, to: u32, channels: usize) -> Self {
        assert!(RATES.contains(&from) && RATES.contains(&to), "rates of {from} and {to} Hz");
        assert!(channels > 0, "a stream of no channels");
        let filter = (from != to).then(|| Filter::new(from, to, channels));
        Self { from, to, filter, channels, taken: 0, given: 0 }
    }

    /// Samples that come of `taken` samples: those whose time is before the end, `ceil(taken to / from)`.
    pub fn length(&self, taken: u64) -> u64 {
        let length = (u128::from(taken) * u128::from(self.to)).div_ceil(u128::from(self.from));
        u64::try_from(length).unwrap_or(u64::MAX)
    }

    /// Most samples, at the input rate, that are held back while a stream goes on.
    pub fn delay(&self) -> usize {
        self.filter.as_ref().map_or(0, |filter| filter.delay)
    }

    /// Takes as many samples of every channel and appends what is ready to each of `output`. What is no sample counts as
    /// silence, by [`scrub`].
    ///
    /// # Panics
    /// If the number of channels is another than the stream's, or their pieces differ in length.
    pub fn push(&mut self, input: &[Vec<f32>], output: &mut [Vec<f32>]) {
        assert_eq!((input.len(), output.len()), (self.channels, self.channels), "channels in and out");
        let length = input[0].len();
        assert!(input.iter().all(|plane| plane.len() == length), "samples of every channel");
        self.taken += length as u64;
        let Some(filter) = &mut self.filter else {
            for (output, input) in output.iter_mut().zip(input) {
                output.extend_from_slice(input);
            }
            self.given = self.taken;
            return;
        };
        let mut start = 0;
        while start < length {
            let count = (length - start).min(filter.input[0].len() - filter.filled);
            for (to, from) in filter.input.iter_mut().zip(input) {
                let to = &mut to[filter.filled..][..count];
                to.copy_from_slice(&from[start..][..count]);
                scrub(to);
            }
            filter.filled += count;
            start += count;
            if filter.filled == filter.input[0].len() {
                self.given += filter.process(u64::MAX, output);
            }
        }
    }

    /// Appends the rest, so that [`Resampler::length`] samples have come in all.
    ///
    /// # Panics
    /// If the number of channels is another than the stream's.
    pub fn finish(mut self, output: &mut [Vec<f32>]) {
        assert_eq!(output.len(), self.channels, "channels out");
        let length = self.length(self.taken);
        let Some(filter) = &mut self.filter else { return };
        while self.given < length {
            for plane in &mut filter.input {
                plane[filter.filled..].fill(0.0);
            }
            self.given += filter.process(length - self.given, output);
        }
    }
}

impl Filter {
    fn new(from: u32, to: u32, channels: usize) -> Self {
        let kernel = Kernel::new(from, to, channels);
        let sizes = kernel.sizes();
        Self {
            kernel,
            input: vec![vec![0.0; sizes.input]; channels],
            filled: 0,
            output: vec![vec![0.0; sizes.output]; channels],
            early: sizes.early,
            delay: sizes.delay,
        }
    }

    /// Turns the filled block into output; returns how many samples of each channel were appended, at most `most`.
    fn process(&mut self, most: u64, output: &mut [Vec<f32>]) -> u64 {
        let made = self.kernel.process(&self.input, &mut self.output);
        self.filled = 0;
        let early = self.early.min(made);
        self.early -= early;
        let count = usize::try_from(most).unwrap_or(usize::MAX).min(made - early);
        for (output, plane) in output.iter_mut().zip(&self.output) {
            output.extend_from_slice(&plane[early..][..count]);
        }
        count as u64
    }
}

impl fmt::Debug for Resampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resampler")
            .field("from", &self.from)
            .field("to", &self.to)
            .field("channels", &self.channels)
            .field("taken", &self.taken)
            .field("given", &self.given)
            .finish_non_exhaustive()
    }
}
