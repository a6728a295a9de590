//! Layers with several inputs: sum, product, concatenation.

use crate::nn::{FrameShape, Inputs, Layer, NnError, Workspace};

/// An axis of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Axis {
    /// Along frequency.
    Bins,
    /// Along the numbers of a bin.
    Channels,
}

/// The first of two or more inputs, which all have its shape.
fn same(inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
    let [first, rest @ ..] = inputs else { return Err(NnError::inputs("2 or more", inputs.len())) };
    if rest.is_empty() {
        return Err(NnError::inputs("2 or more", 1));
    }
    match rest.iter().position(|shape| shape != first) {
        Some(other) => Err(NnError::shape(other + 1, first, rest[other])),
        None => Ok(*first),
    }
}

/// The sum of two or more inputs of one shape.
#[derive(Clone, Copy, Debug)]
pub struct Add;

impl Layer for Add {
    fn kind(&self) -> &'static str {
        "sum"
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        same(inputs)
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], _: Workspace<'_>) {
        for ((y, a), b) in output.iter_mut().zip(&inputs[0]).zip(&inputs[1]) {
            *y = a + b;
        }
        for input in inputs.iter().skip(2) {
            output.iter_mut().zip(input).for_each(|(y, x)| *y += x);
        }
    }

    fn steps(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        self.step(inputs, output, work);
    }
}

/// The product of two inputs, number by number. The second may have one bin, which then serves for all.
#[derive(Clone, Copy, Debug)]
pub struct Multiply;

impl Layer for Multiply {
    fn kind(&self) -> &'static str {
        "product"
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        let [first, second] = inputs else { return Err(NnError::inputs("2", inputs.len())) };
        if second == first || *second == FrameShape::vector(first.channels) {
            return Ok(*first);
        }
        Err(NnError::shape(1, format!("{first} or 1 x {}", first.channels), *second))
    }

    fn multiply_adds(&self, inputs: &[FrameShape]) -> usize {
        inputs[0].size()
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], _: Workspace<'_>) {
        let factor = inputs.get(1);
        let rows = output.chunks_exact_mut(factor.len()).zip(inputs[0].chunks_exact(factor.len()));
        for (y, x) in rows {
            for ((y, x), factor) in y.iter_mut().zip(x).zip(factor) {
                *y = x * factor;
            }
        }
    }
}

/// Two or more inputs one after the other along an axis.
#[derive(Clone, Copy, Debug)]
pub struct Concatenate(
    /// The axis along which the inputs may differ.
    pub Axis,
);

impl Layer for Concatenate {
    fn kind(&self) -> &'static str {
        "concatenation"
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        let [first, rest @ ..] = inputs else { return Err(NnError::inputs("2 or more", 0)) };
        if rest.is_empty() {
            return Err(NnError::inputs("2 or more", 1));
        }
        let mut sum = *first;
        for (i, shape) in rest.iter().enumerate() {
            match self.0 {
                Axis::Bins if shape.channels == first.channels => sum.bins += shape.bins,
                Axis::Channels if shape.bins == first.bins => sum.channels += shape.channels,
                Axis::Bins => {
                    return Err(NnError::shape(i + 1, format!("any bins x {}", first.channels), *shape));
                }
                Axis::Channels => {
                    return Err(NnError::shape(i + 1, format!("{} x any channels", first.bins), *shape));
                }
            }
        }
        Ok(sum)
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], _: Workspace<'_>) {
        if self.0 == Axis::Bins {
            let mut start = 0;
            for input in inputs.iter() {
                output[start..start + input.len()].copy_from_slice(input);
                start += input.len();
            }
            return;
        }
        let bins = inputs.shape(0).bins;
        let width = output.len() / bins;
        let mut start = 0;
        for (i, input) in inputs.iter().enumerate() {
            let channels = inputs.shape(i).channels;
            for (y, x) in output.chunks_exact_mut(width).zip(input.chunks_exact(channels)) {
                y[start..start + channels].copy_from_slice(x);
            }
            start += channels;
        }
    }
}

/// Two inputs of one shape, channel by channel in turn: `a0 b0 a1 b1`. It is the concatenation of both with its channels
/// shuffled in two groups.
#[derive(Clone, Copy, Debug)]
pub struct Interleave;

impl Layer for Interleave {
    fn kind(&self) -> &'static str {
        "interleaving"
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        if inputs.len() != 2 {
            return Err(NnError::inputs("2", inputs.len()));
        }
        same(inputs).map(|shape| FrameShape::new(shape.bins, 2 * shape.channels))
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], _: Workspace<'_>) {
        let pairs = output.as_chunks_mut::<2>().0.iter_mut();
        for ((y, &a), &b) in pairs.zip(&inputs[0]).zip(&inputs[1]) {
            *y = [a, b];
        }
    }

    fn steps(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        self.step(inputs, output, work);
    }
}
