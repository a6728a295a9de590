//! The kernels that tests run on, so that one build is tested on every choice.
#![allow(dead_code)] // every test binary uses a part of it

use framewise::model::{Latency, Model};
use framewise::nn::Kernels;
use std::env;

/// Environment variable with the name of the kernels, as the program reads it.
pub const VARIABLE: &str = "FRAMEWISE_KERNELS";

/// The kernels that the environment names, or else the fastest.
///
/// # Panics
/// If there are none of that name, or this processor cannot run them: the tests would pass on others.
pub fn kernels() -> Kernels {
    match env::var_os(VARIABLE) {
        None => Kernels::fastest(),
        Some(name) => {
            let chosen = name.to_string_lossy().parse();
            chosen.unwrap_or_else(|error| panic!("{VARIABLE}: {error}"))
        }
    }
}

/// The model that is compiled in for a latency, on these kernels.
pub fn builtin(latency: Latency) -> Model {
    Model::builtin(latency).with_kernels(kernels())
}
