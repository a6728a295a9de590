//! Progress on the terminal: one file, or many files at once.

use super::task::Done;
use crate::cli::say;
use crate::io::shown;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::cell::{Cell, OnceCell};
use std::io::Write;
use std::time::{Duration, Instant};

/// Work shorter than this shows no bar.
const LONG: Duration = Duration::from_millis(700);

/// A progress bar that appears when the work turns out to be long.
pub struct Single {
    start: Instant,
    quiet: bool,
    bar: OnceCell<ProgressBar>,
    shown: Cell<u64>,
}

impl Single {
    pub fn new(quiet: bool) -> Self {
        Self { start: Instant::now(), quiet, bar: OnceCell::new(), shown: Cell::new(0) }
    }

    pub fn advance(&self, done: Done) {
        // Whole seconds only: streams come in hundreds of pieces a second.
        let second = done.seconds as u64;
        if self.quiet || self.shown.replace(second) == second || self.start.elapsed() < LONG {
            return;
        }
        let bar = self.bar.get_or_init(|| {
            let bar = match done.of {
                Some(of) => ProgressBar::new(of as u64)
                    .with_style(style("{wide_bar} {pos}/{len} s of sound, {per_sec}, {eta} left")),
                None => ProgressBar::new_spinner().with_style(style("{spinner} {pos} s of sound, {per_sec}")),
            };
            bar.with_elapsed(self.start.elapsed())
        });
        bar.set_position(second);
    }

    pub fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

/// A bar for all files, by their bytes, and one below for each that is being cleaned.
pub struct Many {
    bars: MultiProgress,
    total: ProgressBar,
    files: usize,
}

impl Many {
    /// For so many files of so many bytes in all.
    pub fn new(files: usize, bytes: u64, quiet: bool) -> Self {
        let bars = MultiProgress::new();
        if quiet {
            bars.set_draw_target(indicatif::ProgressDrawTarget::hidden());
        }
        let total =
            bars.add(ProgressBar::new(bytes).with_style(style(
                "{wide_bar} {msg} files, {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left",
            )));
        total.set_message(format!("0/{files}"));
        Self { bars, total, files }
    }

    /// A bar for a file of so many bytes.
    pub fn begin(&self, name: &str, bytes: u64) -> ProgressBar {
        let bar = ProgressBar::new(bytes).with_style(style("  {percent:>3}% {wide_msg}"));
        let bar = self.bars.add(bar);
        bar.set_message(shown(name));
        bar
    }

    /// A file is at so many bytes.
    pub fn advance(&self, bar: &ProgressBar, bytes: u64) {
        let bytes = bytes.min(bar.length().unwrap_or(u64::MAX));
        self.total.inc(bytes.saturating_sub(bar.position()));
        bar.set_position(bytes);
    }

    /// A file is done, well or badly, as are so many in all.
    pub fn end(&self, bar: &ProgressBar, done: usize) {
        self.advance(bar, bar.length().unwrap_or(0));
        self.bars.remove(bar);
        self.total.set_message(format!("{done}/{}", self.files));
    }

    /// Prints a line to standard output; if nobody reads there any more, the files are still wanted.
    pub fn print(&self, line: &str) {
        let _ = self.bars.suspend(|| writeln!(std::io::stdout(), "{line}"));
    }

    /// Says above the bars what is odd.
    pub fn warn(&self, line: &str) {
        self.bars.suspend(|| say::warn(line));
    }

    pub fn finish(&self) {
        self.total.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the templates above are well formed")
}
