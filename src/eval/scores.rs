//! All metrics of one file.

use super::EvalError;
use super::metrics::{
    Envelopes, extended_stoi, log_spectral_distance, pesq_wideband, segmental_snr, si_sdr, stoi,
};

/// A measure of how close sound is to clean sound; see [`metrics`](super::metrics).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Metric {
    /// Wideband perceptual evaluation of speech quality, a mean opinion score.
    Pesq,
    /// Short-time objective intelligibility.
    Stoi,
    /// Extended short-time objective intelligibility.
    ExtendedStoi,
    /// Scale-invariant signal-to-distortion ratio in dB.
    SiSdr,
    /// Segmental signal-to-noise ratio in dB.
    SegmentalSnr,
    /// Log-spectral distance in dB.
    LogSpectralDistance,
}

impl Metric {
    /// Every metric, in the order of tables.
    pub const ALL: [Self; 6] = [
        Self::Pesq,
        Self::Stoi,
        Self::ExtendedStoi,
        Self::SiSdr,
        Self::SegmentalSnr,
        Self::LogSpectralDistance,
    ];

    /// Name as people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pesq => "PESQ-WB",
            Self::Stoi => "STOI",
            Self::ExtendedStoi => "ESTOI",
            Self::SiSdr => "SI-SDR",
            Self::SegmentalSnr => "Segmental SNR",
            Self::LogSpectralDistance => "LSD",
        }
    }

    /// Name in files.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Pesq => "pesq_wb",
            Self::Stoi => "stoi",
            Self::ExtendedStoi => "estoi",
            Self::SiSdr => "si_sdr_db",
            Self::SegmentalSnr => "segmental_snr_db",
            Self::LogSpectralDistance => "lsd_db",
        }
    }

    /// Unit, empty where there is none.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Pesq | Self::Stoi | Self::ExtendedStoi => "",
            Self::SiSdr | Self::SegmentalSnr | Self::LogSpectralDistance => "dB",
        }
    }

    /// Digits behind the point that are worth showing.
    pub const fn digits(self) -> usize {
        match self {
            Self::Pesq | Self::Stoi | Self::ExtendedStoi => 3,
            Self::SiSdr | Self::SegmentalSnr | Self::LogSpectralDistance => 2,
        }
    }

    /// Whether more is better.
    pub const fn more_is_better(self) -> bool {
        !matches!(self, Self::LogSpectralDistance)
    }

    /// The metric of an estimate.
    ///
    /// # Errors
    /// If it is not defined for these signals.
    pub fn compute(self, clean: &[f32], estimate: &[f32], sample_rate: u32) -> Result<f64, EvalError> {
        match self {
            Self::Pesq => pesq_wideband(clean, estimate, sample_rate),
            Self::Stoi => stoi(clean, estimate, sample_rate),
            Self::ExtendedStoi => extended_stoi(clean, estimate, sample_rate),
            Self::SiSdr => si_sdr(clean, estimate),
            Self::SegmentalSnr => segmental_snr(clean, estimate, sample_rate),
            Self::LogSpectralDistance => log_spectral_distance(clean, estimate, sample_rate),
        }
    }
}

/// The metrics of one file that are defined for it, and why others are not.
#[derive(Clone, Debug, Default)]
pub struct Scores {
    values: [Option<f64>; Metric::ALL.len()],
    undefined: Vec<(Metric, String)>,
}

impl Scores {
    /// All metrics of an estimate, which must be aligned with the clean signal.
    pub fn compute(clean: &[f32], estimate: &[f32], sample_rate: u32) -> Self {
        let mut scores = Self::default();
        // Most of the work of both measures, done once.
        let envelopes = Envelopes::new(clean, estimate, sample_rate).map_err(|error| error.to_string());
        for (place, metric) in Metric::ALL.into_iter().enumerate() {
            let value = match (metric, &envelopes) {
                (Metric::Stoi, Ok(envelopes)) => Ok(envelopes.stoi()),
                (Metric::ExtendedStoi, Ok(envelopes)) => Ok(envelopes.extended_stoi()),
                (Metric::Stoi | Metric::ExtendedStoi, Err(error)) => Err(error.clone()),
                _ => metric.compute(clean, estimate, sample_rate).map_err(|error| error.to_string()),
            };
            match value {
                Ok(value) if value.is_finite() => scores.values[place] = Some(value),
                Ok(value) => scores.undefined.push((metric, format!("the value is {value}"))),
                Err(reason) => scores.undefined.push((metric, reason)),
            }
        }
        scores
    }

    /// No metric at all, for one reason.
    pub fn none(reason: &str) -> Self {
        let undefined = Metric::ALL.map(|metric| (metric, reason.to_owned())).to_vec();
        Self { undefined, ..Self::default() }
    }

    /// The value of a metric, where it is defined.
    pub fn get(&self, metric: Metric) -> Option<f64> {
        self.values[metric as usize]
    }

    /// The metrics that are not defined for this file, each with the reason.
    pub fn undefined(&self) -> &[(Metric, String)] {
        &self.undefined
    }
}
