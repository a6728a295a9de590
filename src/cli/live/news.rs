//! What happened, for people and for programs.

use serde::Serialize;

/// What kind of thing happened; in the lines of `--json` it is the `event`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// A device was opened, and how.
    Opened,
    /// A device failed: both are closed and tried again.
    Fault,
    /// A device cannot be opened yet.
    Waiting,
    /// The devices are open again.
    Back,
    /// A recording begins, or will.
    Recording,
    /// A recording has ended.
    Recorded,
    /// A recording of an earlier run was completed.
    Recovered,
    /// A setting was changed.
    Setting,
    /// Something that people can do something about.
    Hint,
    /// An order or a recording that failed.
    Error,
    /// The run is over.
    End,
}

/// Every kind, as documented.
#[cfg(test)]
pub const ALL: [News; 11] = [
    News::Opened,
    News::Fault,
    News::Waiting,
    News::Back,
    News::Recording,
    News::Recorded,
    News::Recovered,
    News::Setting,
    News::Hint,
    News::Error,
    News::End,
];

/// An event as `--json` prints it.
#[derive(Debug, Serialize)]
pub struct Event<'a> {
    pub event: News,
    pub seconds: f64,
    pub text: &'a str,
}
