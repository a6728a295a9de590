//! The models that are compiled in.

use super::{Latency, Model};
use std::sync::OnceLock;

static ZERO: &[u8] = include_bytes!("../../models/dual-path-zero.safetensors");
static ONE_FRAME: &[u8] = include_bytes!("../../models/dual-path-one-frame.safetensors");

/// The built-in model of a latency, parsed once in the life of the process.
pub(super) fn model(latency: Latency) -> Model {
    static MODELS: [OnceLock<Model>; 2] = [OnceLock::new(), OnceLock::new()];
    let (bytes, name) = match latency {
        Latency::Zero => (ZERO, "built-in model dual-path-zero"),
        Latency::OneFrame => (ONE_FRAME, "built-in model dual-path-one-frame"),
    };
    let parse = || Model::from_bytes(name, bytes).expect("the tests build every model that is compiled in");
    MODELS[latency.frames()].get_or_init(parse).clone()
}
