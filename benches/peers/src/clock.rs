//! The two ways to tell how long a frame took.

use clap::ValueEnum;
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Clock {
    /// Time on the wall: what a listener waits.
    Wall,
    /// Time that this thread had the core: what is left where other programs take turns on it.
    Thread,
}

impl Clock {
    pub fn now(self) -> Duration {
        let clock = match self {
            Self::Wall => libc::CLOCK_MONOTONIC,
            Self::Thread => libc::CLOCK_THREAD_CPUTIME_ID,
        };
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the place for the time is valid.
        let result = unsafe { libc::clock_gettime(clock, &mut time) };
        assert_eq!(result, 0, "this system lacks the clock");
        Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).expect("less than a second"))
    }
}
