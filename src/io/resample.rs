//! From one sample rate to another, aligned to the sample.

use crate::dsp::{RATES, greatest_common_divisor};
use rubato::audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{Fft, FixedSync, Resampler as _, WindowFunction};
use std::fmt;

/// Samples of a block at the lower of the two rates, at least. Sets the steepness of the filter.
const BLOCK: usize = 512;

/// Brings channels of sound from one rate to another, in pieces of any size.
///
/// Output sample `m` is the sound at the time of input sample `m from / to`: the filter's delay is taken off at the start
/// and made up for at the end. Of `n` samples come [`Resampler::length`]. Between equal rates nothing changes.
///
/// The filter is a windowed sinc of linear phase; with blocks of `B` samples at the lower rate (see
/// [`Resampler::delay`]), it passes up to about `1 - 14 / B` of that rate's half.
pub struct Resampler {
    from: u32,
    to: u32,
    /// None between equal rates.
    filter: Option<Filter>,
    channels: usize,
    taken: u64,
    given: u64,
}

struct Filter {
    fft: Fft<f32>,
    /// The block being filled in every channel, and how far it is.
    input: Vec<Vec<f32>>,
    filled: usize,
    output: Vec<Vec<f32>>,
    /// Output samples that still precede the first input sample.
    early: usize,
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
        self.filter.as_ref().map_or(0, |filter| filter.input[0].len() * 3 / 2)
    }

    /// Takes as many samples of every channel and appends what is ready to each of `output`.
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
                to[filter.filled..][..count].copy_from_slice(&from[start..][..count]);
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
        let divisor = greatest_common_divisor(from as usize, to as usize) as u32;
        let (unit, lower) = ((from / divisor) as usize, (from.min(to) / divisor) as usize);
        // An even number of units: the delay is then whole at both rates.
        let block = unit * BLOCK.div_ceil(lower).next_multiple_of(2);
        let fft = Fft::new_custom(
            from as usize,
            to as usize,
            block,
            1,
            channels,
            WindowFunction::BlackmanHarris2,
            FixedSync::Both,
        )
        .expect("rates and block are above zero");
        Self {
            input: vec![vec![0.0; fft.input_frames_next()]; channels],
            filled: 0,
            output: vec![vec![0.0; fft.output_frames_next()]; channels],
            early: fft.output_delay(),
            fft,
        }
    }

    /// Turns the filled block into output; returns how many samples of each channel were appended, at most `most`.
    fn process(&mut self, most: u64, output: &mut [Vec<f32>]) -> u64 {
        let (channels, taken, made) = (self.input.len(), self.input[0].len(), self.output[0].len());
        let from = SequentialSliceOfVecs::new(&self.input, channels, taken).expect("as long as that");
        let mut to =
            SequentialSliceOfVecs::new_mut(&mut self.output, channels, made).expect("as long as that");
        self.fft.process_into_buffer(&from, &mut to, None).expect("buffers of the sizes that were asked for");
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
