//! The recordings of a session: one after the other, each in two files of its own.

use super::Session;
use crate::io::live::{LiveError, Recorder};
use std::time::{SystemTime, UNIX_EPOCH};

impl Session {
    pub fn recording(&self) -> bool {
        self.recorder.is_some()
    }

    /// Begins a recording or ends it, and says what came of it.
    pub fn record(&mut self, on: bool) {
        if on {
            if let Err(error) = self.begin_recording() {
                self.news.push(error.to_string());
            }
            return;
        }
        let Some(running) = &mut self.running else { return };
        let Some(recorder) = self.recorder.take() else { return };
        running.handle.controls().set_tapped(false);
        let (tap, written) = recorder.finish();
        running.tap = tap;
        self.news.push(match written {
            Ok(frames) => {
                format!("recorded {:.1} s", frames as f64 / f64::from(running.handle.model_rate()))
            }
            Err(error) => error.to_string(),
        });
    }

    /// Begins a recording unless one is under way or no device is open.
    pub(super) fn begin_recording(&mut self) -> Result<(), LiveError> {
        let Some(running) = &mut self.running else { return Ok(()) };
        if self.recorder.is_some() {
            return Ok(());
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let folder = self.record_dir.clone().unwrap_or_else(|| ".".into());
        // Another run may have recorded in the same second.
        let name = loop {
            self.recordings += 1;
            let name = format!("framewise-{now}-{}", self.recordings);
            if !folder.join(format!("{name}-dry.wav")).exists() {
                break name;
            }
        };
        match Recorder::start(&mut running.tap, running.handle.model_rate(), &folder, &name)? {
            None => self.news.push("recording is not possible until the devices are opened again".into()),
            Some(recorder) => {
                running.handle.controls().set_tapped(true);
                self.recorder = Some(recorder);
                self.news.push(format!("recording {}", folder.join(name + "-*.wav").display()));
            }
        }
        Ok(())
    }
}
