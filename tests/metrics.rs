//! The metrics against their reference implementations, by values computed in `tests/data/golden/make_metrics.py`, and
//! what they refuse.
#![cfg(feature = "eval")]

use framewise::eval::metrics::{
    extended_stoi, log_spectral_distance, pesq_wideband, segmental_snr, si_sdr, stoi,
};
use framewise::eval::{EvalError, Scores};
use framewise::io::wav::WavReader;
use serde::Deserialize;
use std::f64::consts::TAU;
use std::path::Path;
use std::sync::LazyLock;

#[derive(Debug, Deserialize)]
struct Case {
    source: String,
    rate: u32,
    kind: String,
    si_sdr: f64,
    segmental_snr: f64,
    log_spectral_distance: f64,
    stoi: f64,
    extended_stoi: f64,
    pesq: Option<f64>,
}

fn noise(seed: u32, count: usize) -> Vec<f64> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 24) - 0.5
    };
    (0..count).map(|_| next()).collect()
}

fn voice(rate: u32, seconds: f64) -> Vec<f64> {
    let count = (f64::from(rate) * seconds) as usize;
    let hiss = noise(1, count);
    let sample = |n: usize| {
        let t = n as f64 / f64::from(rate);
        let phase = TAU * (130.0 * t - 6.0 * (2.1 * t).cos());
        let harmonics = (1..25).map(f64::from).map(|k| (k * phase + 0.7 * k * k).sin() / k);
        let syllables = (TAU * 2.3 * t).sin().powi(2);
        let sounding = if t % 1.0 < 0.75 { 1.0 } else { 0.0 };
        0.1 * harmonics.sum::<f64>() * syllables * sounding + 1e-5 * hiss[n]
    };
    (0..count).map(sample).collect()
}

fn recording() -> Vec<f64> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join("noisy.wav");
    let mut reader = WavReader::open(path).expect("the shipped recording");
    let mut samples = vec![0.0; 80_000];
    assert_eq!(reader.read(&mut samples).expect("samples"), samples.len());
    let sounding = |n: usize| if n % 16_000 < 13_000 { 1.0 } else { 0.0 };
    samples[16_000..].iter().enumerate().map(|(n, &v)| f64::from(v) * sounding(n)).collect()
}

fn degrade(kind: &str, clean: &[f64]) -> Vec<f64> {
    let peak = clean.iter().fold(0.0, |peak: f64, v| peak.max(v.abs()));
    let with = |seed: u32, change: &dyn Fn(usize, f64, f64) -> f64| -> Vec<f64> {
        let noise = noise(seed, clean.len());
        clean.iter().zip(noise).enumerate().map(|(n, (&s, noise))| change(n, s, noise)).collect()
    };
    let on = |n: usize, period: usize, sounding: usize| if n % period < sounding { 1.0 } else { 0.0 };
    match kind {
        "faint noise" => with(2, &|_, s, noise| s + 0.02 * peak * noise),
        "loud noise" => with(3, &|_, s, noise| s + 1.5 * peak * noise),
        "noise that comes and goes" => {
            with(4, &|n, s, noise| 0.5 * s + 0.8 * peak * noise * on(n, 4000, 1500))
        }
        "clipped" => clean.iter().map(|s| s.clamp(-0.2 * peak, 0.2 * peak)).collect(),
        "muffled" => {
            let mean = |n: usize| clean[n.saturating_sub(8)..=n].iter().sum::<f64>() / 9.0;
            (0..clean.len()).map(mean).collect()
        }
        "gaps" => with(5, &|n, s, noise| s * on(n, 700, 500) + 0.003 * peak * noise),
        _ => panic!("{kind} is not known"),
    }
}

type Signals = (Case, Vec<f32>, Vec<f32>);

/// Every case with its clean and its estimated signal.
static CASES: LazyLock<Vec<Signals>> = LazyLock::new(|| {
    let cases: Vec<Case> = serde_json::from_str(include_str!("data/golden/metrics.json")).expect("cases");
    let single = |signal: &[f64]| signal.iter().map(|&v| v as f32).collect();
    let signals = cases.into_iter().map(|case| {
        let clean = if case.source == "recording" { recording() } else { voice(case.rate, 3.0) };
        let estimate = single(&degrade(&case.kind, &clean));
        (case, single(&clean), estimate)
    });
    signals.collect()
});

type Metric = fn(&[f32], &[f32], u32) -> Result<f64, EvalError>;

/// Fails unless a metric is within `tolerance` of the reference on every case that has a value; says how far it is.
#[track_caller]
fn agrees(name: &str, metric: Metric, expected: fn(&Case) -> Option<f64>, tolerance: f64, least: usize) {
    let (mut worst, mut count) = (0.0f64, 0);
    for (case, clean, estimate) in CASES.iter() {
        let Some(expected) = expected(case) else { continue };
        let found = metric(clean, estimate, case.rate).unwrap_or_else(|error| panic!("{case:?}: {error}"));
        let error = (found - expected).abs();
        assert!(error <= tolerance, "{name}: found {found}, expected {expected} in {case:?}");
        worst = worst.max(error);
        count += 1;
    }
    println!("{name}: {count} cases, largest error {worst:.1e}");
    assert!(count >= least, "{name}: {count} cases, at least {least} are needed");
}

#[test]
fn si_sdr_is_that_of_torchmetrics() {
    agrees("SI-SDR", |s, e, _| si_sdr(s, e), |case| Some(case.si_sdr), 1e-6, 42);
}

#[test]
fn segmental_snr_is_that_of_its_definition() {
    agrees("segmental SNR", segmental_snr, |case| Some(case.segmental_snr), 1e-6, 42);
}

#[test]
fn log_spectral_distance_is_that_of_its_definition() {
    agrees("log-spectral distance", log_spectral_distance, |case| Some(case.log_spectral_distance), 1e-6, 42);
}

#[test]
fn stoi_is_that_of_pystoi() {
    agrees("STOI", stoi, |case| Some(case.stoi), 1e-6, 42);
}

#[test]
fn extended_stoi_is_that_of_pystoi() {
    agrees("ESTOI", extended_stoi, |case| Some(case.extended_stoi), 1e-6, 42);
}

#[test]
fn pesq_is_that_of_the_python_package() {
    agrees("PESQ", pesq_wideband, |case| case.pesq, 0.02, 12);
}

/// What the measures share when all are computed at once changes none of them.
#[test]
fn all_metrics_at_once_are_those_one_by_one() {
    for (case, clean, estimate) in CASES.iter().step_by(5) {
        let all = Scores::compute(clean, estimate, case.rate);
        let (with_clean, others): (Vec<_>, Vec<_>) =
            framewise::eval::Metric::ALL.into_iter().partition(|metric| metric.needs_clean());
        for metric in others {
            let undefined = all.undefined().iter().any(|(undefined, _)| *undefined == metric);
            assert!(all.get(metric).is_none() && !undefined, "{metric:?} of {case:?}");
        }
        for metric in with_clean {
            let single = metric.compute(clean, estimate, case.rate);
            assert_eq!(all.get(metric), single.as_ref().ok().copied(), "{metric:?} of {case:?}");
            let why = all
                .undefined()
                .iter()
                .find(|(undefined, _)| *undefined == metric)
                .map(|(_, why)| why.clone());
            assert_eq!(why, single.err().map(|error| error.to_string()), "{metric:?} of {case:?}");
        }
    }
}

/// All metrics by name.
const ALL: [(&str, Metric); 6] = [
    ("SI-SDR", |s, e, _| si_sdr(s, e)),
    ("segmental SNR", segmental_snr),
    ("log-spectral distance", log_spectral_distance),
    ("STOI", stoi),
    ("ESTOI", extended_stoi),
    ("PESQ", pesq_wideband),
];

#[test]
fn what_a_metric_is_not_defined_for_is_refused_and_named() {
    let sound: Vec<f32> = voice(16_000, 1.0).iter().map(|&v| v as f32).collect();
    let silence = vec![0.0; sound.len()];
    let mut broken = sound.clone();
    broken[777] = f32::NAN;
    for (name, metric) in ALL {
        let refused = |clean: &[f32], estimate: &[f32]| {
            metric(clean, estimate, 16_000).expect_err(&format!("{name} gave a value")).to_string()
        };
        assert_eq!(refused(&[], &[]), "no samples", "{name}");
        let lengths = refused(&sound, &sound[1..]);
        assert_eq!(lengths, "the clean signal has 16000 samples, the other one 15999", "{name}");
        assert_eq!(refused(&sound, &broken), "sample 777 of the estimated signal is NaN", "{name}");
        assert_eq!(refused(&broken, &sound), "sample 777 of the clean signal is NaN", "{name}");
        assert_eq!(refused(&silence, &sound), "the clean signal is silent", "{name}");
        assert!(!refused(&sound[..1], &sound[..1]).is_empty(), "{name}");
    }
}

#[test]
fn the_metrics_know_their_best_value() {
    let clean: Vec<f32> = voice(16_000, 3.0).iter().map(|&v| v as f32).collect();
    let louder: Vec<f32> = clean.iter().map(|v| 0.25 * v).collect();
    assert!(matches!(si_sdr(&clean, &louder), Err(EvalError::Identical)), "a factor is no distortion");
    assert_eq!(log_spectral_distance(&clean, &clean, 16_000).unwrap(), 0.0);
    let hiss: Vec<f32> = noise(9, 16_000).iter().map(|&v| v as f32).collect();
    let softer: Vec<f32> = hiss.iter().map(|v| 0.25 * v).collect();
    assert!((log_spectral_distance(&hiss, &softer, 16_000).unwrap() - 40.0 * 2f64.log10()).abs() < 1e-3);
    assert!((stoi(&clean, &louder, 16_000).unwrap() - 1.0).abs() < 1e-9);
    assert!((extended_stoi(&clean, &louder, 16_000).unwrap() - 1.0).abs() < 1e-9);
    // Frames of silence stay at the lower limit of a ratio of nothing to nothing.
    assert!(segmental_snr(&clean, &clean, 16_000).unwrap() > 20.0);
}

#[test]
fn a_silent_estimate_has_no_ratio() {
    let clean: Vec<f32> = voice(16_000, 1.0).iter().map(|&v| v as f32).collect();
    let silence = vec![0.0; clean.len()];
    for metric in [ALL[0], ALL[5]] {
        let error = (metric.1)(&clean, &silence, 16_000).expect_err(metric.0);
        assert_eq!(error.to_string(), "the estimated signal is silent", "{}", metric.0);
    }
    assert!(stoi(&clean, &silence, 16_000).unwrap().abs() < 0.1, "nothing is understood of silence");
}

/// Sound that is hardly any is refused or scored, but ends nothing.
#[test]
fn odd_sound_breaks_no_metric() {
    let full: Vec<f32> = voice(16_000, 2.0).iter().map(|&v| v as f32).collect();
    let click = |length: usize| (0..length).map(|n| if n == length / 2 { 1.0 } else { 0.0 }).collect();
    let square = |length: usize| (0..length).map(|n| if n % 200 < 100 { 1.0 } else { -1.0 }).collect();
    let faint = |length: usize| full[..length].iter().map(|v| v * 1e-20).collect();
    type Make<'a> = &'a dyn Fn(usize) -> Vec<f32>;
    let kinds: [Make<'_>; 4] = [&click, &square, &faint, &|length| full[..length].to_vec()];
    for length in [2, 100, 500, 1_000, 4_000, 9_000, 20_000] {
        for clean in kinds {
            for estimate in kinds {
                for (name, metric) in ALL {
                    if let Ok(value) = metric(&clean(length), &estimate(length), 16_000) {
                        assert!(value.is_finite(), "{name}: {value} of {length} samples");
                    }
                }
            }
        }
    }
}
