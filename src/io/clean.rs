//! A WAV file through a model, in flat memory.

use super::wav::{WavReader, WavWriter};
use super::{CleanConfig, Cleaner, IoError, RATES};
use crate::engine::Counts;
use crate::model::Model;

/// Sample frames that are read at a time where nobody waits for them: enough for whole blocks of the network's frames.
const BLOCK: usize = 16384;

/// How a file is cleaned and handed on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct WavConfig {
    /// What is done to the sound.
    pub clean: CleanConfig,
    /// Whether somebody waits for the output: it is then read and handed on hop by hop.
    pub live: bool,
}

impl WavConfig {
    /// Sets [what is done to the sound](field@Self::clean).
    #[must_use]
    pub fn clean(mut self, clean: CleanConfig) -> Self {
        self.clean = clean;
        self
    }

    /// Sets whether [somebody waits for the output](field@Self::live).
    #[must_use]
    pub fn live(mut self, on: bool) -> Self {
        self.live = on;
        self
    }
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Cleaned {
    /// Sample frames taken and given.
    pub frames: u64,
    /// Samples beyond full scale, saturated because the encoding cannot hold them.
    pub clipped: u64,
    /// Largest magnitude of the input.
    pub peak: f32,
    /// Samples of the input that were none and became silence, and frames of the model likewise.
    pub counts: Counts,
    /// Names of what is in the input beside the sound and not in the output.
    pub dropped: Vec<String>,
}

/// A piece of a file that was read, and what was written after it. They differ in time by what the cleaner holds back.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Step<'a> {
    /// Sample frames taken so far.
    pub frames: u64,
    /// Planar samples as they were read.
    pub noisy: &'a [Vec<f32>],
    /// Planar samples that came out.
    pub clean: &'a [Vec<f32>],
}

/// Cleans a file and finishes the output: as many samples as the input, aligned with it. `watch` is shown every piece.
///
/// # Errors
/// If the rate of the file is out of range, reading or writing fails, or most frames of the model are not finite; the output
/// then does not appear.
pub fn clean_wav(
    model: &Model,
    mut reader: WavReader,
    create: impl FnOnce(&WavReader) -> Result<WavWriter, IoError>,
    config: WavConfig,
    mut watch: impl FnMut(Step<'_>),
) -> Result<(Cleaned, WavReader), IoError> {
    let spec = reader.spec();
    if spec.sample_rate != model.sample_rate() && !RATES.contains(&spec.sample_rate) {
        return Err(IoError::SampleRate { file: reader.name().to_owned(), found: spec.sample_rate });
    }
    let mut writer = create(&reader)?;
    let count = usize::from(spec.channels);
    let mut cleaner = Cleaner::new(model, spec.sample_rate, count, config.clean);
    let block = if config.live { hop(model, spec.sample_rate) } else { BLOCK };
    let mut interleaved = vec![0.0; block * count];
    let mut noisy = vec![Vec::with_capacity(block); count];
    let mut clean = vec![Vec::new(); count];
    let mut peak = 0.0f32;
    loop {
        let read = reader.read(&mut interleaved)?;
        peak = interleaved[..read].iter().fold(peak, |peak, sample| peak.max(sample.abs()));
        for (c, plane) in noisy.iter_mut().enumerate() {
            plane.clear();
            plane.extend(interleaved[..read].iter().skip(c).step_by(count));
        }
        if read == 0 {
            break;
        }
        cleaner.push(&noisy, &mut clean);
        write(&mut writer, &clean)?;
        if config.live {
            writer.flush()?;
        }
        watch(Step { frames: reader.frames_read(), noisy: &noisy, clean: &clean });
        clean.iter_mut().for_each(Vec::clear);
    }
    let mut counts = cleaner.finish(&mut clean);
    counts.scrubbed += reader.scrubbed();
    if 2 * counts.lost > counts.frames {
        let (lost, frames) = (counts.lost, counts.frames);
        return Err(IoError::Lost {
            file: reader.name().to_owned(),
            model: model.header().name.clone(),
            lost,
            frames,
        });
    }
    write(&mut writer, &clean)?;
    watch(Step { frames: reader.frames_read(), noisy: &noisy, clean: &clean });
    let mut extras = reader.extras().clone();
    if config.clean.raw_delay {
        extras.drop_pointing();
    }
    let written = writer.finish_with(&extras.after)?;
    if !written.chunks_after {
        extras.after.iter().for_each(|chunk| extras.dropped.push(chunk.shown()));
    }
    extras.dropped.dedup();
    Ok((
        Cleaned { frames: written.frames, clipped: written.clipped, peak, counts, dropped: extras.dropped },
        reader,
    ))
}

/// A hop of the model in sample frames of a file.
fn hop(model: &Model, rate: u32) -> usize {
    let hop = model.stft().hop() as u64 * u64::from(rate) / u64::from(model.sample_rate());
    usize::try_from(hop).unwrap_or(BLOCK).max(1)
}

fn write(writer: &mut WavWriter, planes: &[Vec<f32>]) -> Result<(), IoError> {
    let mut interleaved = Vec::with_capacity(planes.len() * planes[0].len());
    for n in 0..planes[0].len() {
        interleaved.extend(planes.iter().map(|plane| plane[n]));
    }
    writer.write(&interleaved)?;
    Ok(())
}
