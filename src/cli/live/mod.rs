//! `framewise live`: a microphone through the model to an output, for as long as it is left running.

mod args;
mod control;
pub mod devices;
mod line;
mod session;
mod view;

pub use args::{DevicesArgs, LiveArgs};

use control::ControlFile;
use line::Line;
use session::Session;
use signal_hook::consts::{SIGINT, SIGTERM};
use std::error::Error;
use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};
use view::View;

/// How often devices, signals and the control file are looked after.
const TICK: Duration = Duration::from_millis(50);

/// Runs until it is told to stop, or for the seconds that were asked for.
pub fn run(args: &LiveArgs) -> Result<(), Box<dyn Error>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    let mut session = Session::open(args)?;
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
        session.hint(report.zeros);
        Line::new(session, &report, self.seconds())
    }
}

fn draw(args: &LiveArgs, session: &mut Session, stop: &AtomicBool) -> Result<(), Box<dyn Error>> {
    let mut course = Course::new(args, stop);
    let mut view = View::new();
    // Restores the terminal in a panic, too.
    let mut terminal = ratatui::try_init()?;
    let mut work = || -> Result<(), Box<dyn Error>> {
        while course.tick(session) {
            let line = course.line(session);
            view.tell(session.news.drain(..));
            terminal.draw(|frame| view.draw(frame, &line))?;
            if let Some(order) = view::order(session, TICK)?
                && !session.obey(order)
            {
                break;
            }
        }
        Ok(())
    };
    let done = work();
    ratatui::restore();
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
        eprintln!("framewise: {line}");
    }
}
