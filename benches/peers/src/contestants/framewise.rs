//! Framewise: the network by itself, and samples to samples.

use super::Contestant;
use crate::files::Files;
use anyhow::{Context, Result};
use framewise::dsp::flush_denormals;
use framewise::engine::Denoiser;
use framewise::model::{Latency, Model};
use framewise::nn::{Kernels, Session};

/// Environment variable with the name of Framewise's kernels; without it, the fastest.
const VARIABLE: &str = "FRAMEWISE_KERNELS";

/// The kernels that Framewise runs on.
pub fn kernels() -> Result<Kernels> {
    match std::env::var_os(VARIABLE) {
        None => Ok(Kernels::fastest()),
        Some(name) => name.to_string_lossy().parse().context(VARIABLE),
    }
}

fn open(files: &Files) -> Result<Model> {
    Ok(Model::open(&files.model)?.with_kernels(kernels()?))
}

pub fn network(files: &Files) -> Result<Box<dyn Contestant>> {
    Ok(Box::new(Session::new(open(files)?.graph())))
}

pub fn stream(files: &Files) -> Result<Box<dyn Contestant>> {
    Ok(Box::new(Denoiser::new(&open(files)?)))
}

pub fn built_in(latency: Latency) -> Result<Box<dyn Contestant>> {
    Ok(Box::new(Denoiser::new(&Model::builtin(latency).with_kernels(kernels()?))))
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
