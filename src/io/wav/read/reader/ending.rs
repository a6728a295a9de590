//! Where the sound of a file ends: by its size, if that is true, and otherwise with what is there.

use super::WavReader;
use crate::io::wav::error::WavError;
use crate::io::wav::read::data_size::DataSize;
use crate::io::wav::read::trailing::{End, Next, look};
use crate::io::wav::warning::{Warning, note};

impl WavReader {
    /// Takes the stated size of what comes for the length, until the end shows whether it is.
    pub(super) fn promise(&mut self, data: DataSize, riff_end: Option<u64>) {
        let DataSize::Bytes { count, doubtful } = data else {
            (self.left, self.declared_frames) = (None, None);
            return;
        };
        let frames = count / self.spec.bytes_per_sample_frame() as u64;
        self.left = Some(frames);
        self.declared_frames = Some(self.frames_read + frames);
        self.doubtful = doubtful;
        self.end = End::of(count, &self.spec, riff_end);
    }

    /// Whether the sound has ended; the end by the stated length is checked against what follows.
    pub(super) fn at_end(&mut self) -> Result<bool, WavError> {
        // A decoder gives its samples and nothing else; what it has beyond the stated length is filling.
        self.ended |= self.input.decoded && self.left == Some(0);
        while self.left == Some(0) && !self.ended {
            let next = look(&mut self.input, &self.spec, self.end, &mut self.extras, &mut self.warnings)?;
            match next {
                Next::Nothing => self.ended = true,
                Next::Another { data, riff_end } => self.promise(data, riff_end),
                Next::Sound => {
                    self.left = None;
                    note(
                        &mut self.warnings,
                        match self.declared_frames {
                            Some(declared) if !self.doubtful => Warning::LengthStale { declared },
                            _ => Warning::LengthUnknown,
                        },
                    );
                }
            }
        }
        Ok(self.ended)
    }

    pub(super) fn note_end_of_stream(&mut self) {
        self.ended = true;
        let rest = self.input.buffered().len() as u64;
        match (self.left, self.declared_frames) {
            (Some(_), Some(_)) if self.doubtful => note(&mut self.warnings, Warning::LengthUnknown),
            (Some(left), Some(declared)) if left > 0 => {
                note(&mut self.warnings, Warning::Truncated { declared, found: self.frames_read });
            }
            _ if rest > 0 => note(&mut self.warnings, Warning::PartialSampleFrame { bytes: rest }),
            _ => {}
        }
    }
}
