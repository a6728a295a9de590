//! Which model, and how it treats channels and high band.

use crate::exported;
use crate::status::whole;
use framewise::engine::{EngineError, HighBand, Mask};
use framewise::model::{Latency, Model};
use std::cell::RefCell;

thread_local! {
    static BYTES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

exported! {
    /// A place for so many bytes of a model file, which the next denoiser that is made then takes in the place of the
    /// built-in models.
    fn framewise_model(length: usize) -> *mut u8 {
        BYTES.with_borrow_mut(|bytes| {
            *bytes = vec![0; length];
            bytes.as_mut_ptr()
        })
    }
}

/// The model whose bytes were written, if any were.
pub fn given() -> Result<Option<Model>, String> {
    let bytes = BYTES.take();
    if bytes.is_empty() {
        return Ok(None);
    }
    Model::from_bytes("the model", &bytes).map(Some).map_err(|error| error.to_string())
}

/// A latency in frames.
pub fn latency(frames: f64) -> Result<Latency, String> {
    whole(frames, "a latency").map(|frames| Latency::of(frames as usize))
}

/// The most attenuation in dB: none below zero, and none that is no number.
pub fn strength(decibels: f32) -> Result<f32, String> {
    if decibels.is_nan() || decibels < 0.0 {
        return Err(EngineError::Strength { found: decibels }.to_string());
    }
    Ok(decibels)
}

/// A mask by its number: 0 for each channel its own, 1 for one that all share.
pub fn mask(number: u32) -> Result<Mask, String> {
    match number {
        0 => Ok(Mask::Each),
        1 => Ok(Mask::Shared),
        _ => Err(format!("mask {number}: expected 0 or 1")),
    }
}

/// A high band by its number: 0 to follow, 1 to keep, 2 to mute.
pub fn high_band(number: u32) -> Result<HighBand, String> {
    match number {
        0 => Ok(HighBand::Follow),
        1 => Ok(HighBand::Keep),
        2 => Ok(HighBand::Mute),
        _ => Err(format!("high band {number}: expected 0, 1 or 2")),
    }
}
