//! Recorded sound: arrays and files.

use crate::choice::{LatencyChoice, ModelChoice, config, model};
use crate::error::{Raise, value};
use crate::sound::{Sample, Shape, Sound};
use framewise::engine::EngineError;
use framewise::io::wav::{HeaderlessSpec, MAX_CHANNELS, WavOutSpec, WavReader, WavWriter};
use framewise::io::{IoError, RATES, WavConfig, clean_wav, open_sound};
use framewise::model::Model;
use numpy::PyReadonlyArrayDyn;
use pyo3::prelude::*;
use std::io::{self, Cursor, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// What messages call an array.
const SAMPLES: &str = "samples";

/// Denoises recorded sound, as `framewise wav` does to the bit.
///
/// samples: NumPy array of float32 with full scale at 1, or of int16; of the shape (samples,) or (channels, samples).
/// rate: sample rate in Hz, that of the model or 4000 to 384000.
/// latency: future frames that the model may use: "zero", "one", or a number; without it, zero, or what a given model has.
/// strength: most attenuation in dB; 0 returns the input, None sets no limit.
/// link: one mask for all channels, so that the stereo image stays put.
/// model: a Model, the name of a built-in model or family, or the path of a model file.
///
/// Returns a new array of the same type and shape, aligned with the input to the sample. What is no number counts as silence.
/// Other threads of Python run meanwhile.
///
/// Raises TypeError for other arrays, ValueError for what is out of range, OSError where a model file cannot be read.
#[pyfunction]
#[pyo3(signature = (samples, rate, latency=None, strength=None, link=false, model=None))]
pub fn denoise<'py>(
    py: Python<'py>,
    samples: &Bound<'py, PyAny>,
    rate: u32,
    latency: Option<LatencyChoice>,
    strength: Option<f32>,
    link: bool,
    model: Option<ModelChoice>,
) -> PyResult<Bound<'py, PyAny>> {
    let config = config(strength, link)?;
    let sound = Sound::of(samples, SAMPLES)?;
    let shape = sound.shape()?;
    if !(1..=usize::from(MAX_CHANNELS)).contains(&shape.channels) {
        let error = EngineError::Channels { found: shape.channels, most: MAX_CHANNELS.into() };
        return Err(value(format!("{error}, in an array of (channels, samples)")));
    }
    let model = self::model(model, latency)?;
    if rate != model.sample_rate() && !RATES.contains(&rate) {
        return Err(EngineError::Rate { found: rate }.raise());
    }
    match sound {
        Sound::Float(array) => clean(py, array, shape, rate, &model, config),
        Sound::Integer(array) => clean(py, array, shape, rate, &model, config),
    }
}

fn clean<'py, T: Sample>(
    py: Python<'py>,
    array: PyReadonlyArrayDyn<'py, T>,
    shape: Shape,
    rate: u32,
    model: &Model,
    config: WavConfig,
) -> PyResult<Bound<'py, PyAny>> {
    let mut bytes = Vec::with_capacity(shape.channels * shape.samples * T::BYTES);
    // Channel by channel within each sample, whatever the order in memory.
    array.as_array().reversed_axes().iter().for_each(|sample| sample.append(&mut bytes));
    drop(array);
    let cleaned = py.detach(|| through::<T>(bytes, shape, rate, model, config)).map_err(Raise::raise)?;
    shape.array(py, cleaned)
}

/// Interleaved samples through file mode; returns them channel by channel.
fn through<T: Sample>(
    bytes: Vec<u8>,
    shape: Shape,
    rate: u32,
    model: &Model,
    config: WavConfig,
) -> Result<Vec<T>, IoError> {
    let channels = shape.channels as u16;
    let spec = HeaderlessSpec::new(rate, channels, T::READ);
    let reader = WavReader::headerless(SAMPLES, Cursor::new(bytes), spec)?;
    let memory = Memory::default();
    let create = |_: &WavReader| {
        Ok(WavWriter::headerless(SAMPLES, memory.clone(), WavOutSpec::new(rate, channels, T::WRITTEN))?)
    };
    clean_wav(model, reader, create, config, |_| ())?;
    let bytes = memory.take();
    let frame = shape.channels * T::BYTES;
    let channel = |c: usize| bytes.chunks_exact(frame).map(move |frame| T::read(&frame[c * T::BYTES..]));
    Ok((0..shape.channels).flat_map(channel).collect())
}

/// A file in memory, read where it was written.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Memory {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What became of a file.
#[pyclass(frozen, get_all, module = "framewise")]
pub struct Cleaned {
    /// Samples of each channel, taken and given.
    frames: u64,
    /// Samples beyond full scale that the encoding of the output cannot hold.
    clipped: u64,
    /// Largest magnitude of the input, full scale at 1.
    peak: f32,
    /// Samples of the input that were not finite and became silence.
    scrubbed: u64,
    /// Frames of the model whose numbers were not finite and became silence.
    lost: u64,
    /// What is in the input beside the sound and not in the output.
    dropped: Vec<String>,
    /// What is odd in the input.
    warnings: Vec<String>,
}

#[pymethods]
impl Cleaned {
    fn __repr__(&self) -> String {
        format!("Cleaned(frames={}, clipped={}, peak={})", self.frames, self.clipped, self.peak)
    }
}

/// Denoises a file into a WAV file of the same rate, channels and bits, in memory that does not grow with it, as
/// `framewise wav INPUT -o OUTPUT` does to the bit.
///
/// input: path of a WAV, FLAC, Ogg Vorbis, MP3, AIFF or Wave64 file. output: path of the WAV file, which appears when it is
/// whole or not at all. overwrite: replaces it if it is there. The rest is as in denoise().
///
/// Returns a Cleaned. Raises OSError (FileNotFoundError, FileExistsError and others) where a file cannot be read or written,
/// ValueError for what is out of range or in a file and wrong.
#[pyfunction]
#[pyo3(signature = (input, output, latency=None, strength=None, link=false, model=None, overwrite=false))]
#[expect(clippy::too_many_arguments, reason = "they have names in Python")]
pub fn denoise_file(
    py: Python<'_>,
    input: PathBuf,
    output: PathBuf,
    latency: Option<LatencyChoice>,
    strength: Option<f32>,
    link: bool,
    model: Option<ModelChoice>,
    overwrite: bool,
) -> PyResult<Cleaned> {
    let config = config(strength, link)?;
    let model = self::model(model, latency)?;
    let clean = || -> Result<_, IoError> {
        let create = |reader: &WavReader| {
            let spec = WavOutSpec::like(reader);
            Ok(WavWriter::create_with(&output, spec, &reader.extras().before, overwrite)?)
        };
        clean_wav(&model, open_sound(&input)?, create, config, |_| ())
    };
    let (cleaned, reader) = py.detach(clean).map_err(Raise::raise)?;
    Ok(Cleaned {
        frames: cleaned.frames,
        clipped: cleaned.clipped,
        peak: cleaned.peak,
        scrubbed: cleaned.counts.scrubbed,
        lost: cleaned.counts.lost,
        dropped: cleaned.dropped,
        warnings: reader.warnings().iter().map(ToString::to_string).collect(),
    })
}
