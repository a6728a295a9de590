//! What is taken away, band by band: levels before and after, for a view.

use crate::dsp::{Analysis, Stft};

/// Lowest edge in Hz.
const LOWEST: f32 = 80.0;
/// Seconds over which a level is averaged.
const MEMORY: f32 = 0.25;
/// Levels end here, in dB of full scale.
const FLOOR: f32 = -120.0;

/// Levels in one band, in dB of a sine of full scale.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Band {
    /// Middle of the band in Hz.
    pub middle: f32,
    /// Level of the dry sound.
    pub before: f32,
    /// Level of what is heard.
    pub after: f32,
}

/// Averages levels in bands that are as wide as hearing has them.
pub struct BandMeter {
    hop: usize,
    signals: [Signal; 2],
    /// First bin of every band, and the end of the last.
    edges: Vec<usize>,
    bin: f32,
    /// What turns a sum over bins into the power of a sine of full scale.
    scale: f32,
    keep: f32,
    filled: usize,
}

struct Signal {
    analysis: Analysis,
    spectrum: Vec<f32>,
    hop: Vec<f32>,
    power: Vec<f32>,
}

fn mel(frequency: f32) -> f32 {
    (1.0 + frequency / 700.0).ln()
}

impl BandMeter {
    /// So many bands of sound at a rate; fewer where a band would be narrower than a bin.
    ///
    /// # Panics
    /// If the rate is below 400 Hz, or no bands are asked for.
    pub fn new(rate: u32, bands: usize) -> Self {
        assert!(rate >= 400 && bands > 0, "{bands} bands at {rate} Hz");
        let hop = rate as usize / 100;
        let window = 2 * hop;
        let stft = Stft::sqrt_hann(window, hop).expect("root-Hann windows at half overlap reconstruct");
        let bin = rate as f32 / window as f32;
        let (least, most) = (mel(LOWEST), mel(rate as f32 / 2.0));
        let edge = |n: usize| ((least + (most - least) * n as f32 / bands as f32).exp() - 1.0) * 700.0;
        let mut edges: Vec<usize> = (0..=bands).map(|n| (edge(n) / bin).round() as usize).collect();
        edges[bands] = stft.bins();
        edges.dedup();
        let count = edges.len() - 1;
        // Mean of the squared window, a Hann window, is a half; a sine's bins are one of two signals.
        let scale = 8.0 / (window * window) as f32;
        let signal = || Signal {
            analysis: Analysis::new(&stft),
            spectrum: vec![0.0; 2 * stft.bins()],
            hop: vec![0.0; hop],
            power: vec![0.0; count],
        };
        let keep = (-(hop as f32) / (MEMORY * rate as f32)).exp();
        Self { hop, signals: [signal(), signal()], edges, bin, scale, keep, filled: 0 }
    }

    /// Takes what a monitor gave: dry sound and what is heard, sample by sample.
    pub fn take(&mut self, pairs: &[[f32; 2]]) {
        for pair in pairs {
            for (signal, &sample) in self.signals.iter_mut().zip(pair) {
                signal.hop[self.filled] = sample;
            }
            self.filled += 1;
            if self.filled == self.hop {
                self.filled = 0;
                for signal in &mut self.signals {
                    signal.average(&self.edges, self.keep);
                }
            }
        }
    }

    /// The levels, from the lowest band to the highest.
    pub fn levels(&self) -> Vec<Band> {
        let level = |power: f32| (10.0 * (power * self.scale).log10()).max(FLOOR);
        let [before, after] = &self.signals;
        let bands = self.edges.windows(2).zip(before.power.iter().zip(&after.power));
        bands
            .map(|(edges, (&before, &after))| Band {
                middle: (edges[0] + edges[1]) as f32 / 2.0 * self.bin,
                before: level(before),
                after: level(after),
            })
            .collect()
    }
}

impl Signal {
    fn average(&mut self, edges: &[usize], keep: f32) {
        self.analysis.push(&self.hop, &mut self.spectrum);
        for (power, edges) in self.power.iter_mut().zip(edges.windows(2)) {
            let sum: f32 = self.spectrum[2 * edges[0]..2 * edges[1]].iter().map(|v| v * v).sum();
            *power = keep * *power + (1.0 - keep) * sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BandMeter, FLOOR};
    use std::f32::consts::TAU;

    #[test]
    fn a_sine_stands_in_its_band_at_its_level_and_what_was_taken_away_is_seen() {
        for (rate, frequency) in [(16_000, 1000.0), (16_000, 6000.0), (48_000, 300.0)] {
            let mut bands = BandMeter::new(rate, 20);
            let sine = |n: u32| (TAU * frequency * n as f32 / rate as f32).sin();
            let pairs: Vec<[f32; 2]> = (0..2 * rate).map(|n| [0.5 * sine(n), 0.05 * sine(n)]).collect();
            bands.take(&pairs);
            let levels = bands.levels();
            let most = levels.iter().max_by(|a, b| a.before.total_cmp(&b.before)).expect("bands");
            assert!((most.middle / frequency).ln().abs() < 0.2, "{most:?} for {frequency} Hz at {rate} Hz");
            assert!((most.before + 6.0).abs() < 1.0, "{most:?}");
            assert!((most.before - most.after - 20.0).abs() < 0.1, "{most:?}");
        }
    }

    #[test]
    fn silence_lies_on_the_floor_and_bands_share_no_bin() {
        let mut bands = BandMeter::new(16_000, 200);
        bands.take(&[[0.0; 2]; 1600]);
        assert!(bands.edges.windows(2).all(|edges| edges[0] < edges[1]));
        assert!(bands.levels().iter().all(|band| band.before == FLOOR && band.after == FLOOR));
    }
}
