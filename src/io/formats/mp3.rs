//! MP3, and MPEG audio of the other two layers, without what its encoder and the decoder add to it.

use super::ByteStream;
use super::samples::{Decoder, Samples, damaged, spec};
use crate::io::wav::{Container, Notes, SampleEncoding, Warning, WavError, WavReader, shown};
use nanomp3::{DecodeError, Decoder as Frames, FrameInfo, MAX_SAMPLES_PER_FRAME, VbrTag};
use std::io::{self, ErrorKind, Read};

/// Bytes that are held ahead: a frame is known by those that follow.
const AHEAD: usize = 32 * 1024;

/// Samples that the decoder is late by.
const DECODER_DELAY: u64 = 529;

/// Whether bytes look like the header of a frame: eleven set bits, and a layer, bit rate and sample rate that exist.
pub(super) fn begins(start: &[u8]) -> bool {
    matches!(start, [0xFF, second, third, ..]
        if second & 0xE0 == 0xE0 && second & 0x18 != 0x08 && second & 0x06 != 0
            && third & 0xF0 != 0xF0 && third & 0x0C != 0x0C)
}

struct Mp3 {
    bytes: ByteStream,
    buffer: Vec<u8>,
    ended: bool,
    frames: Box<Frames>,
    pcm: Box<[f32; MAX_SAMPLES_PER_FRAME]>,
    channels: u16,
    sample_rate: u32,
    /// Samples still to be left out, and still to be given by the encoder's tag, where there is one.
    skip: u64,
    left: Option<u64>,
    /// What the tag says: samples in all, and frames still to come.
    declared: Option<u64>,
    frames_left: Option<u64>,
    lost: u64,
    notes: Notes,
}

pub(super) fn open(name: &str, bytes: ByteStream) -> Result<WavReader, WavError> {
    let failed = |source| WavError::Decode { file: shown(name), source };
    let notes = Notes::default();
    let mut mp3 = Mp3 {
        bytes,
        buffer: Vec::new(),
        ended: false,
        frames: Box::new(Frames::new()),
        pcm: Box::new([0.0; MAX_SAMPLES_PER_FRAME]),
        channels: 0,
        sample_rate: 0,
        skip: 0,
        left: None,
        declared: None,
        frames_left: None,
        lost: 0,
        notes: notes.clone(),
    };
    mp3.fill().map_err(failed)?;
    let first = nanomp3::frames(&mp3.buffer).next();
    let first = first.ok_or_else(|| failed(damaged("no frames of MP3 were found")))?;
    (mp3.channels, mp3.sample_rate) = (u16::from(first.channels.num()), first.sample_rate);
    if let Some(tag) = VbrTag::parse(first.data) {
        let end = first.offset + first.data.len();
        if let Some((delay, padding)) = tag.encoder_delay_padding {
            mp3.skip = u64::from(delay) + DECODER_DELAY;
            let behind = u64::from(padding).saturating_sub(DECODER_DELAY);
            let whole = tag.frames.map(|frames| u64::from(frames) * first.samples as u64);
            mp3.left = whole.map(|whole| whole.saturating_sub(mp3.skip + behind));
            (mp3.declared, mp3.frames_left) = (mp3.left, tag.frames.map(u64::from));
        }
        mp3.buffer.drain(..end);
    }
    let declared = mp3.declared;
    let encoding = (SampleEncoding::F32, 32);
    let spec = spec(name, mp3.sample_rate, mp3.channels, encoding, (Container::Mp3, None))?;
    // A tag may be stale: the decoder itself looks where the sound ends.
    Ok(WavReader::decoded(name, Samples::new(mp3), spec, declared, notes).open_ended())
}

impl Mp3 {
    fn fill(&mut self) -> io::Result<()> {
        while self.buffer.len() < AHEAD && !self.ended {
            let there = self.buffer.len();
            self.buffer.resize(2 * AHEAD, 0);
            let read = self.bytes.read(&mut self.buffer[there..]);
            self.buffer.truncate(there + read.as_ref().map_or(0, |count| *count));
            match read {
                Ok(0) => self.ended = true,
                Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// Counts a frame. One that the tag does not know of is sound all the same.
    fn count(&mut self) {
        match (&mut self.frames_left, self.declared) {
            (Some(0), Some(declared)) => {
                self.notes.add(Warning::LengthStale { declared });
                (self.frames_left, self.left, self.declared) = (None, None, None);
            }
            (Some(left), _) => *left -= 1,
            (None, _) => {}
        }
    }

    fn end(&self) -> io::Result<bool> {
        if let (Some(left @ 1..), Some(declared)) = (self.left, self.declared) {
            self.notes.add(Warning::Truncated { declared, found: declared - left });
        }
        Ok(false)
    }

    fn check(&self, frame: &FrameInfo) -> io::Result<()> {
        if u16::from(frame.channels.num()) != self.channels || frame.sample_rate != self.sample_rate {
            return Err(damaged("MP3 whose rate or number of channels changes on the way"));
        }
        Ok(())
    }

    /// Gives so many samples of each channel that are there, less what is to be left out.
    fn give(&mut self, count: usize, samples: &mut Vec<u8>) {
        let skipped = self.skip.min(count as u64);
        self.skip -= skipped;
        let mut kept = count as u64 - skipped;
        if let Some(left) = &mut self.left {
            kept = kept.min(*left);
            *left -= kept;
        }
        let channels = usize::from(self.channels);
        let from = skipped as usize * channels;
        for sample in &self.pcm[from..from + kept as usize * channels] {
            samples.extend(sample.to_le_bytes());
        }
    }
}

impl Decoder for Mp3 {
    fn decode(&mut self, samples: &mut Vec<u8>) -> io::Result<bool> {
        self.fill()?;
        if self.buffer.is_empty() {
            return self.end();
        }
        let (taken, frame) = self.frames.decode(&self.buffer, &mut self.pcm[..]);
        self.buffer.drain(..taken);
        match frame {
            Ok(frame) => {
                self.check(&frame)?;
                self.count();
                self.give(frame.samples_produced, samples);
            }
            // Its time passes all the same.
            Err(DecodeError::Corrupt(frame) | DecodeError::ReservoirUnavailable(frame)) => {
                self.check(&frame)?;
                self.count();
                self.lost += 1;
                self.notes.add(Warning::LostFrames { count: self.lost });
                self.pcm.fill(0.0);
                self.give(length(&frame), samples);
            }
            Err(_) if taken == 0 => return self.end(),
            Err(_) => {}
        }
        Ok(true)
    }
}

/// Samples of a channel that a frame stands for.
fn length(frame: &FrameInfo) -> usize {
    match frame.layer {
        1 => 384,
        3 if frame.sample_rate < 32_000 => 576,
        _ => 1152,
    }
}
