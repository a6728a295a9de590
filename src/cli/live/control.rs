//! A file that steers a running program: a command a line, read again whenever it changes.

use crate::cli::values::decibels;
use crate::model::Latency;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What a line, or a key, asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Order {
    Bypass(bool),
    Latency(Latency),
    /// In dB; infinity is all that the model does.
    Strength(f32),
    PostFilter(bool),
    Record(bool),
    Quit,
}

const EXPECTED: &str =
    "expected bypass on|off, latency zero|one, strength DB|full, post-filter on|off, record on|off, or quit";

fn parse(line: &str) -> Result<Order, String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let order = match words[..] {
        ["bypass", word] => on(word).map(Order::Bypass),
        ["post-filter", word] => on(word).map(Order::PostFilter),
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

/// Most bytes of the file that are read.
const MOST: u64 = 64 * 1024;

/// The file and what it held when its orders were last taken.
#[derive(Debug)]
pub struct ControlFile {
    path: PathBuf,
    seen: Option<(Option<SystemTime>, Vec<u8>)>,
    /// What a file without a last line feed held: whoever writes may not be done.
    unfinished: Option<Vec<u8>>,
}

impl ControlFile {
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), seen: None, unfinished: None }
    }

    /// The orders of a file that is new, or has another content or time than before; a file that is not there orders nothing.
    pub fn poll(&mut self) -> Vec<Result<Order, String>> {
        let Ok(about) = std::fs::metadata(&self.path) else {
            self.seen = None;
            return Vec::new();
        };
        let changed = about.modified().ok();
        // Reading a pipe would wait for whoever writes.
        let read = if about.is_file() { self.read() } else { Err("expected a file of lines".to_owned()) };
        let content = read.clone().unwrap_or_default();
        if self.seen.as_ref().is_some_and(|(time, seen)| (time, seen) == (&changed, &content)) {
            return Vec::new();
        }
        if content.last().is_some_and(|&last| last != b'\n' && last != 0)
            && self.unfinished.as_ref() != Some(&content)
        {
            self.unfinished = Some(content);
            return Vec::new();
        }
        (self.seen, self.unfinished) = (Some((changed, content)), None);
        match read.and_then(|content| text(&content)) {
            Ok(text) => text.lines().map(str::trim).filter(|line| !line.is_empty()).map(parse).collect(),
            Err(error) => vec![Err(format!("{}: {error}", self.path.display()))],
        }
    }

    fn read(&self) -> Result<Vec<u8>, String> {
        let mut content = Vec::new();
        let file = std::fs::File::open(&self.path);
        let read = file.and_then(|file| file.take(MOST).read_to_end(&mut content));
        read.map(|_| content).map_err(|error| error.to_string())
    }
}

/// Text with a byte-order mark or without, in UTF-8 or, as some shells write it, in UTF-16.
fn text(content: &[u8]) -> Result<String, String> {
    let text = match content {
        [0xff, 0xfe, rest @ ..] => {
            let units: Vec<u16> =
                rest.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            String::from_utf16(&units).ok()
        }
        [0xef, 0xbb, 0xbf, rest @ ..] | rest => std::str::from_utf8(rest).ok().map(str::to_owned),
    };
    text.ok_or_else(|| "expected text".to_owned())
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
        std::fs::write(&path, b"\xff\xff\n").expect("a file");
        let said = control.poll();
        let named = |said: &Result<Order, String>| said.as_ref().is_err_and(|error| error.contains("orders"));
        assert!(said.len() == 1 && named(&said[0]), "{said:?}");
        assert!(control.poll().is_empty());
        // Another content at the same time.
        let time = std::fs::metadata(&path).and_then(|about| about.modified()).expect("a time");
        std::fs::write(&path, "bypass off\n").expect("a file");
        std::fs::File::options()
            .append(true)
            .open(&path)
            .and_then(|file| file.set_modified(time))
            .expect("a time");
        assert_eq!(control.poll(), [Ok(Order::Bypass(false))]);
        // A line that is being written counts when nothing more comes.
        std::fs::write(&path, "bypass o").expect("a file");
        assert!(control.poll().is_empty());
        std::fs::write(&path, "bypass on").expect("a file");
        assert!(control.poll().is_empty());
        assert_eq!(control.poll(), [Ok(Order::Bypass(true))]);
        // With a byte-order mark, in both of its usual forms.
        std::fs::write(&path, b"\xef\xbb\xbfrecord on\r\n").expect("a file");
        assert_eq!(control.poll(), [Ok(Order::Record(true))]);
        let utf16: Vec<u8> = "\u{feff}quit\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        std::fs::write(&path, utf16).expect("a file");
        assert_eq!(control.poll(), [Ok(Order::Quit)]);
        let said = ControlFile::new(folder.path()).poll();
        assert!(said.len() == 1 && said[0].as_ref().is_err_and(|error| error.contains("a file of lines")));
    }
}
