//! Dry and denoised sound out of the callback, for a recorder or a view on another thread.

use ringbuf::traits::{Consumer, Observer, Producer, Split};
use ringbuf::{HeapCons, HeapProd, HeapRb};

/// Seconds that whoever listens may fall behind.
const SECONDS: usize = 4;

/// Two sounds at the model's rate, side by side in time, while they are asked for.
pub struct Tap {
    ring: HeapCons<[f32; 2]>,
    channels: usize,
}

pub(super) struct TapEnd {
    ring: HeapProd<[f32; 2]>,
    channels: usize,
}

pub(super) fn tap(rate: u32, channels: usize) -> (TapEnd, Tap) {
    let (producer, consumer) = HeapRb::new(SECONDS * rate as usize * channels).split();
    (TapEnd { ring: producer, channels }, Tap { ring: consumer, channels })
}

impl TapEnd {
    /// Hands on so many frames, whole or not at all; `pair` gives the samples of a frame's channel. Returns the frames lost.
    pub fn push(&mut self, frames: usize, pair: impl Fn(usize, usize) -> [f32; 2]) -> usize {
        let channels = self.channels;
        if self.ring.vacant_len() < frames * channels {
            return frames;
        }
        self.ring.push_iter((0..frames * channels).map(|n| pair(n / channels, n % channels)));
        0
    }
}

impl Tap {
    /// Channels of each of the sounds.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Takes what is there, up to the length of `pairs`: both sounds' samples, the channels of a frame one after the other, whole
    /// frames only. Returns how many pairs.
    pub fn read(&mut self, pairs: &mut [[f32; 2]]) -> usize {
        let count = self.ring.occupied_len().min(pairs.len()) / self.channels * self.channels;
        self.ring.pop_slice(&mut pairs[..count])
    }
}

#[cfg(test)]
mod tests {
    use super::tap;

    #[test]
    fn frames_come_out_whole_and_in_order() {
        let (mut end, mut tap) = tap(10, 3);
        assert_eq!(end.push(5, |n, c| [n as f32, c as f32]), 0);
        let mut pairs = [[0.0; 2]; 7];
        assert_eq!(tap.read(&mut pairs), 6);
        assert_eq!(pairs[..6], [[0.0, 0.0], [0.0, 1.0], [0.0, 2.0], [1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]);
        assert_eq!(tap.read(&mut pairs), 6);
        assert_eq!((tap.read(&mut pairs), pairs[2]), (3, [4.0, 2.0]));
        assert_eq!((end.push(41, |_, _| [0.0; 2]), tap.read(&mut pairs)), (41, 0));
    }
}
