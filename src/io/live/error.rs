//! What can go wrong with devices.

/// Why devices could not be opened. Each message is one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LiveError {
    /// No sound system of that name.
    #[error("no sound system `{asked}`: this program speaks to {available}")]
    NoSuchHost {
        /// What was asked for.
        asked: String,
        /// Those that were built in.
        available: String,
    },
    /// A sound system that does not answer.
    #[error("{host}: the sound system does not run here, or has no device")]
    HostSilent {
        /// Its name.
        host: String,
    },
    /// No device of that name.
    #[error("no {kind} device matches `{asked}`: there are {available}")]
    NoSuchDevice {
        /// `input` or `output`.
        kind: &'static str,
        /// What was asked for.
        asked: String,
        /// Ids of the devices that are there, of both directions.
        available: String,
    },
    /// A device of that name, which does not work in that direction, or not now.
    #[error("{device} cannot be used as {kind}: {reason}")]
    Unusable {
        /// `input` or `output`.
        kind: &'static str,
        /// The device.
        device: String,
        /// What it says.
        reason: String,
    },
    /// The system names no default.
    #[error("no default {kind} device: name one, see `framewise devices`")]
    NoDefault {
        /// `input` or `output`.
        kind: &'static str,
    },
    /// The device offers nothing that can be used.
    #[error("{device}: no usable {kind} configuration{asked}")]
    NoConfig {
        /// `input` or `output`.
        kind: &'static str,
        /// The device.
        device: String,
        /// What was asked for, as ` at 48000 Hz`.
        asked: String,
    },
    /// The device has fewer channels.
    #[error("{device}: no channel {channel}, it has {channels}")]
    NoSuchChannel {
        /// The device.
        device: String,
        /// The channel that was asked for, counted from 1.
        channel: usize,
        /// How many it has.
        channels: u16,
    },
    /// The device or its driver refused.
    #[error("{device}: {source}")]
    Device {
        /// The device.
        device: String,
        /// Why.
        source: cpal::Error,
    },
    /// A measurement was not looked at for so long that samples were lost.
    #[error("the measurement fell behind: the machine is too busy")]
    FellBehind,
    /// A recording could not be written.
    #[error(transparent)]
    Wav(#[from] crate::io::wav::WavError),
    /// A folder for recordings could not be made, or a thread not started.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
}
