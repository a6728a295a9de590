//! Sound within a page.

use crate::eval::EvalError;
use crate::io::wav::{OutEncoding, WavOutSpec, WavWriter};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that a writer elsewhere fills.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A WAV file of 16 bits as a data address.
pub(super) fn wav_address(samples: &[f32], sample_rate: u32) -> Result<String, EvalError> {
    let bytes = Shared::default();
    let spec = WavOutSpec {
        expected_frames: Some(samples.len() as u64),
        ..WavOutSpec::new(sample_rate, 1, OutEncoding::I16)
    };
    let failed = |error: crate::io::wav::WavError| EvalError::Drawing(error.to_string());
    let mut writer = WavWriter::stream("sound in the page", bytes.clone(), spec).map_err(failed)?;
    writer.write(samples).map_err(failed)?;
    writer.finish().map_err(failed)?;
    let bytes = bytes.0.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(address("audio/wav", &bytes))
}

/// Bytes as a data address.
pub(super) fn address(kind: &str, bytes: &[u8]) -> String {
    format!("data:{kind};base64,{}", STANDARD.encode(bytes))
}
