//! Activation curves without parameters.

use crate::nn::error::single;
use crate::nn::kernels::Curve;
use crate::nn::{FrameShape, Inputs, Layer, NnError, Workspace};

/// A curve applied to every number.
#[derive(Clone, Copy, Debug)]
pub struct Activation {
    curve: Curve,
}

impl Activation {
    /// `max(x, 0)`
    pub fn relu() -> Self {
        Self::of(Curve::Relu)
    }

    /// `x` above zero, else `e^x - 1`
    pub fn elu() -> Self {
        Self::of(Curve::Elu)
    }

    /// `x / (1 + e^-x)`
    pub fn silu() -> Self {
        Self::of(Curve::Silu)
    }

    /// `1 / (1 + e^-x)`
    pub fn sigmoid() -> Self {
        Self::of(Curve::Sigmoid)
    }

    /// Hyperbolic tangent.
    pub fn tanh() -> Self {
        Self::of(Curve::Tanh)
    }

    fn of(curve: Curve) -> Self {
        Self { curve }
    }
}

impl Layer for Activation {
    fn kind(&self) -> &'static str {
        match self.curve {
            Curve::Relu => "ReLU",
            Curve::Elu => "ELU",
            Curve::Silu => "SiLU",
            Curve::Sigmoid => "sigmoid",
            Curve::Tanh => "tanh",
        }
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        single(inputs)
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        work.kernels.curve(self.curve, &inputs[0], output);
    }

    fn steps(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        self.step(inputs, output, work);
    }
}
