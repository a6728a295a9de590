//! Framewise: the network by itself, and samples to samples.

use super::Contestant;
use crate::files::Files;
use anyhow::Result;
use framewise::dsp::flush_denormals;
use framewise::engine::Denoiser;
use framewise::model::{Latency, Model};
use framewise::nn::Session;

pub fn network(files: &Files) -> Result<Box<dyn Contestant>> {
    let model = Model::open(&files.model)?;
    Ok(Box::new(Session::new(model.graph())))
}

pub fn stream(files: &Files) -> Result<Box<dyn Contestant>> {
    Ok(Box::new(Denoiser::new(&Model::open(&files.model)?)))
}

pub fn built_in(latency: Latency) -> Result<Box<dyn Contestant>> {
    Ok(Box::new(Denoiser::new(&Model::builtin(latency))))
}

impl Contestant for Session {
    fn step(&mut self, input: &[f32], output: &mut [f32]) -> Result<()> {
        flush_denormals(|| Session::step(self, input, output));
        Ok(())
    }

    fn reset(&mut self) -> Result<()> {
        Session::reset(self);
        Ok(())
    }
}

impl Contestant for Denoiser {
    fn step(&mut self, input: &[f32], output: &mut [f32]) -> Result<()> {
        self.process_hop(input, output);
        Ok(())
    }

    fn reset(&mut self) -> Result<()> {
        Denoiser::reset(self);
        Ok(())
    }
}
