//! All metrics of one file.

use super::EvalError;
use super::metrics::{
    Envelopes, PESQ_RATE, STOI_RATE, extended_stoi, log_spectral_distance, pause_attenuation, pesq_wideband,
    segmental_snr, si_sdr, si_sdr_high_passed, speech_level, stoi,
};
use super::recording::resampled;

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
    /// The same of both signals without what is below 120 Hz.
    SiSdrHighPassed,
    /// Segmental signal-to-noise ratio in dB.
    SegmentalSnr,
    /// Log-spectral distance in dB.
    LogSpectralDistance,
    /// Speech, by DNSMOS P.835: a predicted opinion; like all that follow, it needs no clean sound.
    DnsmosSpeech,
    /// Noise that is left, by the same.
    DnsmosNoise,
    /// All of it, by the same.
    DnsmosOverall,
    /// Decibels by which pauses are quieter than in the noisy input.
    PauseAttenuation,
    /// Level of speech less that in the noisy input, in dB.
    SpeechLevel,
}

impl Metric {
    /// Every metric, in the order of tables.
    pub const ALL: [Self; 12] = [
        Self::Pesq,
        Self::Stoi,
        Self::ExtendedStoi,
        Self::SiSdr,
        Self::SiSdrHighPassed,
        Self::SegmentalSnr,
        Self::LogSpectralDistance,
        Self::DnsmosSpeech,
        Self::DnsmosNoise,
        Self::DnsmosOverall,
        Self::PauseAttenuation,
        Self::SpeechLevel,
    ];

    /// Those that a comparison has: with clean sound or without, and with DNSMOS or without.
    pub(super) fn of(with_clean: bool, with_dnsmos: bool) -> Vec<Self> {
        let has = |metric: &Self| match metric {
            Self::DnsmosSpeech | Self::DnsmosNoise | Self::DnsmosOverall => with_dnsmos,
            _ => metric.needs_clean() == with_clean,
        };
        Self::ALL.into_iter().filter(has).collect()
    }

    /// Name as people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pesq => "PESQ-WB",
            Self::Stoi => "STOI",
            Self::ExtendedStoi => "ESTOI",
            Self::SiSdr => "SI-SDR",
            Self::SiSdrHighPassed => "SI-SDR >120 Hz",
            Self::SegmentalSnr => "Segmental SNR",
            Self::LogSpectralDistance => "LSD",
            Self::DnsmosSpeech => "DNSMOS SIG",
            Self::DnsmosNoise => "DNSMOS BAK",
            Self::DnsmosOverall => "DNSMOS OVRL",
            Self::PauseAttenuation => "Pauses quieter by",
            Self::SpeechLevel => "Level of speech",
        }
    }

    /// Name in files.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Pesq => "pesq_wb",
            Self::Stoi => "stoi",
            Self::ExtendedStoi => "estoi",
            Self::SiSdr => "si_sdr_db",
            Self::SiSdrHighPassed => "si_sdr_120_hz_db",
            Self::SegmentalSnr => "segmental_snr_db",
            Self::LogSpectralDistance => "lsd_db",
            Self::DnsmosSpeech => "dnsmos_sig",
            Self::DnsmosNoise => "dnsmos_bak",
            Self::DnsmosOverall => "dnsmos_ovrl",
            Self::PauseAttenuation => "pause_attenuation_db",
            Self::SpeechLevel => "speech_level_db",
        }
    }

    /// Unit, empty where there is none.
    pub const fn unit(self) -> &'static str {
        if self.is_ratio() { "dB" } else { "" }
    }

    /// Digits behind the point that are worth showing.
    pub const fn digits(self) -> usize {
        if self.is_ratio() { 2 } else { 3 }
    }

    /// Whether it is in decibels.
    const fn is_ratio(self) -> bool {
        match self {
            Self::Pesq | Self::Stoi | Self::ExtendedStoi => false,
            Self::DnsmosSpeech | Self::DnsmosNoise | Self::DnsmosOverall => false,
            Self::SiSdr | Self::SiSdrHighPassed | Self::SegmentalSnr | Self::LogSpectralDistance => true,
            Self::PauseAttenuation | Self::SpeechLevel => true,
        }
    }

    /// Whether it compares with the clean signal.
    pub const fn needs_clean(self) -> bool {
        !matches!(
            self,
            Self::DnsmosSpeech
                | Self::DnsmosNoise
                | Self::DnsmosOverall
                | Self::PauseAttenuation
                | Self::SpeechLevel
        )
    }

    /// Whether more is better.
    pub const fn more_is_better(self) -> bool {
        !matches!(self, Self::LogSpectralDistance)
    }

    /// Rate in Hz at which the metric is computed, whatever the rate of the signals; none where it is computed at theirs.
    pub const fn rate(self) -> Option<u32> {
        match self {
            Self::Pesq | Self::DnsmosSpeech | Self::DnsmosNoise | Self::DnsmosOverall => Some(PESQ_RATE),
            Self::Stoi | Self::ExtendedStoi => Some(STOI_RATE),
            _ => None,
        }
    }

    /// The metric of an estimate, with the clean signal, or the noisy one for what compares with that; signals are brought to the [rate](Metric::rate) of the metric, from above it only.
    ///
    /// # Errors
    /// If it is not defined for these signals.
    pub fn compute(self, clean: &[f32], estimate: &[f32], sample_rate: u32) -> Result<f64, EvalError> {
        match self {
            Self::Pesq if sample_rate > PESQ_RATE => {
                let at_rate = |signal: &[f32]| resampled(signal.to_vec(), sample_rate, PESQ_RATE);
                pesq_wideband(&at_rate(clean), &at_rate(estimate), PESQ_RATE)
            }
            Self::Pesq => pesq_wideband(clean, estimate, sample_rate),
            Self::Stoi => stoi(clean, estimate, sample_rate),
            Self::ExtendedStoi => extended_stoi(clean, estimate, sample_rate),
            Self::SiSdr => si_sdr(clean, estimate),
            Self::SiSdrHighPassed => si_sdr_high_passed(clean, estimate, sample_rate),
            Self::SegmentalSnr => segmental_snr(clean, estimate, sample_rate),
            Self::LogSpectralDistance => log_spectral_distance(clean, estimate, sample_rate),
            Self::PauseAttenuation => pause_attenuation(clean, estimate, sample_rate),
            Self::SpeechLevel => speech_level(clean, estimate, sample_rate),
            Self::DnsmosSpeech | Self::DnsmosNoise | Self::DnsmosOverall => Err(EvalError::NoDnsmos),
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
    /// All metrics of an estimate that need a clean signal, with which it must be aligned.
    pub fn compute(clean: &[f32], estimate: &[f32], sample_rate: u32) -> Self {
        let mut scores = Self::default();
        // Most of the work of both measures, done once.
        let envelopes = Envelopes::new(clean, estimate, sample_rate).map_err(|error| error.to_string());
        for metric in Metric::of(true, false) {
            let value = match (metric, &envelopes) {
                (Metric::Stoi, Ok(envelopes)) => Ok(envelopes.stoi()),
                (Metric::ExtendedStoi, Ok(envelopes)) => Ok(envelopes.extended_stoi()),
                (Metric::Stoi | Metric::ExtendedStoi, Err(error)) => Err(error.clone()),
                _ => metric.compute(clean, estimate, sample_rate).map_err(|error| error.to_string()),
            };
            scores.set(metric, value);
        }
        scores
    }

    /// All metrics of an output that compare it with the noisy input, with which it must be aligned.
    pub fn unreferenced(noisy: &[f32], output: &[f32], sample_rate: u32) -> Self {
        let mut scores = Self::default();
        for metric in Metric::of(false, false) {
            let value = metric.compute(noisy, output, sample_rate).map_err(|error| error.to_string());
            scores.set(metric, value);
        }
        scores
    }

    /// What DNSMOS says of an output as well.
    #[cfg(feature = "dnsmos")]
    pub fn with_dnsmos(mut self, dnsmos: &super::Dnsmos, output: &[f32], sample_rate: u32) -> Self {
        let found = if sample_rate < super::dnsmos::RATE {
            Err(EvalError::SampleRate { metric: "DNSMOS", expected: "16000 Hz", found: sample_rate })
        } else {
            dnsmos.opinions(&resampled(output.to_vec(), sample_rate, super::dnsmos::RATE))
        };
        let found = found.map_err(|error| error.to_string());
        self.set(Metric::DnsmosSpeech, found.as_ref().map(|found| found.speech).map_err(Clone::clone));
        self.set(Metric::DnsmosNoise, found.as_ref().map(|found| found.noise).map_err(Clone::clone));
        self.set(Metric::DnsmosOverall, found.map(|found| found.overall));
        self
    }

    fn set(&mut self, metric: Metric, value: Result<f64, String>) {
        match value {
            Ok(value) if value.is_finite() => self.values[metric as usize] = Some(value),
            Ok(value) => self.undefined.push((metric, format!("the value is {value}"))),
            Err(reason) => self.undefined.push((metric, reason)),
        }
    }

    /// The mean of several, where all of them have a metric.
    pub fn mean(all: &[Self]) -> Self {
        let [first, others @ ..] = all else { return Self::default() };
        if others.is_empty() {
            return first.clone();
        }
        let mean = |place: usize| {
            let values: Option<Vec<f64>> = all.iter().map(|scores| scores.values[place]).collect();
            Some(values?.iter().sum::<f64>() / all.len() as f64)
        };
        let mut undefined: Vec<_> = all.iter().flat_map(|scores| scores.undefined.clone()).collect();
        undefined.dedup_by_key(|(metric, _)| *metric);
        Self { values: std::array::from_fn(mean), undefined }
    }

    /// None of these metrics, for one reason.
    pub fn none(metrics: &[Metric], reason: &str) -> Self {
        let undefined = metrics.iter().map(|&metric| (metric, reason.to_owned())).collect();
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
