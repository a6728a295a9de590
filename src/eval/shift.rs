//! By how much one signal is late on another.

use crate::dsp::{circular_correlation, phase_correlation};

/// Samples by which `signal` is late on `reference` (early below zero), `most` at most either way: where their product summed
/// is greatest, if that is more than without a shift by the part `worth`, or else zero.
pub(super) fn lag(reference: &[f32], signal: &[f32], most: usize, worth: f64) -> isize {
    let size = (reference.len() + signal.len()).next_power_of_two();
    let alike = circular_correlation(signal, reference, size);
    let best = greatest(&alike, most);
    if at(&alike, best) > (1.0 + worth) * at(&alike, 0) { best } else { 0 }
}

/// `length` samples of a signal that is so late, silent where it has none.
pub(super) fn shifted(signal: &[f32], late: isize, length: usize) -> Vec<f32> {
    let sample = |n: usize| {
        let place = n.checked_add_signed(late)?;
        signal.get(place).copied()
    };
    (0..length).map(|n| sample(n).unwrap_or(0.0)).collect()
}

/// Most milliseconds by which the files of a pair may be apart: half of the shortest period of a voice.
const APART_MS: f64 = 1.0;

/// Seconds within which a shift is looked for.
const WITHIN: f64 = 0.5;

/// The least height of the summit, of 1 for two signals that are a shift of each other.
const SUMMIT: f64 = 0.05;

/// By how much the summit must stand above all that lies near no shift.
const ABOVE: f64 = 3.0;

/// Milliseconds by which a noisy signal is late on its clean one, where it clearly is; none where they lie on each other, or
/// nothing can be told.
///
/// By the phases alone (Knapp and Carter, "The Generalized Correlation Method for Estimation of Time Delay", IEEE Transactions
/// on Acoustics, Speech, and Signal Processing 24 (4), 1976): voices repeat themselves, phases do not.
pub(super) fn misaligned_ms(clean: &[f32], noisy: &[f32], rate: u32) -> Option<f64> {
    let ms = f64::from(rate) / 1e3;
    let size = (clean.len() + noisy.len()).next_power_of_two();
    let alike = phase_correlation(noisy, clean, size);
    let most = ((WITHIN * f64::from(rate)) as usize).min(clean.len() / 2);
    let best = greatest(&alike, most);
    let apart = (APART_MS * ms) as usize;
    let near = at(&alike, greatest(&alike, apart));
    let clear = at(&alike, best) > SUMMIT && at(&alike, best) > ABOVE * near;
    (best.unsigned_abs() > apart && clear).then(|| best as f64 / ms)
}

/// The value of a circular sequence at a place that may lie before its start.
fn at(sequence: &[f64], place: isize) -> f64 {
    sequence[place.rem_euclid(sequence.len() as isize) as usize]
}

/// The place of the greatest value, `most` places at most from the start either way; of equal ones the nearest.
fn greatest(sequence: &[f64], most: usize) -> isize {
    let most = most.min(sequence.len() / 2) as isize;
    // From the farthest on: the last of equal ones is taken.
    let places = (0..=most).rev().flat_map(|n| [-n, n]);
    places.max_by(|&a, &b| at(sequence, a).total_cmp(&at(sequence, b))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{lag, misaligned_ms, shifted};
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{RngCore, SeedableRng};

    fn noise(seed: u64, count: usize, peak: f32) -> Vec<f32> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..count).map(|_| peak * (rng.next_u32() as f32 / 2f32.powi(31) - 1.0)).collect()
    }

    /// Pulses of a voice whose pitch rises from 125 Hz, in syllables: one that stays repeats itself to the sample.
    fn voice(count: usize) -> Vec<f32> {
        let hiss = noise(1, count, 0.02);
        let tone = |n: usize| {
            let t = n as f32 / 16_000.0;
            let phase = 785.4 * t * (1.0 + 0.1 * t);
            let pulses: f32 = (1..30).map(|k| (phase * k as f32).cos() / (k as f32).sqrt()).sum();
            0.1 * pulses * (5.0 * t).sin().powi(2)
        };
        (0..count).map(|n| tone(n) + hiss[n]).collect()
    }

    #[test]
    fn a_shift_is_found_either_way_and_taken_back() {
        let clean = voice(16_000);
        for late in [-700, -1, 0, 3, 400, 1601] {
            let moved = shifted(&clean, -late, 16_000);
            assert_eq!(lag(&clean, &moved, 8_000, 0.01), late);
            let back = shifted(&moved, late, 16_000);
            assert_eq!(back[2_000..14_000], clean[2_000..14_000]);
        }
    }

    #[test]
    fn a_pair_that_is_apart_is_told_from_one_in_loud_noise() {
        let clean = voice(48_000);
        for (peak, seed) in [(0.0, 2), (0.1, 3), (0.5, 4)] {
            let hiss = noise(seed, 48_000, peak);
            let noisy = |late: isize| -> Vec<f32> {
                shifted(&clean, -late, 48_000).iter().zip(&hiss).map(|(s, n)| s + n).collect()
            };
            assert_eq!(misaligned_ms(&clean, &noisy(0), 16_000), None, "noise of {peak}");
            assert_eq!(misaligned_ms(&clean, &noisy(400), 16_000), Some(25.0), "noise of {peak}");
            assert_eq!(misaligned_ms(&clean, &noisy(-64), 16_000), Some(-4.0), "noise of {peak}");
        }
        // Nothing of the clean sound is in it: nothing can be told.
        assert_eq!(misaligned_ms(&clean, &noise(5, 48_000, 0.5), 16_000), None);
    }
}
