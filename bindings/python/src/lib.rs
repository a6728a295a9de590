//! Framewise as a module of Python; the package around it is in `python/framewise`.

mod choice;
mod delay;
mod denoise;
mod error;
mod metrics;
mod model;
mod sound;
mod stream;

use pyo3::prelude::*;

/// The compiled parts of framewise.
#[pymodule]
mod _framewise {
    use super::{Bound, PyModule, PyModuleMethods, PyResult};
    #[pymodule_export]
    use crate::delay::Delay;
    #[pymodule_export]
    use crate::denoise::{Cleaned, denoise, denoise_file};
    #[pymodule_export]
    use crate::metrics::{estoi, log_spectral_distance, pesq, segmental_snr, si_sdr, stoi};
    #[pymodule_export]
    use crate::model::{Cost, Model};
    #[pymodule_export]
    use crate::stream::Stream;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
