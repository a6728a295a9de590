//! Samples that wait to be given.

/// Samples of every channel that are ready, in a ring.
#[derive(Clone, Debug)]
pub(crate) struct Ready {
    planes: Vec<Vec<f32>>,
    first: usize,
    count: usize,
}

impl Ready {
    pub fn new(channels: usize, most: usize) -> Self {
        Self { planes: vec![vec![0.0; most.max(1)]; channels], first: 0, count: 0 }
    }

    /// Samples of every channel that are ready.
    #[cfg(feature = "live")]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Adds `count` samples of every channel; what finds no room is lost.
    pub fn push(&mut self, count: usize, mut sample: impl FnMut(usize, usize) -> f32) {
        let size = self.planes[0].len();
        let count = count.min(size - self.count);
        let start = self.first + self.count;
        for (c, plane) in self.planes.iter_mut().enumerate() {
            for n in 0..count {
                plane[(start + n) % size] = sample(c, n);
            }
        }
        self.count += count;
    }

    /// The next samples of a channel that lie together in the ring, at most so many.
    pub fn peek(&self, channel: usize, most: usize) -> &[f32] {
        let plane = &self.planes[channel];
        &plane[self.first..][..most.min(self.count).min(plane.len() - self.first)]
    }

    /// Copies the next samples of a channel to the beginning of `to`, without taking them; returns how many.
    #[cfg(feature = "live")]
    pub fn read(&self, channel: usize, to: &mut [f32]) -> usize {
        let plane = &self.planes[channel];
        let count = self.count.min(to.len());
        for (n, to) in to[..count].iter_mut().enumerate() {
            *to = plane[(self.first + n) % plane.len()];
        }
        count
    }

    /// Forgets so many of every channel.
    pub fn skip(&mut self, count: usize) {
        let count = count.min(self.count);
        self.first = (self.first + count) % self.planes[0].len();
        self.count -= count;
    }

    /// Nothing is ready but so many samples of silence.
    pub fn reset(&mut self, silence: usize) {
        self.planes.iter_mut().for_each(|plane| plane.fill(0.0));
        self.first = 0;
        self.count = silence.min(self.planes[0].len());
    }
}
