//! RNNoise in Rust.

use super::Contestant;
use anyhow::Result;
use nnnoiseless::DenoiseState;

struct RnNoise(Box<DenoiseState<'static>>);

pub fn load() -> Box<dyn Contestant> {
    Box::new(RnNoise(DenoiseState::new()))
}

impl Contestant for RnNoise {
    fn step(&mut self, input: &[f32], output: &mut [f32]) -> Result<()> {
        self.0.process_frame(output, input);
        Ok(())
    }

    fn reset(&mut self) -> Result<()> {
        self.0 = DenoiseState::new();
        Ok(())
    }
}
