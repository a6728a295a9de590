//! Why something could not be measured.

use crate::io::wav::{Warning, WavError};

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
    /// A folder, or something in it, cannot be read.
    #[error("{path}: can't be read: {source}")]
    Folder {
        /// What could not be read.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A folder has no files of sound.
    #[error("{folder}: holds no sound files")]
    NoFiles {
        /// The folder.
        folder: String,
    },
    /// A file of sound could not be read.
    #[error(transparent)]
    Sound(#[from] WavError),
    /// The rate of a file is out of range.
    #[error("{file}: sample rate {found} Hz is out of range")]
    FileRate {
        /// The file.
        file: String,
        /// Rate of the file in Hz.
        found: u32,
    },
    /// A file has samples that are not finite, and is no measure of anything.
    #[error("{file}: {count} samples are not finite numbers")]
    FileNotFinite {
        /// The file.
        file: String,
        /// How many.
        count: u64,
    },
    /// A file is damaged: what was mended is not what was recorded.
    #[error("{file}: {warning}")]
    Damaged {
        /// The file.
        file: String,
        /// What is wrong with it.
        warning: Warning,
    },
    /// A file has no samples.
    #[error("{file}: has no samples")]
    FileEmpty {
        /// The file.
        file: String,
    },
    /// All samples of a file, or of one of its channels, are equal.
    #[error("{file}: {}is silent", channel.map(|index| format!("channel {} ", index + 1)).unwrap_or_default())]
    FileSilent {
        /// The file.
        file: String,
        /// Which channel, from 0 on, where there are several.
        channel: Option<usize>,
    },
    /// The noise of a mixture is silent where it is used.
    #[error("{file}: is silent from sample {start} on")]
    NoiseSilent {
        /// The file.
        file: String,
        /// First sample that is used.
        start: usize,
    },
    /// A file that is taken as one channel has several.
    #[error("{file}: channel count {found}, expected 1")]
    NotMono {
        /// The file.
        file: String,
        /// Channels of the file.
        found: usize,
    },
    /// The noisy file has another number of channels than the clean one.
    #[error("{file}: channel count {found}, expected {expected} as in the clean file")]
    PairChannels {
        /// The noisy file.
        file: String,
        /// Channels of the noisy file.
        found: usize,
        /// Channels of the clean file.
        expected: usize,
    },
    /// The noisy file has another rate than the clean one.
    #[error("{file}: sample rate {found} Hz, expected {expected} Hz as in the clean file")]
    PairRates {
        /// The noisy file.
        file: String,
        /// Rate of the noisy file in Hz.
        found: u32,
        /// Rate of the clean file in Hz.
        expected: u32,
    },
    /// The noisy file has another length than the clean one.
    #[error("{file}: {found} samples, expected {expected} as in the clean file")]
    PairLengths {
        /// The noisy file.
        file: String,
        /// Samples of the noisy file.
        found: usize,
        /// Samples of the clean file.
        expected: usize,
    },
    /// The clean file of a pair is no speech.
    #[error(
        "{file}: is noise, not clean speech: {range:.0} dB from quiet to loud, {voiced:.0} % of it voiced"
    )]
    CleanIsNoise {
        /// The clean file.
        file: String,
        /// Decibels from quiet frames to loud ones.
        range: f64,
        /// Per cent of the sounding frames that are voiced.
        voiced: f64,
    },
    /// The clean file of a pair is noisier than the noisy one.
    #[error(
        "{file}: is noisier than its noisy file: {clean:.0} dB from quiet to loud, there {noisy:.0} dB; are they swapped?"
    )]
    Swapped {
        /// The clean file.
        file: String,
        /// Decibels from quiet frames to loud ones.
        clean: f64,
        /// The same of the noisy file.
        noisy: f64,
    },
    /// The files of a pair do not lie on each other.
    #[error(
        "{file}: the noisy file is {:.1} ms {} than the clean one", late.abs(), if *late > 0.0 { "later" } else { "earlier" }
    )]
    Misaligned {
        /// The clean file.
        file: String,
        /// Milliseconds by which the noisy one is late.
        late: f64,
    },
    /// A system has no file of a pair.
    #[error("{name}: no file of that name in {folder}")]
    NoEnhanced {
        /// Name of the pair.
        name: String,
        /// The folder of the system.
        folder: String,
    },
    /// Files cannot be put into groups.
    #[error("{0}")]
    Grouping(String),
    /// The network of DNSMOS cannot be used.
    #[error("{file}: {reason}")]
    Dnsmos {
        /// Its file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// DNSMOS was asked of what has no network.
    #[error("DNSMOS needs its network")]
    NoDnsmos,
    /// Two systems have one name.
    #[error("{name}: two systems have that name")]
    SameName {
        /// The name.
        name: String,
    },
    /// Models that are seeds of one system differ in more than their weights.
    #[error("{name}: its seeds differ in sample rate or delay")]
    Seeds {
        /// The system.
        name: String,
    },
    /// The two sounds of a pair in memory differ in length.
    #[error("{name}: {found} noisy samples, expected {expected}")]
    SampleLengths {
        /// Name of the pair.
        name: String,
        /// Noisy samples.
        found: usize,
        /// Clean samples.
        expected: usize,
    },
    /// A pair in memory has no samples.
    #[error("{name}: has no samples")]
    SamplesEmpty {
        /// Name of the pair.
        name: String,
    },
    /// All samples of one sound of a pair in memory are equal.
    #[error("{name}: the {sound} sound is silent")]
    SamplesSilent {
        /// Name of the pair.
        name: String,
        /// Which of the two.
        sound: &'static str,
    },
    /// A sample of a pair in memory is not a finite number.
    #[error("{name}: sample {at} of the {sound} sound is {value}")]
    SampleNotFinite {
        /// Name of the pair.
        name: String,
        /// Which of the two.
        sound: &'static str,
        /// Position of the first such sample.
        at: usize,
        /// Its value.
        value: f32,
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
