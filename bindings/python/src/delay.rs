//! Delays by cause.

use framewise::engine::Delays;
use pyo3::prelude::*;

/// Delay between a sample going in and the same coming out, in samples, by cause.
#[pyclass(frozen, eq, get_all, module = "framewise")]
#[derive(PartialEq, Eq)]
pub struct Delay {
    /// A sample is whole once the last window that reaches it has been added.
    window: usize,
    /// The network waits for future frames.
    look_ahead: usize,
    /// Samples wait for their hop to fill.
    blocking: usize,
    /// Delay of resamplers on both sides.
    resampling: usize,
    /// All parts together.
    total: usize,
}

impl From<Delays> for Delay {
    fn from(delays: Delays) -> Self {
        let Delays { window, look_ahead, blocking, resampling, .. } = delays;
        Self { window, look_ahead, blocking, resampling, total: delays.total() }
    }
}

#[pymethods]
impl Delay {
    fn __repr__(&self) -> String {
        let Self { window, look_ahead, blocking, resampling, total } = self;
        format!(
            "Delay(window={window}, look_ahead={look_ahead}, blocking={blocking}, resampling={resampling}, total={total})"
        )
    }
}
