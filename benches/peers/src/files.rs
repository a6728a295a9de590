//! The files that contestants are loaded from.

use std::path::PathBuf;

/// What contestants are loaded from.
#[derive(Debug)]
pub struct Files {
    pub model: PathBuf,
    pub onnx: PathBuf,
    pub onnx_runtime: Option<PathBuf>,
}
