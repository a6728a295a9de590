//! NumPy arrays of sound.

use crate::error::value;
use framewise::io::wav::{OutEncoding, SampleEncoding};
use numpy::{
    Element, PyArray1, PyArrayDyn, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArray, PyUntypedArrayMethods,
};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

/// A sample of an array, stored in a file as it stands.
pub trait Sample: Element + Copy + Send {
    const READ: SampleEncoding;
    const WRITTEN: OutEncoding;
    const BYTES: usize;

    fn append(self, bytes: &mut Vec<u8>);
    fn read(bytes: &[u8]) -> Self;
}

macro_rules! sample {
    ($kind:ty, $encoding:ident) => {
        impl Sample for $kind {
            const READ: SampleEncoding = SampleEncoding::$encoding;
            const WRITTEN: OutEncoding = OutEncoding::$encoding;
            const BYTES: usize = size_of::<Self>();

            fn append(self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }

            fn read(bytes: &[u8]) -> Self {
                Self::from_le_bytes(std::array::from_fn(|n| bytes[n]))
            }
        }
    };
}

sample!(f32, F32);
sample!(i16, I16);

/// Sound of one of the two kinds.
pub enum Sound<'py> {
    Float(PyReadonlyArrayDyn<'py, f32>),
    Integer(PyReadonlyArrayDyn<'py, i16>),
}

impl<'py> Sound<'py> {
    /// Takes an array; `what` is what messages call it.
    pub fn of(object: &Bound<'py, PyAny>, what: &str) -> PyResult<Self> {
        if let Ok(array) = object.cast::<PyArrayDyn<f32>>() {
            return Ok(Self::Float(array.try_readonly()?));
        }
        if let Ok(array) = object.cast::<PyArrayDyn<i16>>() {
            return Ok(Self::Integer(array.try_readonly()?));
        }
        let found = match object.cast::<PyUntypedArray>() {
            Ok(array) => format!("an array of {}", array.dtype().str()?),
            Err(_) => format!("of the type {}", object.get_type().name()?),
        };
        Err(PyTypeError::new_err(format!("{what} is {found}: expected a NumPy array of float32 or int16")))
    }

    /// Whether samples are integers.
    pub fn is_integer(&self) -> bool {
        matches!(self, Self::Integer(_))
    }

    pub fn shape(&self) -> PyResult<Shape> {
        match self {
            Self::Float(array) => Shape::of(array.shape()),
            Self::Integer(array) => Shape::of(array.shape()),
        }
    }

    /// The samples of each channel, full scale at 1.
    pub fn planes(&self) -> PyResult<Vec<Vec<f32>>> {
        let Shape { channels, samples, .. } = self.shape()?;
        let all: Vec<f32> = match self {
            Self::Float(array) => array.as_array().iter().copied().collect(),
            Self::Integer(array) => array.as_array().iter().map(|&v| f32::from(v) / 32_768.0).collect(),
        };
        Ok((0..channels).map(|c| all[c * samples..][..samples].to_vec()).collect())
    }
}

/// The shape of an array of sound: (samples,) or (channels, samples).
#[derive(Clone, Copy)]
pub struct Shape {
    pub channels: usize,
    pub samples: usize,
    /// Whether there is no axis for channels.
    flat: bool,
}

impl Shape {
    fn of(shape: &[usize]) -> PyResult<Self> {
        match *shape {
            [samples] => Ok(Self { channels: 1, samples, flat: true }),
            [channels, samples] => Ok(Self { channels, samples, flat: false }),
            _ => {
                Err(value(format!("{} dimensions: expected (samples,) or (channels, samples)", shape.len())))
            }
        }
    }

    /// An array of this shape; `samples` are those of one channel after the other.
    pub fn array<'py, T: Sample>(self, py: Python<'py>, samples: Vec<T>) -> PyResult<Bound<'py, PyAny>> {
        let array = PyArray1::from_vec(py, samples);
        Ok(if self.flat {
            array.into_any()
        } else {
            array.reshape([self.channels, self.samples])?.into_any()
        })
    }
}
