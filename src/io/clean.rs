//! A WAV file through a model, in flat memory.

use super::IoError;
use super::wav::{WavReader, WavWriter};
use crate::engine::{Aligned, Denoiser};
use crate::model::Model;

/// Sample frames that are read at a time.
const BLOCK: usize = 4096;

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cleaned {
    /// Sample frames taken and given.
    pub frames: u64,
    /// Samples beyond full scale, saturated because the encoding cannot hold them.
    pub clipped: u64,
}

/// Runs every channel of a file by itself through a model and finishes the output: as many samples as the input, aligned
/// with it, or with `raw_delay` as a live stream would have given them. `progress` hears the sample frames taken so far.
///
/// # Errors
/// If the rate of the file is not the model's, or reading or writing fails; the output then does not appear.
pub fn clean_wav(
    model: &Model,
    mut reader: WavReader,
    create: impl FnOnce(&WavReader) -> Result<WavWriter, IoError>,
    raw_delay: bool,
    mut progress: impl FnMut(u64),
) -> Result<(Cleaned, WavReader), IoError> {
    let spec = reader.spec();
    if spec.sample_rate != model.sample_rate() {
        return Err(IoError::SampleRate {
            file: reader.name().to_owned(),
            expected: model.sample_rate(),
            found: spec.sample_rate,
            model: model.header().name.clone(),
        });
    }
    let mut writer = create(&reader)?;
    let count = usize::from(spec.channels);
    let new = if raw_delay { Aligned::uncompensated } else { Aligned::new };
    let mut channels: Vec<_> = (0..count).map(|_| (new(Denoiser::new(model)), Vec::new())).collect();
    let mut interleaved = vec![0.0; BLOCK * count];
    let mut plane = Vec::with_capacity(BLOCK);
    let mut frames = 0;
    loop {
        let read = reader.read(&mut interleaved)?;
        if read == 0 {
            break;
        }
        for (c, (aligned, output)) in channels.iter_mut().enumerate() {
            plane.clear();
            plane.extend(interleaved[..read].iter().skip(c).step_by(count));
            aligned.push(&plane, |samples| output.extend_from_slice(samples));
        }
        write(&mut writer, channels.iter_mut().map(|(_, output)| output))?;
        frames += (read / count) as u64;
        progress(frames);
    }
    let mut tails = Vec::with_capacity(count);
    for (aligned, mut output) in channels {
        aligned.finish(|samples| output.extend_from_slice(samples));
        tails.push(output);
    }
    write(&mut writer, tails.iter_mut())?;
    let written = writer.finish()?;
    Ok((Cleaned { frames: written.frames, clipped: written.clipped }, reader))
}

/// Writes what every channel has ready, which is the same for all, and empties it.
fn write<'a>(writer: &mut WavWriter, planes: impl Iterator<Item = &'a mut Vec<f32>>) -> Result<(), IoError> {
    let planes: Vec<_> = planes.collect();
    let length = planes.iter().map(|plane| plane.len()).min().unwrap_or(0);
    let interleaved: Vec<f32> = (0..length).flat_map(|n| planes.iter().map(move |plane| plane[n])).collect();
    writer.write(&interleaved)?;
    for plane in planes {
        plane.drain(..length);
    }
    Ok(())
}
