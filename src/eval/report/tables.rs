//! The tables of a report's page.

use super::figure::{escape, series_name};
use crate::eval::{Comparison, Estimate, FEWEST_GROUPS, Interval, MethodKind, Metric, Row};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The cell of what is not known.
pub(super) const NONE: &str = "<td class=\"none\">\u{2013}</td>";

/// The class of rows that are there to compare with.
pub(super) fn quiet(row: &Row) -> &'static str {
    if row.kind.is_system() { "" } else { " class=\"quiet\"" }
}

/// A number with a real minus sign.
pub(super) fn number(value: f64, digits: usize) -> String {
    with_sign(format!("{value:.digits$}"))
}

/// A difference with its sign.
pub(super) fn signed(value: f64, digits: usize) -> String {
    with_sign(format!("{value:+.digits$}"))
}

/// A real minus sign, and none of what is shown as zero.
fn with_sign(text: String) -> String {
    let zero = text.chars().all(|c| "+-0.".contains(c));
    if zero { text.replace(['+', '-'], "") } else { text.replace('-', "\u{2212}") }
}

/// A difference in its unit: with one digit more than a mean has, as it is smaller.
pub(super) fn difference(found: Estimate, metric: Metric) -> String {
    format!("{}{}", signed(found.mean, metric.digits() + 1), unit(metric, " "))
}

/// The name of a system with the colour that it has in charts.
pub(super) fn name(comparison: &Comparison, row: usize) -> String {
    let colour = match comparison.systems().iter().position(|&model| model == row) {
        Some(n) => format!("var(--{})", series_name(n)),
        None if comparison.rows[row].kind == MethodKind::Noisy => "var(--soft)".into(),
        None => "transparent".into(),
    };
    let ring = if comparison.rows[row].kind == MethodKind::Bypass { " ring" } else { "" };
    let text = escape(&comparison.rows[row].name);
    format!("<span class=\"dot{ring}\" style=\"background:{colour}\"></span>{text}")
}

/// Means of every metric; in bold the best model and those that cannot be told from it.
pub(super) fn quality(comparison: &Comparison) -> String {
    let mut html = String::from("<table><thead><tr><th>System</th><th>Delay</th>");
    for &metric in &comparison.metrics {
        let _ = write!(html, "<th>{}</th>", head(metric));
    }
    html.push_str("</tr></thead><tbody>");
    let rows = 0..comparison.rows.len();
    let of_metric = |&metric: &Metric| {
        let means: Vec<_> = rows.clone().map(|row| comparison.mean(row, metric)).collect();
        let best = best(comparison, metric, &means);
        (metric, means, best)
    };
    let found: Vec<_> = comparison.metrics.iter().map(of_metric).collect();
    for (n, row) in comparison.rows.iter().enumerate() {
        let delay = comparison.delay_ms(n);
        let class = quiet(row);
        let _ = write!(html, "<tr{class}><th>{}</th><td>{} ms</td>", name(comparison, n), number(delay, 1));
        for (metric, means, best) in &found {
            let more = more(comparison, n, *metric);
            html.push_str(
                &means[n].map_or(NONE.into(), |found| mean(found, *metric, best.contains(&n), &more)),
            );
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
    html
}

/// The model of the best mean, and those whose paired difference to it could as well be none.
fn best(comparison: &Comparison, metric: Metric, means: &[Option<Estimate>]) -> Vec<usize> {
    let models = comparison.systems();
    let score = |row: usize| means[row].map_or(f64::NEG_INFINITY, |found| sense(metric) * found.mean);
    let Some(&first) = models.iter().max_by(|&&a, &&b| score(a).total_cmp(&score(b))) else {
        return Vec::new();
    };
    let told = |row: usize| comparison.difference(first, row, metric).and_then(|found| found.side_of_zero());
    models.into_iter().filter(|&row| row == first || told(row).is_none()).collect()
}

/// 1 where more is better, else -1.
fn sense(metric: Metric) -> f64 {
    if metric.more_is_better() { 1.0 } else { -1.0 }
}

/// The head of a metric's column: its name, its unit, and an arrow towards what is better.
pub(super) fn head(metric: Metric) -> String {
    let arrow = if metric.more_is_better() { "\u{2191}" } else { "\u{2193}" };
    format!("{}{} {arrow}", metric.name(), unit(metric, ", "))
}

/// The unit of a metric behind what parts it from the text before; empty where there is none.
pub(super) fn unit(metric: Metric, before: &str) -> String {
    if metric.unit().is_empty() { String::new() } else { format!("{before}{}", metric.unit()) }
}

/// The worst tenth of the files, and the spread over seeds.
fn more(comparison: &Comparison, row: usize, metric: Metric) -> String {
    let digits = metric.digits();
    let worst = comparison.worst_tenth(row, metric);
    let worst = worst.map(|worst| format!("<small>worst {}</small>", number(worst, digits)));
    let spread = comparison.spread(row, metric);
    let spread = spread.map(|found| {
        format!("<small>\u{b1}{} over {} seeds</small>", number(found.deviation, digits), found.seeds)
    });
    worst.into_iter().chain(spread).collect()
}

fn mean(found: Estimate, metric: Metric, bold: bool, more: &str) -> String {
    let digits = metric.digits();
    let value = number(found.mean, digits);
    let value = if bold { format!("<b>{value}</b>") } else { value };
    let ends = found.interval.map_or_else(String::new, |Interval { low, high, .. }| {
        format!("<small>{} \u{2026} {}</small>", number(low, digits), number(high, digits))
    });
    format!("<td>{value}{ends}{more}</td>")
}

/// The interval of a difference in words.
pub(super) fn ends(found: Estimate, metric: Metric) -> String {
    let digits = metric.digits() + 1;
    match found.interval {
        Some(Interval { low, high, .. }) => {
            format!("{} \u{2026} {}", signed(low, digits), signed(high, digits))
        }
        None => format!("no interval, fewer than {FEWEST_GROUPS} groups"),
    }
}

/// Every file and system; the page's script sorts it.
pub(super) fn files(comparison: &Comparison) -> String {
    let mut html = String::from("<table id=\"files\"><thead><tr>");
    let metrics = comparison.metrics.iter();
    let metrics = metrics.map(|metric| format!("{}{}", metric.name(), unit(*metric, ", ")));
    let columns =
        ["File", "System", "Input SNR, dB", "Delay, ms"].map(str::to_owned).into_iter().chain(metrics);
    for (n, column) in columns.enumerate() {
        let kind = if n < 2 { "text" } else { "number" };
        let _ = write!(
            html,
            "<th aria-sort=\"none\"><button data-column=\"{n}\" data-kind=\"{kind}\">{column}</button></th>"
        );
    }
    html.push_str("</tr></thead><tbody>");
    let cell = |value: Option<f64>, digits: usize| match value {
        Some(value) => format!("<td data-value=\"{value}\">{}</td>", number(value, digits)),
        None => NONE.into(),
    };
    for file in &comparison.files {
        for (n, row) in comparison.rows.iter().enumerate() {
            let class = quiet(row);
            let _ = write!(
                html,
                "<tr{class}><th>{}</th><td class=\"text\">{}</td>",
                escape(&file.name),
                name(comparison, n)
            );
            html.push_str(&cell(file.snr, 1));
            html.push_str(&cell(Some(comparison.delay_ms(n)), 1));
            for &metric in &comparison.metrics {
                html.push_str(&cell(file.scores[n].get(metric), metric.digits()));
            }
            html.push_str("</tr>");
        }
    }
    html.push_str("</tbody></table>");
    html
}

/// Files that were left out and metrics that were not defined, with reasons; empty if there are none.
pub(super) fn left_out(comparison: &Comparison) -> String {
    let mut pairs: BTreeMap<&str, usize> = BTreeMap::new();
    comparison.skipped.iter().for_each(|skipped| *pairs.entry(&skipped.reason).or_default() += 1);
    let line = |(reason, count): (&str, usize)| {
        let count = if count == 1 { String::new() } else { format!(" ({count} pairs)") };
        format!("<li>{}{count}</li>", escape(reason))
    };
    let mut lines: Vec<String> = pairs.into_iter().map(line).collect();
    for file in &comparison.files {
        for (row, scores) in comparison.rows.iter().zip(&file.scores) {
            for (metric, why) in scores.undefined() {
                lines.push(format!(
                    "<li>{}, {}: no {}: {}</li>",
                    escape(&file.name),
                    escape(&row.name),
                    metric.name(),
                    escape(why)
                ));
            }
        }
    }
    lines.concat()
}
