//! `framewise live`: a microphone through the model to an output, for as long as it is left running.

mod args;
mod control;
pub mod devices;
mod hints;
mod keys;
mod line;
mod measure;
mod meter;
mod opening;
mod quiet;
mod session;
mod spectrum;
mod view;

pub use args::{DevicesArgs, LiveArgs};

use crate::io::live::Hosts;
use control::ControlFile;
use line::Line;
use opening::Find;
use quiet::Quiet;
use session::Session;
use std::error::Error;
use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};
use view::View;

/// How often devices, signals and the control file are looked after.
const TICK: Duration = Duration::from_millis(50);

/// Signals that end a run with every file closed; the last one is a terminal that was closed.
#[cfg(unix)]
const ENDS: &[i32] =
    &[signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP];
#[cfg(not(unix))]
const ENDS: &[i32] = &[signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM];

/// Runs until it is told to stop, or for the seconds that were asked for.
pub fn run(args: &LiveArgs) -> Result<(), Box<dyn Error>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in ENDS {
        signal_hook::flag::register(*signal, Arc::clone(&stop))?;
    }
    let find: Find = Arc::new(Hosts::available);
    if args.measure {
        return measure::run(&find, args, &stop);
    }
    let mut session = Session::open(find, args, &stop)?;
    let drawn = !args.no_ui && !args.json && std::io::stdout().is_terminal();
    let done = if drawn { draw(args, &mut session, &stop) } else { lines(args, &mut session, &stop) };
    session.close();
    say(&mut session);
    done
}

/// What both ways of showing a session have in common: its time, and what happens in a tick.
struct Course<'a> {
    start: Instant,
    most: Option<f64>,
    stop: &'a AtomicBool,
    control: Option<ControlFile>,
}

impl<'a> Course<'a> {
    fn new(args: &LiveArgs, stop: &'a AtomicBool) -> Self {
        let control = args.control.as_deref().map(ControlFile::new);
        Self { start: Instant::now(), most: args.seconds, stop, control }
    }

    fn seconds(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }

    /// Looks after everything; false at the end.
    fn tick(&mut self, session: &mut Session) -> bool {
        if self.stop.load(Relaxed) || self.most.is_some_and(|most| self.seconds() >= most) {
            return false;
        }
        session.tend();
        for order in self.control.iter_mut().flat_map(ControlFile::poll) {
            match order {
                Ok(order) if !session.obey(order) => return false,
                Ok(_) => {}
                Err(error) => session.news.push(error),
            }
        }
        true
    }

    fn line(&self, session: &mut Session) -> Line {
        let report = session.running.as_ref().map(|running| running.handle.report()).unwrap_or_default();
        session.hint(&report);
        Line::new(session, &report, self.seconds())
    }
}

fn draw(args: &LiveArgs, session: &mut Session, stop: &AtomicBool) -> Result<(), Box<dyn Error>> {
    let mut course = Course::new(args, stop);
    let mut view = View::new();
    session.watch();
    // Libraries that print from threads of their own would write across the view.
    let quiet = Quiet::begin();
    // Restores the terminal in a panic, too.
    let mut terminal = ratatui::try_init()?;
    let mut work = || -> Result<(), Box<dyn Error>> {
        while course.tick(session) {
            session.listen();
            let line = course.line(session);
            view.tell(session.news.drain(..));
            let bands = session.bands.as_ref().map(crate::io::live::Bands::levels).unwrap_or_default();
            terminal.draw(|frame| view.draw(frame, &line, &bands))?;
            let mut wait = TICK;
            while let Some(order) = keys::order(session, wait)? {
                if !session.obey(order) {
                    return Ok(());
                }
                wait = Duration::ZERO;
            }
        }
        Ok(())
    };
    let done = work();
    ratatui::restore();
    quiet.end();
    done
}

fn lines(args: &LiveArgs, session: &mut Session, stop: &AtomicBool) -> Result<(), Box<dyn Error>> {
    let mut course = Course::new(args, stop);
    let mut next = 1.0;
    say(session);
    while course.tick(session) {
        if course.seconds() >= next {
            next = course.seconds().floor() + 1.0;
            let line = course.line(session);
            let mut out = std::io::stdout().lock();
            if args.json {
                writeln!(out, "{}", serde_json::to_string(&line)?)?;
            } else {
                writeln!(out, "{line}")?;
            }
            out.flush()?;
        }
        say(session);
        std::thread::sleep(TICK);
    }
    Ok(())
}

/// Shows what is new.
fn say(session: &mut Session) {
    for line in session.news.drain(..) {
        crate::cli::say::warn(line);
    }
}
