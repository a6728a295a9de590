//! The state of a session in one line, for people or for programs.

use super::session::Session;
use crate::io::live::{Handle, Opened, Report, Running};
use serde::Serialize;
use std::fmt;
use std::time::Duration;

/// What a line says. Times in milliseconds; counts are those since the program began. `docs/live.md` explains every field.
#[derive(Debug, Default, Serialize)]
pub struct Line {
    /// Tells this line from those of events.
    pub event: Status,
    pub seconds: f64,
    pub open: bool,
    pub input: Option<String>,
    pub output: Option<String>,
    /// Channel of the input that is heard, from 1; none where several are.
    pub channel: Option<usize>,
    /// Channels that are denoised, and whether they share a mask.
    pub channels: usize,
    pub linked: bool,
    pub bypass: bool,
    pub latency_frames: usize,
    pub strength_db: Option<f32>,
    pub post_filter: bool,
    pub recording: bool,
    pub recording_file: Option<String>,
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
    pub input_clipped: u64,
    pub scrubbed: u64,
    pub model_lost: u64,
    pub device_xruns: u64,
    pub device_errors: u64,
    pub reopened: u64,
    pub captured_frames: u64,
    pub played_frames: u64,
    pub recording_lost: u64,
    pub lines_dropped: u64,
}

/// The word for a line of state.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    #[default]
    Status,
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
        let counts = session.counts(report);
        let device = |opened: fn(&Running) -> &Opened| {
            session.running.as_ref().map(|running| opened(running).device.clone())
        };
        let parts = handle.map(|handle| handle.parts(report)).unwrap_or_default();
        Self {
            event: Status::Status,
            seconds,
            open: handle.is_some(),
            input: device(|running| &running.input),
            output: device(|running| &running.output),
            channel: report.channel.map(|channel| channel + 1),
            channels: handle.map_or(0, Handle::channels),
            linked: session.linked(),
            bypass: session.bypass,
            latency_frames: session.frames(),
            strength_db: session.strength.is_finite().then_some(session.strength),
            post_filter: session.post_filter,
            recording: session.recording(),
            recording_file: session.record_path().map(|path| path.display().to_string()),
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
            underruns: counts.underruns,
            silent_frames: counts.silent,
            overruns: counts.overruns,
            lost_frames: counts.lost,
            drops: counts.drops,
            dropped_frames: counts.dropped,
            clipped: counts.clipped,
            input_clipped: counts.input_clipped,
            scrubbed: counts.scrubbed,
            model_lost: counts.model_lost,
            device_xruns: counts.xruns,
            device_errors: counts.errors,
            reopened: session.reopened,
            captured_frames: counts.captured,
            played_frames: counts.played,
            recording_lost: counts.tap_lost,
            lines_dropped: 0,
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
             under {} over {} dropped {} xruns {} scrubbed {} lost {}  {state}{}",
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
            self.scrubbed,
            self.model_lost,
            if self.recording { "  recording" } else { "" },
        )?;
        if self.lines_dropped > 0 { write!(f, "  {} lines dropped", self.lines_dropped) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::Line;
    use crate::cli::live::news::{ALL, Event};

    /// The names in the first column of the tables under a heading of the document.
    fn documented(heading: &str) -> Vec<String> {
        let document = include_str!("../../../docs/live.md");
        let (_, part) = document.split_once(&format!("### {heading}\n")).expect("the heading");
        let part = part.split("\n#").next().unwrap_or_default();
        let rows = part.lines().filter_map(|line| line.strip_prefix("| `"));
        let first = rows.filter_map(|row| row.split(" |").next());
        first.flat_map(|names| names.split(", ").map(|name| name.trim_matches('`').to_owned())).collect()
    }

    fn sorted(mut names: Vec<String>) -> Vec<String> {
        names.sort();
        names
    }

    #[test]
    fn every_field_and_every_event_is_in_the_document_and_no_other() {
        let line = serde_json::to_value(Line::default()).expect("a line");
        let fields = line.as_object().expect("an object").keys().cloned().collect();
        assert_eq!(sorted(documented("State")), sorted(fields));
        assert_eq!(line["event"], "status");
        let event = |event| {
            let line = serde_json::to_value(Event { event, seconds: 1.5, text: "what" }).expect("a line");
            assert_eq!((&line["seconds"], &line["text"]), (&1.5.into(), &"what".into()));
            line["event"].as_str().expect("a word").to_owned()
        };
        let events = documented("Events").into_iter().filter(|name| name != "event").collect();
        assert_eq!(sorted(events), sorted(ALL.map(event).to_vec()));
    }
}
