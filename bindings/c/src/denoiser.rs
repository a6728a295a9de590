//! Denoisers: made, set, asked, ended.

use crate::error::{fail, guarded, guarded_or, FramewiseStatus};
use denoise::engine::{Builder, Controls, Mask, Processor};
use denoise::model::{Latency, Model};
use std::cell::UnsafeCell;
use std::ffi::{c_char, CStr};
use std::slice;
use std::sync::Arc;

/// Samples of every channel that are woven at once.
pub(crate) const PIECE: usize = 512;

/// A denoiser.
pub struct Framewise {
    /// For any thread.
    pub(crate) controls: Arc<Controls>,
    pub(crate) rate: u32,
    pub(crate) channels: usize,
    /// Those of its models, by their places.
    latencies: Box<[Latency]>,
    /// For one thread at a time.
    pub(crate) sound: UnsafeCell<Sound>,
}

/// What processing changes.
pub(crate) struct Sound {
    pub processor: Processor,
    /// A piece of all channels, sample by sample.
    pub woven: Vec<f32>,
}

/// Whether channels share the mask that cleans them.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FramewiseMask {
    /// Each channel is cleaned as if it were alone.
    Each = 0,
    /// One mask for all, so that differences between channels stay as they were.
    Shared = 1,
}

/// A mask by its number.
fn mask(number: i32) -> Result<Mask, FramewiseStatus> {
    match number {
        0 => Ok(Mask::Each),
        1 => Ok(Mask::Shared),
        _ => Err(fail(
            FramewiseStatus::InvalidArgument,
            format!("mask {number}: expected 0 (each) or 1 (shared)"),
        )),
    }
}

/// Builds and hands over.
unsafe fn hand_over(builder: Builder, latencies: &[Latency], out: *mut *mut Framewise) -> FramewiseStatus {
    let processor = match builder.build() {
        Ok(processor) => processor,
        Err(error) => return fail(FramewiseStatus::InvalidArgument, error),
    };
    let (rate, channels) = (processor.rate(), processor.channels());
    let controls = Arc::clone(processor.controls());
    let sound = UnsafeCell::new(Sound { processor, woven: vec![0.0; PIECE * channels] });
    let denoiser = Box::new(Framewise { controls, rate, channels, latencies: latencies.into(), sound });
    // SAFETY: the caller has found that it is not null.
    unsafe { *out = Box::into_raw(denoiser) };
    FramewiseStatus::Ok
}

/// Makes a denoiser with the built-in models and stores it at `out`, where NULL stands if it fails.
///
/// `sample_rate` is in Hz, from 4000 to 384000; `channels` are 1 to 256; `latency` is in frames, 0 or 1, and can be changed
/// later; `mask` is a FramewiseMask. Not for a thread of sound.
///
/// # Safety
/// `out` can be written.
#[no_mangle]
pub unsafe extern "C" fn framewise_create(
    sample_rate: u32,
    channels: u32,
    latency: u32,
    mask: i32,
    out: *mut *mut Framewise,
) -> FramewiseStatus {
    // SAFETY: as the caller promises.
    unsafe { create(sample_rate, channels, mask, out, || Ok(None), Some(latency)) }
}

/// As framewise_create, with a model file, whose latency is its own. `path` is in UTF-8. Not for a thread of sound.
///
/// # Safety
/// `path` ends with a zero, and `out` can be written.
#[no_mangle]
pub unsafe extern "C" fn framewise_create_from_file(
    sample_rate: u32,
    channels: u32,
    path: *const c_char,
    mask: i32,
    out: *mut *mut Framewise,
) -> FramewiseStatus {
    let model = || {
        if path.is_null() {
            return Err(fail(FramewiseStatus::NullPointer, "the path is null"));
        }
        // SAFETY: as the caller promises.
        let path = unsafe { CStr::from_ptr(path) }
            .to_str()
            .map_err(|_| fail(FramewiseStatus::InvalidArgument, "the path is not UTF-8"))?;
        Model::open(path).map(Some).map_err(|error| fail(FramewiseStatus::InvalidModel, error))
    };
    // SAFETY: as the caller promises.
    unsafe { create(sample_rate, channels, mask, out, model, None) }
}

/// As framewise_create_from_file, with the bytes of a model file, which are copied. Not for a thread of sound.
///
/// # Safety
/// As many bytes can be read, and `out` can be written.
#[no_mangle]
pub unsafe extern "C" fn framewise_create_from_bytes(
    sample_rate: u32,
    channels: u32,
    bytes: *const u8,
    length: usize,
    mask: i32,
    out: *mut *mut Framewise,
) -> FramewiseStatus {
    let model = || {
        if bytes.is_null() {
            return Err(fail(FramewiseStatus::NullPointer, "the bytes of the model are null"));
        }
        // SAFETY: as the caller promises.
        let bytes = unsafe { slice::from_raw_parts(bytes, length) };
        let model = Model::from_bytes("bytes", bytes);
        model.map(Some).map_err(|error| fail(FramewiseStatus::InvalidModel, error))
    };
    // SAFETY: as the caller promises.
    unsafe { create(sample_rate, channels, mask, out, model, None) }
}

/// What all ways to make a denoiser have in common.
unsafe fn create(
    rate: u32,
    channels: u32,
    mask_number: i32,
    out: *mut *mut Framewise,
    model: impl FnOnce() -> Result<Option<Model>, FramewiseStatus>,
    frames: Option<u32>,
) -> FramewiseStatus {
    if out.is_null() {
        return fail(FramewiseStatus::NullPointer, "the place for the denoiser is null");
    }
    // SAFETY: as the caller promises.
    unsafe { *out = std::ptr::null_mut() };
    guarded(|| {
        let mut builder = Processor::builder(rate, channels as usize);
        builder = match mask(mask_number) {
            Ok(mask) => builder.mask(mask),
            Err(status) => return status,
        };
        let mut latencies = Latency::ALL.to_vec();
        match model() {
            Ok(Some(model)) => {
                latencies = vec![model.latency()];
                builder = builder.model(model);
            }
            Ok(None) => builder = builder.models(latencies.iter().map(|&latency| Model::builtin(latency))),
            Err(status) => return status,
        }
        if let Some(frames) = frames {
            builder = builder.latency(Latency::of(frames as usize));
        }
        // SAFETY: it is not null.
        unsafe { hand_over(builder, &latencies, out) }
    })
}

/// Ends a denoiser and frees its memory. NULL is allowed. Not for a thread of sound.
///
/// # Safety
/// The denoiser comes from framewise_create*, was not destroyed, and is not in use.
#[no_mangle]
pub unsafe extern "C" fn framewise_destroy(denoiser: *mut Framewise) {
    if !denoiser.is_null() {
        // SAFETY: `hand_over` made it with `Box::into_raw`.
        guarded_or((), || drop(unsafe { Box::from_raw(denoiser) }));
    }
}

/// Asks a denoiser that may be null.
unsafe fn ask<T>(denoiser: *const Framewise, otherwise: T, question: impl FnOnce(&Framewise) -> T) -> T {
    // SAFETY: as the caller promises.
    match unsafe { denoiser.as_ref() } {
        Some(denoiser) => guarded_or(otherwise, || question(denoiser)),
        None => otherwise,
    }
}

/// Delay from sample in to sample out, in samples of the given rate: that of the model that is heard. 0 for NULL. For any
/// thread, also one of sound.
///
/// # Safety
/// The denoiser lives.
#[no_mangle]
pub unsafe extern "C" fn framewise_latency(denoiser: *const Framewise) -> usize {
    // SAFETY: as the caller promises.
    unsafe { ask(denoiser, 0, |denoiser| denoiser.controls.delays().total()) }
}

/// The sample rate in Hz; 0 for NULL. For any thread, also one of sound.
///
/// # Safety
/// The denoiser lives.
#[no_mangle]
pub unsafe extern "C" fn framewise_sample_rate(denoiser: *const Framewise) -> u32 {
    // SAFETY: as the caller promises.
    unsafe { ask(denoiser, 0, |denoiser| denoiser.rate) }
}

/// Number of channels; 0 for NULL. For any thread, also one of sound.
///
/// # Safety
/// The denoiser lives.
#[no_mangle]
pub unsafe extern "C" fn framewise_channels(denoiser: *const Framewise) -> u32 {
    // SAFETY: as the caller promises.
    unsafe { ask(denoiser, 0, |denoiser| denoiser.channels as u32) }
}

/// Sets the most attenuation of what is taken for noise, in dB: 0 changes nothing, INFINITY, as at the start, sets no limit.
/// The change is cross-faded. For any thread, also one of sound.
///
/// # Safety
/// The denoiser lives.
#[no_mangle]
pub unsafe extern "C" fn framewise_set_strength(
    denoiser: *const Framewise,
    decibels: f32,
) -> FramewiseStatus {
    if decibels.is_nan() || decibels < 0.0 {
        return FramewiseStatus::InvalidArgument;
    }
    let set = |denoiser: &Framewise| {
        denoiser.controls.set_strength(decibels);
        FramewiseStatus::Ok
    };
    // SAFETY: as the caller promises.
    unsafe { ask(denoiser, FramewiseStatus::NullPointer, set) }
}

/// Lets the sound through as it came in, as late as the denoised one, or denoises again. The change is cross-faded. For any
/// thread, also one of sound.
///
/// # Safety
/// The denoiser lives.
#[no_mangle]
pub unsafe extern "C" fn framewise_set_bypass(denoiser: *const Framewise, on: bool) -> FramewiseStatus {
    let set = |denoiser: &Framewise| {
        denoiser.controls.set_bypass(on);
        FramewiseStatus::Ok
    };
    // SAFETY: as the caller promises.
    unsafe { ask(denoiser, FramewiseStatus::NullPointer, set) }
}

/// Switches the filter after the network, which lowers further what the network lowers. The change is cross-faded. For any
/// thread, also one of sound.
///
/// # Safety
/// The denoiser lives.
#[no_mangle]
pub unsafe extern "C" fn framewise_set_post_filter(denoiser: *const Framewise, on: bool) -> FramewiseStatus {
    let set = |denoiser: &Framewise| {
        denoiser.controls.set_post_filter(on);
        FramewiseStatus::Ok
    };
    // SAFETY: as the caller promises.
    unsafe { ask(denoiser, FramewiseStatus::NullPointer, set) }
}

/// Changes the latency to so many frames while sound runs. It takes 34 frames of 10 ms and a cross-fade, with which
/// framewise_latency() changes. For any thread, also one of sound.
///
/// # Safety
/// The denoiser lives.
#[no_mangle]
pub unsafe extern "C" fn framewise_set_latency(denoiser: *const Framewise, frames: u32) -> FramewiseStatus {
    let set = |denoiser: &Framewise| match denoiser
        .latencies
        .iter()
        .position(|latency| latency.frames() == frames as usize)
    {
        Some(place) => {
            denoiser.controls.set_model(place);
            FramewiseStatus::Ok
        }
        None => FramewiseStatus::InvalidArgument,
    };
    // SAFETY: as the caller promises.
    unsafe { ask(denoiser, FramewiseStatus::NullPointer, set) }
}
