//! `index.html`: one page that needs nothing beside it.

use super::figure::{Size, escape};
use super::tables::{self, signed};
use super::{Provenance, charts, sound, spectrogram};
use crate::eval::{Comparison, EvalError, Example, Metric};
use std::fmt::Write;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The metrics that have charts.
const CHARTED: [Metric; 3] = [Metric::Pesq, Metric::Stoi, Metric::SiSdr];

/// Charts of a third and of a half of a wide page, and of a narrow page.
const THIRD: Size = Size { width: 352, height: 280 };
const HALF: Size = Size { width: 536, height: 310 };
const FULL: Size = Size { width: 1104, height: 300 };
const NARROW: Size = Size { width: 326, height: 270 };

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
        ("QUALITY", thirds(&CHARTED.map(|m| (m, charts::quality(comparison, m, THIRD))), |_| String::new())?),
        ("IMPROVEMENT", improvement(comparison)?),
        ("SCATTER", scatter(comparison)?),
        ("TIMES", both(&charts::times(comparison, FULL)?, &charts::times(comparison, NARROW)?)),
        ("DELAY_TABLE", tables::delay(comparison)),
        ("COST_TABLE", tables::cost(comparison)),
        ("EXAMPLES", listening(comparison, examples)?),
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

fn lead(comparison: &Comparison, seconds: f64) -> String {
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
fn verdict(comparison: &Comparison) -> String {
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
            let sense = if metric.more_is_better() { 1.0 } else { -1.0 };
            let (word, class) = if found.files < 2 {
                ("one file only", "same")
            } else if found.low > 0.0 || found.high < 0.0 {
                if sense * found.mean > 0.0 { ("better", "better") } else { ("worse", "worse") }
            } else {
                ("no difference to be seen", "same")
            };
            let _ = write!(
                html,
                "<div><dt>{}</dt><dd>{}{}</dd><dd class=\"interval\">{} \u{2026} {}</dd><dd class=\"{class}\">{word}</dd></div>",
                metric.name(),
                signed(found.mean, digits),
                if metric.unit().is_empty() { String::new() } else { format!(" {}", metric.unit()) },
                signed(found.low, digits),
                signed(found.high, digits)
            );
        }
        html.push_str("</dl></div>");
    }
    html
}

fn legend(comparison: &Comparison) -> String {
    let names = (0..comparison.rows.len()).map(|row| format!("<li>{}</li>", tables::name(comparison, row)));
    names.collect()
}

/// A chart in its wide form and its narrow one; the page's style shows one of them.
fn both(wide: &str, narrow: &str) -> String {
    format!("<div class=\"wide\">{wide}</div><div class=\"narrow\">{narrow}</div>")
}

fn titled(metric: Metric, what: &str) -> String {
    let unit = if metric.unit().is_empty() { String::new() } else { format!(", {}", metric.unit()) };
    format!("{}{what}{unit}", metric.name())
}

/// Charts side by side, those that have something to show.
fn thirds(
    charts: &[(Metric, Result<String, EvalError>)],
    caption: impl Fn(Metric) -> String,
) -> Result<String, EvalError> {
    let mut html = String::new();
    for (metric, chart) in charts {
        let chart = chart.as_ref().map_err(|error| EvalError::Drawing(error.to_string()))?;
        let _ = write!(html, "<figure><h3>{}</h3>{chart}{}</figure>", titled(*metric, ""), caption(*metric));
    }
    Ok(html)
}

fn improvement(comparison: &Comparison) -> Result<String, EvalError> {
    let mut html = String::new();
    for metric in [Metric::Pesq, Metric::SiSdr] {
        let wide = charts::improvement(comparison, metric, HALF)?;
        let narrow = charts::improvement(comparison, metric, NARROW)?;
        let _ = write!(
            html,
            "<figure><h3>{}</h3>{}</figure>",
            titled(metric, " improvement"),
            both(&wide, &narrow)
        );
    }
    Ok(html)
}

/// File by file, where there are two models to compare.
fn scatter(comparison: &Comparison) -> Result<String, EvalError> {
    let models = comparison.models();
    let Some((&base, others)) = models.split_first().filter(|(_, others)| !others.is_empty()) else {
        return Ok(String::new());
    };
    let caption = |metric: Metric| {
        let lines = others.iter().filter_map(|&other| {
            let found = comparison.difference(base, other, metric)?;
            let digits = metric.digits();
            Some(format!(
                "{}: <b>{}</b> ({} \u{2026} {})",
                escape(&comparison.rows[other].name),
                signed(found.mean, digits),
                signed(found.low, digits),
                signed(found.high, digits)
            ))
        });
        format!("<figcaption>{}</figcaption>", lines.collect::<Vec<_>>().join("<br>"))
    };
    let square = Size { width: THIRD.width, height: 332 };
    let charts = thirds(&CHARTED.map(|m| (m, charts::scatter(comparison, m, square))), caption)?;
    Ok(format!(
        "<section><h2>File by file</h2><p>{} along, {} up. Above the dashed line the later model scores higher. Below each \
         chart: the mean paired difference and its 95 % confidence interval.</p><div class=\"thirds\">{charts}</div></section>",
        escape(&comparison.rows[base].name),
        if others.len() == 1 { escape(&comparison.rows[others[0]].name) } else { "the other models".into() }
    ))
}

/// Spectrograms with players.
fn listening(comparison: &Comparison, examples: &[Example]) -> Result<String, EvalError> {
    let mut html = String::new();
    for example in examples {
        let samples: Vec<&[f32]> = example.tracks.iter().map(|track| track.samples.as_slice()).collect();
        let pictures = spectrogram::pictures(&samples, comparison.sample_rate)?;
        let seconds = comparison.files[example.file].seconds;
        let snr = comparison.files[example.file]
            .snr
            .map_or_else(String::new, |snr| format!(", input at {} dB", signed(snr, 1)));
        let _ = write!(
            html,
            "<article><h3><span class=\"place\">{}</span>{}<small>{seconds:.1} s{snr}</small></h3><div class=\"tracks\">",
            example.place,
            escape(&example.name)
        );
        for (track, picture) in example.tracks.iter().zip(pictures) {
            let name = track.row.map_or_else(|| escape(&track.name), |row| tables::name(comparison, row));
            let scores =
                track.row.map_or_else(|| "the reference".into(), |row| scores(comparison, example.file, row));
            let _ = write!(
                html,
                "<figure><h4><span>{name}</span><small>{scores}</small></h4><div class=\"spectrogram\"><img alt=\"spectrogram of {}\" \
                 src=\"{picture}\"><span class=\"top\">{} kHz</span><span class=\"end\">{seconds:.1} s</span></div>\
                 <audio controls preload=\"none\" src=\"{}\"></audio></figure>",
                escape(&track.name),
                f64::from(comparison.sample_rate) / 2e3,
                sound::wav_address(&track.samples, comparison.sample_rate)?
            );
        }
        html.push_str("</div></article>");
    }
    Ok(html)
}

fn scores(comparison: &Comparison, file: usize, row: usize) -> String {
    let scores = &comparison.files[file].scores[row];
    let score = |metric: Metric| {
        let value = tables::number(scores.get(metric)?, metric.digits());
        Some(format!("{} {value}", metric.name()))
    };
    [Metric::Pesq, Metric::SiSdr].into_iter().filter_map(score).collect::<Vec<_>>().join(" \u{b7} ")
}

fn provenance_list(provenance: &Provenance) -> String {
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
