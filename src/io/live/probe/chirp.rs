//! A sound that is played in place of what is heard, and what comes back of it: the way round, measured.

use crate::dsp::{Peak, circular_correlation, peak};
use crate::io::live::error::LiveError;
use ringbuf::traits::{Consumer, Producer, Split};
use ringbuf::{HeapCons, HeapProd, HeapRb};
use std::f64::consts::{PI, TAU};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Seconds from one chirp to the next: no way round takes longer.
const PERIOD: usize = 2;
/// Length of a chirp, and of its fades, in seconds.
const CHIRP: f64 = 0.5;
const FADE: f64 = 0.02;
/// Lowest frequency in Hz, and the highest as a share of the lowest rate on the way.
const LOWEST: f64 = 200.0;
const HIGHEST: f64 = 0.4;
/// Peak of the chirp.
const PEAK: f64 = 0.25;
/// Periods that may wait to be looked at.
const PATIENCE: usize = 4;

/// The callback's end: gives the next sample of the sound and takes the one that would have been played.
pub(in crate::io::live) struct Probe {
    sound: Vec<f32>,
    next: usize,
    back: HeapProd<f32>,
    lost: Arc<AtomicU64>,
}

impl Probe {
    pub fn exchange(&mut self, back: f32) -> f32 {
        if self.back.try_push(back).is_err() {
            self.lost.fetch_add(1, Relaxed);
        }
        let sample = self.sound[self.next];
        self.next = (self.next + 1) % self.sound.len();
        sample
    }
}

/// One chirp's way out of the output, through whatever connects the devices, and through the link to where it would be
/// played again.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Trip {
    /// How long it took.
    pub delay: Duration,
    /// How much of what came back is the chirp: 1 is all, 0 is nothing.
    pub correlation: f64,
}

/// Measures the way round, chirp by chirp.
pub struct Loopback {
    rate: f64,
    chirp: Vec<f32>,
    period: usize,
    back: HeapCons<f32>,
    heard: Vec<f32>,
    lost: Arc<AtomicU64>,
}

/// A sweep from [`LOWEST`] upwards, at a rate that no part of the way cuts off.
fn chirp(rate: u32, lowest_rate: u32) -> Vec<f32> {
    let rate = f64::from(rate);
    let highest = HIGHEST * f64::from(lowest_rate);
    let sweep = (highest - LOWEST) / CHIRP;
    let sample = |n: usize| {
        let time = n as f64 / rate;
        let edge = (time.min(CHIRP - time) / FADE).clamp(0.0, 1.0);
        let phase = TAU * (LOWEST + sweep / 2.0 * time) * time;
        (PEAK * (0.5 - 0.5 * (PI * edge).cos()) * phase.sin()) as f32
    };
    (0..(CHIRP * rate) as usize).map(sample).collect()
}

/// Both ends of a measurement at an output of this rate; no part of the way has a rate below the other.
pub(in crate::io::live) fn probe(rate: u32, lowest_rate: u32) -> (Probe, Loopback) {
    let (chirp, period) = (chirp(rate, lowest_rate), PERIOD * rate as usize);
    let mut sound = chirp.clone();
    sound.resize(period, 0.0);
    let (producer, consumer) = HeapRb::new(PATIENCE * period).split();
    let lost = Arc::new(AtomicU64::new(0));
    let probe = Probe { sound, next: 0, back: producer, lost: Arc::clone(&lost) };
    (probe, Loopback { rate: rate.into(), chirp, period, back: consumer, heard: Vec::new(), lost })
}

impl Loopback {
    /// The trip of the next chirp, once its time is over; to be asked several times a second.
    ///
    /// # Errors
    /// If nobody asked for so long that samples were lost: places in time are then unknown.
    pub fn trip(&mut self) -> Result<Option<Trip>, LiveError> {
        if self.lost.load(Relaxed) > 0 {
            return Err(LiveError::FellBehind);
        }
        while self.heard.len() < self.period {
            let Some(sample) = self.back.try_pop() else { return Ok(None) };
            self.heard.push(sample);
        }
        let trip = self.find();
        self.heard.clear();
        Ok(Some(trip))
    }

    /// Where the chirp fits best in a period, which is a circle: `r[d] = sum over n of chirp[n] heard[n + d]`.
    fn find(&self) -> Trip {
        let fit = circular_correlation(&self.heard, &self.chirp, self.period);
        // A cable may turn the sound upside down.
        let Peak { place, value } = peak(&fit);
        let energy =
            |samples: &mut dyn Iterator<Item = f32>| samples.map(|v| f64::from(v).powi(2)).sum::<f64>();
        let start = place.round() as usize;
        let there = energy(&mut self.heard.iter().cycle().skip(start).take(self.chirp.len()).copied());
        let all = (there * energy(&mut self.chirp.iter().copied())).sqrt();
        let correlation = if all > 0.0 { value.abs() / all } else { 0.0 };
        Trip { delay: Duration::from_secs_f64(place / self.rate), correlation }
    }
}

#[cfg(test)]
mod tests {
    use super::{Trip, probe};
    use std::collections::VecDeque;

    /// A way round of `delay` samples and a gain, with noise beside it.
    fn around(rate: u32, delay: usize, gain: f32, noise: f32) -> Trip {
        let (mut probe, mut loopback) = probe(rate, 16_000);
        let mut cable: VecDeque<f32> = vec![0.0; delay].into();
        let mut draw = 1u32;
        for _ in 0..4 * rate {
            draw = draw.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let hiss = noise * ((draw >> 8) as f32 / (1 << 23) as f32 - 1.0);
            let back = cable.pop_front().expect("a cable with something in it");
            cable.push_back(probe.exchange(gain * back + hiss));
        }
        loopback.trip().expect("nothing lost").expect("a first period");
        loopback.trip().expect("nothing lost").expect("a second period")
    }

    #[test]
    fn the_way_round_is_found_to_a_fraction_of_a_sample() {
        for (rate, delay) in [(16_000, 1), (48_000, 4291), (44_100, 77_000), (8_000, 15_990)] {
            let trip = around(rate, delay, 0.4, 0.0);
            let samples = trip.delay.as_secs_f64() * f64::from(rate);
            assert!((samples - delay as f64).abs() < 0.1, "{samples} for {delay} at {rate} Hz");
            assert!(trip.correlation > 0.999, "{trip:?}");
        }
    }

    #[test]
    fn a_turned_and_noisy_way_is_found_and_an_open_one_is_seen() {
        let trip = around(48_000, 3000, -0.05, 0.02);
        assert!((trip.delay.as_secs_f64() * 48_000.0 - 3000.0).abs() < 0.5, "{trip:?}");
        assert!(trip.correlation < 0.9);
        assert!(around(48_000, 3000, 0.0, 0.02).correlation < 0.1);
        assert_eq!(around(48_000, 3000, 0.0, 0.0).correlation, 0.0);
    }

    #[test]
    fn whoever_falls_behind_is_told() {
        let (mut probe, mut loopback) = probe(8_000, 8_000);
        (0..8 * 8_000).for_each(|_| {
            probe.exchange(0.0);
        });
        assert!(loopback.trip().is_ok());
        (0..3 * 8_000).for_each(|_| {
            probe.exchange(0.0);
        });
        assert!(loopback.trip().is_err());
    }
}
