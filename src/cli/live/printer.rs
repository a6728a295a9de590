//! Lines on a thread of their own: a reader that stalls holds up neither sound, signals nor devices.

use std::io::{Result, Write};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, channel, sync_channel};
use std::time::Duration;

/// Lines that wait for a reader that is slow; more are dropped and counted.
const WAITING: usize = 64;

/// The writing end.
pub struct Printer {
    lines: SyncSender<String>,
    ended: Receiver<Result<()>>,
    dropped: u64,
}

impl Printer {
    /// Prints into `out`, which may block for ever.
    pub fn new(mut out: impl Write + Send + 'static) -> Result<Self> {
        let (lines, waiting) = sync_channel::<String>(WAITING);
        let (end, ended) = channel();
        let work = move || -> Result<()> {
            for line in waiting {
                out.write_all(line.as_bytes())?;
                out.write_all(b"\n")?;
                out.flush()?;
            }
            Ok(())
        };
        let run = move || {
            // Nobody may be waiting any more.
            let _ = end.send(work());
        };
        std::thread::Builder::new().name("framewise printer".into()).spawn(run)?;
        Ok(Self { lines, ended, dropped: 0 })
    }

    /// Has a line printed; one that finds no room is dropped.
    pub fn print(&mut self, line: String) {
        if let Err(TrySendError::Full(_)) = self.lines.try_send(line) {
            self.dropped += 1;
        }
    }

    /// Lines that found no room.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Fails once nothing can be printed any more, as when the reader is gone.
    pub fn check(&self) -> Result<()> {
        match self.ended.try_recv() {
            Ok(ended) => ended,
            Err(TryRecvError::Empty) => Ok(()),
            // It was said before.
            Err(TryRecvError::Disconnected) => Ok(()),
        }
    }

    /// Waits for what is under way, but no longer than `most`.
    pub fn finish(self, most: Duration) {
        drop(self.lines);
        let _ = self.ended.recv_timeout(most);
    }
}

#[cfg(test)]
mod tests {
    use super::{Printer, WAITING};
    use std::io::{Error, ErrorKind, Result, Write};
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::time::Duration;

    /// A reader that takes a piece whenever it is told to.
    struct Stalling {
        go: Receiver<()>,
        taken: Sender<Vec<u8>>,
    }

    impl Write for Stalling {
        fn write(&mut self, bytes: &[u8]) -> Result<usize> {
            self.go.recv().map_err(|_| Error::from(ErrorKind::BrokenPipe))?;
            let _ = self.taken.send(bytes.to_vec());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_stalls_costs_lines_which_are_counted_and_no_time() {
        let ((go, wait), (taken, found)) = (channel(), channel());
        let mut printer = Printer::new(Stalling { go: wait, taken }).expect("a thread");
        // The first is under way at some time, whichever that is.
        (0..1000).for_each(|n| printer.print(format!("line {n}")));
        let dropped = printer.dropped();
        assert!((1000 - WAITING as u64 - 1..=1000 - WAITING as u64).contains(&dropped), "{dropped}");
        assert!(printer.check().is_ok());
        // It reads again: what waited comes in order.
        (0..2 * (1000 - dropped)).for_each(|_| go.send(()).expect("a printer"));
        printer.finish(Duration::from_secs(600));
        let text = String::from_utf8(found.iter().flatten().collect()).expect("text");
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len() as u64, 1000 - dropped);
        assert_eq!((lines[0], lines[10]), ("line 0", "line 10"));
    }

    #[test]
    fn a_reader_that_is_gone_is_an_error() {
        let ((go, wait), (taken, _found)) = (channel::<()>(), channel());
        let mut printer = Printer::new(Stalling { go: wait, taken }).expect("a thread");
        drop(go);
        printer.print("a line".into());
        let ended = printer.ended.recv().expect("an end");
        assert_eq!(ended.expect_err("an error").kind(), ErrorKind::BrokenPipe);
    }
}
