//! The sound that goes out, sample by sample at the host's rate: denoised, dry, and what lies above the model's band.

use super::controls::Controls;
use super::line::Line;
use super::plan::Plan;
use crate::engine::ready::Ready;
use crate::engine::strength::{Ramp, mix};
use crate::engine::voices::{FADE, Turn, faded};
use crate::engine::{Frame, Gain, HighBand, Rates};
use crate::model::Model;

/// A cross-fade from the delay of one model to that of another.
#[derive(Clone, Copy, Debug)]
struct Crossing {
    to: usize,
    /// Number of its first sample, and how many it has.
    start: u64,
    length: usize,
}

/// What the mixture is made of, and how far it is.
#[derive(Clone, Debug)]
pub(super) struct Output {
    /// What came in, of each channel.
    pub dry: Vec<Line>,
    /// What the model could hear of it; nothing where no high band is wanted.
    pub heard: Vec<Line>,
    high_band: HighBand,
    /// Gains of the high band, of each model and channel.
    gains: Vec<Vec<Gain>>,
    /// Delay of each model.
    totals: Vec<i64>,
    /// Samples from what comes in to what the model could hear of it, and from the model to the host.
    round_trip: i64,
    up: u64,
    /// Samples of a fade between models.
    fade: usize,
    /// Dry sound of the hop that was mixed last, of every channel.
    #[cfg_attr(not(feature = "live"), allow(dead_code))]
    pub beside: Vec<Vec<f32>>,
    share: Ramp,
    active: usize,
    crossing: Option<Crossing>,
    /// Samples mixed so far.
    mixed: u64,
}

impl Output {
    pub fn new(
        plan: &Plan,
        models: &[Model],
        channels: usize,
        high_band: HighBand,
        controls: &Controls,
    ) -> Self {
        let totals: Vec<usize> = plan.delays.iter().map(|delays| delays.total()).collect();
        let most = totals.iter().max().copied().unwrap_or(0);
        // What is mixed lies at most that far back: all that is under way, and the pieces that are worked on.
        let line = Line::new(most + plan.most_blocking + 3 * plan.at_host(plan.hop) + 8);
        let lines = || vec![line.clone(); channels];
        // Each for itself: a copy would not have its room.
        let gain = |model: &Model| (0..channels).map(|_| Gain::new(Rates::of(model, plan.rate))).collect();
        let hop = plan.at_host(plan.hop);
        Self {
            dry: lines(),
            heard: if high_band == HighBand::Mute { Vec::new() } else { lines() },
            high_band,
            gains: if high_band == HighBand::Follow { models.iter().map(gain).collect() } else { Vec::new() },
            totals: totals.iter().map(|&total| total as i64).collect(),
            round_trip: plan.round_trip as i64,
            up: (plan.up * f64::from(plan.rate) / f64::from(plan.own)).round() as u64,
            fade: plan.at_host(FADE * plan.hop),
            beside: vec![vec![0.0; hop + plan.at_host(2) + 2]; channels],
            share: Ramp::new(controls.dry_share(), hop),
            active: controls.model(),
            crossing: None,
            mixed: 0,
        }
    }

    /// Takes note of what a model made of a channel; `hop` is the number of its first hop if it has just begun.
    pub fn hear(&mut self, model: usize, began: Option<u64>, channel: usize, frame: Option<Frame<'_>>) {
        let Some(gain) = self.gains.get_mut(model).and_then(|gains| gains.get_mut(channel)) else { return };
        if let Some(samples) = began {
            gain.reset(samples);
        }
        if let Some(frame) = frame {
            gain.hear(frame);
        }
    }

    /// Mixes `count` samples with the denoised ones of each channel, and hands them on.
    pub fn mix(
        &mut self,
        wet: &[Vec<f32>],
        count: usize,
        turn: Turn,
        controls: &Controls,
        ready: &mut Ready,
    ) {
        if let Some((to, 0)) = turn.fade {
            self.crossing = Some(Crossing { to, start: self.mixed + self.up, length: self.fade });
        }
        self.share.aim(controls.dry_share());
        let share = self.share;
        ready.push(count, |c, n| {
            if n == 0 {
                self.share = share;
            }
            let (mut dry, mut high) = self.at(self.active, c, n);
            if let Some(crossing) = self.crossing
                && let Some(n_of) = (self.mixed + n as u64).checked_sub(crossing.start)
            {
                let (next_dry, next_high) = self.at(crossing.to, c, n);
                let part = faded(usize::try_from(n_of).unwrap_or(usize::MAX - 1), crossing.length);
                dry += (next_dry - dry) * part;
                high += (next_high - high) * part;
            }
            self.beside[c][n] = dry;
            mix(dry, wet[c][n] + high, self.share.next())
        });
        self.mixed += count as u64;
        if let Some(Crossing { to, start, length }) = self.crossing
            && self.mixed >= start + length as u64
        {
            (self.active, self.crossing) = (to, None);
            controls.store_heard(to);
        }
        for (gains, total) in self.gains.iter_mut().zip(&self.totals) {
            let oldest = self.mixed.saturating_sub(*total as u64);
            gains.iter_mut().for_each(|gain| gain.forget_before(oldest));
        }
    }

    /// The dry sound of a channel beside what a model makes of it, and its high band.
    fn at(&self, model: usize, channel: usize, n: usize) -> (f32, f32) {
        let number = self.mixed as i64 + n as i64 - self.totals[model];
        let dry = self.dry[channel].at(number);
        let Some(heard) = self.heard.get(channel) else { return (dry, 0.0) };
        let high = dry - heard.at(number + self.round_trip);
        let gain = match self.high_band {
            HighBand::Follow => self.gains[model][channel].at(number.max(0) as u64),
            _ => 1.0,
        };
        (dry, gain * high)
    }

    /// Back to the start, with the settings as they are.
    pub fn reset(&mut self, controls: &Controls) {
        self.dry.iter_mut().chain(&mut self.heard).for_each(Line::reset);
        self.gains.iter_mut().flatten().for_each(|gain| gain.reset(0));
        self.share = self.share.resting(controls.dry_share());
        self.active = controls.model();
        self.crossing = None;
        self.mixed = 0;
    }
}
