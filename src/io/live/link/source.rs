//! The reading side of the ring: frames in the number asked for, whatever the input device does.

use ringbuf::HeapCons;
use ringbuf::traits::{Consumer, Observer};

/// What a pull found, in frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pulled {
    /// Frames that were not there and became silence.
    pub silent: usize,
    /// Whether this pull was the first to find too few.
    pub ran_dry: bool,
    /// Frames dropped under a cross-fade.
    pub dropped: usize,
}

/// Frames out of the ring, whose samples are interleaved. Where they run out, the last fades to zero and silence follows, until
/// [`Source::resume`] fades in again. A surplus leaves under a cross-fade.
pub(super) struct Source {
    ring: HeapCons<f32>,
    channels: usize,
    /// Frames taken out of the ring, in the capturing side's count.
    read: u32,
    block: Vec<f32>,
    later: Vec<f32>,
    flowing: bool,
    fade: usize,
    /// Frames since the flow began or ended, up to `fade`.
    since: usize,
    last: Vec<f32>,
    surplus: usize,
}

impl Source {
    /// A source that is silent and gives at most `most` frames at once.
    pub fn new(ring: HeapCons<f32>, channels: usize, most: usize, fade: usize) -> Self {
        let fade = fade.max(1);
        Self {
            ring,
            channels,
            read: 0,
            block: vec![0.0; most * channels],
            later: vec![0.0; most * channels],
            flowing: false,
            fade,
            since: fade,
            last: vec![0.0; channels],
            surplus: 0,
        }
    }

    /// A source whose count of frames begins elsewhere, as after a day.
    #[cfg(test)]
    pub fn counted_from(self, read: u32) -> Self {
        Self { read, ..self }
    }

    pub fn flowing(&self) -> bool {
        self.flowing
    }

    /// Frames taken out so far, modulo 2^32.
    pub fn read(&self) -> u32 {
        self.read
    }

    /// Frames that are left in the ring.
    pub fn left(&self) -> usize {
        self.ring.occupied_len() / self.channels
    }

    /// Frames that the ring holds at most.
    pub fn capacity(&self) -> usize {
        self.ring.capacity().get() / self.channels
    }

    /// Ends a silence after passing over so many frames; returns how many were there to pass over.
    pub fn resume(&mut self, surplus: usize) -> usize {
        self.flowing = true;
        self.since = 0;
        self.surplus = 0;
        self.skip(surplus)
    }

    /// Takes so many frames out under a cross-fade at the next pull.
    pub fn drop_surplus(&mut self, surplus: usize) {
        self.surplus = surplus;
    }

    /// The next frames, or silence in their place.
    pub fn pull(&mut self, count: usize) -> (&[f32], Pulled) {
        let mut pulled = Pulled::default();
        let mut there = 0;
        if self.flowing {
            let surplus = std::mem::take(&mut self.surplus).min(self.left().saturating_sub(count));
            there = self.pop(count);
            if surplus > 0 && there == count {
                pulled.dropped = surplus;
                self.cross_fade(count, surplus);
            }
            self.fade_in(there);
            if there > 0 {
                self.last.copy_from_slice(&self.block[(there - 1) * self.channels..][..self.channels]);
            }
            if there < count {
                self.flowing = false;
                self.since = 0;
                pulled.ran_dry = true;
            }
        }
        pulled.silent = count - there;
        let channels = self.channels;
        for frame in self.block[there * channels..count * channels].chunks_exact_mut(channels) {
            let share = 1.0 - self.since as f32 / self.fade as f32;
            frame.iter_mut().zip(&self.last).for_each(|(sample, last)| *sample = last * share);
            self.since = (self.since + 1).min(self.fade);
        }
        (&self.block[..count * channels], pulled)
    }

    /// From a block to the one that lies `surplus` samples later; both may have frames in common.
    fn cross_fade(&mut self, count: usize, surplus: usize) {
        let (common, channels) = (count.saturating_sub(surplus), self.channels);
        self.skip(surplus.saturating_sub(count));
        self.later[..common * channels]
            .copy_from_slice(&self.block[(count - common) * channels..count * channels]);
        let found = self.ring.pop_slice(&mut self.later[common * channels..count * channels]) / channels;
        debug_assert_eq!(found, count - common);
        self.read = self.read.wrapping_add(found as u32);
        for (n, (sample, later)) in self.block[..count * channels].iter_mut().zip(&self.later).enumerate() {
            *sample += (later - *sample) * (n / channels + 1) as f32 / count as f32;
        }
    }

    fn fade_in(&mut self, there: usize) {
        let left = (self.fade - self.since).min(there);
        for frame in self.block[..left * self.channels].chunks_exact_mut(self.channels) {
            let share = self.since as f32 / self.fade as f32;
            frame.iter_mut().for_each(|sample| *sample *= share);
            self.since += 1;
        }
    }

    fn pop(&mut self, count: usize) -> usize {
        let there = self.ring.pop_slice(&mut self.block[..count * self.channels]) / self.channels;
        self.read = self.read.wrapping_add(there as u32);
        there
    }

    fn skip(&mut self, count: usize) -> usize {
        let skipped = self.ring.skip(count * self.channels) / self.channels;
        self.read = self.read.wrapping_add(skipped as u32);
        skipped
    }
}

#[cfg(test)]
mod tests {
    use super::{Pulled, Source};
    use ringbuf::HeapRb;
    use ringbuf::traits::{Producer, Split};

    const FADE: usize = 10;

    fn filled(samples: &[f32]) -> (Source, ringbuf::HeapProd<f32>) {
        let (mut producer, consumer) = HeapRb::new(1000).split();
        producer.push_slice(samples);
        (Source::new(consumer, 1, 100, FADE), producer)
    }

    #[test]
    fn a_source_is_silent_until_it_is_told_to_flow() {
        let (mut source, _) = filled(&[1.0; 50]);
        assert_eq!(source.pull(20), (&[0.0; 20][..], Pulled { silent: 20, ..Pulled::default() }));
        assert_eq!((source.resume(5), source.read()), (5, 5));
        let (samples, pulled) = source.pull(20);
        assert_eq!(pulled, Pulled::default());
        assert_eq!((samples[0], samples[5], samples[FADE], samples[19]), (0.0, 0.5, 1.0, 1.0));
    }

    #[test]
    fn where_samples_run_out_the_last_one_fades_and_silence_follows() {
        let (mut source, mut producer) = filled(&[1.0; 50]);
        source.resume(0);
        source.pull(40);
        let (samples, pulled) = source.pull(40);
        assert_eq!(pulled, Pulled { silent: 30, ran_dry: true, dropped: 0 });
        let steps = samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(steps < 1.01 / FADE as f32, "a step of {steps}");
        assert_eq!(samples[10 + FADE..], [0.0; 20]);
        producer.push_slice(&[1.0; 50]);
        assert_eq!(source.pull(5).1, Pulled { silent: 5, ran_dry: false, dropped: 0 }, "it waits to be told");
    }

    #[test]
    fn a_surplus_leaves_under_a_cross_fade() {
        let ramp: Vec<f32> = (0..500).map(|n| n as f32).collect();
        let (mut source, _) = filled(&ramp);
        source.resume(0);
        source.pull(FADE);
        source.drop_surplus(300);
        let (samples, pulled) = source.pull(100);
        assert_eq!(pulled.dropped, 300);
        assert_eq!((samples[0], samples[99]), (10.0 + 3.0, 109.0 + 300.0));
        let (samples, _) = source.pull(10);
        assert_eq!(samples[0], 410.0);
    }

    #[test]
    fn a_surplus_shorter_than_a_pull_leaves_as_well() {
        let ramp: Vec<f32> = (0..500).map(|n| n as f32).collect();
        for surplus in [1, 30, 99, 100, 101] {
            let (mut source, _) = filled(&ramp);
            source.resume(0);
            source.pull(FADE);
            source.drop_surplus(surplus);
            let (samples, pulled) = source.pull(100);
            assert_eq!(pulled.dropped, surplus);
            let late = surplus as f32;
            assert!((samples[0] - 10.0 - late / 100.0).abs() < 1e-4, "{}", samples[0]);
            assert_eq!(samples[99], 109.0 + late);
            assert_eq!((source.pull(10).0[0], source.read()), (110.0 + late, 120 + surplus as u32));
        }
    }
}
