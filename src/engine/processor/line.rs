//! The last samples, by their number.

/// The last samples of a channel, by their number since the start.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// As many as a power of two.
    samples: Vec<f32>,
    end: u64,
}

impl Line {
    /// Remembers at least so many samples.
    pub fn new(least: usize) -> Self {
        Self { samples: vec![0.0; least.max(1).next_power_of_two()], end: 0 }
    }

    pub fn push(&mut self, samples: &[f32]) {
        let mask = self.samples.len() - 1;
        for &sample in samples {
            self.samples[self.end as usize & mask] = sample;
            self.end += 1;
        }
    }

    /// A sample by its number; zero before the first and after the last.
    pub fn at(&self, number: i64) -> f32 {
        let known = number >= 0 && (number as u64) < self.end;
        if known { self.samples[number as usize & (self.samples.len() - 1)] } else { 0.0 }
    }

    pub fn reset(&mut self) {
        self.samples.fill(0.0);
        self.end = 0;
    }
}
