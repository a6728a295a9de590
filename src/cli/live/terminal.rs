//! A session in a terminal: keys, the picture, and a terminal that is taken away and given back.

use super::keys::{Pressed, listen, meaning};
use super::quiet::Quiet;
use super::screen::{Picture, Screen};
use super::session::Session;
use super::view::{View, plain};
use super::{Course, TICK};
use crate::dsp::meters::BandMeter;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

/// Whether the program is to be stopped, and whether it was continued.
struct Job {
    stop: Arc<AtomicBool>,
    continued: Arc<AtomicBool>,
}

impl Job {
    fn new() -> std::io::Result<Self> {
        let job = Self { stop: Arc::default(), continued: Arc::default() };
        #[cfg(unix)]
        {
            use signal_hook::consts::{SIGCONT, SIGTSTP};
            signal_hook::flag::register(SIGTSTP, Arc::clone(&job.stop))?;
            signal_hook::flag::register(SIGCONT, Arc::clone(&job.continued))?;
        }
        Ok(job)
    }

    /// Stops the program until it is continued, with the terminal as it was; and takes the terminal again, also after a stop
    /// that nobody announced.
    fn tend(&self, screen: &Screen) {
        if self.stop.swap(false, Relaxed) {
            screen.leave();
            self.continued.store(true, Relaxed);
            #[cfg(unix)]
            let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP);
        }
        if self.continued.swap(false, Relaxed) {
            screen.take();
        }
    }
}

/// Draws until the run ends, or the terminal is gone.
pub fn draw(course: &mut Course<'_>, session: &mut Session) -> Result<(), Box<dyn Error>> {
    let job = Job::new()?;
    session.watch();
    // Libraries that print from threads of their own would write across the view.
    let quiet = Quiet::begin();
    let screen = Screen::open(View::new(plain(|name| std::env::var(name).ok())))?;
    let keys = listen()?;
    let (mut news, mut details) = (Vec::new(), false);
    let mut work = || {
        while course.tick(session) && !screen.gone() {
            job.tend(&screen);
            let line = course.line(session);
            news.append(&mut session.news);
            let open = session.running.is_some();
            let bands = session.bands.as_ref().filter(|_| open).map(BandMeter::levels).unwrap_or_default();
            let picture = Picture { line, bands, news: std::mem::take(&mut news), details };
            if let Some(back) = screen.show(picture) {
                news = back.news;
            }
            let mut wait = TICK;
            loop {
                match keys.recv_timeout(wait) {
                    Ok(key) => match meaning(session, key) {
                        Some(Pressed::Order(order)) if !session.obey(order) => return,
                        Some(Pressed::Stop) => job.stop.store(true, Relaxed),
                        Some(Pressed::Details) => details = !details,
                        _ => {}
                    },
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => return,
                }
                wait = Duration::ZERO;
            }
        }
    };
    work();
    screen.leave();
    quiet.end();
    Ok(())
}
