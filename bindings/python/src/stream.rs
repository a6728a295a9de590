//! Sound block by block.

use crate::choice::{LatencyChoice, ModelChoice, mask, model, strength};
use crate::delay::Delay;
use crate::error::{Raise, value};
use crate::sound::Sound;
use framewise::engine::Processor;
use framewise::io::wav::to_i16;
use pyo3::prelude::*;

/// Denoises sound while it comes in: blocks of any size, each answered by a block of the same size, `delay` samples later.
///
/// rate: sample rate in Hz, that of the model or 4000 to 384000. channels: 1 to 256. The rest is as in denoise().
///
/// A stream belongs to one thread at a time: a second that enters it meanwhile gets a RuntimeError.
#[pyclass(module = "framewise")]
pub struct Stream(Processor);

#[pymethods]
impl Stream {
    #[new]
    #[pyo3(signature = (rate, channels=1, latency=None, strength=None, link=false, model=None))]
    fn new(
        rate: u32,
        channels: usize,
        latency: Option<LatencyChoice>,
        strength: Option<f32>,
        link: bool,
        model: Option<ModelChoice>,
    ) -> PyResult<Self> {
        let model = self::model(model, latency)?;
        let builder = Processor::builder(rate, channels).model(model).mask(mask(link));
        let builder = builder.strength(strength.unwrap_or(f32::INFINITY));
        builder.build().map(Self).map_err(Raise::raise)
    }

    /// Takes a block and returns as many samples of the same type and shape, which went in `delay.total` samples before.
    /// To get the end, put in as many zeros.
    ///
    /// block: NumPy array of float32 with full scale at 1, or of int16; of the shape (channels, samples), or (samples,) where
    /// there is one channel. What is no number counts as silence. Other threads of Python run meanwhile.
    fn process<'py>(&mut self, py: Python<'py>, block: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let sound = Sound::of(block, "the block")?;
        let shape = sound.shape()?;
        if shape.channels != self.0.channels() {
            return Err(value(format!(
                "a block of {} channels: expected {}, as (channels, samples)",
                shape.channels,
                self.0.channels()
            )));
        }
        let (mut planes, integer) = (sound.planes()?, sound.is_integer());
        drop(sound);
        let processor = &mut self.0;
        py.detach(|| processor.process_in_place(&mut planes));
        let samples = planes.concat();
        if integer { shape.array(py, to_i16(&samples)) } else { shape.array(py, samples) }
    }

    /// Back to the start: equal to a new stream with the present strength.
    fn reset(&mut self) {
        self.0.reset();
    }

    /// Delay from sample in to sample out, by cause, in samples at the rate of the stream.
    #[getter]
    fn delay(&self) -> Delay {
        self.0.delays().into()
    }

    /// Sample rate in Hz.
    #[getter]
    fn rate(&self) -> u32 {
        self.0.rate()
    }

    /// Number of channels.
    #[getter]
    fn channels(&self) -> usize {
        self.0.channels()
    }

    /// Most attenuation in dB; None sets no limit. A change is cross-faded.
    #[getter]
    fn strength(&self) -> Option<f32> {
        Some(self.0.controls().strength()).filter(|strength| strength.is_finite())
    }

    #[setter]
    fn set_strength(&self, decibels: Option<f32>) -> PyResult<()> {
        self.0.controls().set_strength(strength(decibels)?.unwrap_or(f32::INFINITY));
        Ok(())
    }

    /// Samples since the start that were not finite and became silence.
    #[getter]
    fn scrubbed(&self) -> u64 {
        self.0.controls().counts().scrubbed
    }

    fn __repr__(&self) -> String {
        format!(
            "<framewise.Stream, {} Hz, {} channels, delay {}>",
            self.rate(),
            self.channels(),
            self.0.delays()
        )
    }
}
