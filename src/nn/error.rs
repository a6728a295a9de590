//! What can be wrong with a layer or a graph. Everything is found when it is built; nothing fails while frames run.

use super::FrameShape;

/// What is wrong with a layer's parameters, or with the place it was given in a graph.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NnError {
    /// A tensor has another shape than the layer needs.
    #[error("tensor `{tensor}` has shape {found:?}, expected {expected:?}")]
    TensorShape {
        /// Name of the tensor inside the layer, such as `weight`.
        tensor: String,
        /// Sizes that the layer needs.
        expected: Vec<usize>,
        /// Sizes that were given.
        found: Vec<usize>,
    },
    /// A hyper-parameter is out of its range.
    #[error("{parameter} is {found}, expected {expected}")]
    Parameter {
        /// Name of the hyper-parameter.
        parameter: &'static str,
        /// The range in words.
        expected: String,
        /// The value that was given.
        found: usize,
    },
    /// A hyper-parameter that is a real number is out of its range.
    #[error("{parameter} is {found}, expected {expected}")]
    RealParameter {
        /// Name of the hyper-parameter.
        parameter: &'static str,
        /// The range in words.
        expected: &'static str,
        /// The value that was given, as text.
        found: String,
    },
    /// A layer was given another number of inputs than it takes.
    #[error("takes {expected} inputs, found {found}")]
    InputCount {
        /// How many the layer takes.
        expected: String,
        /// How many it was given.
        found: usize,
    },
    /// An input has a shape that the layer cannot take.
    #[error("input {input} has shape {found} (bins x channels), expected {expected}")]
    InputShape {
        /// Which input, from 0.
        input: usize,
        /// What the layer takes.
        expected: String,
        /// What it was given.
        found: FrameShape,
    },
    /// Something is wrong at a named node of a graph.
    #[error("layer `{layer}`: {cause}")]
    At {
        /// Name of the node.
        layer: String,
        /// What is wrong there.
        cause: Box<NnError>,
    },
    /// Two nodes of a graph have the same name.
    #[error("layer `{layer}`: the name is taken")]
    NameTaken {
        /// The name.
        layer: String,
    },
    /// There are no kernels of that name.
    #[error("no kernels are called `{found}`, expected one of {}", .expected.join(", "))]
    UnknownKernels {
        /// The names that there are.
        expected: &'static [&'static str],
        /// The name that was given.
        found: String,
    },
    /// This processor cannot run these kernels.
    #[error("this processor cannot run the kernels `{found}`, only {}", .available.join(", "))]
    MissingKernels {
        /// The names of those that it can run.
        available: Vec<&'static str>,
        /// The name that was given.
        found: String,
    },
    /// A wire of another graph was used.
    #[error("layer `{layer}`: a wire of another graph was given as input {input}")]
    ForeignWire {
        /// Name of the node.
        layer: String,
        /// Which input, from 0.
        input: usize,
    },
}

impl NnError {
    /// The same fault, said of a named node.
    pub(crate) fn at(self, layer: &str) -> Self {
        match self {
            Self::At { layer: inner, cause } => Self::At { layer: format!("{layer}.{inner}"), cause },
            cause => Self::At { layer: layer.to_owned(), cause: Box::new(cause) },
        }
    }

    pub(crate) fn inputs(expected: impl ToString, found: usize) -> Self {
        Self::InputCount { expected: expected.to_string(), found }
    }

    pub(crate) fn shape(input: usize, expected: impl ToString, found: FrameShape) -> Self {
        Self::InputShape { input, expected: expected.to_string(), found }
    }

    pub(crate) fn parameter(parameter: &'static str, expected: impl ToString, found: usize) -> Self {
        Self::Parameter { parameter, expected: expected.to_string(), found }
    }
}

/// Checks a hyper-parameter that is a real number; `within` says whether it is in the range that `expected` puts in words.
pub(crate) fn check_real(
    parameter: &'static str,
    expected: &'static str,
    found: f32,
    within: impl Fn(f32) -> bool,
) -> Result<(), NnError> {
    if within(found) {
        return Ok(());
    }
    Err(NnError::RealParameter { parameter, expected, found: found.to_string() })
}

/// Checks what is added under a root or to a divisor, so that neither is ever zero.
pub(crate) fn check_floor(parameter: &'static str, found: f32) -> Result<(), NnError> {
    check_real(parameter, "a positive normal number", found, |value| value.is_normal() && value > 0.0)
}

/// Checks the shape of a tensor given as a flat slice with sizes.
pub(crate) fn check_tensor(tensor: &str, expected: &[usize], found: &[usize]) -> Result<(), NnError> {
    if expected == found {
        return Ok(());
    }
    Err(NnError::TensorShape {
        tensor: tensor.to_owned(),
        expected: expected.to_vec(),
        found: found.to_vec(),
    })
}

/// The one input of a layer that takes one.
pub(crate) fn single(inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
    match inputs {
        [one] => Ok(*one),
        _ => Err(NnError::inputs("1", inputs.len())),
    }
}
