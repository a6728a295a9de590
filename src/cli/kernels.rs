//! The kernels that the user asks for.

use crate::nn::{Kernels, NnError};
use std::env;

/// Environment variable with the name of the kernels to run on.
const VARIABLE: &str = "FRAMEWISE_KERNELS";

/// The kernels that the environment names, or else the fastest of this processor.
pub fn chosen() -> Result<Kernels, Refused> {
    match env::var_os(VARIABLE) {
        None => Ok(Kernels::fastest()),
        Some(name) => name.to_string_lossy().parse().map_err(Refused),
    }
}

/// The variable names kernels that cannot be had.
#[derive(Debug, thiserror::Error)]
#[error("{VARIABLE}: {0}")]
pub struct Refused(NnError);
