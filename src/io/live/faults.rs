//! What goes wrong with a device while it runs: errors that it reports, and silence.

use super::devices::Direction;
use cpal::ErrorKind;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a device may take to call for the first time, and be silent between calls.
const PATIENCE: Duration = Duration::from_secs(3);

/// Errors without a call between them that make a fault: some back ends report one, and go on.
const PERSISTENT: u32 = 20;

/// What the error callback of one device said. It may be called millions of times: counted, and only the first is kept.
#[derive(Debug, Default)]
pub(super) struct Faults {
    broken: AtomicBool,
    xruns: AtomicU64,
    errors: AtomicU64,
    /// Errors since the device last called.
    running: AtomicU32,
    first: Mutex<Option<String>>,
}

impl Faults {
    /// Counts what the error callback of `device` was told.
    pub(super) fn take(&self, device: &str, error: &cpal::Error) {
        match error.kind() {
            ErrorKind::Xrun => {
                self.xruns.fetch_add(1, Relaxed);
            }
            ErrorKind::RealtimeDenied | ErrorKind::DeviceChanged => {}
            kind => {
                self.errors.fetch_add(1, Relaxed);
                let running = self.running.fetch_add(1, Relaxed).saturating_add(1);
                let passing = kind == ErrorKind::BackendError && running < PERSISTENT;
                if !passing && !self.broken.swap(true, Relaxed) {
                    let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
                    *first = Some(format!("{device}: {error}"));
                }
            }
        }
    }

    /// The device called: what it reported before has passed.
    pub(super) fn called(&self) {
        self.running.store(0, Relaxed);
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

/// Notices back ends that stop calling without a word.
#[derive(Debug)]
pub(super) struct Watch {
    calls: [u64; 2],
    last: [Instant; 2],
}

impl Watch {
    /// Both sides have called just now.
    pub(super) fn new() -> Self {
        Self { calls: [0; 2], last: [Instant::now(); 2] }
    }

    /// The side that has been silent for too long.
    pub(super) fn look(&mut self, calls: [u64; 2], now: Instant) -> Option<Direction> {
        for (n, direction) in [Direction::Input, Direction::Output].into_iter().enumerate() {
            if calls[n] != self.calls[n] {
                (self.calls[n], self.last[n]) = (calls[n], now);
            } else if now.saturating_duration_since(self.last[n]) > PATIENCE {
                return Some(direction);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Direction, Faults, PATIENCE, PERSISTENT, Watch};
    use cpal::{Error, ErrorKind};
    use std::sync::atomic::Ordering::Relaxed;
    use std::time::Duration;

    #[test]
    fn a_side_that_stops_calling_is_named() {
        let mut watch = Watch::new();
        let start = watch.last[0];
        assert_eq!(watch.look([1, 1], start), None);
        let late = start + PATIENCE + Duration::from_millis(1);
        assert_eq!(watch.look([2, 1], late), Some(Direction::Output));
        assert_eq!(watch.look([2, 2], late), None);
        assert_eq!(watch.look([2, 3], late + PATIENCE * 2), Some(Direction::Input));
    }

    #[test]
    fn a_million_errors_are_one_fault_and_xruns_are_none() {
        let faults = Faults::default();
        (0..5).for_each(|_| faults.take("mic", &Error::new(ErrorKind::Xrun)));
        assert!(!faults.broken.load(Relaxed));
        (0..1_000_000).for_each(|_| faults.take("mic", &Error::new(ErrorKind::DeviceNotAvailable)));
        assert_eq!((faults.xruns(), faults.errors()), (5, 1_000_000));
        assert!(faults.fault().is_some_and(|first| first.starts_with("mic: ") && first.lines().count() == 1));
    }

    #[test]
    fn errors_that_pass_are_no_fault_and_those_that_stay_are_one() {
        let faults = Faults::default();
        let error = Error::with_message(ErrorKind::BackendError, "a hiccup");
        for _ in 0..10 * PERSISTENT {
            faults.take("mic", &error);
            faults.called();
        }
        assert_eq!(faults.fault(), None);
        (1..PERSISTENT).for_each(|_| faults.take("mic", &error));
        assert_eq!(faults.fault(), None);
        faults.take("mic", &error);
        assert!(faults.fault().is_some_and(|fault| fault.contains("hiccup")));
    }
}
