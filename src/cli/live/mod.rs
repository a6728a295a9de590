//! `framewise live`: a microphone through the model to an output, for as long as it is left running.

mod args;
mod control;
pub mod devices;
mod hints;
mod keys;
mod line;
mod measure;
mod meter;
mod news;
mod opening;
mod printer;
mod quiet;
mod screen;
mod session;
mod spectrum;
mod terminal;
mod view;
mod virtual_mic;

pub use args::{DevicesArgs, LiveArgs};

use crate::io::shown;
use control::ControlFile;
use line::Line;
use news::{Event, News};
use printer::Printer;
use session::Session;
use std::error::Error;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};
use virtual_mic::VirtualMic;

/// How often devices, signals and the control file are looked after.
const TICK: Duration = Duration::from_millis(50);

/// How long slow readers are waited for at the end.
const LAST_WORDS: Duration = Duration::from_millis(200);

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
    let find = opening::find(args.host.as_deref());
    if args.measure {
        return measure::run(&find, args, &stop);
    }
    let mut output = Output::new(args)?;
    // There as long as this function runs, and gone however it ends.
    let _microphone = match &args.virtual_mic {
        Some(name) => Some(VirtualMic::make(&find()?, name)?),
        None => None,
    };
    let mut session = Session::open(find, args, &stop)?;
    let mut course = Course::new(args, &stop);
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let drawn = !args.no_ui && !args.json && !dumb && std::io::stdout().is_terminal();
    let done = if drawn {
        terminal::draw(&mut course, &mut session)
    } else {
        lines(&mut course, &mut session, &mut output)
    };
    session.close();
    session.sum_up(course.seconds());
    output.say(&mut session, course.seconds());
    output.finish();
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
                Err(error) => session.news.push((News::Error, error)),
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

/// Where lines go: the state and, for programs, events to standard output; events for people to standard error.
struct Output {
    json: bool,
    out: Printer,
    err: Printer,
}

impl Output {
    fn new(args: &LiveArgs) -> std::io::Result<Self> {
        let (out, err) = (Printer::new(std::io::stdout())?, Printer::new(std::io::stderr())?);
        Ok(Self { json: args.json, out, err })
    }

    /// Prints the state.
    fn show(&mut self, mut line: Line) -> serde_json::Result<()> {
        line.lines_dropped = self.out.dropped();
        let text = if self.json { serde_json::to_string(&line)? } else { line.to_string() };
        self.out.print(text);
        Ok(())
    }

    /// Prints what is new.
    fn say(&mut self, session: &mut Session, seconds: f64) {
        for (event, text) in session.news.drain(..) {
            if self.json
                && let Ok(line) = serde_json::to_string(&Event { event, seconds, text: &text })
            {
                self.out.print(line);
            }
            self.err.print(shown(&format!("framewise: {text}")));
        }
    }

    /// Waits a moment for readers that are slow.
    fn finish(self) {
        self.out.finish(LAST_WORDS);
        self.err.finish(LAST_WORDS);
    }
}

fn lines(course: &mut Course<'_>, session: &mut Session, output: &mut Output) -> Result<(), Box<dyn Error>> {
    let mut next = 1.0;
    output.say(session, course.seconds());
    while course.tick(session) {
        if course.seconds() >= next {
            next = course.seconds().floor() + 1.0;
            let line = course.line(session);
            output.show(line)?;
        }
        output.out.check()?;
        output.say(session, course.seconds());
        std::thread::sleep(TICK);
    }
    Ok(())
}
