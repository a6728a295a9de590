//! A WAV file through a model, in flat memory.

use super::wav::{WavReader, WavWriter};
use super::{CleanConfig, Cleaner, IoError, RATES};
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

/// Cleans a file and finishes the output: as many samples as the input, aligned with it. `progress` hears the sample
/// frames taken so far.
///
/// # Errors
/// If the rate of the file is out of range, or reading or writing fails; the output then does not appear.
pub fn clean_wav(
    model: &Model,
    mut reader: WavReader,
    create: impl FnOnce(&WavReader) -> Result<WavWriter, IoError>,
    config: CleanConfig,
    mut progress: impl FnMut(u64),
) -> Result<(Cleaned, WavReader), IoError> {
    let spec = reader.spec();
    if spec.sample_rate != model.sample_rate() && !RATES.contains(&spec.sample_rate) {
        return Err(IoError::SampleRate { file: reader.name().to_owned(), found: spec.sample_rate });
    }
    let mut writer = create(&reader)?;
    let count = usize::from(spec.channels);
    let mut cleaner = Cleaner::new(model, spec.sample_rate, count, config);
    let mut interleaved = vec![0.0; BLOCK * count];
    let mut planes = vec![Vec::with_capacity(BLOCK); count];
    let mut clean = vec![Vec::with_capacity(2 * BLOCK); count];
    loop {
        let read = reader.read(&mut interleaved)?;
        if read == 0 {
            break;
        }
        for (c, plane) in planes.iter_mut().enumerate() {
            plane.clear();
            plane.extend(interleaved[..read].iter().skip(c).step_by(count));
        }
        cleaner.push(&planes, &mut clean);
        write(&mut writer, &mut clean)?;
        progress(reader.frames_read());
    }
    cleaner.finish(&mut clean);
    write(&mut writer, &mut clean)?;
    let written = writer.finish()?;
    Ok((Cleaned { frames: written.frames, clipped: written.clipped }, reader))
}

/// Writes what every channel has ready and empties it.
fn write(writer: &mut WavWriter, planes: &mut [Vec<f32>]) -> Result<(), IoError> {
    let interleaved: Vec<f32> =
        (0..planes[0].len()).flat_map(|n| planes.iter().map(move |plane| plane[n])).collect();
    writer.write(&interleaved)?;
    for plane in planes {
        plane.clear();
    }
    Ok(())
}
