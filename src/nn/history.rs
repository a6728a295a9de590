//! The last frames of a wire, kept so that any run of them is one slice.

use super::FrameShape;

/// Past frames of a convolution's input, with zeros on both sides of the bins.
///
/// Each frame is written twice, `length` slots apart, so that the last `length` frames always stand one after the
/// other, oldest first, and the offset of a tap is a constant. The memory is the layer's state; this holds the sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct History {
    length: usize,
    before: usize,
    size: usize,
    stride: usize,
}

impl History {
    /// `length` frames of `shape`, with `before` zero bins in front of each and `after` behind.
    pub fn new(length: usize, shape: FrameShape, before: usize, after: usize) -> Self {
        let stride = (before + shape.bins + after) * shape.channels;
        Self { length, before: before * shape.channels, size: shape.size(), stride }
    }

    /// Floats of state.
    pub fn floats(&self) -> usize {
        match self.length {
            0 => 0,
            1 => self.stride,
            length => 2 * length * self.stride,
        }
    }

    /// Offset of the frame that is `age` steps old (0: the newest) from the start of the window.
    pub fn offset(&self, age: usize) -> usize {
        (self.length - 1 - age) * self.stride
    }

    /// Writes the newest frame and lends the window of the last `length` frames.
    pub fn push<'a>(&self, state: &'a mut [f32], step: u64, frame: &[f32]) -> &'a [f32] {
        let slot = (step % self.length as u64) as usize;
        let at = slot * self.stride + self.before;
        state[at..at + self.size].copy_from_slice(frame);
        if self.length == 1 {
            return state;
        }
        let twin = at + self.length * self.stride;
        state[twin..twin + self.size].copy_from_slice(frame);
        &state[(slot + 1) * self.stride..][..self.length * self.stride]
    }
}
