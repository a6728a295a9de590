//! Two devices with clocks, habits and faults of their own.

use crate::common::rng;
use framewise::io::live::{DeviceSample, Link, Moment};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::ops::Range;
use std::time::Duration;

/// What a device does.
#[derive(Clone, Debug)]
pub struct Habits {
    pub rate: f64,
    /// How much faster its clock runs than true time, in millionths.
    pub ppm: f64,
    pub channels: usize,
    /// Sizes of its blocks, drawn at random.
    pub blocks: Range<usize>,
    /// By how many seconds its calls are late, at most.
    pub jitter: f64,
    /// Other sizes of blocks, and when.
    pub odd: Option<(Range<f64>, Range<usize>)>,
}

impl Habits {
    pub fn steady(rate: u32, block: usize) -> Self {
        Self { rate: rate.into(), ppm: 0.0, channels: 1, blocks: block..block + 1, jitter: 0.0, odd: None }
    }
}

/// A time without calls.
#[derive(Clone, Copy, Debug)]
pub struct Stall {
    pub start: f64,
    pub length: f64,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// The output takes nothing, and its place in time is lost.
    Output,
    /// What the microphone hears is lost.
    InputLost,
    /// What the microphone hears comes in one go afterwards.
    InputLate,
    /// The output asks in one go afterwards.
    OutputLate,
}

struct Device {
    habits: Habits,
    rng: ChaCha8Rng,
    /// Frames of all blocks so far, and when the first of them was due.
    frames: u64,
    origin: f64,
    block: usize,
    due: f64,
}

impl Device {
    fn new(habits: Habits, seed: u64, origin: f64) -> Self {
        Self { habits, rng: rng(seed), frames: 0, origin, block: 0, due: 0.0 }
    }

    fn time_of(&self, frames: u64) -> f64 {
        self.origin + frames as f64 / (self.habits.rate * (1.0 + self.habits.ppm * 1e-6))
    }

    /// Draws the next block, due when `frames` are over.
    fn draw(&mut self, whole: bool) {
        let odd = self.habits.odd.as_ref().filter(|(times, _)| times.contains(&self.due));
        let blocks = odd.map_or(&self.habits.blocks, |(_, blocks)| blocks).clone();
        self.block = self.rng.random_range(blocks);
        let late =
            if self.habits.jitter > 0.0 { self.rng.random_range(0.0..self.habits.jitter) } else { 0.0 };
        let frames = self.frames + if whole { self.block as u64 } else { 0 };
        self.due = (self.time_of(frames) + late).max(self.due);
    }
}

/// What is seen at every call of the output.
pub struct Seen<'a, T> {
    pub time: f64,
    pub samples: &'a [T],
}

/// Runs a link for so many seconds of true time. `signal` is what the microphone hears at its frame `n`.
pub fn run<T: DeviceSample, U: DeviceSample>(
    link: &mut Link,
    [input, output]: [Habits; 2],
    seconds: f64,
    stalls: &[Stall],
    mut signal: impl FnMut(u64) -> T,
    mut see: impl FnMut(Seen<'_, U>, &Link),
) {
    let mut microphone = Device::new(input, 1, 0.0);
    let mut speaker = Device::new(output, 2, 0.013);
    microphone.draw(true);
    speaker.draw(false);
    let mut heard = Vec::new();
    let mut played = Vec::new();
    loop {
        let capture = microphone.due <= speaker.due;
        let time = microphone.due.min(speaker.due);
        if time >= seconds {
            return;
        }
        let now = Moment::new(Duration::from_secs_f64(time + 100.0));
        let stalled = |kind: Kind| {
            let stall = stalls.iter().find(|stall| {
                stall.kind == kind && (stall.start..stall.start + stall.length).contains(&time)
            });
            stall.map(|stall| stall.start + stall.length)
        };
        if capture {
            if let Some(end) = stalled(Kind::InputLost) {
                microphone.origin += end - time;
                microphone.due = end;
                continue;
            }
            if let Some(end) = stalled(Kind::InputLate) {
                microphone.due = end;
                continue;
            }
            heard.clear();
            for n in 0..microphone.block as u64 {
                let sample = signal(microphone.frames + n);
                heard.extend((0..microphone.habits.channels).map(|_| sample));
            }
            link.capture.capture(&heard, now);
            microphone.frames += microphone.block as u64;
            microphone.draw(true);
        } else {
            if let Some(end) = stalled(Kind::Output) {
                speaker.origin += end - time;
                speaker.due = end;
                continue;
            }
            if let Some(end) = stalled(Kind::OutputLate) {
                speaker.due = end;
                continue;
            }
            played.clear();
            played.resize(speaker.block * speaker.habits.channels, U::from_f32(0.5));
            link.playback.playback(&mut played, now);
            see(Seen { time, samples: &played }, link);
            speaker.frames += speaker.block as u64;
            speaker.draw(false);
        }
    }
}
