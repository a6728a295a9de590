//! Reads the sound of a WAV file block by block.

mod decoded;
mod ending;

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::decode::decode;
use super::input::Input;
use super::justification;
use super::preamble::read_preamble;
use super::trailing::End;
use crate::io::wav::encoding::{Justification, SampleEncoding};
use crate::io::wav::error::{WavError, shown};
use crate::io::wav::extras::Extras;
use crate::io::wav::spec::{Container, HeaderlessSpec, MAX_CHANNELS, MAX_SAMPLE_RATE, WavSpec};
use crate::io::wav::warning::{Notes, Warning, note};

/// Reads a WAV file or stream from front to back, in constant memory.
///
/// Never seeks, so a pipe will do. Takes what broken headers leave readable and says so in
/// [`warnings`](Self::warnings).
pub struct WavReader {
    input: Input,
    spec: WavSpec,
    declared_frames: Option<u64>,
    /// Sample frames still to come by the header; `None` reads to the end of the stream.
    left: Option<u64>,
    /// The stated length could be a placeholder.
    doubtful: bool,
    /// Where the sound ends by its stated length.
    end: End,
    /// Most sample frames that the file can hold by its length, where that is known.
    most: Option<u64>,
    extras: Extras,
    /// Where the samples stand in their words is not yet known.
    justification_open: bool,
    /// Sample frames ahead that are known to be zero, while `justification_open`.
    silent: usize,
    frames_read: u64,
    scrubbed: u64,
    ended: bool,
    warnings: Vec<Warning>,
    notes: Notes,
}

impl WavReader {
    /// Opens the file at `path` and reads up to its sound.
    ///
    /// # Errors
    ///
    /// If the file can't be opened, is not a WAV file, or holds what is not read here.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, WavError> {
        let (name, file) = open_file(path.as_ref())?;
        let length = file.metadata().ok().filter(fs::Metadata::is_file).map(|data| data.len());
        Self::begin(&name, Box::new(file), length)
    }

    /// Reads up to the sound of a stream; `name` is what messages call it.
    ///
    /// The stream needs no buffer of its own.
    ///
    /// # Errors
    ///
    /// If reading fails, the stream is not WAV, or holds what is not read here.
    pub fn new(name: &str, source: impl Read + Send + 'static) -> Result<Self, WavError> {
        Self::begin(name, Box::new(source), None)
    }

    fn begin(name: &str, source: Box<dyn Read + Send>, length: Option<u64>) -> Result<Self, WavError> {
        let mut input = Input::new(shown(name), source, length);
        let (mut warnings, mut extras) = (Vec::new(), Extras::default());
        let preamble = read_preamble(&mut input, &mut warnings, &mut extras)?;
        let most = input.left().map(|left| left / preamble.spec.bytes_per_sample_frame() as u64);
        let mut reader = Self::at_sound(input, preamble.spec, warnings);
        reader.promise(preamble.data, preamble.riff_end);
        (reader.most, reader.extras) = (most, extras);
        reader.justification_open = matches!(preamble.spec.encoding, SampleEncoding::I32Padded(_));
        reader.look_for_justification()?;
        Ok(reader)
    }

    /// Reads samples without a header to the end of the stream; `name` is what messages call it.
    ///
    /// # Errors
    ///
    /// If `spec` is out of range.
    pub fn headerless(
        name: &str,
        source: impl Read + Send + 'static,
        spec: HeaderlessSpec,
    ) -> Result<Self, WavError> {
        let HeaderlessSpec { sample_rate, channels, encoding } = spec;
        let file = shown(name);
        if channels == 0 || channels > MAX_CHANNELS {
            return Err(WavError::Channels { file, found: channels });
        }
        if sample_rate == 0 || sample_rate > MAX_SAMPLE_RATE {
            return Err(WavError::SampleRate { file, found: sample_rate });
        }
        let spec = WavSpec {
            sample_rate,
            channels,
            encoding,
            valid_bits: if matches!(encoding, SampleEncoding::I32Padded(_)) {
                24
            } else {
                encoding.bytes() as u16 * 8
            },
            channel_mask: None,
            container: Container::Headerless,
        };
        Ok(Self::at_sound(Input::new(file, Box::new(source), None), spec, Vec::new()))
    }

    /// A reader of whatever follows, to the end of the stream.
    fn at_sound(input: Input, spec: WavSpec, warnings: Vec<Warning>) -> Self {
        Self {
            input,
            spec,
            declared_frames: None,
            left: None,
            doubtful: false,
            end: End::of(0, &spec, None),
            most: None,
            extras: Extras::default(),
            justification_open: false,
            silent: 0,
            frames_read: 0,
            scrubbed: 0,
            ended: false,
            warnings,
            notes: Notes::default(),
        }
    }

    /// What the file holds.
    ///
    /// Where the header doesn't tell on which side of a word the samples stand, the side is settled
    /// by the first sound that is read; until then it reads [`Justification::Left`].
    pub fn spec(&self) -> WavSpec {
        self.spec
    }

    /// The file's name as messages show it.
    pub fn name(&self) -> &str {
        &self.input.name
    }

    /// Sample frames by the header; `None` where it leaves the length open. Fewer may come.
    pub fn declared_frames(&self) -> Option<u64> {
        self.declared_frames
    }

    /// Most sample frames that can come, by the length of the file; `None` for a stream.
    pub fn most_frames(&self) -> Option<u64> {
        self.most
    }

    /// Chunks around the sound; complete once `read` has returned 0.
    pub fn extras(&self) -> &Extras {
        &self.extras
    }

    /// Sample frames read so far.
    pub fn frames_read(&self) -> u64 {
        self.frames_read
    }

    /// Samples so far that were none and became silence, by [`scrub`](crate::dsp::scrub).
    pub fn scrubbed(&self) -> u64 {
        self.scrubbed
    }

    /// What was odd so far, at most one of each kind; complete once `read` has returned 0.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Fills `out` with interleaved samples and returns how many, always whole sample frames.
    ///
    /// Full scale is 1. Waits until `out` is full or the sound ends: only the last block is shorter,
    /// and 0 means that nothing is left. Room that can't hold a whole sample frame stays untouched.
    ///
    /// # Errors
    ///
    /// If reading fails, or `out` can't hold a single sample frame.
    pub fn read(&mut self, out: &mut [f32]) -> Result<usize, WavError> {
        let channels = usize::from(self.spec.channels);
        let block = self.spec.bytes_per_sample_frame();
        let room = out.len() / channels;
        if room == 0 {
            return Err(WavError::BlockTooSmall {
                file: self.input.name.clone(),
                found: out.len(),
                channels: self.spec.channels,
            });
        }
        let mut done = 0;
        while done < room && !self.at_end()? {
            self.look_for_justification()?;
            let there = self.input.fill(block)?.len() / block;
            if there == 0 {
                self.note_end_of_stream();
                break;
            }
            let mut count = there.min(room - done);
            if self.justification_open {
                count = count.min(self.silent);
                self.silent -= count;
            }
            if let Some(left) = &mut self.left {
                count = usize::try_from(*left).unwrap_or(usize::MAX).min(count);
                *left -= count as u64;
            }
            let bytes = &self.input.buffered()[..count * block];
            let samples = &mut out[done * channels..(done + count) * channels];
            let scrubbed = decode(self.spec.encoding, self.spec.valid_bits, bytes, samples);
            self.note_scrubbed(scrubbed);
            self.input.consume(count * block);
            self.frames_read += count as u64;
            done += count;
        }
        self.notes.hand_over(&mut self.warnings);
        Ok(done * channels)
    }

    fn note_scrubbed(&mut self, count: u64) {
        if count > 0 {
            self.scrubbed += count;
            note(&mut self.warnings, Warning::NonFinite { count: self.scrubbed });
        }
    }

    /// Looks at the words ahead, from the first sound on, to tell on which side the samples stand.
    ///
    /// What is looked at doesn't depend on how the stream is cut into reads, so neither does the outcome.
    fn look_for_justification(&mut self) -> Result<(), WavError> {
        if !self.justification_open || self.silent > 0 {
            return Ok(());
        }
        let block = self.spec.bytes_per_sample_frame();
        let mut frames = (justification::WINDOW / usize::from(self.spec.channels)).max(1);
        if let Some(left) = self.left {
            frames = usize::try_from(left).unwrap_or(usize::MAX).min(frames);
        }
        let ahead = self.input.fill(frames * block)?;
        let whole = (ahead.len() / block).min(frames) * block;
        let ahead = &ahead[..whole];
        self.silent = ahead.iter().take_while(|&&byte| byte == 0).count() / block;
        if self.silent > 0 {
            return Ok(());
        }
        if let Some(found) = justification::judge(ahead, self.spec.valid_bits) {
            self.justification_open = false;
            self.spec.encoding = SampleEncoding::I32Padded(found);
            if found == Justification::Right {
                note(&mut self.warnings, Warning::RightJustified { valid_bits: self.spec.valid_bits });
            }
        }
        Ok(())
    }
}

/// Opens a file, and gives its name with it.
pub(in crate::io) fn open_file(path: &Path) -> Result<(String, File), WavError> {
    let name = path.display().to_string();
    let failed = |source| WavError::Open { file: shown(&name), source };
    let file = File::open(path).map_err(failed)?;
    if file.metadata().is_ok_and(|data| data.is_dir()) {
        return Err(failed(io::Error::new(io::ErrorKind::IsADirectory, "is a folder")));
    }
    Ok((name, file))
}

impl fmt::Debug for WavReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WavReader")
            .field("name", &self.input.name)
            .field("spec", &self.spec)
            .field("declared_frames", &self.declared_frames)
            .field("frames_read", &self.frames_read)
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}
