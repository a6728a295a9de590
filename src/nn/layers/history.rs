//! The last frames of a wire, kept so that any run of them is one slice.

use crate::nn::FrameShape;

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

    /// Frames of a window.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Numbers of a frame with the zeros beside it.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Writes the newest frames, one after the other, and to `rows` all that their windows hold: the frames before them, then
    /// them, each with the zeros beside it.
    pub fn unroll(&self, state: &mut [f32], step: u64, frames: &[f32], rows: &mut [f32]) {
        let (past, new) = rows.split_at_mut((self.length - 1) * self.stride);
        // Before a step its slot is that of the oldest frame, which leaves its window.
        let slot = |step: u64| (step % self.length as u64) as usize * self.stride;
        for (n, row) in past.chunks_exact_mut(self.stride).enumerate() {
            row.copy_from_slice(&state[slot(step + 1 + n as u64)..][..self.stride]);
        }
        for (n, (row, frame)) in
            new.chunks_exact_mut(self.stride).zip(frames.chunks_exact(self.size)).enumerate()
        {
            self.push(state, step + n as u64, frame);
            row.copy_from_slice(&state[slot(step + n as u64)..][..self.stride]);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};

    #[test]
    fn the_window_holds_the_last_frames_oldest_first_between_zeros() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(7);
        for _ in 0..if cfg!(miri) { 10 } else { 200 } {
            let length = rng.random_range(1..=9);
            let shape = FrameShape::new(rng.random_range(1..=5), rng.random_range(1..=4));
            let (before, after) = (rng.random_range(0..=3), rng.random_range(0..=3));
            let history = History::new(length, shape, before, after);
            let mut state = vec![0.0; history.floats()];
            let mut frames = vec![vec![0.0; shape.size()]; length];
            for step in 0..rng.random_range(1..=30u64) {
                let frame: Vec<f32> = (0..shape.size()).map(|_| rng.random_range(-1.0..1.0)).collect();
                let window = history.push(&mut state, step, &frame);
                frames.push(frame);
                let width = (before + shape.bins + after) * shape.channels;
                assert_eq!(window.len(), length * width, "{history:?}");
                for age in 0..length {
                    let (front, rest) =
                        window[history.offset(age)..][..width].split_at(before * shape.channels);
                    let (inside, behind) = rest.split_at(shape.size());
                    assert_eq!(
                        inside,
                        frames[frames.len() - 1 - age],
                        "age {age}, step {step} of {history:?}"
                    );
                    assert!(front.iter().chain(behind).all(|&v| v == 0.0), "{history:?}");
                }
            }
        }
    }
}
