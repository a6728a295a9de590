//! `index.html`: one page that needs nothing beside it.

mod links;
mod listening;
mod panels;
mod parts;
mod words;

use super::figure::{HALF, Size};
use super::{Provenance, run_tables, spectrogram, tables};
use crate::eval::{Comparison, EvalError, Example};
use listening::listening;
use panels::{improvement, quality, scatter, times};
use parts::{parts, saves};
use words::{intervals, lead, legend, provenance_list, verdict};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
const BLIND: &str = include_str!("blind.html");
const BLIND_SCRIPT: &str = include_str!("blind.js");

/// Charts of a third of a wide page and of all of it, and of a narrow page.
const THIRD: Size = Size { width: 352, height: 280 };
const FULL: Size = Size { width: 1104, height: 300 };
const NARROW: Size = Size { width: 326, height: 270 };

/// The value of a variable of the page's style on light ground; of none that is there, black.
#[cfg(feature = "figures")]
pub(super) fn light(name: &str) -> &'static str {
    let found = STYLE.split_once(&format!("--{name}: ")).and_then(|(_, after)| after.split_once(';'));
    found.map_or("#000000", |(value, _)| value)
}

/// The page as text.
pub(super) fn page(
    comparison: &Comparison,
    examples: &[Example],
    provenance: &Provenance,
) -> Result<String, EvalError> {
    let skipped = tables::left_out(comparison);
    let skipped = match comparison.skipped.len() {
        _ if skipped.is_empty() => String::new(),
        count => format!(
            "<section><h2>Left out</h2><p>{count} {} not compared; every mean above is over files on which all systems have \
             the metric.</p><ul class=\"plain\">{skipped}</ul></section>",
            if count == 1 { "pair was" } else { "pairs were" }
        ),
    };
    let seconds: f64 = comparison.files.iter().map(|file| file.seconds).sum();
    let parts = [
        ("STYLE", STYLE.to_owned()),
        ("SCRIPT", SCRIPT.to_owned()),
        ("LEAD", lead(comparison, seconds)),
        ("VERDICT", verdict(comparison)),
        ("LEGEND", legend(comparison)),
        ("QUALITY_TABLE", tables::quality(comparison)),
        ("QUALITY_SAVES", saves(comparison, "means")?),
        ("PARTS", parts(comparison)?),
        ("QUALITY", quality(comparison)?),
        ("INTERVALS", intervals(comparison)),
        ("RANGE", spectrogram::RANGE.to_string()),
        ("IMPROVEMENT", improvement(comparison)?),
        ("SCATTER", scatter(comparison)?),
        ("TIMES", times(comparison)?),
        ("DELAY_TABLE", run_tables::delay(comparison)),
        ("COST_TABLE", run_tables::cost(comparison)),
        ("EXAMPLES", listening(comparison, examples)?),
        ("BLIND", if examples.is_empty() { String::new() } else { BLIND.to_owned() }),
        ("BLIND_SCRIPT", BLIND_SCRIPT.to_owned()),
        ("FILES_TABLE", tables::files(comparison)),
        ("SKIPPED", skipped),
        ("PROVENANCE", provenance_list(provenance)),
        ("TIME", provenance.unix_time.to_string()),
    ];
    // One pass over the frame, so that nothing that is filled in is taken for a place to fill.
    let mut page = String::new();
    let mut rest = PAGE;
    while let Some((before, after)) = rest.split_once("{{") {
        let (key, after) = after.split_once("}}").unwrap_or((after, ""));
        page.push_str(before);
        page.push_str(parts.iter().find(|(name, _)| *name == key).map_or("", |(_, text)| text));
        rest = after;
    }
    page.push_str(rest);
    Ok(page)
}
