//! Element types of tensors, and how their bytes become `f32`.

/// How the elements of a storage are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    F64,
    F32,
    F16,
    BF16,
    I64,
    U64,
    I32,
    U32,
    I16,
    U16,
    I8,
    U8,
    Bool,
    /// A type known by name only; tensors of it may be there as long as nobody needs them.
    Other(&'static str),
}

impl Element {
    /// Bytes of one element; 0 for a type that is not read.
    pub(super) fn size(self) -> usize {
        match self {
            Element::F64 | Element::I64 | Element::U64 => 8,
            Element::F32 | Element::I32 | Element::U32 => 4,
            Element::F16 | Element::BF16 | Element::I16 | Element::U16 => 2,
            Element::I8 | Element::U8 | Element::Bool => 1,
            Element::Other(_) => 0,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Element::F64 => "float64",
            Element::F32 => "float32",
            Element::F16 => "float16",
            Element::BF16 => "bfloat16",
            Element::I64 => "int64",
            Element::U64 => "uint64",
            Element::I32 => "int32",
            Element::U32 => "uint32",
            Element::I16 => "int16",
            Element::U16 => "uint16",
            Element::I8 => "int8",
            Element::U8 => "uint8",
            Element::Bool => "bool",
            Element::Other(name) => name,
        }
    }

    /// The element whose bytes are `raw`, `size()` of them, in the given byte order.
    pub(super) fn decode(self, raw: &[u8], big_endian: bool) -> f32 {
        let mut word = [0u8; 8];
        for (place, &byte) in raw.iter().take(8).enumerate() {
            let place = if big_endian { raw.len() - 1 - place } else { place };
            word[place] = byte;
        }
        let bits = u64::from_le_bytes(word);
        match self {
            Element::F64 => f64::from_bits(bits) as f32,
            Element::F32 => f32::from_bits(bits as u32),
            Element::F16 => half(bits as u16),
            Element::BF16 => f32::from_bits((bits as u32) << 16),
            Element::I64 => bits as i64 as f32,
            Element::I32 => bits as i32 as f32,
            Element::I16 => f32::from(bits as i16),
            Element::I8 => f32::from(bits as i8),
            Element::U64 | Element::U32 | Element::U16 | Element::U8 => bits as f32,
            Element::Bool => f32::from(u8::from(bits != 0)),
            Element::Other(_) => f32::NAN,
        }
    }
}

/// IEEE 754 binary16: sign 1, exponent 5 (bias 15), fraction 10.
fn half(bits: u16) -> f32 {
    let exponent = i32::from(bits >> 10 & 0x1f);
    let fraction = f32::from(bits & 0x3ff);
    let size = match exponent {
        0 => fraction * 2f32.powi(-24),
        0x1f if fraction == 0.0 => f32::INFINITY,
        0x1f => f32::NAN,
        _ => (1024.0 + fraction) * 2f32.powi(exponent - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_precision_is_read_exactly() {
        let cases = [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0400, 2f32.powi(-14)),
            (0x0001, 2f32.powi(-24)),
            (0x83ff, -1023.0 * 2f32.powi(-24)),
            (0x7c00, f32::INFINITY),
        ];
        for (bits, value) in cases {
            assert_eq!(half(bits), value, "{bits:#06x}");
        }
        assert!(half(0x7e00).is_nan());
        assert!(half(0x8000).is_sign_negative());
    }

    #[test]
    fn byte_order_is_honoured() {
        assert_eq!(Element::F32.decode(&1.5f32.to_be_bytes(), true), 1.5);
        assert_eq!(Element::I16.decode(&(-7i16).to_be_bytes(), true), -7.0);
        assert_eq!(Element::I64.decode(&(-7i64).to_le_bytes(), false), -7.0);
    }
}
