//! Tables as plain text in rows and columns, for the page and for papers.

use super::figure::escape;
use super::tables::{head, number, signed, unit};
use crate::eval::{Comparison, Estimate, EvalError, Interval, Metric, Part};
use std::fmt::Write;

/// What stands where nothing is known.
const NONE: &str = "\u{2013}";

/// A table of text.
pub(super) struct Grid {
    /// Name of its files.
    pub key: &'static str,
    /// What it shows.
    pub caption: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Columns at the left that are words.
    pub words: usize,
}

impl Grid {
    /// For the page.
    pub fn html(&self) -> String {
        let mut html = String::from("<table class=\"grid\"><thead><tr>");
        let class = |n: usize| if n < self.words { " class=\"text\"" } else { "" };
        for (n, head) in self.head.iter().enumerate() {
            let _ = write!(html, "<th{}>{}</th>", class(n), escape(head));
        }
        html.push_str("</tr></thead><tbody>");
        for row in &self.rows {
            html.push_str("<tr>");
            for (n, cell) in row.iter().enumerate() {
                let tag = if n == 0 { "th" } else { "td" };
                let _ = write!(html, "<{tag}{}>{}</{tag}>", class(n), escape(cell));
            }
            html.push_str("</tr>");
        }
        html.push_str("</tbody></table>");
        html
    }

    /// As Markdown has tables.
    pub fn markdown(&self) -> String {
        let line = |cells: &[String]| {
            let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let marks = (0..self.head.len()).map(|n| if n < self.words { ":--" } else { "--:" }.to_owned());
        let rows = self.rows.iter().map(|row| line(row)).collect::<String>();
        format!("{}{}{rows}", line(&self.head), line(&marks.collect::<Vec<_>>()))
    }

    /// As LaTeX has them, with rules of the package `booktabs`.
    pub fn latex(&self) -> String {
        let line = |cells: &[String]| {
            let cells: Vec<_> = cells.iter().map(|cell| latex(cell)).collect();
            format!("{} \\\\\n", cells.join(" & "))
        };
        let columns: String = (0..self.head.len()).map(|n| if n < self.words { 'l' } else { 'r' }).collect();
        let rows = self.rows.iter().map(|row| line(row)).collect::<String>();
        format!(
            "\\begin{{tabular}}{{@{{}}{columns}@{{}}}}\n\\toprule\n{}\\midrule\n{rows}\\bottomrule\n\\end{{tabular}}\n",
            line(&self.head)
        )
    }

    /// As values between commas.
    pub fn csv(&self) -> Result<Vec<u8>, EvalError> {
        let failed =
            |reason: &dyn ToString| EvalError::Record { file: "a table", reason: reason.to_string() };
        let plain = |cell: &String| {
            let cell = cell.replace('\u{2212}', "-");
            if cell == NONE { String::new() } else { cell }
        };
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        for row in std::iter::once(&self.head).chain(&self.rows) {
            writer.write_record(row.iter().map(plain)).map_err(|error| failed(&error))?;
        }
        writer.into_inner().map_err(|error| failed(&error))
    }
}

/// Text that LaTeX prints as it is.
pub(super) fn latex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => escaped.extend(['\\', c]),
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '<' => escaped.push_str("$<$"),
            '>' => escaped.push_str("$>$"),
            '\u{2212}' => escaped.push_str("$-$"),
            '\u{b1}' => escaped.push_str("$\\pm$"),
            '\u{2191}' => escaped.push_str("$\\uparrow$"),
            '\u{2193}' => escaped.push_str("$\\downarrow$"),
            '\u{2013}' => escaped.push_str("--"),
            '\u{2026}' => escaped.push_str("\\dots{}"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Every table that there is something for.
pub(super) fn grids(comparison: &Comparison) -> Vec<Grid> {
    let parts = Part::ALL.into_iter().filter_map(|by| part(comparison, by));
    std::iter::once(means(comparison)).chain(differences(comparison)).chain(parts).collect()
}

fn heads(comparison: &Comparison, before: &[&str]) -> Vec<String> {
    let metrics = comparison.metrics.iter().copied().map(head);
    before.iter().map(|head| (*head).to_owned()).chain(metrics).collect()
}

/// A mean with its interval.
fn with_ends(found: Option<Estimate>, metric: Metric) -> String {
    let digits = metric.digits();
    let Some(found) = found else { return NONE.into() };
    let ends = found.interval.map_or_else(String::new, |Interval { low, high, .. }| {
        format!(" ({} to {})", number(low, digits), number(high, digits))
    });
    format!("{}{ends}", number(found.mean, digits))
}

/// Means, and under each system the worst tenth of its files and its spread over seeds.
fn means(comparison: &Comparison) -> Grid {
    let mut rows = Vec::new();
    for (n, row) in comparison.rows.iter().enumerate() {
        let mut line = |what: &str, cell: &dyn Fn(Metric) -> String| {
            let start = [row.name.clone(), what.to_owned(), number(comparison.delay_ms(n), 1)];
            rows.push(start.into_iter().chain(comparison.metrics.iter().copied().map(cell)).collect());
        };
        let value =
            |found: Option<f64>, metric: Metric| found.map_or(NONE.into(), |v| number(v, metric.digits()));
        line("mean", &|metric| with_ends(comparison.mean(n, metric), metric));
        if row.kind.is_system() {
            line("worst tenth", &|metric| value(comparison.worst_tenth(n, metric), metric));
        }
        if row.seeds > 1 {
            let deviation = |metric| comparison.spread(n, metric).map(|found| found.deviation);
            line("deviation over seeds", &|metric| value(deviation(metric), metric));
        }
    }
    let caption = format!("Means over {} with 95 % intervals over groups.", comparison.material());
    Grid { key: "means", caption, head: heads(comparison, &["System", "", "Delay, ms"]), rows, words: 2 }
}

/// Differences to the first system, with their probabilities.
fn differences(comparison: &Comparison) -> Option<Grid> {
    let all = comparison.differences();
    let first = *comparison.systems().first()?;
    let probability = |value: Option<f64>| match value {
        Some(value) if value < 0.001 => format!("{value:.4}"),
        Some(value) => format!("{value:.3}"),
        None => NONE.into(),
    };
    let rows = all.iter().map(|found| {
        let digits = found.metric.digits() + 1;
        let ends = found
            .estimate
            .interval
            .map(|Interval { low, high, .. }| format!("{} to {}", signed(low, digits), signed(high, digits)));
        vec![
            comparison.rows[found.row].name.clone(),
            format!("{}{}", found.metric.name(), unit(found.metric, ", ")),
            signed(found.estimate.mean, digits),
            ends.unwrap_or_else(|| NONE.into()),
            probability(found.probability),
            probability(found.corrected),
            found.claim().words().into(),
        ]
    });
    let rows: Vec<_> = rows.collect();
    let head = ["System", "Metric", "Difference", "95 % interval", "p", "p, Holm", ""].map(str::to_owned);
    let caption = format!(
        "Paired differences to {}: sign-flip test over {} groups, Holm's correction over {} tests.",
        comparison.rows[first].name,
        comparison.groups(),
        rows.len()
    );
    (!rows.is_empty()).then(|| Grid { key: "differences", caption, head: head.to_vec(), rows, words: 2 })
}

/// Means of the systems and of the noisy input by part; the mean gain over the input stands behind.
fn part(comparison: &Comparison, by: Part) -> Option<Grid> {
    let (key, what, head) = match by {
        Part::Snr => ("by-snr", "signal-to-noise ratio of the input", "Input SNR"),
        Part::Noise => ("by-noise", "noise", "Noise"),
        Part::Group => ("by-group", "group", "Group"),
    };
    let parts = comparison.parts(by);
    let shown = std::iter::once(0).chain(comparison.systems());
    let shown: Vec<usize> = shown.collect();
    let mut rows = Vec::new();
    for (name, files) in &parts {
        for &row in &shown {
            let cell = |metric: Metric| {
                let found = comparison.mean_of(files, row, metric);
                let noisy = comparison.mean_of(files, 0, metric).filter(|_| row != 0);
                let Some(found) = found else { return NONE.into() };
                let gain = noisy.map_or_else(String::new, |noisy| {
                    format!(" ({})", signed(found.mean - noisy.mean, metric.digits()))
                });
                format!("{}{gain}", number(found.mean, metric.digits()))
            };
            let start = [name.clone(), comparison.rows[row].name.clone(), files.len().to_string()];
            rows.push(start.into_iter().chain(comparison.metrics.iter().copied().map(cell)).collect());
        }
    }
    let caption = format!("Means by {what}; in brackets what the system gains on the noisy input.");
    let head = heads(comparison, &[head, "System", "Files"]);
    (!rows.is_empty()).then_some(Grid { key, caption, head, rows, words: 2 })
}

#[cfg(test)]
mod tests {
    use super::{Grid, latex};

    #[test]
    fn a_table_reads_the_same_in_every_form() {
        let text = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let grid = Grid {
            key: "k",
            caption: "c".into(),
            head: text(&["System", "SI-SDR, dB \u{2191}"]),
            rows: vec![text(&["a_b & <c>|d", "\u{2212}1.50 (90 %)"]), text(&["e", "\u{2013}"])],
            words: 1,
        };
        let csv = String::from_utf8(grid.csv().expect("a table")).expect("text");
        assert_eq!(csv, "System,\"SI-SDR, dB \u{2191}\"\na_b & <c>|d,-1.50 (90 %)\ne,\n");
        assert_eq!(
            grid.markdown(),
            "| System | SI-SDR, dB \u{2191} |\n| :-- | --: |\n| a_b & <c>\\|d | \u{2212}1.50 (90 %) |\n| e | \u{2013} |\n"
        );
        let rows = "a\\_b \\& $<$c$>$|d & $-$1.50 (90 \\%) \\\\\ne & -- \\\\\n";
        assert_eq!(
            grid.latex(),
            format!(
                "\\begin{{tabular}}{{@{{}}lr@{{}}}}\n\\toprule\nSystem & SI-SDR, dB $\\uparrow$ \\\\\n\\midrule\n{rows}\\bottomrule\n\\end{{tabular}}\n"
            )
        );
        assert!(grid.html().contains("a_b &amp; &lt;c&gt;|d"));
        assert_eq!(latex("{\\}~^"), "\\{\\textbackslash{}\\}\\textasciitilde{}\\textasciicircum{}");
    }
}
