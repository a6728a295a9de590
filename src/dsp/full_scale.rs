//! What full scale a peak tells of, as a power of two.

/// Peaks up to this one, +6 dB, are as networks know them.
const USUAL: f32 = 2.0;

/// Integers that are stored as floats without scaling: the exponent of their full scale, and the peaks that tell them, from
/// 36 dB below it to 6 dB above.
const INTEGERS: [i32; 3] = [15, 23, 31];
const BELOW: i32 = 6;
const ABOVE: i32 = 1;

/// The exponent `k` by which sound of a peak is divided, as `2^k`: 0 up to [`USUAL`]; that of the full scale where the peak
/// is one of integers stored as floats; and otherwise the least that brings the peak to full scale.
pub(crate) fn exponent(peak: f32) -> i32 {
    if peak <= USUAL {
        return 0;
    }
    let integers = |bits: &&i32| peak > power(**bits - BELOW) && peak <= power(**bits + ABOVE);
    INTEGERS.iter().find(integers).copied().unwrap_or_else(|| least(peak))
}

/// The least `k` with `peak <= 2^k`, of a normal number above 1.
fn least(peak: f32) -> i32 {
    let bits = peak.to_bits();
    let below = (bits >> 23) as i32 - 127;
    if bits.trailing_zeros() >= 23 { below } else { below + 1 }
}

/// `2^k`, exact for normal numbers.
pub(crate) fn power(k: i32) -> f32 {
    f32::from_bits(((k + 127) as u32) << 23)
}

#[cfg(test)]
mod tests {
    use super::{exponent, power};

    #[test]
    fn the_exponent_brings_a_peak_to_full_scale_or_integers_to_theirs() {
        let cases = [
            (0.0, 0),
            (1e-42, 0),
            (2.0, 0),
            (2.1, 2),
            (4.0, 2),
            (8.0, 3),
            (7.94, 3),
            (500.0, 9),
            (513.0, 15),
            (32_768.0, 15),
            (60_000.0, 15),
            (100_000.0, 17),
            (8_388_607.0, 23),
            (2_147_483_648.0, 31),
            (crate::dsp::LOUDEST, 31),
        ];
        for (peak, expected) in cases {
            assert_eq!(exponent(peak), expected, "{peak}");
        }
        for k in [-3, 0, 15, 31] {
            assert_eq!(power(k), 2f32.powi(k));
        }
    }
}
