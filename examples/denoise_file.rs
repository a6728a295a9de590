//! A noisy WAV file in, a clean one out: as long as it was, aligned to the sample.
//!
//! `cargo run --release --example denoise_file examples/noisy.wav clean.wav`

use framewise::io::wav::{WavOutSpec, WavReader, WavWriter};
use framewise::io::{WavConfig, clean_wav};
use framewise::model::{Latency, Model};
use std::env;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<String> = env::args().skip(1).collect();
    let [input, output] = paths.as_slice() else {
        return Err("usage: denoise_file NOISY.wav CLEAN.wav".into());
    };
    let model = Model::builtin(Latency::ONE);
    let create = |reader: &WavReader| {
        let spec = reader.spec();
        let out = WavOutSpec::new(spec.sample_rate, spec.channels, spec.encoding.kept());
        Ok(WavWriter::create(output, out, true)?)
    };
    let (cleaned, _) = clean_wav(&model, WavReader::open(input)?, create, WavConfig::default(), |_| ())?;
    println!("{output}: {} sample frames through {}", cleaned.frames, model.header().name);
    Ok(())
}
