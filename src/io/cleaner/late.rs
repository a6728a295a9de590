//! Sound that comes out as late as live sound does.

use super::CleanConfig;
use crate::engine::{Counts, Processor};
use crate::model::Model;

/// A processor at the file's rate. A file may be cut anywhere, but nobody waits for its blocks: what is kept in hand for them
/// is left out.
#[derive(Debug)]
pub(super) struct Late {
    processor: Processor,
    /// Output samples that blocks alone put before the others.
    early: usize,
    block: Vec<Vec<f32>>,
}

impl Late {
    pub fn new(model: &Model, rate: u32, channels: usize, config: CleanConfig) -> Self {
        let builder = Processor::builder(rate, channels)
            .model(model.clone())
            .mask(config.mask)
            .high_band(config.high_band)
            .post_filter(config.post_filter)
            .strength(config.strength.map_or(f32::INFINITY, |decibels| decibels.max(0.0)));
        let processor = builder.build().unwrap_or_else(|error| panic!("{error}"));
        Self { early: processor.delays().blocking, processor, block: vec![Vec::new(); channels] }
    }

    pub fn push(&mut self, input: &[Vec<f32>], output: &mut [Vec<f32>]) {
        assert_eq!((input.len(), output.len()), (self.block.len(), input.len()), "channels in and out");
        assert!(input.iter().all(|plane| plane.len() == input[0].len()), "samples of every channel");
        self.block.iter_mut().for_each(|plane| plane.resize(input[0].len(), 0.0));
        self.processor.process(input, &mut self.block);
        let early = self.early.min(input[0].len());
        self.early -= early;
        for (output, plane) in output.iter_mut().zip(&self.block) {
            output.extend_from_slice(&plane[early..]);
        }
    }

    pub fn finish(mut self, output: &mut [Vec<f32>]) -> Counts {
        let blocking = self.processor.delays().blocking;
        self.push(&vec![vec![0.0; blocking]; self.block.len()], output);
        self.processor.controls().counts()
    }
}
