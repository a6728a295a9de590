//! Dry and denoised sound out of the callback, for a recorder or a view on another thread.

use ringbuf::traits::{Consumer, Observer, Producer, Split};
use ringbuf::{HeapCons, HeapProd, HeapRb};

/// Seconds that whoever listens may fall behind.
const SECONDS: usize = 4;

/// Two sounds at the model's rate, side by side in time, while they are asked for.
pub struct Tap {
    ring: HeapCons<[f32; 2]>,
}

pub(super) struct TapEnd {
    ring: HeapProd<[f32; 2]>,
}

pub(super) fn tap(rate: u32) -> (TapEnd, Tap) {
    let (producer, consumer) = HeapRb::new(SECONDS * rate as usize).split();
    (TapEnd { ring: producer }, Tap { ring: consumer })
}

impl TapEnd {
    /// Hands on a hop, whole or not at all; returns the samples lost.
    pub fn push(&mut self, dry: &[f32], wet: &[f32]) -> usize {
        if self.ring.vacant_len() < dry.len() {
            return dry.len();
        }
        self.ring.push_iter(dry.iter().zip(wet).map(|(&dry, &wet)| [dry, wet]));
        0
    }
}

impl Tap {
    /// Takes what is there, up to the length of `pairs`: both sounds' samples. Returns how many.
    pub fn read(&mut self, pairs: &mut [[f32; 2]]) -> usize {
        self.ring.pop_slice(pairs)
    }
}
