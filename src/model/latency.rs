//! The latency that a user chooses.

use std::fmt;
use std::str::FromStr;

/// How many future frames the network may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Latency {
    /// None: each output frame needs only the frames up to its own.
    #[default]
    Zero,
    /// One: better quality for one hop more delay.
    OneFrame,
}

impl Latency {
    /// Every latency that has a built-in model.
    pub const ALL: [Self; 2] = [Self::Zero, Self::OneFrame];

    /// Frames of look-ahead.
    pub const fn frames(self) -> usize {
        match self {
            Self::Zero => 0,
            Self::OneFrame => 1,
        }
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Zero => "zero",
            Self::OneFrame => "one",
        })
    }
}

impl FromStr for Latency {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "zero" | "0" => Ok(Self::Zero),
            "one" | "1" => Ok(Self::OneFrame),
            _ => Err(format!("`{text}` is not a latency: expected zero or one")),
        }
    }
}
