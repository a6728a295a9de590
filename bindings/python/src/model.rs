//! Models: built in, from files, imported.

use crate::choice::LatencyChoice;
use crate::delay::Delay;
use crate::error::{Raise, value};
use framewise::engine::Delays;
use framewise::model::{self, builtin, import_gtcrn};
use pyo3::prelude::*;
use std::path::PathBuf;

/// A network with its weights. It holds no state: threads and streams may share it.
#[pyclass(frozen, module = "framewise")]
pub struct Model(model::Model);

/// What a model costs.
#[pyclass(frozen, get_all, module = "framewise")]
pub struct Cost {
    /// Weights.
    parameters: usize,
    /// Multiply-adds of a frame.
    multiply_adds: usize,
    /// Multiply-adds of a second of sound.
    multiply_adds_per_second: f64,
    /// Numbers of state that a channel keeps.
    state: usize,
}

#[pymethods]
impl Cost {
    fn __repr__(&self) -> String {
        let Self { parameters, multiply_adds, multiply_adds_per_second, state } = self;
        format!(
            "Cost(parameters={parameters}, multiply_adds={multiply_adds}, \
             multiply_adds_per_second={multiply_adds_per_second}, state={state})"
        )
    }
}

impl Model {
    pub fn inner(&self) -> &model::Model {
        &self.0
    }
}

#[pymethods]
impl Model {
    /// Reads a model file.
    ///
    /// Raises OSError where it cannot be read, ValueError where it is no model.
    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        py.detach(|| model::Model::open(path)).map(Self).map_err(Raise::raise)
    }

    /// The built-in model of a name, or of a family and a latency; without a name, of the first family, and without a
    /// latency, the first of the family, which has zero frames.
    ///
    /// Raises ValueError where there is none.
    #[staticmethod]
    #[pyo3(signature = (latency=None, name=None))]
    fn builtin(latency: Option<LatencyChoice>, name: Option<&str>) -> PyResult<Self> {
        let name = name.unwrap_or_else(|| builtin::ALL[0].family());
        builtin::find(name, latency.map(|choice| choice.0)).map(Self).map_err(Raise::raise)
    }

    /// Names of the built-in models.
    #[staticmethod]
    fn builtin_names() -> Vec<&'static str> {
        builtin::ALL.iter().map(builtin::Builtin::name).collect()
    }

    /// Reads a GTCRN checkpoint as its authors publish them (PyTorch), or a safetensors file of the same state dict.
    ///
    /// Raises OSError where it cannot be read, ValueError where it is something else.
    #[staticmethod]
    fn import_gtcrn(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        py.detach(|| import_gtcrn(path)).map(|imported| Self(imported.model)).map_err(Raise::raise)
    }

    /// What the model file says of itself, as a new dictionary: name, sample_rate in Hz, window and hop in samples,
    /// architecture, configuration, latency in frames, training, licence.
    #[getter]
    fn header<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let text = serde_json::to_string(self.0.header()).map_err(value)?;
        py.import("json")?.call_method1("loads", (text,))
    }

    /// Name of the model.
    #[getter]
    fn name(&self) -> &str {
        &self.0.header().name
    }

    /// Sample rate in Hz that it was trained for.
    #[getter]
    fn rate(&self) -> u32 {
        self.0.sample_rate()
    }

    /// Future frames that each output may use, which follow from the network.
    #[getter]
    fn latency(&self) -> usize {
        self.0.latency().frames()
    }

    /// Delay from hop in to hop out, in samples at the model's rate. denoise() takes it off again.
    #[getter]
    fn delay(&self) -> Delay {
        Delays::of(&self.0).into()
    }

    /// Weights, multiply-adds and state.
    #[getter]
    fn cost(&self) -> Cost {
        let summary = self.0.graph().summary();
        Cost {
            parameters: summary.parameters(),
            multiply_adds: summary.multiply_adds(),
            multiply_adds_per_second: self.0.multiply_adds_per_second(),
            state: summary.state(),
        }
    }

    fn __repr__(&self) -> String {
        format!("<framewise.Model {:?}, {} Hz, latency {}>", self.name(), self.rate(), self.0.latency())
    }
}
