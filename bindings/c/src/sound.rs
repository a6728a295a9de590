//! Blocks through a denoiser.

use crate::denoiser::{Framewise, Sound, PIECE};
use crate::error::{guarded, FramewiseStatus};
use std::{ptr, slice};

/// Takes and gives `frames` samples of every channel, which are apart: `input[c]` and `output[c]` are those of channel `c`.
/// Outputs may be inputs. Blocks may have any size, and change it. Samples that are not finite count as 0. For a thread of
/// sound: nothing is allocated, locked or waited for.
///
/// # Safety
/// The denoiser lives and is not processing. There are pointers for as many channels as it has, each to as many samples.
#[no_mangle]
#[cfg_attr(framewise_rtsan, sanitize(realtime = "nonblocking"))]
pub unsafe extern "C" fn framewise_process(
    denoiser: *mut Framewise,
    input: *const *const f32,
    output: *const *mut f32,
    frames: usize,
) -> FramewiseStatus {
    // SAFETY: as the caller promises.
    let Some(denoiser) = (unsafe { denoiser.as_ref() }) else { return FramewiseStatus::NullPointer };
    if input.is_null() || output.is_null() {
        return FramewiseStatus::NullPointer;
    }
    let channels = denoiser.channels;
    // SAFETY: as the caller promises.
    let (input, output) =
        unsafe { (slice::from_raw_parts(input, channels), slice::from_raw_parts(output, channels)) };
    if frames > 0 && (input.iter().any(|plane| plane.is_null()) || output.iter().any(|plane| plane.is_null()))
    {
        return FramewiseStatus::NullPointer;
    }
    guarded(|| {
        // SAFETY: as the caller promises, nobody else is here.
        let Sound { processor, woven } = unsafe { &mut *denoiser.sound.get() };
        for start in (0..frames).step_by(PIECE) {
            let length = PIECE.min(frames - start);
            for (c, plane) in input.iter().enumerate() {
                for (n, to) in woven.iter_mut().skip(c).step_by(channels).take(length).enumerate() {
                    // SAFETY: the channel has `frames` samples.
                    *to = unsafe { *plane.add(start + n) };
                }
            }
            processor.process_interleaved(&mut woven[..length * channels]);
            for (c, plane) in output.iter().enumerate() {
                for (n, from) in woven.iter().skip(c).step_by(channels).take(length).enumerate() {
                    // SAFETY: as above.
                    unsafe { *plane.add(start + n) = *from };
                }
            }
        }
        FramewiseStatus::Ok
    })
}

/// As framewise_process, with the samples of all channels one after the other: `frames` times as many as there are channels.
/// `output` may be `input`. For a thread of sound.
///
/// # Safety
/// The denoiser lives and is not processing; as many samples can be read and written.
#[no_mangle]
#[cfg_attr(framewise_rtsan, sanitize(realtime = "nonblocking"))]
pub unsafe extern "C" fn framewise_process_interleaved(
    denoiser: *mut Framewise,
    input: *const f32,
    output: *mut f32,
    frames: usize,
) -> FramewiseStatus {
    // SAFETY: as the caller promises.
    let Some(denoiser) = (unsafe { denoiser.as_ref() }) else { return FramewiseStatus::NullPointer };
    if frames == 0 {
        return FramewiseStatus::Ok;
    }
    if input.is_null() || output.is_null() {
        return FramewiseStatus::NullPointer;
    }
    let Some(samples) = frames.checked_mul(denoiser.channels) else {
        return FramewiseStatus::InvalidArgument;
    };
    guarded(|| {
        // SAFETY: both have as many samples; they may be the same, and nobody else is here.
        let (output, sound) = unsafe {
            ptr::copy(input, output, samples);
            (slice::from_raw_parts_mut(output, samples), &mut *denoiser.sound.get())
        };
        sound.processor.process_interleaved(output);
        FramewiseStatus::Ok
    })
}

/// Back to the start, as a new denoiser with the present settings. It allocates nothing, but writes all of the state: for a
/// thread of sound only where that may take a millisecond.
///
/// # Safety
/// The denoiser lives and is not processing.
#[no_mangle]
#[cfg_attr(framewise_rtsan, sanitize(realtime = "nonblocking"))]
pub unsafe extern "C" fn framewise_reset(denoiser: *mut Framewise) -> FramewiseStatus {
    // SAFETY: as the caller promises.
    let Some(denoiser) = (unsafe { denoiser.as_ref() }) else { return FramewiseStatus::NullPointer };
    guarded(|| {
        // SAFETY: as the caller promises, nobody else is here.
        unsafe { &mut *denoiser.sound.get() }.processor.reset();
        FramewiseStatus::Ok
    })
}
