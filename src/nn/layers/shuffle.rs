//! Channels of groups, interleaved.

use crate::nn::error::single;
use crate::nn::{FrameShape, Inputs, Layer, NnError, Workspace};

/// Interleaves the channels of `groups` equal groups: with two, `a0 a1 b0 b1` becomes `a0 b0 a1 b1`
/// (Zhang et al. 2018, <https://arxiv.org/abs/1707.01083>).
#[derive(Clone, Copy, Debug)]
pub struct ChannelShuffle {
    groups: usize,
}

impl ChannelShuffle {
    /// For `groups` groups.
    ///
    /// # Errors
    /// If there is no group.
    pub fn new(groups: usize) -> Result<Self, NnError> {
        if groups == 0 {
            return Err(NnError::parameter("groups", "at least 1", 0));
        }
        Ok(Self { groups })
    }
}

impl Layer for ChannelShuffle {
    fn kind(&self) -> &'static str {
        "channel shuffle"
    }

    fn output_shape(&self, inputs: &[FrameShape]) -> Result<FrameShape, NnError> {
        let input = single(inputs)?;
        if input.channels % self.groups != 0 {
            return Err(NnError::shape(0, format!("channels in {} equal groups", self.groups), input));
        }
        Ok(input)
    }

    fn step(&self, inputs: Inputs<'_>, output: &mut [f32], _: Workspace<'_>) {
        let channels = inputs.shape(0).channels;
        let each = channels / self.groups;
        for (y, x) in output.chunks_exact_mut(channels).zip(inputs[0].chunks_exact(channels)) {
            for (group, x) in x.chunks_exact(each).enumerate() {
                y[group..].iter_mut().step_by(self.groups).zip(x).for_each(|(y, x)| *y = *x);
            }
        }
    }

    fn steps(&self, inputs: Inputs<'_>, output: &mut [f32], work: Workspace<'_>) {
        self.step(inputs, output, work);
    }
}
