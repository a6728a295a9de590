//! Sounds made from nothing.

/// Something like voice over noise at a sample rate: harmonics under a slow envelope.
pub fn voice(seed: u32, rate: u32, samples: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut hiss = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state as f32 / u32::MAX as f32 - 0.5) * 0.06
    };
    let tone = |n: usize| {
        let t = n as f32 / rate as f32;
        let pitch = 130.0 + 20.0 * seed as f32 + 20.0 * (t * 2.3).sin();
        let envelope = (0.5 - 0.5 * (t * 9.0).cos()).powi(2);
        let harmonics = (1..12).map(|k| (t * pitch * k as f32 * std::f32::consts::TAU).sin() / k as f32);
        0.2 * envelope * harmonics.sum::<f32>()
    };
    (0..samples).map(|n| tone(n) + hiss()).collect()
}

/// One voice for each channel.
pub fn voices(channels: usize, rate: u32, samples: usize) -> Vec<Vec<f32>> {
    (0..channels).map(|c| voice(c as u32 + 1, rate, samples)).collect()
}

/// The largest distance between two sounds.
pub fn distance(one: &[f32], other: &[f32]) -> f32 {
    assert_eq!(one.len(), other.len());
    one.iter().zip(other).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// Fails unless both sounds are the same to the bit, and says where they part.
#[track_caller]
pub fn assert_same(found: &[Vec<f32>], expected: &[Vec<f32>], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (c, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_eq!(found.len(), expected.len(), "{what}");
        let parted = found.iter().zip(expected).position(|(a, b)| a.to_bits() != b.to_bits());
        assert_eq!(parted, None, "{what}: channel {c} parts by up to {}", distance(found, expected));
    }
}
