//! What a file is, and what is odd in it.

use super::wav::{Warning, WavError, WavReader, WavSpec};
use crate::dsp::meters::{LevelMeter, Levels, integer_bits};

/// Sample frames that are read at a time.
const BLOCK: usize = 4096;

/// A file read from end to end.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Inspection {
    /// What the header says.
    pub spec: WavSpec,
    /// Sample frames by the header, where it says.
    pub declared_frames: Option<u64>,
    /// Sample frames that are there.
    pub frames: u64,
    /// What was odd.
    pub warnings: Vec<Warning>,
    /// Largest magnitude of all channels, full scale at 1.
    pub peak: f32,
    /// The magnitude that levels are relative to: 1, or `2^(bits - 1)` where integers seem to be stored as floats, by
    /// [`integer_bits`].
    pub full_scale: f64,
    /// Levels of every channel.
    pub channels: Vec<Levels>,
    /// Whether there are several channels and all hold the same samples.
    pub same_channels: bool,
}

impl Inspection {
    /// Reads all of a file, in flat memory.
    ///
    /// # Errors
    /// If reading fails.
    pub fn of(mut reader: WavReader) -> Result<Self, WavError> {
        let spec = reader.spec();
        let count = usize::from(spec.channels);
        let mut meters = vec![LevelMeter::new(spec.sample_rate); count];
        let mut same_channels = count > 1;
        let mut interleaved = vec![0.0; BLOCK * count];
        let mut plane = Vec::with_capacity(BLOCK);
        loop {
            let read = reader.read(&mut interleaved)?;
            if read == 0 {
                break;
            }
            let frames = interleaved[..read].chunks_exact(count);
            same_channels &= frames.into_iter().all(|frame| frame.iter().all(|v| *v == frame[0]));
            for (c, meter) in meters.iter_mut().enumerate() {
                plane.clear();
                plane.extend(interleaved[..read].iter().skip(c).step_by(count));
                meter.push(&plane);
            }
        }
        let peak = meters.iter().map(LevelMeter::peak).fold(0.0, f32::max);
        let exponent = integer_bits(peak).map_or(0, |bits| bits as i32 - 1);
        Ok(Self {
            spec: reader.spec(),
            peak,
            full_scale: 2f64.powi(exponent),
            declared_frames: reader.declared_frames(),
            frames: reader.frames_read(),
            warnings: reader.warnings().to_vec(),
            channels: meters.iter().map(|meter| meter.levels_at(exponent)).collect(),
            same_channels: same_channels && reader.frames_read() > 0,
        })
    }

    /// Seconds of sound.
    pub fn seconds(&self) -> f64 {
        self.frames as f64 / f64::from(self.spec.sample_rate)
    }
}
