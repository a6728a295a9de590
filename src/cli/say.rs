//! Lines for people, each on a line of its own whatever the names of files in it hold.

use crate::io::shown;
use std::fmt::Display;
use std::path::Path;

/// A path as a line shows it.
pub fn name(path: &Path) -> String {
    shown(&path.display().to_string())
}

/// Says a line on standard error.
pub fn say(line: impl Display) {
    eprintln!("{}", shown(&line.to_string()));
}

/// Says on standard error what is wrong or odd.
pub fn warn(line: impl Display) {
    say(format_args!("framewise: {line}"));
}

/// What the parser of arguments says: help as it is, a refusal with the arguments that it repeats on their lines.
pub fn refuse(error: &clap::Error) {
    let plain = error.render().to_string();
    let lines: Vec<_> = plain.split('\n').map(shown).collect();
    // Nobody is there to hear that it cannot be printed.
    if error.use_stderr() && lines.join("\n") != plain {
        eprint!("{}", lines.join("\n"));
    } else {
        let _ = error.print();
    }
}
