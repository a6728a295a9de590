//! The systems that are compared.

use super::args::{CompareArgs, Named};
use crate::cli::kernels;
use crate::cli::usage::Usage;
use crate::eval::{Enhanced, EvalError, Method, Skipped};
use crate::model::builtin::open;
use crate::model::{Latency, Model};
use std::error::Error;

/// The systems, behind the noisy input and the bypasses, and files of their folders that cannot be used.
pub fn systems(args: &CompareArgs) -> Result<(Vec<Method>, Vec<Skipped>), Box<dyn Error>> {
    let kernels = kernels::chosen()?;
    let read =
        |named: &Named| Ok::<Model, Box<dyn Error>>(open(Some(&named.path), None)?.with_kernels(kernels));
    let alone = args.model.is_empty() && args.enhanced.is_empty();
    let latencies: &[Latency] = match &args.latency {
        Some(latencies) => latencies,
        None if alone => &Latency::ALL,
        None => &[],
    };
    let mut models = Vec::new();
    for &latency in latencies {
        models.push((None, open(None, Some(latency))?.with_kernels(kernels)));
    }
    for named in &args.model {
        models.push((named.name.clone(), read(named)?));
    }
    // Those without a name of their own have the names of their headers, numbered where these are the same.
    let headers: Vec<Model> =
        models.iter().filter(|(name, _)| name.is_none()).map(|(_, model)| model.clone()).collect();
    let numbered = Method::all(&headers)?.into_iter().filter(|method| method.kind.is_system());
    let mut numbered = numbered.map(|method| method.name);
    let mut used = 0;
    let mut systems = Vec::new();
    for (name, model) in models {
        let name = name.or_else(|| numbered.next()).unwrap_or_default();
        let mut seeds = Vec::new();
        for seed in args.seed_of.iter().filter(|seed| seed.name.as_deref() == Some(&name)) {
            seeds.push(read(seed)?);
        }
        used += seeds.len();
        systems.push(Method::seeds(&name, &model, seeds)?);
    }
    if used < args.seed_of.len() {
        return Err(Box::new(Usage("--seed-of takes NAME=FILE, with the name of one --model")));
    }
    let mut skipped = Vec::new();
    for Named { name, path } in &args.enhanced {
        let files = Enhanced::open(path)?;
        skipped.extend(files.skipped.iter().cloned());
        let folder = || path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        systems.push(Method::enhanced(&name.clone().unwrap_or_else(folder), files));
    }
    let methods = Method::beside(systems)?;
    for (n, method) in methods.iter().enumerate() {
        if methods[..n].iter().any(|other| other.name == method.name) {
            return Err(Box::new(EvalError::SameName { name: method.name.clone() }));
        }
    }
    Ok((methods, skipped))
}
