//! Readers of what comes out of other formats.

use std::io::Read;

use super::WavReader;
use crate::io::wav::error::shown;
use crate::io::wav::read::input::Input;
use crate::io::wav::spec::{Container, WavSpec};
use crate::io::wav::warning::Notes;

impl WavReader {
    /// Reads the samples of a decoder; `frames` of them by the header. What it has to say is in `notes`.
    pub(in crate::io) fn decoded(
        name: &str,
        source: impl Read + Send + 'static,
        spec: WavSpec,
        frames: Option<u64>,
        notes: Notes,
    ) -> Self {
        let mut input = Input::new(shown(name), Box::new(source), None);
        input.decoded = true;
        let mut reader = Self::at_sound(input, spec, Vec::new());
        (reader.declared_frames, reader.left, reader.most) = (frames, frames, frames);
        reader.notes = notes;
        reader
    }

    /// Reads to the end of what the decoder gives, whatever length is stated.
    #[cfg(feature = "formats")]
    pub(in crate::io) fn open_ended(mut self) -> Self {
        (self.left, self.most) = (None, None);
        self
    }

    /// The same sound, out of a file that was of another structure.
    pub(in crate::io) fn in_container(mut self, container: Container) -> Self {
        self.spec.container = container;
        self
    }
}
