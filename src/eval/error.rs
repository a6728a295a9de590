//! Why something could not be measured.

/// Why something could not be measured. Each message is one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvalError {
    /// Two signals that are compared differ in length.
    #[error("the clean signal has {expected} samples, the other one {found}")]
    Lengths {
        /// Samples of the clean signal.
        expected: usize,
        /// Samples of the signal compared with it.
        found: usize,
    },
    /// There are no samples.
    #[error("no samples")]
    Empty,
    /// A sample is not a finite number.
    #[error("sample {at} of the {signal} signal is {value}")]
    NotFinite {
        /// Which of the two signals.
        signal: &'static str,
        /// Position of the first such sample.
        at: usize,
        /// Its value.
        value: f32,
    },
    /// All samples are equal: there is no sound.
    #[error("the {signal} signal is silent")]
    Silent {
        /// Which of the two signals.
        signal: &'static str,
    },
    /// The signals are the same, so that a ratio to their difference has no bound.
    #[error("the two signals are the same: the ratio has no bound")]
    Identical,
    /// Too little sound for a metric.
    #[error("{metric} needs {expected} frames of sound, found {found}")]
    TooShort {
        /// The metric.
        metric: &'static str,
        /// Frames that it needs.
        expected: usize,
        /// Frames that are there.
        found: usize,
    },
    /// A metric is not defined at the signals' rate.
    #[error("{metric} is not defined at {found} Hz, expected {expected}")]
    SampleRate {
        /// The metric.
        metric: &'static str,
        /// Rates at which it is defined.
        expected: &'static str,
        /// Rate of the signals in Hz.
        found: u32,
    },
    /// A chart or picture could not be drawn.
    #[error("drawing failed: {0}")]
    Drawing(String),
    /// A record could not be put into words.
    #[error("{file}: {reason}")]
    Record {
        /// The file that it was for.
        file: &'static str,
        /// What failed.
        reason: String,
    },
    /// A file could not be written.
    #[error("{file}: can't be written: {source}")]
    Write {
        /// The file.
        file: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// PESQ could not be computed.
    #[error("PESQ: {0}")]
    Pesq(String),
}
