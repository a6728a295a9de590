//! A filter interpolated from a table, for rates that have little in common.
//!
//! The table holds a windowed sinc of `L` input samples at `F` places between two of them. The library that interpolates it
//! gives, with `t = from / to`, as its output `n` from 0 on the sound at the input time
//!
//! ```text
//! (n + 1) t - L / 2 + 1 / F
//! ```
//! Sample `m` is due at `m t`, and these times lie between. So a block of `z` samples of silence goes first, at a step of
//! `t / r` instead of `t`; if `N` outputs come of it, output `N + j` is at
//!
//! ```text
//! (j + 1) t + N t / r - L / 2 + 1 / F - z
//! ```
//! which is `0` at a whole `j` if `r = N / (A - j - 1)` with `A = (L / 2 - 1 / F + z) / t`. Before that, output is early.

use super::kernel::{BLOCK, Sizes, WINDOW};
use rubato::audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{
    Adjustable as _, Async, FixedAsync, Resampler as _, SincInterpolationParameters, SincInterpolationType,
    calculate_cutoff,
};

/// Samples at the lower rate that are taken at a time.
const PIECE: usize = 128;

/// Places between two samples where the filter is as narrow as the input's rate allows: an interpolation by cubic
/// polynomials is then exact to 1e-7. A filter that is `r` times longer needs `r` times fewer, down to the least.
const PLACES: f64 = 128.0;
const FEWEST: usize = 32;

/// The most that the step of the first block may differ from that of the others.
const STEER: f64 = 1.05;

/// Input of a fixed size to output of a size that varies by a sample.
pub(super) struct Table {
    /// In double precision, since the sums behind its table are naive.
    filter: Async<f64>,
    input: Vec<Vec<f64>>,
    output: Vec<Vec<f64>>,
    length: usize,
    early: usize,
}

impl Table {
    pub(super) fn new(from: u32, to: u32, channels: usize) -> Self {
        let ratio = f64::from(to) / f64::from(from);
        let slower = ratio.min(1.0);
        let length = ((BLOCK as f64 / slower).ceil() as usize).next_multiple_of(8);
        let places = ((PLACES * slower).ceil() as usize).max(FEWEST);
        let parameters = SincInterpolationParameters::new(length, WINDOW)
            // Of the lower rate; by itself the library would take the window for as short as the input's rate allows.
            .f_cutoff(calculate_cutoff(BLOCK, WINDOW))
            .oversampling_factor(places)
            .interpolation(SincInterpolationType::Cubic);
        let piece = (PIECE as f64 / slower).ceil() as usize;
        // Two channels at least: one alone goes another way, with other roundings.
        let planes = channels.max(2);
        let filter = Async::new_sinc(ratio, STEER, &parameters, piece, planes, FixedAsync::Input)
            .expect("a ratio and sizes above zero");
        let output = vec![vec![0.0; filter.output_frames_max()]; planes];
        let mut table = Self { filter, input: vec![vec![0.0; piece]; planes], output, length, early: 0 };
        let due = ((length / 2 + piece) as f64 - 1.0 / places as f64) * ratio;
        table.settle(ratio, due);
        table
    }

    /// Takes the first block of silence at such a step that from then on output falls on the times that it is due at.
    /// `due` is `A`.
    fn settle(&mut self, ratio: f64, due: f64) {
        // The number of outputs depends on the step, and the step on it; they agree at once or after one more look.
        for _ in 0..4 {
            let count = self.filter.output_frames_next();
            let early = (due - count as f64).round();
            self.early = early as usize - 1;
            let steered = ratio * count as f64 / (due - early);
            self.filter.set_resample_ratio(steered, false).expect("half an output in more than a hundred");
            if self.filter.output_frames_next() == count {
                break;
            }
        }
        self.step();
        self.filter.set_resample_ratio(ratio, false).expect("the ratio of the filter itself");
    }

    pub(super) fn sizes(&self) -> Sizes {
        let input = self.input[0].len();
        Sizes { input, output: self.output[0].len(), early: self.early, delay: input + self.length / 2 + 2 }
    }

    pub(super) fn process(&mut self, input: &[Vec<f32>], output: &mut [Vec<f32>]) -> usize {
        for (to, from) in self.input.iter_mut().zip(input) {
            to.iter_mut().zip(from).for_each(|(to, from)| *to = f64::from(*from));
        }
        let made = self.step();
        for (to, from) in output.iter_mut().zip(&self.output) {
            to.iter_mut().zip(&from[..made]).for_each(|(to, from)| *to = *from as f32);
        }
        made
    }

    /// Turns the block of input into output; returns how much.
    fn step(&mut self) -> usize {
        let (planes, taken, room) = (self.input.len(), self.input[0].len(), self.output[0].len());
        let from = SequentialSliceOfVecs::new(&self.input, planes, taken).expect("as long as that");
        let mut to = SequentialSliceOfVecs::new_mut(&mut self.output, planes, room).expect("as long as that");
        let done = self.filter.process_into_buffer(&from, &mut to, None);
        done.expect("buffers of the sizes that were asked for").1
    }
}
