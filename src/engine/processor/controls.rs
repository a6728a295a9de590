//! What another thread may change and read while sound runs: atomics.

use crate::engine::strength::{decibels, dry_share};
use crate::engine::{Counts, Delays, EngineError};
use crate::model::Latency;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, AtomicU64, AtomicUsize};

/// A model of a processor, as other threads see it.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub latency: Latency,
    /// Delay at the host's rate, without what blocks add.
    pub delays: Delays,
}

/// Settings and figures of a running [`Processor`](super::Processor), for any thread. Nothing here waits or allocates, but
/// for messages of errors.
///
/// Settings are read once a hop, and every change is a cross-fade of at least one hop; none clicks.
#[derive(Debug)]
pub struct Controls {
    bypass: AtomicBool,
    post_filter: AtomicBool,
    /// Share of the dry sound, as bits.
    share: AtomicU32,
    model: AtomicUsize,
    entries: Box<[Entry]>,
    heard: AtomicUsize,
    blocking: AtomicUsize,
    scrubbed: AtomicU64,
    frames: AtomicU64,
    lost: AtomicU64,
    lowered: AtomicI32,
    uneven: AtomicU64,
}

impl Controls {
    pub(super) fn new(entries: Vec<Entry>, model: usize) -> Self {
        Self {
            bypass: false.into(),
            post_filter: false.into(),
            share: 0f32.to_bits().into(),
            model: model.into(),
            entries: entries.into(),
            heard: model.into(),
            blocking: 0.into(),
            scrubbed: 0.into(),
            frames: 0.into(),
            lost: 0.into(),
            lowered: 0.into(),
            uneven: 0.into(),
        }
    }

    /// Lets the sound through as it came in, as late as the denoised one.
    pub fn set_bypass(&self, on: bool) {
        self.bypass.store(on, Relaxed);
    }

    /// Whether the sound is let through as it came in.
    pub fn bypass(&self) -> bool {
        self.bypass.load(Relaxed)
    }

    /// Most attenuation of what is taken for noise, in dB: 0 changes nothing, infinity is all that the model does. What is
    /// below zero, or no number, counts as 0.
    pub fn set_strength(&self, decibels: f32) {
        self.share.store(dry_share(decibels).to_bits(), Relaxed);
    }

    /// The strength in dB.
    pub fn strength(&self) -> f32 {
        decibels(f32::from_bits(self.share.load(Relaxed))).max(0.0)
    }

    /// Lowers further what the model already lowered; see [`Builder::post_filter`](super::Builder::post_filter).
    pub fn set_post_filter(&self, on: bool) {
        self.post_filter.store(on, Relaxed);
    }

    /// Whether the filter after the model is on.
    pub fn post_filter(&self) -> bool {
        self.post_filter.load(Relaxed)
    }

    /// Share of the dry sound that is asked for.
    pub(super) fn dry_share(&self) -> f32 {
        if self.bypass() { 1.0 } else { f32::from_bits(self.share.load(Relaxed)) }
    }

    /// Changes to the first model of this latency. The delay changes with it: by one hop between zero and one frame.
    ///
    /// # Errors
    /// If the processor has no model of this latency.
    pub fn set_latency(&self, latency: Latency) -> Result<(), EngineError> {
        self.set_model(find(self.entries.iter().map(|entry| entry.latency), latency)?);
        Ok(())
    }

    /// Changes to another model, by its place among those that the processor was built with; a place that does not exist
    /// changes nothing.
    pub fn set_model(&self, place: usize) {
        if place < self.entries.len() {
            self.model.store(place, Relaxed);
        }
    }

    /// The place of the model that was asked for.
    pub fn model(&self) -> usize {
        self.model.load(Relaxed)
    }

    /// The place of the model that is heard. A change takes 34 hops: another model first gets used to the sound.
    pub fn heard(&self) -> usize {
        self.heard.load(Relaxed)
    }

    /// Latency of the model that is heard.
    pub fn latency(&self) -> Latency {
        self.entries[self.heard()].latency
    }

    /// Delay from sample in to sample out of the model that is heard, by cause, in samples at the host's rate.
    pub fn delays(&self) -> Delays {
        Delays { blocking: self.blocking.load(Relaxed), ..self.entries[self.heard()].delays }
    }

    /// Delay from sample in to sample out if that model were heard; of the last one where there is no such model.
    pub fn delays_of(&self, place: usize) -> Delays {
        let entry = &self.entries[place.min(self.entries.len() - 1)];
        Delays { blocking: self.blocking.load(Relaxed), ..entry.delays }
    }

    /// Number of models.
    pub fn models(&self) -> usize {
        self.entries.len()
    }

    /// What had to be done since the start, in all channels together. The frames of a model that a change is under way to
    /// count as well.
    pub fn counts(&self) -> Counts {
        Counts {
            scrubbed: self.scrubbed.load(Relaxed),
            frames: self.frames.load(Relaxed),
            lost: self.lost.load(Relaxed),
            lowered: self.lowered.load(Relaxed),
        }
    }

    /// Blocks since the start whose channels differed in number or length from what was announced, or from each other.
    pub fn uneven(&self) -> u64 {
        self.uneven.load(Relaxed)
    }

    pub(super) fn store_heard(&self, place: usize) {
        self.heard.store(place, Relaxed);
    }

    pub(super) fn store_blocking(&self, samples: usize) {
        self.blocking.store(samples, Relaxed);
    }

    /// Adds what had to be done.
    pub(super) fn count(&self, counts: Counts) {
        let Counts { scrubbed, frames, lost, lowered } = counts;
        for (counter, more) in [(&self.scrubbed, scrubbed), (&self.frames, frames), (&self.lost, lost)] {
            if more > 0 {
                counter.fetch_add(more, Relaxed);
            }
        }
        self.lowered.fetch_max(lowered, Relaxed);
    }

    pub(super) fn count_uneven(&self) {
        self.uneven.fetch_add(1, Relaxed);
    }

    pub(super) fn reset(&self) {
        for counter in [&self.scrubbed, &self.frames, &self.lost] {
            counter.store(0, Relaxed);
        }
        self.lowered.store(0, Relaxed);
        self.uneven.store(0, Relaxed);
    }
}

/// The first place where one of these latencies is the one asked for.
pub(super) fn find(
    latencies: impl Iterator<Item = Latency> + Clone,
    asked: Latency,
) -> Result<usize, EngineError> {
    latencies
        .clone()
        .position(|found| found == asked)
        .ok_or_else(|| EngineError::Latency { asked, available: latencies.collect() })
}
