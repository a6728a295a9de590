//! The latency that a user chooses.

use super::ModelError;
use std::fmt;
use std::str::FromStr;

/// How many future frames a network may use. More of them make it better, and each costs one hop of delay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Latency(usize);

impl Latency {
    /// None: each output frame needs only the frames up to its own.
    pub const ZERO: Self = Self(0);
    /// One: better quality for one hop more delay.
    pub const ONE: Self = Self(1);

    /// The latencies that every family of built-in models has.
    pub const ALL: [Self; 2] = [Self::ZERO, Self::ONE];

    /// So many frames.
    pub const fn of(frames: usize) -> Self {
        Self(frames)
    }

    /// Frames of look-ahead.
    pub const fn frames(self) -> usize {
        self.0
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("zero"),
            1 => f.write_str("one"),
            frames => write!(f, "{frames}"),
        }
    }
}

impl FromStr for Latency {
    type Err = ModelError;

    /// Reads `zero`, `one`, or a number of frames.
    fn from_str(text: &str) -> Result<Self, ModelError> {
        match text {
            "zero" => Ok(Self::ZERO),
            "one" => Ok(Self::ONE),
            _ => text.parse().map(Self).map_err(|_| ModelError::Latency { found: text.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Latency;

    #[test]
    fn a_latency_is_read_as_it_is_written() {
        for frames in [0, 1, 2, 17] {
            let latency = Latency::of(frames);
            assert_eq!(latency.to_string().parse::<Latency>().expect("a latency"), latency);
            assert_eq!(frames.to_string().parse::<Latency>().expect("a number"), latency);
        }
        for text in ["", "two", "-1", "1.5"] {
            let error = text.parse::<Latency>().expect_err("no latency");
            assert_eq!(
                error.to_string(),
                format!("`{text}` is not a latency: expected zero, one or a number of frames")
            );
        }
    }
}
