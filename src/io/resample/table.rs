//! A filter interpolated from a table, for rates that have little in common.
//!
//! The table holds a windowed sinc of `L` input samples at `F` places between two of them. The library that interpolates it
//! gives, with `t = from / to`, as its output `n` from 0 on the sound at the input time
//!
//! ```text
//! (n + 1) t - L / 2 + 1 / F - z
//! ```
//! where `z` is silence that is put before the first sample. Sample `m` is due at `m t`, so that the first `k - 1` outputs are
//! early, if `L / 2 - 1 / F + z = k t` with a whole `k`. There is such a `k`, to within a few millionths of a sample of the lower
//! rate, for some `z` within a block and some `F` that is fine enough.

use super::kernel::{BLOCK, Sizes, WINDOW};
use rubato::audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{
    Async, FixedAsync, Resampler as _, SincInterpolationParameters, SincInterpolationType, calculate_cutoff,
};

/// Samples at the lower rate that are taken at a time.
const PIECE: usize = 128;

/// Places between two samples where the filter is as narrow as the input's rate allows: an interpolation by cubic
/// polynomials is then exact to 1e-7. A filter that is `r` times longer needs `r` times fewer.
const PLACES: f64 = 128.0;

/// The least number of places.
const FEWEST: usize = 32;

/// Input of a fixed size to output of a size that varies by a sample.
pub(super) struct Table {
    /// In double precision, since the sums behind its table are naive.
    filter: Async<f64>,
    input: Vec<Vec<f64>>,
    output: Vec<Vec<f64>>,
    place: Place,
    length: usize,
}

/// Where output falls on the times that it is due.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// `F`.
    places: usize,
    /// `z`.
    silence: usize,
    /// `k - 1`.
    early: usize,
    /// By how many input samples that is wrong.
    error: f64,
}

impl Place {
    /// The best place for a filter of so many samples, of which `fine` places between two are enough, in blocks of `piece`.
    fn best(length: usize, step: f64, fine: usize, piece: usize) -> Self {
        let mut best = Self { places: fine, silence: 0, early: 0, error: f64::INFINITY };
        for places in fine..=2 * fine {
            for silence in 0..piece {
                let due = ((length / 2 + silence) as f64 - 1.0 / places as f64) / step;
                let error = (due - due.round()).abs() * step;
                if error < best.error {
                    best = Self { places, silence, early: due.round() as usize - 1, error };
                }
            }
        }
        best
    }
}

impl Table {
    pub(super) fn new(from: u32, to: u32, channels: usize) -> Self {
        let ratio = f64::from(to) / f64::from(from);
        let slower = ratio.min(1.0);
        let length = ((BLOCK as f64 / slower).ceil() as usize).next_multiple_of(8);
        let piece = (PIECE as f64 / slower).ceil() as usize;
        let fine = ((PLACES * slower).ceil() as usize).max(FEWEST);
        let place = Place::best(length, 1.0 / ratio, fine, piece);
        let parameters = SincInterpolationParameters::new(length, WINDOW)
            // Of the lower rate; by itself the library would take the window for as short as the input's rate allows.
            .f_cutoff(calculate_cutoff(BLOCK, WINDOW))
            .oversampling_factor(place.places)
            .interpolation(SincInterpolationType::Cubic);
        // Two channels at least: one alone goes another way, with other roundings.
        let planes = channels.max(2);
        let filter = Async::new_sinc(ratio, 1.0, &parameters, piece, planes, FixedAsync::Input)
            .expect("a ratio and sizes above zero");
        let output = vec![vec![0.0; filter.output_frames_max()]; planes];
        Self { filter, input: vec![vec![0.0; piece]; planes], output, place, length }
    }

    pub(super) fn sizes(&self) -> Sizes {
        let input = self.input[0].len();
        Sizes {
            input,
            output: self.output[0].len(),
            filled: self.place.silence,
            early: self.place.early,
            delay: input + self.length / 2 + 2,
        }
    }

    pub(super) fn process(&mut self, input: &[Vec<f32>], output: &mut [Vec<f32>]) -> usize {
        for (to, from) in self.input.iter_mut().zip(input) {
            to.iter_mut().zip(from).for_each(|(to, from)| *to = f64::from(*from));
        }
        let (planes, taken, room) = (self.input.len(), self.input[0].len(), self.output[0].len());
        let from = SequentialSliceOfVecs::new(&self.input, planes, taken).expect("as long as that");
        let mut to = SequentialSliceOfVecs::new_mut(&mut self.output, planes, room).expect("as long as that");
        let (_, made) = self
            .filter
            .process_into_buffer(&from, &mut to, None)
            .expect("buffers of the sizes that were asked for");
        for (to, from) in output.iter_mut().zip(&self.output) {
            to.iter_mut().zip(&from[..made]).for_each(|(to, from)| *to = *from as f32);
        }
        made
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn output_falls_on_the_times_that_it_is_due_at_all_awkward_rates() {
        for (from, to) in [
            (383_999, 16_000),
            (16_000, 383_999),
            (47_999, 16_000),
            (7_999, 16_000),
            (22_254, 16_000),
            (16_000, 4_001),
        ] {
            let step = f64::from(from) / f64::from(to);
            let slower = step.max(1.0);
            let (length, piece) = ((512.0 * slower) as usize, (128.0 * slower) as usize);
            let place = Place::best(length, step, ((128.0 / slower) as usize).max(32), piece);
            // Of the first output that is kept.
            let time = (place.early + 1) as f64 * step - length as f64 / 2.0 + 1.0 / place.places as f64;
            let error = (time - place.silence as f64).abs() / slower;
            assert!(error < 5e-5 && place.silence < piece, "{error:e} from {from} to {to}: {place:?}");
        }
    }
}
