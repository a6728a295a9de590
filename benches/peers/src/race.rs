//! The contestants in turns.

use crate::args::Args;
use crate::check::{Reference, Verdict};
use crate::contestants::{Contestant, Entry};
use crate::files::Files;
use crate::heap;
use crate::material::Frames;
use crate::process::Load;
use crate::stats::{Spread, median};
use anyhow::{Context, Result};

/// Frames over which allocations are counted.
const COUNTED: usize = 100;

/// All that is known of a contestant.
pub struct Row {
    pub entry: &'static Entry,
    pub verdict: Verdict,
    pub load: Option<Load>,
    /// Of each frame.
    pub allocations: f64,
    /// Of each round, in microseconds.
    pub rounds: Vec<Vec<f64>>,
    contestant: Box<dyn Contestant>,
}

impl Row {
    pub fn spread(&self) -> Spread {
        Spread::of(self.rounds.concat())
    }

    /// Share of the time that the sound takes.
    pub fn real_time_factor(&self) -> f64 {
        self.spread().median / 1e3 / self.entry.feed.milliseconds()
    }

    /// How many times as much of the core as another, each round compared with the same round.
    pub fn times_of(&self, other: &Self) -> f64 {
        let share = |row: &Self, round: &[f64]| median(round.to_vec()) / row.entry.feed.milliseconds();
        let ratios = self.rounds.iter().zip(&other.rounds).map(|(a, b)| share(self, a) / share(other, b));
        median(ratios.collect())
    }
}

/// Loads a contestant and checks it.
pub fn enter(entry: &'static Entry, files: &Files, reference: &Reference) -> Result<Row> {
    let failed = || format!("{} ({})", entry.name, entry.runtime);
    (entry.prepare)(files).with_context(failed)?;
    let mut contestant = (entry.load)(files).with_context(failed)?;
    let verdict = entry.check.run(entry, &mut *contestant, reference).with_context(failed)?;
    Ok(Row { entry, verdict, load: None, allocations: f64::NAN, rounds: Vec::new(), contestant })
}

/// Times those that passed: each in turn over the whole recording, round after round, another one first each time.
pub fn run(rows: &mut [Row], audio: &[f32], args: &Args) -> Result<()> {
    let mut rows: Vec<&mut Row> = rows.iter_mut().filter(|row| row.verdict.passed()).collect();
    let material: Vec<Frames> = rows.iter().map(|row| row.entry.feed.cut(audio)).collect();
    for round in 0..args.rounds {
        for turn in 0..rows.len() {
            let who = (round + turn) % rows.len();
            let times = time(&mut *rows[who].contestant, &material[who], args)?;
            rows[who].rounds.push(times);
        }
    }
    for (row, frames) in rows.iter_mut().zip(&material) {
        row.allocations = count(&mut *row.contestant, frames, args.warm_up)?;
    }
    Ok(())
}

fn time(contestant: &mut dyn Contestant, frames: &Frames, args: &Args) -> Result<Vec<f64>> {
    contestant.reset()?;
    let mut output = frames.iter().next().context("the recording is too short")?.to_vec();
    let mut times = Vec::with_capacity(frames.len());
    for (n, frame) in frames.iter().enumerate() {
        let start = args.clock.now();
        contestant.step(frame, &mut output)?;
        let took = args.clock.now() - start;
        if n >= args.warm_up {
            times.push(took.as_secs_f64() * 1e6);
        }
    }
    Ok(times)
}

/// Allocations a frame; apart from the timing, which counting would disturb.
fn count(contestant: &mut dyn Contestant, frames: &Frames, warm_up: usize) -> Result<f64> {
    contestant.reset()?;
    let mut output = frames.iter().next().context("the recording is too short")?.to_vec();
    let (mut calls, mut counted) = (0, 0);
    for (n, frame) in frames.iter().enumerate().take(warm_up + COUNTED) {
        let (result, more) = heap::allocations(|| contestant.step(frame, &mut output));
        result?;
        if n >= warm_up {
            calls += more;
            counted += 1;
        }
    }
    Ok(calls as f64 / f64::from(counted))
}
