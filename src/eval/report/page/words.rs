//! What a page says in words.

use crate::eval::report::Provenance;
use crate::eval::report::charts;
use crate::eval::report::figure::escape;
use crate::eval::report::tables::{self, signed};
use crate::eval::{Claim, Comparison, DRAWS, Difference, FEWEST_GROUPS, counted};
use std::fmt::Write;

/// What was compared, in a sentence.
pub(super) fn lead(comparison: &Comparison, seconds: f64) -> String {
    let models = comparison.systems();
    let models = match models.as_slice() {
        [_] => "One model".to_owned(),
        models => format!("{} models", models.len()),
    };
    let duration =
        if seconds < 100.0 { format!("{seconds:.0} s") } else { format!("{:.1} min", seconds / 60.0) };
    let skipped = match comparison.skipped.len() {
        0 => String::new(),
        n => format!(" {n} left out."),
    };
    let speech =
        if comparison.noises() == 0 && comparison.has_clean() { " of clean and noisy speech" } else { "" };
    format!(
        "{models} on {}{speech}, {duration} at {} kHz.{skipped}",
        comparison.material(),
        f64::from(comparison.sample_rate) / 1e3
    )
}

/// What the later models gain on the first, in words.
pub(super) fn verdict(comparison: &Comparison) -> String {
    let models = comparison.systems();
    let Some((&base, others)) = models.split_first() else { return String::new() };
    let mut html = String::new();
    let differences = comparison.differences();
    for &other in others {
        let more = comparison.delay_ms(other) - comparison.delay_ms(base);
        let _ = write!(
            html,
            "<div class=\"verdict\"><p><strong>{}</strong> against <strong>{}</strong>: {}</p><dl>",
            escape(&comparison.rows[other].name),
            escape(&comparison.rows[base].name),
            if more.abs() < 0.05 {
                "the same delay".into()
            } else {
                format!("{} ms of delay", signed(more, 1))
            }
        );
        for metric in charts::charted(comparison) {
            let of = |found: &&Difference| (found.row, found.metric) == (other, metric);
            let Some(difference) = differences.iter().find(of) else { continue };
            let (found, claim) = (difference.estimate, difference.claim());
            let class = match claim {
                Claim::Better => "better",
                Claim::Worse => "worse",
                _ => "same",
            };
            let word = claim.words();
            let _ = write!(
                html,
                "<div><dt>{}</dt><dd>{}</dd><dd class=\"interval\">{}</dd><dd class=\"{class}\">{word}</dd></div>",
                metric.name(),
                tables::difference(found, metric),
                tables::ends(found, metric)
            );
        }
        html.push_str("</dl></div>");
    }
    html
}

/// What the intervals are of.
pub(super) fn intervals(comparison: &Comparison) -> String {
    let (groups, clips) = (counted(comparison.groups(), "group"), counted(comparison.clips(), "clip"));
    let noise = match comparison.noises() {
        0 => String::new(),
        n => format!(
            " The recordings of noise, {n} here, are not drawn: clips that share one pass for independent, and how the systems \
             would do in other noise is not in the interval."
        ),
    };
    format!(
        "95 %, percentile bootstrap, widened by what it lacks for few groups. Drawn are groups of clips, {groups} of {clips} here, each with \
         all its files, which resemble each other; {DRAWS} times. Groups are made by {}. A difference is paired: its files are the \
         same, so what makes a file hard falls out. An interval that holds zero means that these clips show no difference. Fewer than \
         {FEWEST_GROUPS} groups have none: it would be too narrow.{noise} How much another training run would differ is in none \
         of them; where a system is several seeds, the table of means has their standard deviation.",
        escape(&comparison.grouping)
    )
}

/// The systems with their colours.
pub(super) fn legend(comparison: &Comparison) -> String {
    let names = (0..comparison.rows.len()).map(|row| format!("<li>{}</li>", tables::name(comparison, row)));
    names.collect()
}

/// Where the numbers come from.
pub(super) fn provenance_list(provenance: &Provenance) -> String {
    let seed = provenance.seed.map_or_else(|| "none, pairs came as files".into(), |seed| seed.to_string());
    let entries = [
        ("Command", format!("<code>{}</code>", escape(&provenance.command))),
        ("Version", format!("framewise {}", provenance.framewise)),
        ("Seed of the mixtures", seed),
        (
            "Machine",
            escape(&format!(
                "{}, {}, {} cores, {} kernels",
                provenance.processor, provenance.system, provenance.cores, provenance.kernels
            )),
        ),
    ];
    entries.map(|(term, text)| format!("<dt>{term}</dt><dd>{text}</dd>")).concat()
}
