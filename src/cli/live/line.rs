//! The state of a session in one line, for people or for programs.

use super::session::Session;
use crate::io::live::Report;
use serde::Serialize;
use std::fmt;
use std::time::Duration;

/// What a line says. Times in milliseconds.
#[derive(Debug, Default, Serialize)]
pub struct Line {
    pub seconds: f64,
    pub open: bool,
    pub bypass: bool,
    pub latency_frames: usize,
    pub strength_db: Option<f32>,
    pub recording: bool,
    pub input_peak_db: f32,
    pub output_peak_db: f32,
    pub device_in_ms: f64,
    /// Whether the driver says what it holds; else it is the least possible.
    pub device_in_told: bool,
    pub ring_ms: f64,
    pub ring_target_ms: f64,
    pub window_ms: f64,
    pub look_ahead_ms: f64,
    pub resampling_ms: f64,
    pub device_out_ms: f64,
    pub device_out_told: bool,
    /// All of the above but the target.
    pub total_ms: f64,
    pub drift_ppm: f64,
    pub hop_median_ms: f64,
    pub hop_p99_ms: f64,
    pub hop_worst_ms: f64,
    pub hop_deadline_ms: f64,
    pub underruns: u64,
    pub silent_frames: u64,
    pub overruns: u64,
    pub lost_frames: u64,
    pub drops: u64,
    pub dropped_frames: u64,
    pub clipped: u64,
    pub device_xruns: u64,
    pub device_errors: u64,
    pub reopened: u64,
    pub captured_frames: u64,
    pub played_frames: u64,
    pub recording_lost: u64,
}

pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn decibels(amplitude: f32) -> f32 {
    20.0 * amplitude.max(1e-6).log10()
}

/// Marks what a driver does not say.
pub fn assumed(told: bool) -> &'static str {
    if told { "" } else { "?" }
}

impl Line {
    pub fn new(session: &Session, report: &Report, seconds: f64) -> Self {
        let ms = milliseconds;
        let handle = session.running.as_ref().map(|running| &running.handle);
        let parts = handle.map(|handle| handle.parts(report)).unwrap_or_default();
        Self {
            seconds,
            open: handle.is_some(),
            bypass: session.bypass,
            latency_frames: session.frames(),
            strength_db: session.strength.is_finite().then_some(session.strength),
            recording: session.recording(),
            input_peak_db: decibels(report.input_peak),
            output_peak_db: decibels(report.output_peak),
            device_in_ms: ms(parts.device_in.delay),
            device_in_told: parts.device_in.told,
            ring_ms: ms(parts.ring),
            ring_target_ms: ms(report.target),
            window_ms: ms(parts.window),
            look_ahead_ms: ms(parts.look_ahead),
            resampling_ms: ms(parts.resampling),
            device_out_ms: ms(parts.device_out.delay),
            device_out_told: parts.device_out.told,
            total_ms: ms(parts.total()),
            drift_ppm: report.correction_ppm,
            hop_median_ms: ms(report.hop_median),
            hop_p99_ms: ms(report.hop_p99),
            hop_worst_ms: ms(report.hop_worst),
            hop_deadline_ms: handle.map_or(0.0, |handle| ms(handle.hop())),
            underruns: report.underruns,
            silent_frames: report.silent,
            overruns: report.overruns,
            lost_frames: report.lost,
            drops: report.drops,
            dropped_frames: report.dropped,
            clipped: report.clipped,
            device_xruns: session.running.as_ref().map_or(0, crate::io::live::Running::xruns),
            device_errors: session.running.as_ref().map_or(0, crate::io::live::Running::errors),
            reopened: session.reopened,
            captured_frames: report.captured,
            played_frames: report.played,
            recording_lost: report.tap_lost,
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.open {
            return write!(f, "{:7.1} s  waiting for the devices", self.seconds);
        }
        let strength = self.strength_db.map_or("full".into(), |strength| format!("{strength} dB"));
        let state = if self.bypass { "bypass" } else { strength.as_str() };
        write!(
            f,
            "{:7.1} s  in {:5.1} dB  out {:5.1} dB  delay {:.1} ms (device in {:.1}{}, ring {:.1} of {:.1}, window {:.1}, \
             look-ahead {:.1}, resampling {:.1}, device out {:.1}{})  drift {:+.0} ppm  hop {:.2} / {:.2} / {:.2} of {:.0} ms  \
             under {} over {} dropped {} xruns {}  {state}{}",
            self.seconds,
            self.input_peak_db,
            self.output_peak_db,
            self.total_ms,
            self.device_in_ms,
            assumed(self.device_in_told),
            self.ring_ms,
            self.ring_target_ms,
            self.window_ms,
            self.look_ahead_ms,
            self.resampling_ms,
            self.device_out_ms,
            assumed(self.device_out_told),
            self.drift_ppm,
            self.hop_median_ms,
            self.hop_p99_ms,
            self.hop_worst_ms,
            self.hop_deadline_ms,
            self.underruns,
            self.overruns,
            self.drops,
            self.device_xruns,
            if self.recording { "  recording" } else { "" },
        )
    }
}
