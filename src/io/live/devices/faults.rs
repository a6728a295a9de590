//! What goes wrong with a device while it runs: errors that it reports, and silence.

use super::direction::Direction;
use cpal::ErrorKind;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a device may take to call for the first time: servers on a busy machine take seconds.
const START: Duration = Duration::from_secs(10);
/// How long it may be silent, or report errors without a call, besides the blocks that it uses.
const PATIENCE: Duration = Duration::from_secs(3);
/// A watch that is looked at later than this is one of a program that stood still.
const PAUSE: Duration = Duration::from_secs(1);

/// What the error callback of one device said. It may be called millions of times: counted, and only the first is kept.
#[derive(Debug)]
pub(super) struct Faults {
    broken: AtomicBool,
    xruns: AtomicU64,
    errors: AtomicU64,
    epoch: Instant,
    /// When the errors since the last call began, in milliseconds after the epoch; zero if there were none.
    since: AtomicU64,
    first: Mutex<Option<String>>,
}

impl Faults {
    pub(super) fn new() -> Self {
        Self {
            broken: AtomicBool::new(false),
            xruns: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            epoch: Instant::now(),
            since: AtomicU64::new(0),
            first: Mutex::new(None),
        }
    }

    /// Counts what the error callback of `device` was told.
    pub(super) fn take(&self, device: &str, error: &cpal::Error) {
        self.take_at(device, error, self.epoch.elapsed());
    }

    fn take_at(&self, device: &str, error: &cpal::Error, now: Duration) {
        match error.kind() {
            ErrorKind::Xrun => {
                self.xruns.fetch_add(1, Relaxed);
            }
            ErrorKind::RealtimeDenied | ErrorKind::DeviceChanged => {}
            kind => {
                self.errors.fetch_add(1, Relaxed);
                let now = u64::try_from(now.as_millis()).unwrap_or(u64::MAX).max(1);
                let since =
                    self.since.compare_exchange(0, now, Relaxed, Relaxed).map_or_else(|since| since, |_| now);
                // Some back ends report an error, or a thousand, and go on.
                let lasted = Duration::from_millis(now.saturating_sub(since));
                let passing = kind == ErrorKind::BackendError && lasted < PATIENCE;
                if !passing && !self.broken.swap(true, Relaxed) {
                    let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
                    *first = Some(format!("{device}: {error}"));
                }
            }
        }
    }

    /// The device called, or could not because the program stood still: what it reported before has passed.
    pub(super) fn called(&self) {
        self.since.store(0, Relaxed);
    }

    /// Overruns and underruns.
    pub(super) fn xruns(&self) -> u64 {
        self.xruns.load(Relaxed)
    }

    /// All other errors.
    pub(super) fn errors(&self) -> u64 {
        self.errors.load(Relaxed)
    }

    /// The first error that did not pass, with the device's name.
    pub(super) fn fault(&self) -> Option<String> {
        self.broken.load(Relaxed).then(|| {
            let first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
            first.clone().unwrap_or_else(|| "a device failed".to_owned())
        })
    }
}

/// Notices back ends that stop calling without a word. Time in which the program itself stood still, stopped or asleep with the
/// machine, does not count.
#[derive(Debug)]
pub(super) struct Watch {
    calls: [u64; 2],
    last: [Instant; 2],
    blocks: [Duration; 2],
    looked: Instant,
}

/// What a look found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Looked {
    /// The side that has been silent for too long.
    pub silent: Option<Direction>,
    /// Whether the program stood still since the last look.
    pub paused: bool,
}

impl Watch {
    /// Both sides were started just now; their blocks last so long.
    pub(super) fn new(blocks: [Duration; 2], now: Instant) -> Self {
        Self { calls: [0; 2], last: [now; 2], blocks, looked: now }
    }

    /// To be called several times a second.
    pub(super) fn look(&mut self, calls: [u64; 2], now: Instant) -> Looked {
        let gap = now.saturating_duration_since(self.looked);
        self.looked = now;
        let mut looked = Looked { silent: None, paused: gap > PAUSE };
        for (n, direction) in [Direction::Input, Direction::Output].into_iter().enumerate() {
            if looked.paused {
                self.last[n] += gap;
            }
            let patience = if calls[n] == 0 { START } else { PATIENCE } + 2 * self.blocks[n];
            if calls[n] != self.calls[n] {
                (self.calls[n], self.last[n]) = (calls[n], now);
            } else if now.saturating_duration_since(self.last[n]) > patience {
                looked.silent = looked.silent.or(Some(direction));
            }
        }
        looked
    }
}

#[cfg(test)]
mod tests {
    use super::{Direction, Faults, Looked, PATIENCE, START, Watch};
    use cpal::{Error, ErrorKind};
    use std::sync::atomic::Ordering::Relaxed;
    use std::time::{Duration, Instant};

    const TICK: Duration = Duration::from_millis(50);
    const BLOCK: Duration = Duration::from_millis(10);

    /// Looks for so long; `calls` gives both sides' calls at a tick. The time and the side of the first silence.
    fn watched(
        watch: &mut Watch,
        start: Instant,
        length: Duration,
        calls: impl Fn(u32) -> [u64; 2],
    ) -> Option<(Duration, Direction)> {
        let ticks = (length.as_millis() / TICK.as_millis()) as u32;
        (0..ticks).find_map(|n| {
            let looked = watch.look(calls(n), start + n * TICK);
            looked.silent.map(|side| (n * TICK, side))
        })
    }

    #[test]
    fn a_side_that_stops_calling_is_named_after_its_blocks_and_three_seconds() {
        let start = Instant::now();
        for block in [BLOCK, Duration::from_secs(4)] {
            let mut watch = Watch::new([block; 2], start);
            let stops = |n: u32| [1 + u64::from(n.min(10)), 1 + u64::from(n)];
            let found = watched(&mut watch, start, Duration::from_secs(60), stops);
            let (when, side) = found.expect("a silence");
            assert_eq!(side, Direction::Input);
            let expected = 10 * TICK + PATIENCE + 2 * block;
            assert!(when > expected && when <= expected + TICK, "{when:?}");
        }
    }

    #[test]
    fn a_first_call_may_take_longer() {
        let start = Instant::now();
        let mut watch = Watch::new([BLOCK; 2], start);
        let found = watched(&mut watch, start, Duration::from_secs(60), |n| [1 + u64::from(n), 0]);
        let (when, side) = found.expect("a silence");
        assert!(
            side == Direction::Output && when > START && when < START + Duration::from_millis(200),
            "{when:?}"
        );
    }

    #[test]
    fn time_in_which_the_program_stood_still_does_not_count() {
        let start = Instant::now();
        let mut watch = Watch::new([BLOCK; 2], start);
        assert_eq!(watched(&mut watch, start, Duration::from_secs(2), |n| [1 + u64::from(n); 2]), None);
        // An hour later, the devices need a moment to call again.
        let later = start + Duration::from_secs(3600);
        assert_eq!(watch.look([40; 2], later), Looked { silent: None, paused: true });
        let resumed = |n: u32| [40 + u64::from(n / 40); 2];
        assert_eq!(watched(&mut watch, later + TICK, Duration::from_secs(10), resumed), None);
        // But if they never do, that is a fault.
        let stopped =
            watched(&mut watch, later + Duration::from_secs(10) + TICK, Duration::from_secs(10), |_| [44; 2]);
        assert!(stopped.is_some());
    }

    #[test]
    fn a_million_errors_are_one_fault_and_xruns_are_none() {
        let faults = Faults::new();
        (0..5).for_each(|_| faults.take("mic", &Error::new(ErrorKind::Xrun)));
        assert!(!faults.broken.load(Relaxed));
        (0..1_000_000).for_each(|_| faults.take("mic", &Error::new(ErrorKind::DeviceNotAvailable)));
        assert_eq!((faults.xruns(), faults.errors()), (5, 1_000_000));
        assert!(faults.fault().is_some_and(|first| first.starts_with("mic: ") && first.lines().count() == 1));
    }

    #[test]
    fn errors_that_pass_are_no_fault_however_many_and_those_that_last_are_one() {
        let faults = Faults::new();
        let error = Error::with_message(ErrorKind::BackendError, "a hiccup");
        // A minute of a thousand errors a second, with a call every second.
        for n in 0..60_000 {
            faults.take_at("mic", &error, Duration::from_millis(n));
            if n % 1000 == 0 {
                faults.called();
            }
        }
        assert_eq!(faults.fault(), None);
        faults.called();
        let start = Duration::from_secs(100);
        for n in 0..30 {
            faults.take_at("mic", &error, start + n * Duration::from_millis(99));
        }
        assert_eq!(faults.fault(), None);
        faults.take_at("mic", &error, start + PATIENCE);
        assert!(faults.fault().is_some_and(|fault| fault.contains("hiccup")));
    }
}
