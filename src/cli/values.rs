//! Values that arguments may take, and what they mean to the library.

use crate::io::HighBand;
use crate::io::wav::{OutEncoding, SampleEncoding};
use clap::ValueEnum;
use std::path::Path;
use std::str::FromStr;

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum HighBandArg {
    Keep,
    Mute,
    Follow,
}

impl From<HighBandArg> for HighBand {
    fn from(arg: HighBandArg) -> Self {
        match arg {
            HighBandArg::Keep => Self::Keep,
            HighBandArg::Mute => Self::Mute,
            HighBandArg::Follow => Self::Follow,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum BitDepth {
    #[value(name = "8")]
    U8,
    #[value(name = "16")]
    I16,
    #[value(name = "24")]
    I24,
    #[value(name = "32")]
    I32,
    #[value(name = "32f")]
    F32,
    #[value(name = "64f")]
    F64,
}

impl From<BitDepth> for OutEncoding {
    fn from(depth: BitDepth) -> Self {
        match depth {
            BitDepth::U8 => Self::U8,
            BitDepth::I16 => Self::I16,
            BitDepth::I24 => Self::I24,
            BitDepth::I32 => Self::I32,
            BitDepth::F32 => Self::F32,
            BitDepth::F64 => Self::F64,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RawFormat {
    F32le,
    S16le,
}

impl From<RawFormat> for SampleEncoding {
    fn from(format: RawFormat) -> Self {
        match format {
            RawFormat::F32le => Self::F32,
            RawFormat::S16le => Self::I16,
        }
    }
}

/// One of several shares of a set of files, which together hold every file once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// From 1 to `of`.
    index: u64,
    of: u64,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed =
            text.split_once('/').and_then(|(index, of)| Some((index.parse().ok()?, of.parse().ok()?)));
        match parsed {
            Some((index, of)) if 1 <= index && index <= of => Ok(Self { index, of }),
            _ => Err("expected I/N with I from 1 to N, such as 3/16".into()),
        }
    }
}

impl Shard {
    /// Whether the file at this path, relative to the folder that is walked, belongs to the share.
    pub fn takes(self, path: &Path) -> bool {
        hash(path) % self.of == self.index - 1
    }
}

/// FNV-1a over the parts of the path with `/` between them, its bits mixed at the end: the same on every system and in
/// every version, since machines of different kinds must agree on it.
fn hash(path: &Path) -> u64 {
    let text: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    let mut hash = 0xCBF2_9CE4_8422_2325u64;
    for byte in text.join("/").bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    hash ^ (hash >> 33)
}

/// A number of decibels from 0 up.
pub fn decibels(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(value) if value >= 0.0 && value.is_finite() => Ok(value),
        _ => Err("expected a number of decibels from 0 up".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Shard, hash};
    use std::path::Path;

    #[test]
    fn the_hash_of_a_path_never_changes() {
        assert_eq!(hash(Path::new("")), 0xECBA_3DF2_C338_3C52);
        assert_eq!(hash(&Path::new("a").join("b.wav")), 0x7234_B91D_A2FC_6917);
    }

    #[test]
    fn shares_hold_every_file_once_and_about_as_many() {
        let files: Vec<String> = (0..4_000).map(|n| format!("speaker{}/take {n}.wav", n % 7)).collect();
        let mut counts = [0; 8];
        for file in &files {
            let taken: Vec<usize> = (0..8)
                .filter(|i| {
                    format!("{}/8", i + 1).parse::<Shard>().is_ok_and(|shard| shard.takes(Path::new(file)))
                })
                .collect();
            assert_eq!(taken.len(), 1, "{file}");
            counts[taken[0]] += 1;
        }
        assert!(counts.iter().all(|count| (400..600).contains(count)), "{counts:?}");
    }

    #[test]
    fn a_share_that_is_none_is_refused() {
        for text in ["", "1", "0/4", "5/4", "1/0", "a/b", "1/4/2", "-1/4"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
