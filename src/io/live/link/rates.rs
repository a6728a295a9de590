//! Resamplers around the model: the first one is steered, so that it also makes up for the drift of the clocks; the second gives
//! as many frames of every hop, as far as that is whole, so that what is left of a hop between two calls says how blocks lie.

use super::drift;
use crate::dsp::Polyphase;
use rubato::audioadapter_buffers::direct::{InterleavedSlice, SequentialSliceOfVecs};
use rubato::{
    Adjustable, Async, FixedAsync, PolynomialDegree, Resampler, SincInterpolationParameters, WindowFunction,
};

/// Taps of the anti-aliasing filter at the lower of the two rates: 2 ms of delay at 16 kHz.
const TAPS: usize = 64;

/// Places between two samples where the filter is made; between them it is interpolated.
const PLACES: usize = 128;

/// The most that a resampler is steered, with a little room for rounding.
const MOST_RELATIVE: f64 = 1.0 + 2.0 * drift::MOST;

/// Taps of the filter, in samples of the rate it reads.
fn taps(from: u32, to: u32) -> usize {
    let ratio = f64::from(from) / f64::from(to);
    ((TAPS as f64 * ratio.max(1.0)) as usize).next_multiple_of(8)
}

/// One that is under way, and its delay in samples that it reads.
///
/// Where it filters, its output `n` from 0 on is the sound at `(n + 1) t - L / 2 + 1 / F` of its input, with `t = from / to`, `L` taps
/// and `F` places. Of `z` samples of silence comes a first hop of `H`: what follows is `L / 2 + z - (H + 1) t - 1 / F` late.
fn resampler([from, to]: [u32; 2], channels: usize, hop: usize) -> (Async<f32>, f64) {
    let ratio = f64::from(to) / f64::from(from);
    let fixed = FixedAsync::Output;
    let built = if from == to {
        // Nothing to filter: between the samples a cubic is enough, and on them it gives them back to the bit.
        Async::new_poly(ratio, MOST_RELATIVE, PolynomialDegree::Cubic, hop, channels, fixed)
    } else {
        let sinc = SincInterpolationParameters::new(taps(from, to), WindowFunction::BlackmanHarris2)
            .oversampling_factor(PLACES);
        Async::new_sinc(ratio, MOST_RELATIVE, &sinc, hop, channels, fixed)
    };
    let mut resampler = built.expect("rates and hop are above zero");
    // The first hop takes more than the others: silence takes that place.
    let first = resampler.input_frames_next();
    let silence = vec![0.0; first * channels];
    run(&mut resampler, &silence, &mut vec![vec![0.0; hop]; channels]);
    let filter = taps(from, to) as f64 / 2.0 - 1.0 / PLACES as f64;
    let delay = if from == to { 1.0 } else { filter + first as f64 - (hop + 1) as f64 / ratio };
    (resampler, delay)
}

/// Interleaved frames to a hop of every channel.
fn run(resampler: &mut Async<f32>, input: &[f32], hop: &mut [Vec<f32>]) {
    let (channels, given) = (hop.len(), hop[0].len());
    let from = InterleavedSlice::new(input, channels, input.len() / channels).expect("as long as that");
    let mut to = SequentialSliceOfVecs::new_mut(hop, channels, given).expect("as long as that");
    resampler.process_into_buffer(&from, &mut to, None).expect("slices of the lengths that were asked for");
}

/// Interleaved frames of the input to hops of the model's rate, a little faster or slower as the clocks demand.
///
/// Between equal rates, samples pass to the bit until the first correction: the resampler, on whose grid they lie, gives
/// them back to rounding only.
pub(super) struct Steered {
    resampler: Async<f32>,
    /// Delay in samples of the model's rate.
    delay: f64,
    correction: f64,
    /// Whether the rates are equal and nothing was corrected yet, and the frame before the next hop.
    exact: bool,
    before: Vec<f32>,
}

impl Steered {
    pub fn new(from: u32, to: u32, channels: usize, hop: usize) -> Self {
        let (resampler, late) = resampler([from, to], channels, hop);
        let delay = late * f64::from(to) / f64::from(from);
        Self { resampler, delay, correction: 0.0, exact: from == to, before: vec![0.0; channels] }
    }

    /// Takes samples faster by so much, relative to 1, from the next hop on.
    pub fn steer(&mut self, correction: f64) {
        if correction != self.correction {
            self.correction = correction;
            self.exact = false;
            let ratio = 1.0 / (1.0 + correction.clamp(-drift::MOST, drift::MOST));
            self.resampler.set_resample_ratio_relative(ratio, true).expect("a ratio within the bounds");
        }
    }

    /// Frames that the next hop needs.
    pub fn needs(&self) -> usize {
        self.resampler.input_frames_next()
    }

    /// The most that a hop ever needs.
    pub fn most(&self) -> usize {
        self.resampler.input_frames_max()
    }

    /// Delay in samples of the model's rate.
    pub fn delay(&self) -> f64 {
        self.delay
    }

    /// Turns exactly [`Steered::needs`] frames into a hop.
    pub fn process(&mut self, input: &[f32], hop: &mut [Vec<f32>]) {
        run(&mut self.resampler, input, hop);
        if self.exact {
            let channels = hop.len();
            for (c, (plane, before)) in hop.iter_mut().zip(&mut self.before).enumerate() {
                let sound = input.iter().skip(c).step_by(channels);
                let sound = std::iter::once(&*before).chain(sound);
                plane.iter_mut().zip(sound).for_each(|(to, from)| *to = *from);
                *before = input[input.len() - channels + c];
            }
        }
    }
}

/// Hops of the model's rate to frames of the output device.
pub(super) struct Outward {
    /// None where the rates are equal.
    resampler: Option<Polyphase>,
    /// Delay in samples of the output device.
    delay: f64,
    most: usize,
}

impl Outward {
    pub fn new(from: u32, to: u32, channels: usize, hop: usize) -> Self {
        let least = Polyphase::least_delay(from, to);
        let resampler = (from != to).then(|| Polyphase::new(from, to, channels, least));
        let ratio = f64::from(to) / f64::from(from);
        let delay = if from == to { 0.0 } else { least * ratio };
        Self { resampler, delay, most: (hop as f64 * ratio).ceil() as usize + 1 }
    }

    /// The most that a hop ever gives.
    pub fn most(&self) -> usize {
        self.most
    }

    /// Delay in samples of the output device.
    pub fn delay(&self) -> f64 {
        self.delay
    }

    /// Turns a hop into frames at the beginning of `output`; returns how many.
    pub fn process(&mut self, hop: &[Vec<f32>], output: &mut [Vec<f32>]) -> usize {
        let length = hop[0].len();
        let Some(resampler) = &mut self.resampler else {
            output.iter_mut().zip(hop).for_each(|(to, from)| to[..length].copy_from_slice(from));
            return length;
        };
        resampler.process(hop, length, output)
    }
}

#[cfg(test)]
mod tests {
    use super::{Outward, Steered};

    #[test]
    fn between_equal_rates_samples_pass_to_the_bit() {
        let mut steered = Steered::new(16_000, 16_000, 2, 160);
        let input: Vec<f32> = (0..3200).map(|n| (n as f32 * 0.37).sin()).collect();
        let (mut output, mut hop) = ([Vec::new(), Vec::new()], vec![vec![0.0; 160]; 2]);
        for input in input.chunks(320) {
            assert_eq!(steered.needs(), 160);
            steered.process(input, &mut hop);
            output.iter_mut().zip(&hop).for_each(|(all, hop)| all.extend_from_slice(hop));
        }
        for (c, output) in output.iter().enumerate() {
            assert!(output[1..].iter().eq(input.iter().skip(c).step_by(2).take(1599)), "channel {c}");
        }
        assert_eq!(steered.delay(), 1.0);
    }

    #[test]
    fn a_tone_keeps_its_level_and_has_the_delay_that_is_said() {
        for rate in [8_000u32, 44_100, 48_000, 96_000] {
            let mut steered = Steered::new(rate, 16_000, 1, 160);
            let mut outward = Outward::new(16_000, rate, 1, 160);
            let tone = |t: f64| (t * 1000.0 * std::f64::consts::TAU).sin();
            let (mut taken, mut out) = (0usize, Vec::new());
            let (mut hop, mut piece) = ([vec![0.0; 160]], [vec![0.0; outward.most()]]);
            for _ in 0..100 {
                let input: Vec<f32> =
                    (0..steered.needs()).map(|n| tone((taken + n) as f64 / f64::from(rate)) as f32).collect();
                taken += input.len();
                steered.process(&input, &mut hop);
                let given = outward.process(&hop, &mut piece);
                out.extend_from_slice(&piece[0][..given]);
            }
            let delay = steered.delay() / 16_000.0 + outward.delay() / f64::from(rate);
            let mut error = 0.0f64;
            for (n, &sample) in out.iter().enumerate().skip(out.len() / 2) {
                error = error.max((f64::from(sample) - tone(n as f64 / f64::from(rate) - delay)).abs());
            }
            // One device sample at 8 kHz is 0.8: where rates share no grid, the delay is right to one such sample at most.
            assert!(error < 0.15, "{rate} Hz: {error}");
            assert!(taken.abs_diff(out.len()) <= 4, "{rate} Hz: {taken} in, {} out", out.len());
        }
    }

    #[test]
    fn every_hop_gives_as_many_frames_where_that_is_whole() {
        for rate in [8_000, 16_000, 24_000, 44_100, 48_000, 96_000, 192_000] {
            let mut outward = Outward::new(16_000, rate, 1, 160);
            let (hop, mut piece) = ([vec![0.0; 160]], [vec![0.0; outward.most()]]);
            for n in 0..5_000 {
                assert_eq!(outward.process(&hop, &mut piece), rate as usize / 100, "hop {n} at {rate} Hz");
            }
        }
    }

    #[test]
    fn the_first_correction_makes_no_step() {
        let mut steered = Steered::new(16_000, 16_000, 1, 160);
        let input: Vec<f32> = (0..16_000).map(|n| (n as f32 * 0.1).sin()).collect();
        let (mut output, mut hop, mut taken) = (Vec::new(), [vec![0.0; 160]], 0);
        for n in 0..80 {
            steered.steer(if n < 40 { 0.0 } else { 1e-4 });
            let needs = steered.needs();
            steered.process(&input[taken..taken + needs], &mut hop);
            output.extend_from_slice(&hop[0]);
            taken += needs;
        }
        let step = output[1..].windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(step < 0.1001, "{step}");
    }

    #[test]
    fn steering_changes_how_much_is_taken() {
        let mut steered = Steered::new(48_000, 16_000, 1, 160);
        steered.steer(1e-3);
        let (mut taken, mut hop) = (0, [vec![0.0; 160]]);
        for _ in 0..1000 {
            let input = vec![0.0; steered.needs()];
            taken += input.len();
            steered.process(&input, &mut hop);
        }
        assert!((taken as f64 - 480_480.0).abs() < 4.0, "{taken}");
    }
}
