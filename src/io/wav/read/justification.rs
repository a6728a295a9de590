//! On which side of a 32-bit word samples of at most 24 bits stand.
//!
//! The standard says left; a good many programs write right, and no header field tells. The samples
//! do: on the left all low bits are zero; on the right the high bits only repeat the sign (or are zero).

use crate::io::wav::encoding::Justification;

/// Words that are looked at together, beginning with the first that isn't zero.
pub(super) const WINDOW: usize = 2048;

/// Judges the words in `bytes`; `None` if all are zero.
///
/// Any word that can't stand on the right speaks for the left. Otherwise a single set low bit speaks
/// for the right: real samples on the right have one almost always, on the left never.
pub(super) fn judge(bytes: &[u8], valid_bits: u16) -> Option<Justification> {
    let unused = 32 - u32::from(valid_bits.clamp(1, 24));
    let mut some = 0;
    for word in bytes.chunks_exact(4) {
        let word = i32::from_le_bytes([word[0], word[1], word[2], word[3]]);
        let extended = word << unused >> unused;
        let zero_filled = (word as u32) << unused >> unused;
        if word != extended && word as u32 != zero_filled {
            return Some(Justification::Left);
        }
        some |= word;
    }
    let low_bits = (1u32 << unused) - 1;
    match some as u32 {
        0 => None,
        some if some & low_bits == 0 => Some(Justification::Left),
        _ => Some(Justification::Right),
    }
}
