//! A file that steers a running program: a command a line, read again whenever it changes.

use crate::model::Latency;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What a line, or a key, asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Order {
    Bypass(bool),
    Latency(Latency),
    Strength(f32),
    Record(bool),
    Quit,
}

fn parse(line: &str) -> Result<Order, String> {
    let unknown =
        || format!("`{line}`: expected bypass on|off, latency zero|one, strength DB, record on|off, or quit");
    let on = |word: &str| match word {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(unknown()),
    };
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["bypass", word] => on(word).map(Order::Bypass),
        ["record", word] => on(word).map(Order::Record),
        ["latency", word] => word.parse().map(Order::Latency).map_err(|_| unknown()),
        ["strength", word] => word.parse().map(Order::Strength).map_err(|_| unknown()),
        ["quit"] => Ok(Order::Quit),
        _ => Err(unknown()),
    }
}

/// The file and when it was last changed.
#[derive(Debug)]
pub struct ControlFile {
    path: PathBuf,
    seen: Option<SystemTime>,
}

impl ControlFile {
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), seen: None }
    }

    /// The orders of a file that is new or has changed; a file that is not there orders nothing.
    pub fn poll(&mut self) -> Vec<Result<Order, String>> {
        let changed = std::fs::metadata(&self.path).and_then(|about| about.modified()).ok();
        if changed.is_none() || changed == self.seen {
            return Vec::new();
        }
        self.seen = changed;
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(parse).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Latency, Order, parse};

    #[test]
    fn every_order_has_its_line_and_others_say_what_was_expected() {
        assert_eq!(parse("bypass on"), Ok(Order::Bypass(true)));
        assert_eq!(parse("record  off"), Ok(Order::Record(false)));
        assert_eq!(parse("latency one"), Ok(Order::Latency(Latency::OneFrame)));
        assert_eq!(parse("strength 12.5"), Ok(Order::Strength(12.5)));
        assert_eq!(parse("quit"), Ok(Order::Quit));
        for line in ["bypass", "bypass maybe", "latency two", "strength loud", "sing"] {
            assert!(parse(line).is_err_and(|error| error.contains("expected") && error.contains(line)));
        }
    }
}
