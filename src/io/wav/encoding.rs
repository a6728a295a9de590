//! How one sample is stored.

use std::fmt;

/// How the file that is read stores a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SampleEncoding {
    /// Unsigned 8-bit integer, silence at 128.
    U8,
    /// Signed 16-bit integer.
    I16,
    /// Signed 24-bit integer in three bytes.
    I24,
    /// Signed 32-bit integer.
    I32,
    /// Signed integer of at most 24 bits in four bytes, such as "24 in 32".
    I32Padded(Justification),
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
    /// G.711 mu-law, 8 bits.
    MuLaw,
    /// G.711 A-law, 8 bits.
    ALaw,
}

/// Where in a larger word the valid bits are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Justification {
    /// In the most significant bits, as the standard asks.
    Left,
    /// In the least significant bits.
    Right,
}

impl SampleEncoding {
    /// Bytes that one sample takes.
    pub fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::MuLaw | Self::ALaw => 1,
            Self::I16 => 2,
            Self::I24 => 3,
            Self::I32 | Self::I32Padded(_) | Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// The encoding to write so that the bit depth is kept.
    ///
    /// Mu-law and A-law, whose values need 14 and 13 bits, become 16-bit; "24 in 32" becomes 24-bit.
    pub fn kept(self) -> OutEncoding {
        match self {
            Self::U8 => OutEncoding::U8,
            Self::I16 | Self::MuLaw | Self::ALaw => OutEncoding::I16,
            Self::I24 | Self::I32Padded(_) => OutEncoding::I24,
            Self::I32 => OutEncoding::I32,
            Self::F32 => OutEncoding::F32,
            Self::F64 => OutEncoding::F64,
        }
    }
}

impl fmt::Display for SampleEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::U8 => "8-bit",
            Self::I16 => "16-bit",
            Self::I24 => "24-bit",
            Self::I32 => "32-bit",
            Self::I32Padded(Justification::Left) => "24-bit in the upper part of 32",
            Self::I32Padded(Justification::Right) => "24-bit in the lower part of 32",
            Self::F32 => "32-bit float",
            Self::F64 => "64-bit float",
            Self::MuLaw => "mu-law",
            Self::ALaw => "A-law",
        })
    }
}

/// How the file that is written stores a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutEncoding {
    /// Unsigned 8-bit integer, silence at 128.
    U8,
    /// Signed 16-bit integer.
    I16,
    /// Signed 24-bit integer in three bytes.
    I24,
    /// Signed 32-bit integer.
    I32,
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
}

impl OutEncoding {
    /// Bits of one sample.
    pub fn bits(self) -> u16 {
        match self {
            Self::U8 => 8,
            Self::I16 => 16,
            Self::I24 => 24,
            Self::I32 | Self::F32 => 32,
            Self::F64 => 64,
        }
    }

    /// Bytes that one sample takes.
    pub fn bytes(self) -> usize {
        usize::from(self.bits() / 8)
    }

    /// Whether samples are floating-point numbers, which neither clip nor take dither.
    pub fn is_float(self) -> bool {
        matches!(self, Self::F32 | Self::F64)
    }
}

impl fmt::Display for OutEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_float() { " float" } else { "" };
        write!(f, "{}-bit{kind}", self.bits())
    }
}
