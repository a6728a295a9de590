//! Errors of the library as exceptions of Python, with the library's words.

use framewise::engine::EngineError;
use framewise::eval::EvalError;
use framewise::io::IoError;
use framewise::io::wav::WavError;
use framewise::model::ModelError;
use framewise::model::checkpoint::CheckpointError;
use pyo3::PyErr;
use pyo3::exceptions::{PyFileExistsError, PyValueError};
use std::fmt::Display;
use std::io::{Error, ErrorKind};

/// An error that has a kind of exception.
pub trait Raise {
    /// The exception.
    fn raise(self) -> PyErr;
}

impl Raise for EngineError {
    fn raise(self) -> PyErr {
        value(self)
    }
}

impl Raise for EvalError {
    fn raise(self) -> PyErr {
        value(self)
    }
}

impl Raise for ModelError {
    fn raise(self) -> PyErr {
        let kind = match &self {
            Self::Read { source, .. } | Self::Checkpoint { source: CheckpointError::Io { source, .. } } => {
                Some(source.kind())
            }
            _ => None,
        };
        system(kind, self)
    }
}

impl Raise for WavError {
    fn raise(self) -> PyErr {
        if let Self::Exists { file } = self {
            // Where the library names the program's option.
            return PyFileExistsError::new_err(format!(
                "{file}: exists already; use overwrite=True to replace it"
            ));
        }
        system(self.system_kind(), self)
    }
}

impl Raise for IoError {
    fn raise(self) -> PyErr {
        match self {
            Self::Wav(error) => error.raise(),
            other => value(other),
        }
    }
}

/// A value that is out of range, or a file whose content is wrong.
pub fn value(error: impl Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// What the system refused, as the kind of `OSError` that Python has for it; where it was no fault of the system, a
/// `ValueError`.
fn system(kind: Option<ErrorKind>, error: impl Display) -> PyErr {
    match kind {
        None | Some(ErrorKind::InvalidData | ErrorKind::UnexpectedEof) => value(error),
        Some(kind) => Error::new(kind, error.to_string()).into(),
    }
}
