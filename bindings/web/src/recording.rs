//! Recordings: as many samples out as in, aligned with them.

use crate::exported;
use crate::model::{given, high_band, latency, mask, strength};
use crate::slots::{Slots, keep, take, with};
use crate::status::{GONE, REFUSED, or, whole};
use framewise::io::{CleanConfig, Cleaner, RATES};
use framewise::model::{Latency, Model};
use std::ptr;

/// Most channels, as of a processor, and most samples of a piece.
const MOST_CHANNELS: u32 = 256;
const MOST: u32 = 1 << 20;

struct Recording {
    /// None once it has ended.
    cleaner: Option<Cleaner>,
    noisy: Vec<Vec<f32>>,
    clean: Vec<Vec<f32>>,
    /// Samples of a piece.
    most: usize,
}

thread_local! {
    static RECORDINGS: Slots<Recording> = const { Slots::new(Vec::new()) };
}

/// How a recording is cleaned, and in what pieces.
struct Settings {
    rate: f64,
    channels: f64,
    latency: f64,
    strength: f32,
    mask: u32,
    high_band: u32,
    post_filter: bool,
    piece: f64,
}

fn open(settings: &Settings) -> Result<u32, String> {
    let model = given()?;
    let (rate, channels) =
        (whole(settings.rate, "a sample rate")?, whole(settings.channels, "a number of channels")?);
    if !(1..=MOST_CHANNELS).contains(&channels) {
        return Err(format!("{channels} channels: expected 1 to {MOST_CHANNELS}"));
    }
    let piece = whole(settings.piece, "a piece")?;
    if !(1..=MOST).contains(&piece) {
        return Err(format!("a piece of {piece} samples: expected 1 to {MOST}"));
    }
    let strength = strength(settings.strength)?;
    let model = match model {
        Some(model) => model,
        None => {
            let latency = latency(settings.latency)?;
            if !Latency::ALL.contains(&latency) {
                return Err(format!("no model for a latency of {latency}: there are zero and one"));
            }
            Model::builtin(latency)
        }
    };
    if rate != model.sample_rate() && !RATES.contains(&rate) {
        return Err(format!("sample rate {rate} Hz: expected {} to {} Hz", RATES.start(), RATES.end()));
    }
    let config = CleanConfig::default()
        .strength(strength.is_finite().then_some(strength))
        .mask(mask(settings.mask)?)
        .high_band(high_band(settings.high_band)?)
        .post_filter(settings.post_filter);
    let (channels, most) = (channels as usize, piece as usize);
    let recording = Recording {
        cleaner: Some(Cleaner::new(&model, rate, channels, config)),
        noisy: vec![vec![0.0; most]; channels],
        clean: vec![Vec::new(); channels],
        most,
    };
    Ok(keep(&RECORDINGS, recording))
}

impl Recording {
    /// Cleans a piece; how many samples are ready.
    fn push(&mut self, count: usize) -> i32 {
        let Some(cleaner) = &mut self.cleaner else { return REFUSED };
        if count > self.most {
            return REFUSED;
        }
        self.clean.iter_mut().for_each(Vec::clear);
        self.noisy.iter_mut().for_each(|plane| plane.truncate(count));
        cleaner.push(&self.noisy, &mut self.clean);
        self.noisy.iter_mut().for_each(|plane| plane.resize(self.most, 0.0));
        self.clean[0].len() as i32
    }

    /// Cleans the rest; how many samples are ready.
    fn finish(&mut self) -> i32 {
        let Some(cleaner) = self.cleaner.take() else { return REFUSED };
        self.clean.iter_mut().for_each(Vec::clear);
        cleaner.finish(&mut self.clean);
        self.clean[0].len() as i32
    }
}

exported! {
    /// Begins a recording, which comes in pieces of so many samples at most; gives its handle, or 0.
    fn framewise_open(
        rate: f64, channels: f64, latency: f64, strength: f32, mask: u32, high_band: u32, post_filter: u32,
        piece: f64,
    ) -> u32 {
        let post_filter = post_filter != 0;
        or(open(&Settings { rate, channels, latency, strength, mask, high_band, post_filter, piece }), 0)
    }

    /// Where the samples of a channel are written, as many as a piece has; null if there is no such channel.
    fn framewise_noisy(handle: u32, channel: usize) -> *mut f32 {
        with(&RECORDINGS, handle, ptr::null_mut(), |recording| {
            recording.noisy.get_mut(channel).map_or(ptr::null_mut(), Vec::as_mut_ptr)
        })
    }

    /// Takes a piece of so many samples; how many are ready.
    fn framewise_push(handle: u32, count: usize) -> i32 {
        with(&RECORDINGS, handle, GONE, |recording| recording.push(count))
    }

    /// Takes no more; how many are ready, which are the last.
    fn framewise_finish(handle: u32) -> i32 {
        with(&RECORDINGS, handle, GONE, Recording::finish)
    }

    /// What is ready of a channel; null if there is no such channel.
    fn framewise_clean(handle: u32, channel: usize) -> *const f32 {
        with(&RECORDINGS, handle, ptr::null(), |recording| {
            recording.clean.get(channel).map_or(ptr::null(), |plane| plane.as_ptr())
        })
    }

    /// Ends a recording.
    fn framewise_close(handle: u32) -> i32 {
        take(&RECORDINGS, handle).map_or(GONE, |_| 0)
    }
}
