//! What a network sees of a spectrum: magnitude, real and imaginary part, compressed.

use crate::nn::error::{check_floor, check_real, single};
use crate::nn::{FrameShape, Inputs, Layer, Memory, NnError, Workspace};

/// Three channels a bin from a complex spectrum: `m^c`, `re m^(c-1)`, `im m^(c-1)`, with
/// `m = sqrt(re^2 + im^2 + floor)` and the compression `c` between 0 and 1.
#[derive(Clone, Copy, Debug)]
pub struct CompressedSpectrum {
    compression: f32,
    floor: f32,
}

impl CompressedSpectrum {
    /// With the exponent `compression`, of which 1 leaves the spectrum as it is, and a floor of 1e-10.
    pub fn new(compression: f32) -> Self {
        Self { compression, floor: 1e-10 }
    }

    /// With another floor under the power of a bin, which must be a positive normal number.
    #[must_use]
    pub fn with_floor(self, floor: f32) -> Self {
        Self { floor, ..self }
    }
}

impl Layer for CompressedSpectrum {
    fn kind(&self) -> &'static str {
        "compressed spectrum"
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        let input = single(inputs)?;
        check_real("compression", "0 to 1", self.compression, |value| (0.0..=1.0).contains(&value))?;
        check_floor("floor", self.floor)?;
        if input.channels != 2 {
            return Err(NnError::shape(0, "any bins x 2", input));
        }
        Ok(FrameShape::new(input.bins, 3))
    }

    fn memory(&self, inputs: &[FrameShape]) -> Memory {
        Memory { state: 0, scratch: inputs[0].bins }
    }

    fn scratch(&self, inputs: &[FrameShape], frames: usize) -> usize {
        frames * self.memory(inputs).scratch
    }

    fn multiply_adds(&self, inputs: &[FrameShape]) -> usize {
        5 * inputs[0].bins
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        let spectrum = inputs[0].as_chunks::<2>().0;
        for (gain, [re, im]) in work.scratch.iter_mut().zip(spectrum) {
            *gain = re * re + im * im + self.floor;
        }
        // The gain is `m^(c-1)`, a power of the squared magnitude.
        if self.compression == 1.0 {
            work.scratch.fill(1.0);
        } else {
            work.kernels.power(work.scratch, (self.compression - 1.0) / 2.0);
        }
        let frame = output.as_chunks_mut::<3>().0.iter_mut();
        for ((y, gain), [re, im]) in frame.zip(work.scratch.iter()).zip(spectrum) {
            *y = [(re * re + im * im + self.floor).sqrt() * gain, re * gain, im * gain];
        }
    }

    fn steps(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        self.step(inputs, output, work);
    }
}
