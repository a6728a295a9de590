//! A program that hears itself: what it plays comes back as what it hears, by a sound server that linked the one to the other.
//!
//! Such a loop goes on for ever at full level. It is suspected where the dry sound of some seconds is what was heard before,
//! later by a time that stays the same. Sound that repeats itself looks alike, so a suspicion is put to the proof: the output is
//! muted for a moment, and where the silence comes back after that time, there is a loop. Tones raise none.

use crate::dsp::circular_correlation;
use std::time::Duration;

/// Seconds that are compared, and from one comparison to the next.
const WINDOW: f64 = 2.0;
const PAUSE: f64 = 3.0;
/// Longest and shortest way round in seconds.
const LONGEST: f64 = 1.0;
const SHORTEST: f64 = 30e-3;
/// Sound that is as much alike so many seconds earlier or later is a tone, which says nothing of a way round.
const PERIODS: [f64; 2] = [2e-3, 25e-3];
/// Correlation from which on a loop is suspected, and mean power below which nothing is.
const ALIKE: f64 = 0.9;
const AUDIBLE: f64 = 1e-7;
/// Share of the power that is left in a silence that came back, and the seconds at its edges that do not count.
const LEFT: f64 = 0.01;
const EDGE: f64 = 0.04;
/// Seconds without another suspicion after one that was not confirmed.
const CLEARED: f64 = 60.0;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Suspicion {
    /// Nothing.
    None,
    /// Mute the output for a quarter of a second, as a proof.
    Prove,
    /// The program hears itself, so much later.
    Loop(Duration),
}

/// Looks for a loop in pairs of dry sound and what is heard.
pub struct LoopWatch {
    rate: f64,
    pairs: Vec<[f32; 2]>,
    /// Samples to be passed over.
    skip: usize,
    /// The way round that is put to the proof, in samples.
    proving: Option<usize>,
}

fn power(samples: impl ExactSizeIterator<Item = f32>) -> f64 {
    let count = samples.len().max(1) as f64;
    samples.map(|v| f64::from(v).powi(2)).sum::<f64>() / count
}

impl LoopWatch {
    /// Looks at sound of this rate.
    pub fn new(rate: u32) -> Self {
        Self { rate: rate.into(), pairs: Vec::new(), skip: 0, proving: None }
    }

    fn samples(&self, seconds: f64) -> usize {
        (seconds * self.rate) as usize
    }

    /// Takes what a monitor gave.
    pub fn take(&mut self, pairs: &[[f32; 2]]) -> Suspicion {
        let passed = self.skip.min(pairs.len());
        self.skip -= passed;
        self.pairs.extend_from_slice(&pairs[passed..]);
        if self.pairs.len() < self.samples(WINDOW + LONGEST) {
            return Suspicion::None;
        }
        let found = match self.proving.take() {
            None => self.suspect(),
            Some(lag) => self.prove(lag),
        };
        self.pairs.clear();
        found
    }

    fn suspect(&mut self) -> Suspicion {
        let (window, size) = (self.samples(WINDOW), self.pairs.len());
        let dry: Vec<f32> = self.pairs.iter().map(|pair| pair[0]).collect();
        let heard: Vec<f32> = self.pairs[..window].iter().map(|pair| pair[1]).collect();
        let played = power(heard.iter().copied());
        self.skip = self.samples(PAUSE);
        if played < AUDIBLE {
            return Suspicion::None;
        }
        let fit = circular_correlation(&dry, &heard, size);
        // What goes round does so several times in the window: the shortest way that fits as well as any, at its summit.
        let lags = self.samples(SHORTEST)..size - window - self.samples(PERIODS[1]);
        let best = lags.clone().map(|lag| fit[lag]).fold(0.0, f64::max);
        let Some(near) = lags.clone().find(|&lag| fit[lag] > 0.97 * best) else { return Suspicion::None };
        let summit = near..(near + self.samples(PERIODS[0])).min(lags.end);
        let lag = summit.max_by(|&a, &b| fit[a].total_cmp(&fit[b])).unwrap_or(near);
        let came = power(dry[lag..lag + window].iter().copied());
        let alike = fit[lag] / window as f64 > ALIKE * (played * came).sqrt();
        let mut near = self.samples(PERIODS[0])..self.samples(PERIODS[1]);
        let tone = near.any(|off| fit[lag - off].max(fit[lag + off]) > ALIKE * fit[lag]);
        if alike && !tone {
            (self.proving, self.skip) = (Some(lag), 0);
            return Suspicion::Prove;
        }
        Suspicion::None
    }

    /// Whether the silence that was played came back.
    fn prove(&mut self, lag: usize) -> Suspicion {
        self.skip = self.samples(CLEARED);
        let (block, edge) = (self.samples(0.01), self.samples(EDGE));
        let silent =
            |n: usize| power(self.pairs[n * block..(n + 1) * block].iter().map(|pair| pair[1])) == 0.0;
        let blocks = self.pairs.len() / block;
        let Some(first) = (0..blocks).find(|&n| silent(n)) else { return Suspicion::None };
        let end = (first..blocks).find(|&n| !silent(n)).unwrap_or(blocks);
        // A silence longer than the way round leaves nothing of what went round: then it lasts.
        let (start, stop) =
            (first * block + lag + edge, (end * block + lag - edge.min(lag)).min(self.pairs.len()));
        if stop <= start || start < 2 * edge + block {
            return Suspicion::None;
        }
        let dry = |from: usize, to: usize| power(self.pairs[from..to].iter().map(|pair| pair[0]));
        let before = dry(
            (first * block + lag).saturating_sub(edge + self.samples(0.2)),
            first * block + lag - edge.min(lag),
        );
        if before > AUDIBLE && dry(start, stop) < LEFT * before {
            self.skip = 0;
            return Suspicion::Loop(Duration::from_secs_f64(lag as f64 / self.rate));
        }
        Suspicion::None
    }
}

#[cfg(test)]
mod tests {
    use super::{LoopWatch, Suspicion};
    use std::collections::VecDeque;

    const RATE: u32 = 16_000;

    /// Half a minute of a program that plays what it hears; `around` is the way back from its output, and `heard` what its
    /// microphone hears besides.
    fn watched(around: Option<usize>, heard: impl Fn(usize) -> f32) -> Vec<Suspicion> {
        let mut watch = LoopWatch::new(RATE);
        let mut wire = VecDeque::from(vec![0.0; around.unwrap_or(1)]);
        let mut found = Vec::new();
        let mut muted = 0;
        for block in 0..30 * RATE as usize / 160 {
            let pairs: Vec<[f32; 2]> = (0..160)
                .map(|n| {
                    let back = wire.pop_front().unwrap_or(0.0);
                    let dry = heard(160 * block + n) + if around.is_some() { back } else { 0.0 };
                    let out = if muted > 0 { 0.0 } else { dry };
                    wire.push_back(out);
                    [dry, out]
                })
                .collect();
            muted = std::cmp::max(muted, 1) - 1;
            match watch.take(&pairs) {
                Suspicion::None => {}
                Suspicion::Prove => {
                    muted = 25;
                    found.push(Suspicion::Prove);
                }
                end => {
                    found.push(end);
                    return found;
                }
            }
        }
        found
    }

    fn noise(n: usize) -> f32 {
        let mixed = (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed >> 40) as f32 / (1 << 23) as f32 - 1.0) * 0.1
    }

    #[test]
    fn a_sound_that_goes_round_is_found_with_its_way() {
        for way in [800, 3000, 12_000] {
            // A second of noise, caught for good.
            let found = watched(Some(way), |n| if n < RATE as usize { noise(n) } else { 0.0 });
            let [Suspicion::Prove, Suspicion::Loop(round)] = found[..] else { panic!("{way}: {found:?}") };
            let samples = round.as_secs_f64() * f64::from(RATE);
            let times = samples / way as f64;
            assert!((times - times.round()).abs() < 1e-3 && times > 0.5, "{samples} for {way}");
        }
    }

    #[test]
    fn noise_silence_and_tones_raise_no_suspicion_and_what_repeats_itself_is_cleared() {
        assert_eq!(watched(None, noise), []);
        assert_eq!(watched(None, |_| 0.0), []);
        for step in [0.02, 0.05, 0.4] {
            assert_eq!(watched(None, |n| 0.1 * (n as f32 * step).sin()), [], "{step}");
        }
        assert_eq!(watched(None, |n| noise(n % 7000)), [Suspicion::Prove]);
    }
}
