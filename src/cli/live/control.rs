//! A file that steers a running program: a command a line, read again whenever it changes.

use crate::cli::args::decibels;
use crate::model::Latency;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What a line, or a key, asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Order {
    Bypass(bool),
    Latency(Latency),
    /// In dB; infinity is all that the model does.
    Strength(f32),
    Record(bool),
    Quit,
}

const EXPECTED: &str = "expected bypass on|off, latency zero|one, strength DB|full, record on|off, or quit";

fn parse(line: &str) -> Result<Order, String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let order = match words[..] {
        ["bypass", word] => on(word).map(Order::Bypass),
        ["record", word] => on(word).map(Order::Record),
        ["latency", word] => word.parse().map(Order::Latency).ok(),
        ["strength", "full"] => Some(Order::Strength(f32::INFINITY)),
        ["strength", word] => decibels(word).map(Order::Strength).ok(),
        ["quit"] => Some(Order::Quit),
        _ => None,
    };
    order.ok_or_else(|| format!("`{line}`: {EXPECTED}"))
}

fn on(word: &str) -> Option<bool> {
    match word {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
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
        let Ok(about) = std::fs::metadata(&self.path) else {
            self.seen = None;
            return Vec::new();
        };
        let changed = about.modified().ok();
        if changed.is_none() || changed == self.seen {
            return Vec::new();
        }
        self.seen = changed;
        let path = self.path.display();
        // Reading a pipe would wait for whoever writes.
        if !about.is_file() {
            return vec![Err(format!("{path}: expected a file of lines"))];
        }
        match std::fs::read_to_string(&self.path) {
            Ok(text) => text.lines().map(str::trim).filter(|line| !line.is_empty()).map(parse).collect(),
            Err(error) => vec![Err(format!("{path}: {error}"))],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ControlFile, Latency, Order, parse};

    #[test]
    fn every_order_has_its_line_and_others_say_what_was_expected() {
        assert_eq!(parse("bypass on"), Ok(Order::Bypass(true)));
        assert_eq!(parse("record  off"), Ok(Order::Record(false)));
        assert_eq!(parse("latency one"), Ok(Order::Latency(Latency::ONE)));
        assert_eq!(parse("strength 12.5"), Ok(Order::Strength(12.5)));
        assert_eq!(parse("strength full"), Ok(Order::Strength(f32::INFINITY)));
        assert_eq!(parse("quit"), Ok(Order::Quit));
        for line in [
            "bypass",
            "bypass maybe",
            "latency two",
            "strength loud",
            "strength nan",
            "strength -3",
            "quit now",
            "sing",
        ] {
            assert!(parse(line).is_err_and(|error| error.contains("expected") && error.contains(line)));
        }
    }

    #[test]
    fn a_file_is_read_when_it_comes_and_when_it_changes_and_what_cannot_be_read_is_said_once() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let path = folder.path().join("orders");
        let mut control = ControlFile::new(&path);
        assert!(control.poll().is_empty());
        std::fs::write(&path, "bypass on\n\n  quit\n").expect("a file");
        assert_eq!(control.poll(), [Ok(Order::Bypass(true)), Ok(Order::Quit)]);
        assert!(control.poll().is_empty());
        std::fs::remove_file(&path).expect("a file");
        assert!(control.poll().is_empty());
        std::fs::write(&path, b"\xff\xfe").expect("a file");
        let said = control.poll();
        let named = |said: &Result<Order, String>| said.as_ref().is_err_and(|error| error.contains("orders"));
        assert!(said.len() == 1 && named(&said[0]), "{said:?}");
        assert!(control.poll().is_empty());
        let said = ControlFile::new(folder.path()).poll();
        assert!(said.len() == 1 && said[0].as_ref().is_err_and(|error| error.contains("a file of lines")));
    }
}
