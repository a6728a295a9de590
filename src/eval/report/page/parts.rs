//! Tables that can be taken along: differences with what they may claim, and means by ratio, noise and group.

use crate::eval::report::figure::escape;
use crate::eval::report::grid::{Grid, grids};
use crate::eval::report::sound::address;
use crate::eval::{Comparison, EvalError};
use std::fmt::Write;

/// A section of all tables but the means, each with what saves it.
pub(super) fn parts(comparison: &Comparison) -> Result<String, EvalError> {
    let mut html = String::new();
    for grid in grids(comparison).iter().filter(|grid| grid.key != "means") {
        let _ = write!(
            html,
            "<details{}><summary>{}</summary><div class=\"scroll tall\">{}</div>{}</details>",
            if grid.key == "differences" { " open" } else { "" },
            escape(&grid.caption),
            grid.html(),
            saved(grid)?
        );
    }
    Ok(html)
}

/// What saves one of the tables.
pub(super) fn saves(comparison: &Comparison, key: &str) -> Result<String, EvalError> {
    grids(comparison).iter().find(|grid| grid.key == key).map_or_else(|| Ok(String::new()), saved)
}

fn saved(grid: &Grid) -> Result<String, EvalError> {
    let forms = [
        ("Markdown", "md", grid.markdown().into_bytes()),
        ("LaTeX", "tex", grid.latex().into_bytes()),
        ("CSV", "csv", grid.csv()?),
    ];
    let links = forms
        .map(|(name, ending, bytes)| save(name, &format!("{}.{ending}", grid.key), "text/plain", &bytes));
    Ok(format!("<p class=\"save\">Save as {}</p>", links.join(" ")))
}

/// A link that saves a file.
pub(super) fn save(name: &str, file: &str, kind: &str, bytes: &[u8]) -> String {
    format!("<a download=\"{file}\" href=\"{}\">{name}</a>", address(kind, bytes))
}
