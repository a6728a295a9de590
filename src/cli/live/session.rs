//! Devices that are kept open: opened again when they fail, with what was set before.

mod recording;

use super::args::LiveArgs;
use super::control::Order;
use super::hints::Hints;
use super::opening::{Find, Opening, close, models, wishes};
use crate::io::live::{Bands, Recorder, Report, Running, Wish};
use crate::model::Model;
use std::error::Error;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// First and longest wait before devices are tried again.
const BACK_OFF: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(5)];
/// Devices that work for so long are not those that failed before.
const STEADY: Duration = Duration::from_secs(30);
/// A fade to silence, and the most to wait until the output has played it.
const FADE_OUT: Duration = Duration::from_millis(30);
const MOST_FADE_OUT: Duration = Duration::from_millis(500);
/// Bands of the view.
const BANDS: usize = 24;

/// What runs, and what it takes to run it again.
pub struct Session {
    find: Find,
    wishes: [Wish; 2],
    models: Vec<Model>,
    pub running: Option<Running>,
    recorder: Option<Recorder>,
    record_dir: Option<PathBuf>,
    recordings: u32,
    /// Whether a fault ended a recording.
    resume: bool,
    retry: Option<Retry>,
    /// A try that is under way.
    opening: Option<Opening>,
    /// When devices were opened last, and how long was waited before.
    opened: (Instant, Duration),
    hints: Hints,
    /// Levels by band, where someone looks at them.
    pub bands: Option<Bands>,
    pub bypass: bool,
    pub strength: f32,
    pub model: usize,
    pub reopened: u64,
    /// Lines for people, not yet shown.
    pub news: Vec<String>,
}

/// A try that is to come, and what the last one said: said again only when it changes.
struct Retry {
    when: Instant,
    wait: Duration,
    said: String,
}

impl Session {
    /// Opens both devices and begins the recording that was asked for; a failure here is final.
    pub fn open(find: Find, args: &LiveArgs, stop: &AtomicBool) -> Result<Self, Box<dyn Error>> {
        let mut session = Self {
            find,
            wishes: wishes(args),
            models: models(args)?,
            running: None,
            recorder: None,
            record_dir: args.record_dir.clone(),
            recordings: 0,
            resume: false,
            retry: None,
            opening: None,
            opened: (Instant::now(), Duration::ZERO),
            hints: Hints::default(),
            bands: None,
            bypass: args.bypass,
            strength: args.strength.unwrap_or(f32::INFINITY),
            model: 0,
            reopened: 0,
            news: Vec::new(),
        };
        let running = session.begin_opening()?.finish(stop)?;
        session.start(running);
        if session.record_dir.is_some()
            && let Err(error) = session.begin_recording()
        {
            session.close();
            return Err(error.into());
        }
        Ok(session)
    }

    fn begin_opening(&self) -> Result<Opening, Box<dyn Error>> {
        Opening::begin(&self.find, &self.wishes, &self.models, false)
    }

    fn start(&mut self, running: Running) {
        self.news.push(format!("input {}", running.input));
        self.news.push(format!("output {}", running.output));
        self.running = Some(running);
        self.set_controls();
    }

    fn set_controls(&self) {
        if let Some(running) = &self.running {
            let controls = running.handle.controls();
            controls.set_bypass(self.bypass);
            controls.set_strength(self.strength);
            controls.set_model(self.model);
            controls.set_monitored(self.bands.is_some());
        }
    }

    /// Has levels by band taken from now on.
    pub fn watch(&mut self) {
        let rate = self.running.as_ref().map_or(16_000, |running| running.handle.model_rate());
        self.bands = Some(Bands::new(rate, BANDS));
        self.set_controls();
    }

    /// Takes in what there is to see; to be called before the view is drawn.
    pub fn listen(&mut self) {
        if let (Some(bands), Some(running)) = (&mut self.bands, &mut self.running) {
            bands.listen(&mut running.monitor);
        }
    }

    /// Looks after devices and recorder; to be called several times a second.
    pub fn tend(&mut self) {
        if self.recorder.as_ref().is_some_and(Recorder::ended) {
            // Only a fault ends it early; ending it says which.
            self.record(false);
        }
        if let Some(fault) = self.running.as_mut().and_then(Running::fault) {
            let was_recording = self.recorder.is_some();
            self.news.push(format!("{fault}; trying again"));
            self.record(false);
            if let Some(running) = self.running.take() {
                close(running);
            }
            // Devices that open and fail at once are not to be opened for ever as fast as that.
            let (when, waited) = self.opened;
            let wait = if when.elapsed() > STEADY {
                BACK_OFF[0]
            } else {
                (2 * waited).clamp(BACK_OFF[0], BACK_OFF[1])
            };
            self.retry = Some(Retry { when: Instant::now() + wait, wait, said: String::new() });
            if was_recording {
                self.resume = true;
                self.news.push("the recording goes on in new files when the devices are back".into());
            }
        }
        self.try_again();
    }

    /// The devices by name if they were named, else whatever the defaults are by now.
    fn try_again(&mut self) {
        let tried = match self.opening.take() {
            Some(opening) => match opening.wait(Duration::ZERO) {
                Ok(tried) => tried,
                Err(opening) => return self.opening = Some(opening),
            },
            None if self.retry.as_ref().is_some_and(|retry| Instant::now() >= retry.when) => {
                match self.begin_opening() {
                    Ok(opening) => return self.opening = Some(opening),
                    Err(error) => Err(error),
                }
            }
            None => return,
        };
        let Some(retry) = &mut self.retry else { return };
        match tried {
            Ok(running) => {
                self.opened = (Instant::now(), retry.wait);
                self.retry = None;
                self.start(running);
                self.reopened += 1;
                self.news.push("the devices are back".into());
                if std::mem::take(&mut self.resume) {
                    self.record(true);
                }
            }
            Err(error) => {
                retry.wait = (retry.wait * 2).min(BACK_OFF[1]);
                retry.when = Instant::now() + retry.wait;
                let said = error.to_string();
                if said != retry.said {
                    self.news
                        .push(format!("{said}; trying again, at least every {} s", BACK_OFF[1].as_secs()));
                    retry.said = said;
                }
            }
        }
    }

    /// Says what people can do something about.
    pub fn hint(&mut self, report: &Report) {
        if let Some(running) = &self.running {
            self.news.extend(self.hints.look(running, report, Instant::now()));
        }
    }

    /// Does what a key or a line asks for; false to end.
    pub fn obey(&mut self, order: Order) -> bool {
        match order {
            Order::Bypass(on) => self.bypass = on,
            Order::Strength(decibels) => self.strength = decibels.max(0.0),
            Order::Latency(latency) => {
                match self.models.iter().position(|model| model.graph().delay() == latency.frames()) {
                    Some(place) => {
                        self.model = place;
                        self.news.push(format!("latency {} frames", latency.frames()));
                    }
                    None => self.news.push("the model has no other latency".into()),
                }
            }
            Order::Record(on) => self.record(on),
            Order::Quit => return false,
        }
        self.set_controls();
        true
    }

    /// Future frames that the chosen model uses.
    pub fn frames(&self) -> usize {
        self.models[self.model].graph().delay()
    }

    /// Ends with a fade, and with every file closed.
    pub fn close(&mut self) {
        self.opening = None;
        if let Some(running) = &self.running {
            running.handle.controls().set_muted(true);
            let output = &running.output;
            let block = f64::from(output.block.unwrap_or(0)) / f64::from(output.rate);
            let held = running.handle.report().device_out.delay + Duration::from_secs_f64(block);
            std::thread::sleep((FADE_OUT + held).min(MOST_FADE_OUT));
        }
        self.record(false);
        if let Some(running) = self.running.take() {
            close(running);
        }
    }
}

#[cfg(test)]
mod tests;
