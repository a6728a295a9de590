//! Latencies, models and strengths as Python names them.

use crate::error::Raise;
use crate::model::Model;
use framewise::engine::{EngineError, Mask};
use framewise::io::WavConfig;
use framewise::model::{Latency, builtin};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyString};
use std::path::PathBuf;

/// A latency: `"zero"`, `"one"`, or a number of frames.
pub struct LatencyChoice(pub Latency);

impl<'a, 'py> FromPyObject<'a, 'py> for LatencyChoice {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let number = object.is_instance_of::<PyInt>() && !object.is_instance_of::<PyBool>();
        if !number && !object.is_instance_of::<PyString>() {
            let kind = object.get_type().name()?;
            return Err(PyTypeError::new_err(format!(
                "a latency of the type {kind}: expected \"zero\", \"one\" or a number of frames"
            )));
        }
        object.str()?.to_cow()?.parse().map(Self).map_err(Raise::raise)
    }
}

/// A model, or its name as the program's option `--model` takes it.
pub enum ModelChoice {
    Model(framewise::model::Model),
    Named(PathBuf),
}

impl<'a, 'py> FromPyObject<'a, 'py> for ModelChoice {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(model) = object.cast::<Model>() {
            return Ok(Self::Model(model.get().inner().clone()));
        }
        object.extract().map(Self::Named).map_err(|_| {
            let kind = object.get_type().name().map(|name| name.to_string()).unwrap_or_default();
            PyTypeError::new_err(format!(
                "a model of the type {kind}: expected a framewise.Model, a built-in model's name or a path"
            ))
        })
    }
}

/// The model that is meant, by the program's rule.
pub fn model(
    choice: Option<ModelChoice>,
    latency: Option<LatencyChoice>,
) -> PyResult<framewise::model::Model> {
    let latency = latency.map(|choice| choice.0);
    match choice {
        Some(ModelChoice::Model(model)) => match latency {
            Some(latency) => model.with_latency(latency),
            None => Ok(model),
        },
        Some(ModelChoice::Named(path)) => builtin::open(Some(&path), latency),
        None => builtin::open(None, latency),
    }
    .map_err(Raise::raise)
}

/// Whether channels share a mask.
pub fn mask(link: bool) -> Mask {
    if link { Mask::Shared } else { Mask::Each }
}

/// A strength in dB that is one.
pub fn strength(decibels: Option<f32>) -> PyResult<Option<f32>> {
    match decibels {
        Some(found) if found.is_nan() || found < 0.0 => Err(EngineError::Strength { found }.raise()),
        other => Ok(other),
    }
}

/// How recorded sound is cleaned.
pub fn config(decibels: Option<f32>, link: bool) -> PyResult<WavConfig> {
    let mut config = WavConfig::default();
    (config.clean.strength, config.clean.mask) = (strength(decibels)?, mask(link));
    Ok(config)
}
