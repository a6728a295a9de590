//! Live sound: a denoiser that an audio worklet calls quantum by quantum.

use crate::exported;
use crate::model::{given, high_band, latency, mask, strength};
use crate::slots::{Slots, keep, take, with};
use crate::status::{DONE, GONE, REFUSED, or, whole};
use framewise::engine::{Blocks, Processor};
use std::ptr;

/// Most samples of a quantum.
const MOST: u32 = 1 << 16;

struct Live {
    processor: Processor,
    planes: Vec<Plane>,
}

/// A quantum of one channel, of which so many samples are there.
struct Plane {
    samples: Vec<f32>,
    count: usize,
}

impl AsMut<[f32]> for Plane {
    fn as_mut(&mut self) -> &mut [f32] {
        &mut self.samples[..self.count]
    }
}

thread_local! {
    static LIVE: Slots<Live> = const { Slots::new(Vec::new()) };
}

fn create(
    rate: f64,
    channels: f64,
    frames: f64,
    mask_number: u32,
    band: u32,
    quantum: f64,
) -> Result<u32, String> {
    // Taken first: a model that was written is for this denoiser and no later one.
    let model = given()?;
    let quantum = whole(quantum, "a quantum")?;
    if !(1..=MOST).contains(&quantum) {
        return Err(format!("a quantum of {quantum} samples: expected 1 to {MOST}"));
    }
    let channels = whole(channels, "a number of channels")?;
    let mut builder = Processor::builder(whole(rate, "a sample rate")?, channels as usize)
        .mask(mask(mask_number)?)
        .high_band(high_band(band)?)
        .blocks(Blocks::Constant(quantum as usize));
    builder = match model {
        Some(model) => builder.model(model),
        None => builder.latency(latency(frames)?),
    };
    let processor = builder.build().map_err(|error| error.to_string())?;
    let plane = || Plane { samples: vec![0.0; quantum as usize], count: 0 };
    let planes = (0..channels).map(|_| plane()).collect();
    Ok(keep(&LIVE, Live { processor, planes }))
}

/// Does something with a denoiser that may be gone, and says so if it is.
fn on<R>(handle: u32, otherwise: R, work: impl FnOnce(&mut Live) -> R) -> R {
    with(&LIVE, handle, otherwise, work)
}

exported! {
    /// Makes a denoiser; gives its handle, or 0. `latency` is in frames, and counts only for the built-in models.
    fn framewise_create(
        rate: f64, channels: f64, latency: f64, mask: u32, high_band: u32, quantum: f64,
    ) -> u32 {
        or(create(rate, channels, latency, mask, high_band, quantum), 0)
    }

    /// The samples of a channel, as many as a quantum has: where they are written, and where they come out. Null if there is
    /// no such channel.
    fn framewise_samples(handle: u32, channel: usize) -> *mut f32 {
        on(handle, ptr::null_mut(), |live| {
            live.planes.get_mut(channel).map_or(ptr::null_mut(), |plane| plane.samples.as_mut_ptr())
        })
    }

    /// Processes so many samples of every channel, in their places.
    fn framewise_process(handle: u32, count: usize) -> i32 {
        on(handle, GONE, |Live { processor, planes }| {
            if planes.iter().any(|plane| plane.samples.len() < count) {
                return REFUSED;
            }
            planes.iter_mut().for_each(|plane| plane.count = count);
            processor.process_in_place(planes);
            DONE
        })
    }

    /// Changes the latency, in frames.
    fn framewise_set_latency(handle: u32, frames: f64) -> i32 {
        on(handle, GONE, |live| {
            let set = |frames| live.processor.controls().set_latency(frames).map_err(|error| error.to_string());
            or(latency(frames).and_then(set).map(|()| DONE), REFUSED)
        })
    }

    /// Sets the most attenuation, in dB.
    fn framewise_set_strength(handle: u32, decibels: f32) -> i32 {
        on(handle, GONE, |live| {
            let set = |decibels| live.processor.controls().set_strength(decibels);
            or(strength(decibels).map(set).map(|()| DONE), REFUSED)
        })
    }

    /// Lets the sound through as it came, or no longer.
    fn framewise_set_bypass(handle: u32, on_or_off: u32) -> i32 {
        on(handle, GONE, |live| {
            live.processor.controls().set_bypass(on_or_off != 0);
            DONE
        })
    }

    /// Switches the filter after the model.
    fn framewise_set_post_filter(handle: u32, on_or_off: u32) -> i32 {
        on(handle, GONE, |live| {
            live.processor.controls().set_post_filter(on_or_off != 0);
            DONE
        })
    }

    /// Delay from sample in to sample out by cause, in samples: of the window (0), the look-ahead (1), the blocks (2), the
    /// resamplers (3). For what is heard now.
    fn framewise_delay(handle: u32, cause: u32) -> i32 {
        on(handle, GONE, |live| {
            let delays = live.processor.delays();
            let parts = [delays.window, delays.look_ahead, delays.blocking, delays.resampling];
            parts.get(cause as usize).map_or(REFUSED, |&part| part as i32)
        })
    }

    /// Frames of latency of what is heard now.
    fn framewise_latency(handle: u32) -> i32 {
        on(handle, GONE, |live| live.processor.controls().latency().frames() as i32)
    }

    /// Samples of the input that were no numbers and counted as silence.
    fn framewise_scrubbed(handle: u32) -> f64 {
        on(handle, f64::from(GONE), |live| live.processor.controls().counts().scrubbed as f64)
    }

    /// Back to the start, with the present settings.
    fn framewise_reset(handle: u32) -> i32 {
        on(handle, GONE, |live| {
            live.processor.reset();
            DONE
        })
    }

    /// Ends a denoiser.
    fn framewise_destroy(handle: u32) -> i32 {
        take(&LIVE, handle).map_or(GONE, |_| DONE)
    }
}
