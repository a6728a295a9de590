//! Frames that are passed over without a click.

use crate::engine::Ready;

/// A cross-fade from the frames that were next to those that lie further on; it takes as long as what was ready lasts.
pub(super) struct Passing {
    before: Vec<Vec<f32>>,
    at: usize,
    end: usize,
}

impl Passing {
    /// For at most so many frames that are ready.
    pub fn new(channels: usize, most: usize) -> Self {
        Self { before: vec![vec![0.0; most]; channels], at: 0, end: 0 }
    }

    /// Whether one is under way.
    pub fn busy(&self) -> bool {
        self.at < self.end
    }

    /// Passes over the next frames, at most as many as are ready.
    pub fn begin(&mut self, ready: &mut Ready, frames: usize) {
        (self.at, self.end) = (0, ready.count());
        for (channel, before) in self.before.iter_mut().enumerate() {
            ready.read(channel, before);
        }
        ready.skip(frames);
    }

    /// What is heard of a channel `n` frames on, where without this it would be `sample`.
    pub fn heard(&self, channel: usize, n: usize, sample: f32) -> f32 {
        let place = self.at + n;
        if place >= self.end {
            return sample;
        }
        let before = self.before[channel][place];
        before + (sample - before) * (place + 1) as f32 / self.end as f32
    }

    /// So many frames were heard.
    pub fn advance(&mut self, frames: usize) {
        self.at = (self.at + frames).min(self.end);
    }
}

#[cfg(test)]
mod tests {
    use super::Passing;
    use crate::engine::Ready;

    #[test]
    fn what_is_passed_over_fades_into_what_comes_later_in_blocks_of_any_size() {
        let mut ready = Ready::new(2, 100);
        // Around the end of the ring.
        ready.push(70, |_, _| 0.0);
        ready.skip(70);
        ready.push(80, |channel, n| (channel * 1000 + n) as f32);
        let mut passing = Passing::new(2, 100);
        passing.begin(&mut ready, 60);
        assert!(passing.busy() && ready.count() == 20);
        ready.push(80, |channel, n| (channel * 1000 + 80 + n) as f32);
        let mut place = 0;
        for block in [1, 7, 72, 20] {
            for n in 0..block {
                for channel in [0, 1] {
                    let base = (channel * 1000) as f32;
                    let later = base + (60 + place + n) as f32;
                    let found = passing.heard(channel, n, later);
                    let expected =
                        base + (place + n) as f32 + 60.0 * ((place + n + 1) as f32 / 80.0).min(1.0);
                    assert!((found - expected).abs() < 1e-3, "{found}, not {expected}");
                }
            }
            passing.advance(block);
            place += block;
        }
        assert!(!passing.busy());
    }
}
