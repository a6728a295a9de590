//! How loud a channel is, in flat memory: peak, mean, steady offset, clipping, noise floor.

use crate::dsp::full_scale::{exponent, power};

/// Seconds of a block whose level counts towards the noise floor.
const BLOCK: f64 = 0.02;

/// From this magnitude on a sample counts as full scale: the largest positive sample of 8 bits reaches no higher.
const FULL: f32 = 127.0 / 128.0;

/// Samples at full scale, one after another and all the same, that count as clipped.
const RUN: u32 = 3;

/// Levels of blocks are counted in steps from the bottom up, in dB re 1, to the level of the loudest samples.
const BOTTOM: f64 = -160.0;
const STEP: f64 = 0.25;
const STEPS: usize = 1416;

/// Full scales that samples can have, as exponents of two: that of the format, and those of integers stored as floats.
const SCALES: [i32; 4] = [0, 15, 23, 31];

/// The share of blocks below the noise floor, and of those below the level of the loud parts.
const FLOOR: f64 = 0.05;
const LOUD: f64 = 0.95;

/// Measures one channel, piece by piece.
#[derive(Clone, Debug)]
pub struct LevelMeter {
    samples: u64,
    peak: f32,
    sum: f64,
    squares: f64,
    block: LevelBlock,
    /// For each of the scales.
    clipped: [u64; SCALES.len()],
    run: u32,
    before: f32,
    silent_blocks: u64,
    levels: Vec<u64>,
}

#[derive(Clone, Copy, Debug)]
struct LevelBlock {
    length: u32,
    filled: u32,
    sum: f64,
    squares: f64,
}

/// What a [`LevelMeter`] found. Levels are in dB re full scale; negative infinity is silence.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Levels {
    /// Largest magnitude.
    pub peak: f64,
    /// Root of the mean square.
    pub mean: f64,
    /// Steady offset as a part of full scale.
    pub offset: f64,
    /// Samples in runs of three or more that are the same and at full scale.
    pub clipped: u64,
    /// Level below which a twentieth of the blocks of 20 ms lie, without their offset; of those that are not exactly
    /// silent. None without such.
    pub noise_floor: Option<f64>,
    /// Level below which all but a twentieth lie.
    pub loud: Option<f64>,
    /// The part of all blocks that is exactly silent, from 0 to 1.
    pub silent: f64,
}

impl LevelMeter {
    /// A channel at this rate.
    pub fn new(sample_rate: u32) -> Self {
        let length = ((f64::from(sample_rate) * BLOCK) as u32).max(1);
        Self {
            samples: 0,
            peak: 0.0,
            sum: 0.0,
            squares: 0.0,
            block: LevelBlock { length, filled: 0, sum: 0.0, squares: 0.0 },
            clipped: [0; SCALES.len()],
            run: 0,
            before: 0.0,
            silent_blocks: 0,
            levels: vec![0; STEPS],
        }
    }

    /// Hears the next samples.
    pub fn push(&mut self, samples: &[f32]) {
        for &sample in samples {
            self.peak = self.peak.max(sample.abs());
            self.run = if sample.abs() < FULL {
                0
            } else if sample == self.before {
                self.run + 1
            } else {
                1
            };
            self.before = sample;
            if self.run >= RUN {
                let count = if self.run == RUN { u64::from(RUN) } else { 1 };
                for (clipped, scale) in self.clipped.iter_mut().zip(SCALES) {
                    let full = sample.abs() / power(scale);
                    *clipped += if full >= FULL && (scale == 0 || full <= 1.0) { count } else { 0 };
                }
            }
            let value = f64::from(sample);
            self.block.sum += value;
            self.block.squares += value * value;
            self.block.filled += 1;
            if self.block.filled == self.block.length {
                self.end_block();
            }
        }
        self.samples += samples.len() as u64;
    }

    fn end_block(&mut self) {
        let LevelBlock { length, sum, squares, .. } = self.block;
        self.sum += sum;
        self.squares += squares;
        if squares == 0.0 {
            self.silent_blocks += 1;
        } else {
            let mean = sum / f64::from(length);
            let level = decibels((squares / f64::from(length) - mean * mean).max(0.0).sqrt());
            let step = ((level - BOTTOM) / STEP).clamp(0.0, STEPS as f64 - 1.0);
            self.levels[step as usize] += 1;
        }
        self.block = LevelBlock { length, filled: 0, sum: 0.0, squares: 0.0 };
    }

    /// Largest magnitude so far.
    pub fn peak(&self) -> f32 {
        self.peak
    }

    /// What was found so far, re a full scale of 1.
    pub fn levels(&self) -> Levels {
        self.levels_at(0)
    }

    /// The same re a full scale of `2^exponent`, one of [`SCALES`].
    pub(crate) fn levels_at(&self, exponent: i32) -> Levels {
        let full = f64::from(power(exponent));
        let below = decibels(full);
        let place = SCALES.iter().position(|scale| *scale == exponent).unwrap_or(0);
        let samples = self.samples.max(1) as f64;
        let heard: u64 = self.levels.iter().sum();
        Levels {
            peak: decibels(f64::from(self.peak)) - below,
            mean: decibels(((self.squares + self.block.squares) / samples).sqrt()) - below,
            offset: (self.sum + self.block.sum) / samples / full,
            clipped: self.clipped[place],
            noise_floor: self.percentile(FLOOR).map(|level| level - below),
            loud: self.percentile(LOUD).map(|level| level - below),
            silent: self.silent_blocks as f64 / (self.silent_blocks + heard).max(1) as f64,
        }
    }

    /// The level below which this share of the blocks lies.
    fn percentile(&self, share: f64) -> Option<f64> {
        let heard: u64 = self.levels.iter().sum();
        let wanted = (share * heard as f64).ceil().max(1.0) as u64;
        let mut below = 0;
        let step = self.levels.iter().position(|count| {
            below += count;
            below >= wanted
        })?;
        Some(BOTTOM + STEP * (step as f64 + 0.5))
    }
}

/// The bits of the integers that seem to be stored as floats without scaling, where a peak tells of such.
pub fn integer_bits(peak: f32) -> Option<u32> {
    let exponent = exponent(peak);
    SCALES[1..].contains(&exponent).then(|| exponent.unsigned_abs() + 1)
}

/// A magnitude in dB re 1.
fn decibels(magnitude: f64) -> f64 {
    20.0 * magnitude.log10()
}
