//! Devices that are kept open: opened again when they fail, with what was set before.

use super::args::LiveArgs;
use super::control::Order;
use crate::io::live::{LiveError, Recorder, Running, Wish};
use crate::model::{Latency, Model, ModelError};
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// First and longest wait before devices are tried again.
const BACK_OFF: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(5)];
/// Zeros that last so long are no quiet room.
const DEAD: f64 = 3.0;
/// A fade to silence, and what the devices still hold.
const FADE_OUT: Duration = Duration::from_millis(60);

/// What runs, and what it takes to run it again.
pub struct Session {
    wishes: [Wish; 2],
    models: Vec<Model>,
    pub running: Option<Running>,
    recorder: Option<Recorder>,
    record_dir: Option<PathBuf>,
    recordings: u32,
    retry: Option<(Instant, Duration)>,
    hinted: bool,
    pub bypass: bool,
    pub strength: f32,
    pub model: usize,
    pub reopened: u64,
    /// Lines for people, not yet shown.
    pub news: Vec<String>,
}

/// The models that take turns, the one asked for first, and the one to begin with.
fn models(args: &LiveArgs) -> Result<Vec<Model>, ModelError> {
    if let Some(file) = &args.model {
        return Ok(vec![args.choice.load(Some(file))?]);
    }
    let first = args.choice.latency.unwrap_or_default();
    let mut all = vec![first];
    all.extend(Latency::ALL.into_iter().filter(|latency| *latency != first));
    Ok(all.into_iter().map(Model::builtin).collect())
}

impl Session {
    /// Opens both devices; a failure here is final.
    pub fn open(args: &LiveArgs) -> Result<Self, Box<dyn std::error::Error>> {
        let wish =
            |device: &Option<String>| Wish { device: device.clone(), rate: args.rate, block: args.block };
        let mut session = Self {
            wishes: [wish(&args.input), wish(&args.output)],
            models: models(args)?,
            running: None,
            recorder: None,
            record_dir: args.record_dir.clone(),
            recordings: 0,
            retry: None,
            hinted: false,
            bypass: args.bypass,
            strength: args.strength.unwrap_or(f32::INFINITY),
            model: 0,
            reopened: 0,
            news: Vec::new(),
        };
        session.start()?;
        if session.record_dir.is_some() {
            session.record(true);
        }
        Ok(session)
    }

    fn start(&mut self) -> Result<(), LiveError> {
        let [input, output] = &self.wishes;
        let running = Running::open(input, output, &self.models)?;
        self.news.push(format!("input {}", running.input));
        self.news.push(format!("output {}", running.output));
        self.running = Some(running);
        self.set_controls();
        Ok(())
    }

    fn set_controls(&self) {
        if let Some(running) = &self.running {
            let controls = running.handle.controls();
            controls.set_bypass(self.bypass);
            controls.set_strength(self.strength);
            controls.set_model(self.model);
        }
    }

    /// Looks after the devices; to be called several times a second.
    pub fn tend(&mut self) {
        if let Some(fault) = self.running.as_mut().and_then(Running::fault) {
            let was_recording = self.recorder.is_some();
            self.news.push(format!("{fault}; trying again"));
            self.record(false);
            self.running = None;
            self.retry = Some((Instant::now() + BACK_OFF[0], BACK_OFF[0]));
            if was_recording {
                self.news.push("the recording has ended".into());
            }
        }
        if let Some((when, wait)) = self.retry
            && Instant::now() >= when
        {
            match self.start() {
                Ok(()) => {
                    self.retry = None;
                    self.reopened += 1;
                    self.news.push("the devices are back".into());
                }
                Err(error) => {
                    let wait = (wait * 2).min(BACK_OFF[1]);
                    self.news.push(format!("{error}; next try in {:.1} s", wait.as_secs_f64()));
                    self.retry = Some((Instant::now() + wait, wait));
                }
            }
        }
    }

    /// Says so, once, when the microphone gives nothing but zeros.
    pub fn hint(&mut self, zeros: u64) {
        let Some(running) = &self.running else { return };
        let dead = zeros as f64 / f64::from(running.input.rate) > DEAD;
        if dead && !self.hinted {
            self.news.push(format!(
                "{}: exact silence for {DEAD} s: is the microphone muted, or are programs not permitted to use it?",
                running.input.device
            ));
        }
        self.hinted = dead;
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

    pub fn recording(&self) -> bool {
        self.recorder.is_some()
    }

    /// Future frames that the chosen model uses.
    pub fn frames(&self) -> usize {
        self.models[self.model].graph().delay()
    }

    pub fn record(&mut self, on: bool) {
        let Some(running) = &mut self.running else { return };
        let controls = running.handle.controls();
        if !on && let Some(recorder) = self.recorder.take() {
            controls.set_tapped(false);
            let (tap, written) = recorder.finish();
            running.tap = tap;
            self.news.push(match written {
                Ok(frames) => {
                    let seconds = frames as f64 / f64::from(running.handle.model_rate());
                    format!("recorded {seconds:.1} s")
                }
                Err(error) => error.to_string(),
            });
        } else if on && self.recorder.is_none() {
            let Some(tap) = running.tap.take() else {
                self.news.push("recording is not possible until the devices are opened again".into());
                return;
            };
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
            self.recordings += 1;
            let name = format!("framewise-{now}-{}", self.recordings);
            let folder = self.record_dir.clone().unwrap_or_else(|| ".".into());
            match Recorder::start(tap, running.handle.model_rate(), &folder, &name) {
                Ok(recorder) => {
                    controls.set_tapped(true);
                    self.recorder = Some(recorder);
                    self.news.push(format!("recording {}", folder.join(name + "-*.wav").display()));
                }
                Err(error) => self.news.push(error.to_string()),
            }
        }
    }

    /// Ends with a fade, and with every file closed.
    pub fn close(&mut self) {
        if let Some(running) = &self.running {
            running.handle.controls().set_muted(true);
            std::thread::sleep(FADE_OUT);
        }
        self.record(false);
        self.running = None;
    }
}
