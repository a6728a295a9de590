//! A complex mask applied to a spectrum.

use crate::nn::{FrameShape, Inputs, Layer, NnError, Workspace};

/// The complex product of mask and spectrum, bin by bin; both have two channels, real and imaginary.
///
/// Inputs: mask, spectrum (Williamson et al. 2016, <https://doi.org/10.1109/TASLP.2015.2512042>).
#[derive(Clone, Copy, Debug)]
pub struct ComplexMask;

impl Layer for ComplexMask {
    fn kind(&self) -> &'static str {
        "complex mask"
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        let [mask, spectrum] = inputs else {
            return Err(NnError::inputs("2 (mask, spectrum)", inputs.len()));
        };
        if spectrum.channels != 2 {
            return Err(NnError::shape(1, "any bins x 2", *spectrum));
        }
        if mask != spectrum {
            return Err(NnError::shape(0, spectrum, *mask));
        }
        Ok(*spectrum)
    }

    fn multiply_adds(&self, inputs: &[FrameShape]) -> usize {
        4 * inputs[0].bins
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], _: Workspace<'_>) {
        let (mask, spectrum) = (inputs[0].as_chunks::<2>().0, inputs[1].as_chunks::<2>().0);
        for (([yr, yi], [mr, mi]), [xr, xi]) in
            output.as_chunks_mut::<2>().0.iter_mut().zip(mask).zip(spectrum)
        {
            *yr = mr * xr - mi * xi;
            *yi = mr * xi + mi * xr;
        }
    }

    fn steps(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        self.step(inputs, output, work);
    }
}
