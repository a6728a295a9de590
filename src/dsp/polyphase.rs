//! From one sample rate to another, sample by sample, with a delay that is chosen.
//!
//! Live sound asks for what the resampler of files does not give: nothing is collected in blocks, the filter is short, and
//! its delay may be any number, whole or not, so that a way down and up again is whole at any pair of rates.

use super::greatest_common_divisor;
use std::f64::consts::PI;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The least and the greatest sample rate in Hz that is resampled.
pub const RATES: RangeInclusive<u32> = 4_000..=384_000;

/// Length of the filter in samples of the lower rate: 2 ms of delay at 16 kHz.
const TAPS: f64 = 64.0;
/// Attenuation beyond half the lower rate, in dB.
const ATTENUATION: f64 = 80.0;
/// Filters that are made for the places between two samples. Where a pair of rates needs more, two neighbours are weighted,
/// which is right to 5e-6: a kernel `sinc(t)` bends by at most `pi^2 / 3`, times `(1 / PHASES)^2 / 8`.
const PHASES: usize = 512;
/// Products that a sum of products forms side by side.
const LANES: usize = 8;

/// Two rates in lowest terms, and where the next output sample lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Clock {
    from: u64,
    to: u64,
    /// Input samples until the one that the next output sample waits for; 0 if that is the next.
    wait: u64,
    /// How far past that sample it lies, in parts of `to`.
    phase: u64,
}

impl Clock {
    fn new(from: u32, to: u32) -> Self {
        let divisor = greatest_common_divisor(from as usize, to as usize).max(1) as u64;
        Self { from: u64::from(from) / divisor, to: u64::from(to) / divisor, wait: 0, phase: 0 }
    }

    fn advance(&mut self) {
        self.phase += self.from;
        self.wait += self.phase / self.to;
        self.phase %= self.to;
    }
}

/// A windowed sinc of linear phase, as a set of filters for the places between two samples.
#[derive(Debug)]
struct Table {
    /// Filters one after the other, each with the oldest sample's factor first.
    taps: Vec<f32>,
    length: usize,
    /// Filters for a whole sample; there is one more where neighbours are weighted.
    phases: u64,
}

/// Channels of sound on their way from one rate to another.
///
/// Output sample `m` is the sound at the time of input sample `m from / to - delay`. Of `n` samples come
/// `ceil(n to / from)`. The filter is a sinc under a Kaiser window of 64 samples at the lower rate: it passes up to 0.84 of
/// half that rate, and takes 80 dB off what lies beyond the half.
#[derive(Clone, Debug)]
pub(crate) struct Polyphase {
    table: Arc<Table>,
    start: Clock,
    clock: Clock,
    /// The newest samples of each channel, twice, so that they lie together wherever they begin.
    lines: Vec<Vec<f32>>,
    place: usize,
}

impl Polyphase {
    /// The least delay in input samples.
    pub fn least_delay(from: u32, to: u32) -> f64 {
        let clock = Clock::new(from, to);
        // A filter centred between two samples waits for the second.
        half_width(from, to) + (clock.to - 1) as f64 / clock.to as f64
    }

    /// A stream at its start, `delay` input samples late, at least [`Polyphase::least_delay`].
    pub fn new(from: u32, to: u32, channels: usize, delay: f64) -> Self {
        let delay = delay.max(Self::least_delay(from, to));
        let clock = Clock::new(from, to);
        let table = Arc::new(Table::new(from, to, clock, delay));
        Self { lines: vec![vec![0.0; 2 * table.length]; channels], place: 0, start: clock, clock, table }
    }

    /// Takes the first `count` samples of each plane and writes what comes of them to the beginning of each output plane;
    /// returns how many that are, at most as many as there is room for.
    pub fn process(&mut self, input: &[Vec<f32>], count: usize, output: &mut [Vec<f32>]) -> usize {
        let (start, mut end, mut given) = ((self.clock, self.place), (self.clock, self.place), 0);
        for ((line, input), output) in self.lines.iter_mut().zip(input).zip(output) {
            let (mut clock, mut place) = start;
            let (mut made, length) = (0, self.table.length);
            for &sample in &input[..count] {
                line[place] = sample;
                line[place + length] = sample;
                place = (place + 1) % length;
                while clock.wait == 0 {
                    if let Some(output) = output.get_mut(made) {
                        *output = self.table.sum(clock, &line[place..][..length]);
                        made += 1;
                    }
                    clock.advance();
                }
                clock.wait -= 1;
            }
            (end, given) = ((clock, place), made);
        }
        (self.clock, self.place) = end;
        given
    }

    /// Back to the start: equal to a new one to the bit.
    pub fn reset(&mut self) {
        self.clock = self.start;
        self.place = 0;
        self.lines.iter_mut().for_each(|line| line.fill(0.0));
    }
}

/// From the middle of the filter to its end, in input samples.
fn half_width(from: u32, to: u32) -> f64 {
    TAPS / 2.0 * (f64::from(from) / f64::from(to)).max(1.0)
}

impl Table {
    fn new(from: u32, to: u32, clock: Clock, delay: f64) -> Self {
        let half = half_width(from, to);
        // In parts of half the input rate: what is passed, and the width of the edge (Kaiser's rule).
        let lower = (f64::from(to) / f64::from(from)).min(1.0);
        let edge = (ATTENUATION - 7.95) / (2.285 * PI * TAPS);
        let cutoff = lower * (1.0 - edge / 2.0);
        let beta = 0.1102 * (ATTENUATION - 8.7);
        let kernel = |t: f64| {
            let part = t / half;
            if part.abs() > 1.0 {
                return 0.0;
            }
            let angle = PI * cutoff * t;
            let sinc = if angle == 0.0 { 1.0 } else { angle.sin() / angle };
            sinc * bessel(beta * (1.0 - part * part).sqrt())
        };
        let exact = clock.to <= PHASES as u64;
        let phases = if exact { clock.to } else { PHASES as u64 };
        let length = ((delay + half).floor() as usize + 1).next_multiple_of(LANES);
        let mut taps = Vec::new();
        for phase in 0..phases + u64::from(!exact) {
            let centre = delay - phase as f64 / phases as f64;
            let filter: Vec<f64> = (0..length).rev().map(|age| kernel(age as f64 - centre)).collect();
            let sum: f64 = filter.iter().sum();
            taps.extend(filter.iter().map(|tap| (tap / sum) as f32));
        }
        Self { taps, length, phases }
    }

    /// What the samples, the oldest first, give at a place between two of them.
    fn sum(&self, clock: Clock, samples: &[f32]) -> f32 {
        let filter = |n: u64| dot(&self.taps[n as usize * self.length..][..self.length], samples);
        if self.phases == clock.to {
            return filter(clock.phase);
        }
        let place = clock.phase * self.phases;
        let part = (place % clock.to) as f32 / clock.to as f32;
        let before = filter(place / clock.to);
        before + part * (filter(place / clock.to + 1) - before)
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; LANES];
    for (a, b) in a.as_chunks::<LANES>().0.iter().zip(b.as_chunks::<LANES>().0) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}

/// The modified Bessel function of the first kind and order 0: `sum_k ((x / 2)^k / k!)^2`.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term, mut k) = (1.0, 1.0, 1.0);
    while term > sum * 1e-17 {
        term *= (x / 2.0 / k).powi(2);
        sum += term;
        k += 1.0;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::{Polyphase, RATES};
    use std::f64::consts::TAU;

    const PAIRS: [[u32; 2]; 9] = [
        [8_000, 16_000],
        [11_025, 16_000],
        [16_000, 44_100],
        [44_100, 16_000],
        [48_000, 16_000],
        [16_000, 48_000],
        [192_000, 16_000],
        [47_999, 16_000],
        [16_000, 47_999],
    ];

    fn run(resampler: &mut Polyphase, input: &[f32], sizes: &[usize]) -> Vec<f32> {
        let (mut output, mut piece) = (Vec::new(), [vec![0.0; 100_000]]);
        let (mut start, mut sizes) = (0, sizes.iter().cycle());
        while start < input.len() {
            let count = sizes.next().expect("sizes repeat").min(&(input.len() - start)).to_owned();
            let made = resampler.process(&[input[start..start + count].to_vec()], count, &mut piece);
            output.extend_from_slice(&piece[0][..made]);
            start += count;
        }
        output
    }

    #[test]
    fn as_many_samples_come_as_the_rates_say_whatever_the_pieces() {
        for [from, to] in PAIRS {
            let input: Vec<f32> = (0..3_000).map(|n| (n as f32 * 0.37).sin()).collect();
            let mut resampler = Polyphase::new(from, to, 1, 0.0);
            let whole = run(&mut resampler, &input, &[3_000]);
            assert_eq!(whole.len() as u64, (3_000 * u64::from(to)).div_ceil(from.into()), "{from} to {to}");
            for sizes in [&[1][..], &[7, 500], &[160]] {
                resampler.reset();
                assert!(run(&mut resampler, &input, sizes) == whole, "{from} to {to} in {sizes:?}");
            }
        }
    }

    /// A tone that the filter passes comes out as itself, later by exactly the delay, for delays that are whole or not.
    #[test]
    fn a_tone_comes_out_as_late_as_is_said() {
        for [from, to] in PAIRS {
            let hertz = 0.8 * f64::from(from.min(to)) / 2.0;
            for more in [0.0, 0.3, 1.75] {
                let delay = Polyphase::least_delay(from, to) + more;
                let mut resampler = Polyphase::new(from, to, 1, delay);
                let tone = |t: f64| (TAU * hertz * t).sin();
                let input: Vec<f32> = (0..6_000).map(|n| tone(n as f64 / f64::from(from)) as f32).collect();
                let output = run(&mut resampler, &input, &[100]);
                let late = delay / f64::from(from);
                let error = output.iter().enumerate().skip(output.len() / 2).fold(0f64, |worst, (m, &v)| {
                    worst.max((f64::from(v) - tone(m as f64 / f64::from(to) - late)).abs())
                });
                // Ripple of a filter of 80 dB.
                assert!(error < 3e-4, "{from} to {to}, {more} more: {error}");
            }
        }
    }

    #[test]
    fn what_lies_beyond_half_the_lower_rate_is_80_db_down() {
        for [from, to] in PAIRS {
            let lower = f64::from(from.min(to)) / 2.0;
            // Going down a tone beyond the half folds back; going up a tone in the band has an image beyond it.
            let tone = |t: f64| (TAU * 1.02 * lower * t).sin();
            if from < to {
                continue;
            }
            let mut resampler = Polyphase::new(from, to, 1, 0.0);
            let input: Vec<f32> = (0..20_000).map(|n| tone(n as f64 / f64::from(from)) as f32).collect();
            let output = run(&mut resampler, &input, &[1_000]);
            let worst = output[output.len() / 2..].iter().fold(0f32, |worst, v| worst.max(v.abs()));
            assert!(worst < 2e-4, "{from} to {to}: {worst}");
        }
    }

    #[test]
    fn a_constant_stays_and_every_rate_can_be_had() {
        for [from, to] in
            PAIRS.into_iter().chain([[*RATES.start(), *RATES.end()], [*RATES.end(), *RATES.start()]])
        {
            let mut resampler = Polyphase::new(from, to, 1, 0.0);
            let samples = (f64::from(from) / 100.0) as usize * 4;
            let output = run(&mut resampler, &vec![0.5; samples], &[100]);
            let last = output.last().expect("samples");
            assert!((last - 0.5).abs() < 1e-6, "{from} to {to}: {last}");
        }
    }
}
