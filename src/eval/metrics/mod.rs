//! How close sound is to clean sound.
//!
//! Every metric takes the clean signal first, both signals aligned to the sample and of one length, and refuses what it
//! is not defined for rather than return a number that would spoil an average. Each is held against its reference
//! implementation by the test `metrics`.

mod check;
mod hann;
mod high_pass;
mod log_spectral_distance;
mod pesq;
mod segmental_snr;
mod si_sdr;
mod stoi;
mod unreferenced;

pub use log_spectral_distance::log_spectral_distance;
#[cfg(feature = "eval")]
pub(super) use pesq::RATE as PESQ_RATE;
pub use pesq::pesq_wideband;
pub use segmental_snr::segmental_snr;
pub use si_sdr::{si_sdr, si_sdr_high_passed};
#[cfg(feature = "eval")]
pub(super) use stoi::Envelopes;
#[cfg(feature = "eval")]
pub(super) use stoi::RATE as STOI_RATE;
pub use stoi::{extended_stoi, stoi};
pub use unreferenced::{pause_attenuation, speech_level};
