//! The terminal on a thread of its own: one that stalls, stops or is closed holds up neither sound, signals nor files.

use super::line::Line;
use super::news::News;
use super::view::View;
use crate::dsp::meters::Band;
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{Clear, ClearType};
use std::io::Result;
use std::sync::mpsc::{Receiver, Sender, SyncSender, TryRecvError, TrySendError, channel, sync_channel};
use std::time::Duration;

/// How long a terminal may take to be left as it was.
const PATIENCE: Duration = Duration::from_millis(300);

/// What is to be shown.
pub struct Picture {
    pub line: Line,
    pub bands: Vec<Band>,
    pub news: Vec<(News, String)>,
    /// Whether every cause of the delay is shown.
    pub details: bool,
}

enum Work {
    Show(Box<Picture>),
    /// Leaves the terminal as it was, or takes it again; answered when it is done.
    Leave(Sender<()>),
    Take(Sender<()>),
}

/// The picture on the terminal.
pub struct Screen {
    work: SyncSender<Work>,
    ended: Receiver<Result<()>>,
}

impl Screen {
    /// Takes the terminal. It is given back in a panic, too.
    pub fn open(view: View) -> Result<Self> {
        let terminal = ratatui::try_init()?;
        let (work, waiting) = sync_channel(1);
        let (end, ended) = channel();
        let run = move || {
            // Nobody may be waiting any more.
            let _ = end.send(run(terminal, view, &waiting));
        };
        std::thread::Builder::new().name("framewise screen".into()).spawn(run)?;
        Ok(Self { work, ended })
    }

    /// Shows a picture; gives it back while the last one is still under way.
    pub fn show(&self, picture: Picture) -> Option<Picture> {
        match self.work.try_send(Work::Show(Box::new(picture))) {
            Err(TrySendError::Full(Work::Show(picture))) => Some(*picture),
            _ => None,
        }
    }

    /// Whether the terminal cannot be written to any more.
    pub fn gone(&self) -> bool {
        !matches!(self.ended.try_recv(), Err(TryRecvError::Empty))
    }

    /// Leaves the terminal as it was, for a program that is about to be stopped.
    pub fn leave(&self) {
        self.ask(Work::Leave);
    }

    /// Takes the terminal again, and draws all of it.
    pub fn take(&self) {
        self.ask(Work::Take);
    }

    fn ask(&self, what: impl FnOnce(Sender<()>) -> Work) {
        let (done, wait) = channel();
        let mut what = what(done);
        for _ in 0..30 {
            match self.work.try_send(what) {
                Err(TrySendError::Full(back)) => what = back,
                _ => break,
            }
            std::thread::sleep(PATIENCE / 30);
        }
        let _ = wait.recv_timeout(PATIENCE);
    }
}

fn run(mut terminal: ratatui::DefaultTerminal, mut view: View, work: &Receiver<Work>) -> Result<()> {
    for work in work {
        match work {
            Work::Show(picture) => {
                view.tell(picture.news.iter().map(|(_, text)| text.clone()));
                terminal.draw(|frame| view.draw(frame, &picture))?;
            }
            Work::Leave(done) => {
                // A terminal that is gone is left already.
                let _ = ratatui::try_restore();
                let _ = done.send(());
            }
            Work::Take(done) => {
                terminal = ratatui::try_init()?;
                // Not by the terminal's own way, which asks where the cursor is and would wait for the keys' thread.
                execute!(terminal.backend_mut(), Clear(ClearType::All))?;
                let _ = done.send(());
            }
        }
    }
    Ok(())
}
