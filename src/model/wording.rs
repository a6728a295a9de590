//! What messages are put together from.

/// A name out of a file as it may stand in a message: on one line, and not long.
pub(super) fn shown(name: &str) -> String {
    const LONGEST: usize = 120;
    let mut line: String = name.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if name.chars().nth(LONGEST).is_some() {
        line.push_str("...");
    }
    line
}

/// What another library says of a file, which may quote it: on one line, and not long.
pub(super) fn line(text: &str) -> String {
    const LONGEST: usize = 600;
    let mut line = String::new();
    for letter in text.chars().take(LONGEST) {
        if letter.is_control() { line.extend(letter.escape_debug()) } else { line.push(letter) }
    }
    line
}

/// Names out of a file for one line of text: the first few, and how many more.
pub(super) fn listed(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let mut list = names.iter().take(SHOWN).map(|name| shown(name)).collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => list.push_str("none"),
        1..=SHOWN => {}
        more => list.push_str(&format!(" and {} more", more - SHOWN)),
    }
    list
}

/// Names of which one is expected.
pub(super) fn any_of(names: &[String]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{}`", shown(name))).collect();
    match quoted.as_slice() {
        [] => "none: it has no layer that can look ahead".into(),
        [one] => one.clone(),
        [others @ .., last] => format!("{} or {last}", others.join(", ")),
    }
}

/// One after the other, with an "and" before the last.
pub(crate) fn and(parts: &[impl std::fmt::Display]) -> String {
    let parts: Vec<_> = parts.iter().map(|part| part.to_string()).collect();
    match parts.as_slice() {
        [] => "none".into(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
