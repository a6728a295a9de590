//! What a page says in words.

use super::CHARTED;
use crate::eval::Comparison;
use crate::eval::report::Provenance;
use crate::eval::report::figure::escape;
use crate::eval::report::tables::{self, signed};
use std::fmt::Write;

/// Fewer files than this say nothing of a difference: the bootstrap's intervals are then too narrow.
const FEW: usize = 10;

/// What was compared, in a sentence.
pub(super) fn lead(comparison: &Comparison, seconds: f64) -> String {
    let count = comparison.files.len();
    let models = comparison.models();
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
    format!(
        "{models} on {count} pairs of clean and noisy speech, {duration} at {} Hz.{skipped}",
        comparison.sample_rate
    )
}

/// What the later models gain on the first, in words.
pub(super) fn verdict(comparison: &Comparison) -> String {
    let models = comparison.models();
    let Some((&base, others)) = models.split_first() else { return String::new() };
    let mut html = String::new();
    for &other in others {
        let more = comparison.delay_ms(other) - comparison.delay_ms(base);
        let _ = write!(
            html,
            "<div class=\"verdict\"><p><strong>{}</strong> against <strong>{}</strong>: {} ms of delay</p><dl>",
            escape(&comparison.rows[other].name),
            escape(&comparison.rows[base].name),
            signed(more, 1)
        );
        for metric in CHARTED {
            let Some(found) = comparison.difference(base, other, metric) else { continue };
            let digits = metric.digits();
            let (word, class) = if found.files < FEW {
                ("too few files to tell", "same")
            } else if found.low > 0.0 || found.high < 0.0 {
                if tables::sense(metric) * found.mean > 0.0 {
                    ("better", "better")
                } else {
                    ("worse", "worse")
                }
            } else {
                ("no difference to be seen", "same")
            };
            let _ = write!(
                html,
                "<div><dt>{}</dt><dd>{}{}</dd><dd class=\"interval\">{} \u{2026} {}</dd><dd class=\"{class}\">{word}</dd></div>",
                metric.name(),
                signed(found.mean, digits),
                tables::unit(metric, " "),
                signed(found.low, digits),
                signed(found.high, digits)
            );
        }
        html.push_str("</dl></div>");
    }
    html
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
