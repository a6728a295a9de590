//! What all metrics refuse.

use crate::eval::EvalError;

/// Refuses signals of different lengths, without samples, or with samples that are not finite.
fn pair(clean: &[f32], estimate: &[f32]) -> Result<(), EvalError> {
    if clean.len() != estimate.len() {
        return Err(EvalError::Lengths { expected: clean.len(), found: estimate.len() });
    }
    if clean.is_empty() {
        return Err(EvalError::Empty);
    }
    for (signal, samples) in [("clean", clean), ("estimated", estimate)] {
        if let Some(at) = samples.iter().position(|sample| !sample.is_finite()) {
            return Err(EvalError::NotFinite { signal, at, value: samples[at] });
        }
    }
    Ok(())
}

/// As [`pair`], and refuses a clean signal that does not move.
pub(super) fn sounding_clean(clean: &[f32], estimate: &[f32]) -> Result<(), EvalError> {
    pair(clean, estimate)?;
    sounding("clean", clean)
}

/// As [`pair`], and refuses signals that do not move.
pub(super) fn sounding_pair(clean: &[f32], estimate: &[f32]) -> Result<(), EvalError> {
    sounding_clean(clean, estimate)?;
    sounding("estimated", estimate)
}

fn sounding(signal: &'static str, samples: &[f32]) -> Result<(), EvalError> {
    if samples.iter().all(|sample| *sample == samples[0]) {
        return Err(EvalError::Silent { signal });
    }
    Ok(())
}
