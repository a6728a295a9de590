//! The paths that a Rust source names, made absolute: enough of the language to see who uses whom.

use std::path::Path;

/// The name of the crate, by which its own tests may call it.
const CRATE: &str = "framewise";

/// The module of a file below the folder of sources.
pub fn module_of(file: &Path) -> Vec<String> {
    let without_ending = file.with_extension("");
    let mut parts: Vec<String> =
        without_ending.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

/// All paths in a source of this module that begin with `crate`, `super` or `self`, from the root of the crate on. A brace
/// gives one path for each of its parts; an asterisk is a name.
pub fn absolute_paths(module: &[&str], source: &str) -> Vec<Vec<String>> {
    let tokens = tokens(source);
    let mut walk = Walk { tokens: &tokens, at: 0, found: Vec::new() };
    // For every open brace, whether it is that of a module.
    let mut braces = Vec::new();
    let mut here: Vec<String> = module.iter().map(|&part| part.to_owned()).collect();
    while let Some(token) = walk.peek(0) {
        match token {
            "{" => {
                let is_module = walk.at >= 2 && tokens[walk.at - 2] == "mod";
                if is_module {
                    here.push(tokens[walk.at - 1].clone());
                }
                braces.push(is_module);
                walk.at += 1;
            }
            "}" => {
                if braces.pop() == Some(true) {
                    here.pop();
                }
                walk.at += 1;
            }
            "crate" | "super" | "self" | CRATE if walk.peek(1) == Some("::") => walk.path(&here, &here),
            _ => walk.at += 1,
        }
    }
    walk.found
}

struct Walk<'a> {
    tokens: &'a [String],
    at: usize,
    found: Vec<Vec<String>>,
}

impl<'a> Walk<'a> {
    fn peek(&self, ahead: usize) -> Option<&'a str> {
        self.tokens.get(self.at + ahead).map(String::as_str)
    }

    /// Takes a path, or a part of a brace, behind what is before it.
    fn path(&mut self, here: &[String], before: &[String]) {
        let mut path = before.to_vec();
        loop {
            match self.peek(0) {
                Some("{") => return self.braces(here, &path),
                Some("crate" | CRATE) => path.clear(),
                Some("super") => {
                    path.pop();
                }
                Some("self") => {}
                Some(name) => path.push(name.to_owned()),
                None => {}
            }
            self.at += 1;
            if self.peek(0) != Some("::") {
                return self.found.push(path);
            }
            self.at += 1;
        }
    }

    fn braces(&mut self, here: &[String], before: &[String]) {
        self.at += 1;
        while let Some(token) = self.peek(0) {
            match token {
                "}" => {
                    self.at += 1;
                    return;
                }
                "as" => self.at += 2,
                "," => self.at += 1,
                _ => self.path(here, before),
            }
        }
    }
}

/// Words, double colons and single other characters, without comments, texts and letters in quotes.
fn tokens(source: &str) -> Vec<String> {
    let letters: Vec<char> = source.chars().collect();
    let ahead =
        |at: usize, text: &str| text.chars().enumerate().all(|(n, c)| letters.get(at + n) == Some(&c));
    let is_word = |at: usize| letters.get(at).is_some_and(|c| c.is_alphanumeric() || *c == '_');
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        if ahead(at, "//") {
            while at < letters.len() && letters[at] != '\n' {
                at += 1;
            }
        } else if ahead(at, "/*") {
            let mut depth = 0;
            loop {
                if ahead(at, "/*") {
                    (depth, at) = (depth + 1, at + 2);
                } else if ahead(at, "*/") {
                    (depth, at) = (depth - 1, at + 2);
                } else {
                    at += 1;
                }
                if depth == 0 || at >= letters.len() {
                    break;
                }
            }
        } else if letters[at] == '"' {
            at = end_of_text(&letters, at + 1, '"');
        } else if letters[at] == '\'' {
            // A lifetime has no quote behind its first letter, unless that is escaped.
            let is_letter = letters.get(at + 1) == Some(&'\\') || letters.get(at + 2) == Some(&'\'');
            at = if is_letter { end_of_text(&letters, at + 1, '\'') } else { at + 1 };
        } else if is_word(at) {
            let start = at;
            while is_word(at) {
                at += 1;
            }
            let word: String = letters[start..at].iter().collect();
            let marks = letters[at..].iter().take_while(|c| **c == '#').count();
            if matches!(word.as_str(), "r" | "br" | "cr") && letters.get(at + marks) == Some(&'"') {
                let end = format!("\"{}", "#".repeat(marks));
                at += marks + 1;
                while at < letters.len() && !ahead(at, &end) {
                    at += 1;
                }
                at += end.len();
            } else {
                tokens.push(word);
            }
        } else if ahead(at, "::") {
            tokens.push("::".into());
            at += 2;
        } else {
            if !letters[at].is_whitespace() {
                tokens.push(letters[at].to_string());
            }
            at += 1;
        }
    }
    tokens
}

/// The place behind the quote that ends a text.
fn end_of_text(letters: &[char], mut at: usize, quote: char) -> usize {
    while at < letters.len() && letters[at] != quote {
        at += if letters[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}
