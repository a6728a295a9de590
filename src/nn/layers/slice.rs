//! A part of a frame.

use crate::nn::error::single;
use crate::nn::{Axis, FrameShape, Inputs, Layer, NnError, Workspace};
use std::ops::Range;

/// A run of bins or of channels: what splits a frame.
#[derive(Clone, Debug)]
pub struct Slice {
    axis: Axis,
    range: Range<usize>,
}

impl Slice {
    /// The bins or channels of `range`.
    pub fn new(axis: Axis, range: Range<usize>) -> Self {
        Self { axis, range }
    }
}

impl Layer for Slice {
    fn kind(&self) -> &'static str {
        "slice"
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        let input = single(inputs)?;
        let there = match self.axis {
            Axis::Bins => input.bins,
            Axis::Channels => input.channels,
        };
        if self.range.is_empty() || self.range.end > there {
            let which = match self.axis {
                Axis::Bins => "bins",
                Axis::Channels => "channels",
            };
            return Err(NnError::shape(
                0,
                format!("{which} {}..{}", self.range.start, self.range.end),
                input,
            ));
        }
        Ok(match self.axis {
            Axis::Bins => FrameShape::new(self.range.len(), input.channels),
            Axis::Channels => FrameShape::new(input.bins, self.range.len()),
        })
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], _: Workspace<'_>) {
        let channels = inputs.shape(0).channels;
        match self.axis {
            Axis::Bins => {
                output.copy_from_slice(&inputs[0][self.range.start * channels..self.range.end * channels])
            }
            Axis::Channels => {
                for (y, x) in output.chunks_exact_mut(self.range.len()).zip(inputs[0].chunks_exact(channels))
                {
                    y.copy_from_slice(&x[self.range.clone()]);
                }
            }
        }
    }
}
