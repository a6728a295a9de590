//! How much memory the code books of a Vorbis stream ask for, found out before they are given it.
//!
//! A few bytes can state a book of 2^24 entries in 65535 dimensions. The layout is that of section 3.2.1 of the Vorbis I
//! specification; whatever else is wrong with it the decoder finds.

/// Numbers that all books together may hold. Those of encoders hold some hundred thousand.
const MOST: u64 = 1 << 22;

/// Whether the books of a setup header hold no more than is believed.
pub(super) fn are_bounded(setup: &[u8]) -> bool {
    let mut bits = Bits { bytes: setup, at: 7 * 8 };
    let Some(count) = bits.take(8) else { return true };
    let mut sum = 0;
    for _ in 0..=count {
        // A header that ends here is refused by the decoder before it takes memory for the next book.
        match book(&mut bits, &mut sum) {
            Some(()) if sum <= MOST => {}
            _ => return sum <= MOST,
        }
    }
    true
}

/// Passes over a book and adds what it holds; none at the end of the header, or where no book begins.
fn book(bits: &mut Bits<'_>, sum: &mut u64) -> Option<()> {
    if bits.take(24)? != 0x56_4342 {
        return None;
    }
    let (dimensions, entries) = (bits.take(16)?, bits.take(24)?);
    *sum += entries;
    if bits.take(1)? == 1 {
        bits.skip(5);
        let mut coded = 0;
        // Lengths of 1 to 32 bits follow each other.
        for _ in 0..32 {
            if coded < entries {
                coded += bits.take(64 - (entries - coded).leading_zeros())?;
            }
        }
    } else if bits.take(1)? == 1 {
        for _ in 0..entries {
            if bits.take(1)? == 1 {
                bits.skip(5);
            }
        }
    } else {
        bits.skip(5 * entries);
    }
    let values = match bits.take(4)? {
        0 => return Some(()),
        1 => roots(entries, dimensions),
        _ => entries * dimensions,
    };
    // Of either kind the decoder spells out every entry.
    *sum += values.max(entries * dimensions);
    bits.skip(64);
    let width = bits.take(4)? + 1;
    bits.skip(1 + values * width);
    Some(())
}

/// The greatest whole number whose power `dimensions` is no more than `entries`. Of no dimensions that is any: more than is
/// believed.
fn roots(entries: u64, dimensions: u64) -> u64 {
    let power = u32::try_from(dimensions).unwrap_or(u32::MAX);
    let fits = |root: u64| root.checked_pow(power).is_some_and(|product| product <= entries);
    if dimensions == 0 {
        return u64::from(u32::MAX);
    }
    let mut root = 0;
    while fits(root + 1) {
        root += 1;
    }
    root
}

/// Bits of bytes, the least significant first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: u64,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Option<u64> {
        let mut value = 0;
        for n in 0..count {
            let byte = *self.bytes.get(usize::try_from(self.at / 8).ok()?)?;
            value |= u64::from(byte >> (self.at % 8) & 1) << n;
            self.at += 1;
        }
        Some(value)
    }

    fn skip(&mut self, count: u64) {
        self.at += count;
    }
}

#[cfg(test)]
mod tests {
    use super::{are_bounded, roots};

    /// A setup header of one book, whose fields are given as value and width.
    fn setup(fields: &[(u64, u32)]) -> Vec<u8> {
        let mut bits = Vec::new();
        for (value, width) in fields {
            bits.extend((0..*width).map(|n| n < 64 && value >> n & 1 == 1));
        }
        let mut bytes = b"\x05vorbis\0".to_vec();
        bytes
            .extend(bits.chunks(8).map(|bits| {
                bits.iter().enumerate().fold(0, |byte: u8, (n, bit)| byte | u8::from(*bit) << n)
            }));
        bytes
    }

    #[test]
    fn a_book_that_asks_for_any_memory_is_seen_in_a_few_bytes() {
        let ordered = |dimensions: u64, entries: u64, lookup: u64| {
            // One length for all entries.
            let width = 64 - entries.leading_zeros();
            setup(&[
                (0x56_4342, 24),
                (dimensions, 16),
                (entries, 24),
                (1, 1),
                (7, 5),
                (entries, width),
                (lookup, 4),
                (0, 200),
            ])
        };
        assert!(are_bounded(&ordered(16, 8_192, 1)) && are_bounded(&ordered(16, 8_192, 2)));
        assert!(!are_bounded(&ordered(65_535, 8_192, 1)) && !are_bounded(&ordered(1_024, 8_192, 2)));
        assert!(are_bounded(&ordered(65_535, 8_192, 0)), "without values the dimensions cost nothing");
        assert!(!are_bounded(&ordered(1, (1 << 24) - 1, 0)) && !are_bounded(&ordered(0, 400, 1)));
        assert!(are_bounded(b"\x05vorbis") && are_bounded(b"") && are_bounded(b"\x05vorbis\0VCB"));
    }

    #[test]
    fn roots_are_the_greatest_that_fit() {
        for (entries, dimensions, root) in
            [(3_125, 5, 5), (3_124, 5, 4), (8_192, 1, 8_192), (81, 4, 3), (80, 4, 2), (0, 3, 0)]
        {
            assert_eq!(roots(entries, dimensions), root, "{entries} {dimensions}");
        }
    }
}
