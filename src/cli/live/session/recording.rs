//! The recordings of a session: one after the other, each in two files of its own.

use super::News;
use super::Session;
use crate::io::live::{LiveError, Recorder};
use std::path::PathBuf;

impl Session {
    /// Whether sound is recorded, or will be as soon as the devices are back.
    pub fn recording(&self) -> bool {
        self.recorder.is_some() || self.resume
    }

    /// The file of the dry sound that is being written.
    pub fn record_path(&self) -> Option<&PathBuf> {
        self.recorder.as_ref().map(|recorder| &recorder.paths()[0])
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.record_dir.clone().unwrap_or_else(|| ".".into())
    }

    /// Begins a recording or ends it, and says what came of it. While no device is open, it is what will be done when they are.
    pub fn record(&mut self, on: bool) {
        match (on, self.running.is_some()) {
            (true, true) => {
                if let Err(error) = self.begin_recording() {
                    self.tell(News::Error, error.to_string());
                }
            }
            (true, false) if !self.resume => {
                self.resume = true;
                self.tell(News::Recording, "recording begins when the devices are back");
            }
            (false, false) if self.resume => {
                self.resume = false;
                self.tell(News::Recording, "no recording when the devices are back");
            }
            (false, true) => self.end_recording(),
            _ => {}
        }
    }

    pub(super) fn end_recording(&mut self) {
        let Some(running) = &mut self.running else { return };
        let Some(recorder) = self.recorder.take() else { return };
        running.handle.switches().set_tapped(false);
        let paths = recorder.paths().clone();
        let (tap, recorded) = recorder.finish();
        running.tap = tap;
        let seconds = recorded.frames as f64 / f64::from(running.handle.model_rate());
        if let Some(error) = recorded.failed {
            self.tell(News::Error, format!("{error}; the recording ends here, what was written is kept"));
        }
        let [dry, wet] = paths.each_ref().map(|path| path.display());
        self.tell(News::Recorded, format!("recorded {seconds:.1} s: {dry}, {wet}"));
        self.recordings.extend(paths);
    }

    /// Begins a recording unless one is under way or no device is open.
    pub(super) fn begin_recording(&mut self) -> Result<(), LiveError> {
        let folder = self.folder();
        let Some(running) = &mut self.running else { return Ok(()) };
        if self.recorder.is_some() {
            return Ok(());
        }
        let rate = running.handle.model_rate();
        for (path, seconds) in Recorder::recover(&folder, rate) {
            let text = format!("recovered {}, {seconds:.1} s of a run that was cut off", path.display());
            self.news.push((News::Recovered, text));
        }
        match Recorder::start(&mut running.tap, rate, &folder)? {
            None => self.tell(News::Error, "recording is not possible until the devices are opened again"),
            Some(recorder) => {
                running.handle.switches().set_tapped(true);
                let [dry, wet] = recorder.paths().each_ref().map(|path| path.display().to_string());
                self.recorder = Some(recorder);
                self.tell(News::Recording, format!("recording {dry}, {wet}"));
            }
        }
        Ok(())
    }
}
