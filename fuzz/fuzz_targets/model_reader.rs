//! Any bytes as a model file: an error of one line, or a model that runs.
#![no_main]

use framewise::engine::Denoiser;
use framewise::model::Model;
use libfuzzer_sys::fuzz_target;

/// Floats of state up to which a model is run.
const SMALL: usize = 1 << 20;

fuzz_target!(|bytes: &[u8]| {
    match Model::from_bytes("fuzz.safetensors", bytes) {
        Ok(model) if model.graph().summary().state() <= SMALL => {
            let mut denoiser = Denoiser::new(&model);
            let (input, mut output) = (vec![0.5; denoiser.hop()], vec![0.0; denoiser.hop()]);
            for _ in 0..3 {
                denoiser.process_hop(&input, &mut output);
            }
        }
        Ok(_) => {}
        Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
    }
});
