//! The models that arguments name: built in, or in files.

use super::kernels;
use crate::model::{Latency, Model, builtin};
use clap::Args as ClapArgs;
use std::error::Error;
use std::path::PathBuf;

/// Which model to run.
#[derive(Debug, Clone, ClapArgs)]
pub struct ModelSelection {
    /// Future frames that each output may use: zero, one, or as many as there is a model for
    #[arg(long, value_name = "zero|one")]
    pub latency: Option<Latency>,
}

impl ModelSelection {
    /// The built-in model or the file of that name, or else the first family's; with the latency and on the kernels that were
    /// asked for.
    pub fn load(&self, named: Option<&PathBuf>) -> Result<Model, Box<dyn Error>> {
        Ok(builtin::open(named.map(PathBuf::as_path), self.latency)?.with_kernels(kernels::chosen()?))
    }

    /// Models that may take turns, the one asked for first: all of a built-in family, or the one of that name or file.
    #[cfg(feature = "live")]
    pub fn turns(&self, named: Option<&PathBuf>) -> Result<Vec<Model>, Box<dyn Error>> {
        let first = self.load(named)?;
        let family = named.map_or(Some(builtin::ALL[0].family()), |named| named.to_str());
        let others = builtin::ALL.iter().filter(|one| Some(one.family()) == family);
        let others = others.map(builtin::Builtin::model).filter(|other| other.latency() != first.latency());
        let kernels = first.graph().kernels();
        let others: Vec<_> = others.map(|other| other.with_kernels(kernels)).collect();
        Ok([first].into_iter().chain(others).collect())
    }
}
