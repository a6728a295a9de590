//! Devices that are kept open: opened again when they fail, with what was set before.

mod counts;
mod hearing;
mod recording;
mod settings;

use super::args::LiveArgs;
use super::hints::Hints;
use super::news::News;
use super::opening::{Find, Opening, close, models, wishes};
use crate::cli::interrupt::Interrupted;
use crate::dsp::meters::BandMeter;
use crate::io::live::{LiveError, Recorder, Report, Running, Wish};
use crate::model::Model;
use counts::Counts;
use hearing::Hearing;
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
const MOST_FADE_OUT: Duration = Duration::from_millis(300);
/// How long devices may take to close, in a run that goes on and at its end.
const CLOSING: Duration = Duration::from_secs(2);
const ENDING: Duration = Duration::from_millis(600);
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
    /// Files of recordings that are over.
    recordings: Vec<PathBuf>,
    /// Whether a recording begins as soon as the devices are open.
    resume: bool,
    retry: Option<Retry>,
    /// A try that is under way.
    opening: Option<Opening>,
    /// When devices were opened last, and how long was waited before.
    opened: (Instant, Duration),
    hints: Hints,
    hearing: Option<Hearing>,
    /// Levels by band, where someone looks at them.
    pub bands: Option<BandMeter>,
    pub bypass: bool,
    pub strength: f32,
    pub post_filter: bool,
    pub model: usize,
    pub reopened: u64,
    /// Whether devices were ever open, and what happened to those that no longer are.
    was_open: bool,
    past: Counts,
    /// What happened and was not yet shown.
    pub news: Vec<(News, String)>,
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
            recordings: Vec::new(),
            resume: false,
            retry: None,
            opening: None,
            opened: (Instant::now(), Duration::ZERO),
            hints: Hints::default(),
            hearing: None,
            bands: None,
            bypass: args.bypass,
            strength: args.strength.unwrap_or(f32::INFINITY),
            post_filter: args.post_filter,
            model: 0,
            reopened: 0,
            was_open: false,
            past: Counts::default(),
            news: Vec::new(),
        };
        match session.begin_opening()?.finish(stop) {
            Ok(running) => session.start(running),
            Err(error) if args.wait && worth_waiting(&*error) => {
                session.wait_for(error.to_string());
                session.resume = session.record_dir.is_some();
            }
            Err(error) => return Err(error),
        }
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

    /// Says what happened.
    fn tell(&mut self, kind: News, text: impl Into<String>) {
        self.news.push((kind, text.into()));
    }

    /// Devices that are not there yet are tried again from now on.
    fn wait_for(&mut self, said: String) {
        self.tell(News::Waiting, format!("{said}; waiting"));
        let wait = BACK_OFF[0];
        self.retry = Some(Retry { when: Instant::now() + wait, wait, said });
    }

    /// Closes the devices; what happened to them still counts.
    fn stop(&mut self, most: Duration) {
        let Some(running) = self.running.take() else { return };
        self.past = self.past + Counts::of(&running, &running.handle.report());
        close(running, most);
    }

    fn start(&mut self, running: Running) {
        self.tell(News::Opened, format!("input {}", running.input));
        self.tell(News::Opened, format!("output {}", running.output));
        self.hearing = Some(Hearing::new(running.handle.model_rate()));
        self.running = Some(running);
        self.was_open = true;
        self.set_controls();
    }

    /// Has levels by band taken from now on.
    pub fn watch(&mut self) {
        let rate = self.running.as_ref().map_or(16_000, |running| running.handle.model_rate());
        self.bands = Some(BandMeter::new(rate, BANDS));
        self.set_controls();
    }

    /// Looks after devices and recorder; to be called several times a second.
    pub fn tend(&mut self) {
        if self.recorder.as_ref().is_some_and(Recorder::ended) {
            // Only a fault ends it early; ending it says which.
            self.end_recording();
        }
        let heard = self.listen();
        if let Some(fault) = self.running.as_mut().and_then(Running::fault).or(heard) {
            self.resume = self.recorder.is_some();
            self.tell(News::Fault, format!("{fault}; trying again"));
            self.end_recording();
            self.stop(CLOSING);
            // Devices that open and fail at once are not to be opened for ever as fast as that.
            let (when, waited) = self.opened;
            let wait = if when.elapsed() > STEADY {
                BACK_OFF[0]
            } else {
                (2 * waited).clamp(BACK_OFF[0], BACK_OFF[1])
            };
            self.retry = Some(Retry { when: Instant::now() + wait, wait, said: String::new() });
            if self.resume {
                self.tell(News::Recording, "the recording goes on in new files when the devices are back");
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
                let was_open = self.was_open;
                self.start(running);
                if was_open {
                    self.reopened += 1;
                    self.tell(News::Back, "the devices are back");
                }
                if std::mem::take(&mut self.resume) {
                    self.record(true);
                }
            }
            Err(error) => {
                retry.wait = (retry.wait * 2).min(BACK_OFF[1]);
                retry.when = Instant::now() + retry.wait;
                let said = error.to_string();
                if said != retry.said {
                    let every = BACK_OFF[1].as_secs();
                    retry.said.clone_from(&said);
                    self.tell(News::Waiting, format!("{said}; trying again, at least every {every} s"));
                }
            }
        }
    }

    /// Says what people can do something about.
    pub fn hint(&mut self, report: &Report) {
        if let Some(running) = &self.running {
            let hints = self.hints.look(running, report, Instant::now());
            self.news.extend(hints.into_iter().map(|hint| (News::Hint, hint)));
        }
    }

    /// Ends with a fade, and with every file closed.
    pub fn close(&mut self) {
        self.opening = None;
        if let Some(running) = &self.running {
            running.handle.switches().set_muted(true);
            let output = &running.output;
            let block = f64::from(output.block.unwrap_or(0)) / f64::from(output.rate);
            let held = running.handle.report().device_out.delay + Duration::from_secs_f64(block);
            std::thread::sleep((FADE_OUT + held).min(MOST_FADE_OUT));
        }
        self.end_recording();
        self.stop(ENDING);
    }
}

/// Whether what failed may be there later.
fn worth_waiting(error: &(dyn Error + 'static)) -> bool {
    !error.is::<Interrupted>() && !matches!(error.downcast_ref(), Some(LiveError::NoSuchHost { .. }))
}

#[cfg(test)]
mod tests;
