//! Power over time and frequency of a sound of any length, in flat memory.

use crate::dsp::{Analysis, Stft};

/// Seconds of a window.
const WINDOW: f64 = 0.032;

/// Most rows that are kept.
const ROWS: usize = 256;

/// Mean power of a sound in columns of time and rows of frequency.
///
/// While the sound goes on columns fill one by one; when there are twice as many as asked for, they are merged in pairs,
/// so that the number of columns and the memory stay bounded.
#[derive(Debug)]
pub struct Spectrogram {
    stft: Stft,
    channels: Vec<Analysis>,
    /// The hop being filled, one a channel.
    input: Vec<Vec<f32>>,
    filled: usize,
    spectrum: Vec<f32>,
    rows: usize,
    most: usize,
    /// Sums of the frames of each column.
    columns: Vec<Vec<f32>>,
    /// Frames in a full column, and in the last one.
    frames: usize,
    in_last: usize,
    taken: u64,
}

impl Spectrogram {
    /// Channels of a sound at this rate, in at most `columns` columns.
    ///
    /// # Panics
    /// If there is no channel or no column.
    pub fn new(sample_rate: u32, channels: usize, columns: usize) -> Self {
        assert!(channels > 0 && columns > 0, "a picture of {channels} channels and {columns} columns");
        let hop = ((f64::from(sample_rate) * WINDOW / 2.0) as usize).max(2);
        let stft = Stft::sqrt_hann(2 * hop, hop).expect("a window of two hops reconstructs");
        Self {
            channels: (0..channels).map(|_| Analysis::new(&stft)).collect(),
            input: vec![vec![0.0; hop]; channels],
            filled: 0,
            spectrum: vec![0.0; 2 * stft.bins()],
            rows: stft.bins().min(ROWS),
            most: columns,
            columns: Vec::new(),
            frames: 1,
            in_last: 0,
            taken: 0,
            stft,
        }
    }

    /// Hears the next samples of every channel.
    ///
    /// # Panics
    /// If the number of channels is another, or their pieces differ in length.
    pub fn push(&mut self, planes: &[Vec<f32>]) {
        assert_eq!(planes.len(), self.channels.len(), "channels");
        let (length, hop) = (planes[0].len(), self.stft.hop());
        let mut start = 0;
        while start < length {
            let count = (length - start).min(hop - self.filled);
            for (to, from) in self.input.iter_mut().zip(planes) {
                to[self.filled..][..count].copy_from_slice(&from[start..][..count]);
            }
            self.filled += count;
            start += count;
            if self.filled == hop {
                self.filled = 0;
                self.take_frame();
            }
        }
        self.taken += length as u64;
    }

    /// Samples of each channel heard so far.
    pub fn samples(&self) -> u64 {
        self.taken
    }

    /// Level in dB of every column from the first on, each with its rows from low to high; a sine of full scale is at 0.
    pub fn levels(&self) -> Vec<Vec<f32>> {
        // The square of half the sum of the window, of which a sine's peak is the multiple.
        let window = 2.0 * self.stft.hop() as f64;
        let peak = window / std::f64::consts::PI;
        let scale = 1.0 / (peak * peak * self.channels.len() as f64);
        let last = self.columns.len().saturating_sub(1);
        let level = |column: usize, power: f32| {
            let frames = if column == last { self.in_last } else { self.frames };
            (10.0 * (f64::from(power) * scale / frames as f64).log10()) as f32
        };
        let column = |(c, powers): (usize, &Vec<f32>)| powers.iter().map(|&power| level(c, power)).collect();
        self.columns.iter().enumerate().map(column).collect()
    }

    fn take_frame(&mut self) {
        if self.columns.is_empty() || self.in_last == self.frames {
            if self.columns.len() == 2 * self.most {
                self.merge();
            }
            self.columns.push(vec![0.0; self.rows]);
            self.in_last = 0;
        }
        self.in_last += 1;
        let column = self.columns.last_mut().expect("pushed above");
        let bins = self.spectrum.len() / 2;
        for (analysis, input) in self.channels.iter_mut().zip(&self.input) {
            analysis.push(input, &mut self.spectrum);
            for (row, sum) in column.iter_mut().enumerate() {
                // The strongest of the bins in a row: thin lines stay visible.
                let (from, to) = (row * bins / self.rows, (row + 1) * bins / self.rows);
                let power = |bin: &[f32]| bin[0] * bin[0] + bin[1] * bin[1];
                *sum += self.spectrum[2 * from..2 * to].chunks_exact(2).map(power).fold(0.0, f32::max);
            }
        }
    }

    /// Joins columns in pairs; all are full, and their number is even.
    fn merge(&mut self) {
        let merged = self
            .columns
            .chunks_exact(2)
            .map(|pair| pair[0].iter().zip(&pair[1]).map(|(a, b)| a + b).collect());
        self.columns = merged.collect();
        self.frames *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::Spectrogram;

    fn tone(hertz: f32, samples: usize) -> Vec<Vec<f32>> {
        vec![(0..samples).map(|n| (n as f32 / 16_000.0 * hertz * std::f32::consts::TAU).sin()).collect()]
    }

    #[test]
    fn a_sine_of_full_scale_stands_in_its_row_at_0_db() {
        let mut found = Spectrogram::new(16_000, 1, 50);
        // 1000 Hz is bin 32 of a window of 512 samples.
        found.push(&tone(1_000.0, 16_000));
        let levels = found.levels();
        for column in &levels[2..] {
            let row = (0..256).max_by(|&a, &b| column[a].total_cmp(&column[b])).unwrap();
            assert!((31..=32).contains(&row), "{row}");
            assert!(column[row].abs() < 0.1, "{}", column[row]);
        }
    }

    #[test]
    fn columns_stay_bounded_and_keep_the_mean() {
        let mut found = Spectrogram::new(16_000, 1, 20);
        for _ in 0..300 {
            found.push(&tone(2_000.0, 16_000));
        }
        let levels = found.levels();
        assert!((20..=40).contains(&levels.len()), "{}", levels.len());
        for column in &levels {
            let peak = column.iter().fold(f32::MIN, |a, &b| a.max(b));
            assert!(peak.abs() < 0.5, "{peak}");
        }
        assert_eq!(found.samples(), 300 * 16_000);
    }
}
