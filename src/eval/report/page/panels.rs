//! Charts with their titles and captions, for pages wide and narrow.

use super::{CHARTED, HALF, NARROW, THIRD};
use crate::eval::report::charts;
use crate::eval::report::figure::{Size, escape};
use crate::eval::report::tables::{signed, unit};
use crate::eval::{Comparison, EvalError, Metric};
use std::fmt::Write;

/// A chart in its wide form and its narrow one; the page's style shows one of them.
pub(super) fn both(wide: &str, narrow: &str) -> String {
    format!("<div class=\"wide\">{wide}</div><div class=\"narrow\">{narrow}</div>")
}

fn titled(metric: Metric, what: &str) -> String {
    format!("{}{what}{}", metric.name(), unit(metric, ", "))
}

/// Charts side by side, those that have something to show.
pub(super) fn thirds(
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

/// Charts of the improvement, side by side.
pub(super) fn improvement(comparison: &Comparison) -> Result<String, EvalError> {
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
pub(super) fn scatter(comparison: &Comparison) -> Result<String, EvalError> {
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
