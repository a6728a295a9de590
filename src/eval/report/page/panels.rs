//! Charts with their titles and captions, for pages wide and narrow.

use super::links::links;
use super::{FULL, HALF, NARROW, THIRD};
use crate::eval::report::charts;
use crate::eval::report::figure::{Size, escape};
use crate::eval::report::tables::{difference, ends, unit};
use crate::eval::{Comparison, EvalError, Metric};
use std::fmt::Write;

/// A chart in its wide form and its narrow one; the page's style shows one of them.
fn both(wide: &str, narrow: &str) -> String {
    format!("<div class=\"wide\">{wide}</div><div class=\"narrow\">{narrow}</div>")
}

fn titled(metric: Metric, what: &str) -> String {
    format!("{}{what}{}", metric.name(), unit(metric, ", "))
}

/// A chart of each metric that has charts, side by side.
fn thirds(
    comparison: &Comparison,
    (key, title): (&str, &str),
    chart: impl Fn(Metric) -> Result<String, EvalError>,
    caption: impl Fn(Metric) -> String,
) -> Result<String, EvalError> {
    let mut html = String::from("<div class=\"thirds\">");
    for metric in charts::charted(comparison) {
        let (title, chart, caption) = (titled(metric, title), chart(metric)?, caption(metric));
        let links = links(comparison, &format!("{key}-{}", metric.key()), &chart)?;
        let _ = write!(html, "<figure><h3>{title}</h3>{chart}{caption}{links}</figure>");
    }
    html.push_str("</div>");
    Ok(html)
}

/// Quality against delay: means, and where there are several models what they differ by.
pub(super) fn quality(comparison: &Comparison) -> Result<String, EvalError> {
    let none = |_| String::new();
    let means =
        thirds(comparison, ("quality", ""), |metric| charts::quality(comparison, metric, THIRD), none)?;
    let [first, _, ..] = comparison.systems()[..] else { return Ok(means) };
    let less = thirds(
        comparison,
        ("difference", " difference"),
        |metric| charts::difference(comparison, metric, THIRD),
        none,
    )?;
    Ok(format!(
        "{means}<p class=\"between\">The same, each model less <strong>{}</strong> on the same files. The intervals above hold how \
         hard the clips are, these do not: whether models differ is read here.</p>{less}",
        escape(&comparison.rows[first].name)
    ))
}

/// Charts of the improvement, side by side.
pub(super) fn improvement(comparison: &Comparison) -> Result<String, EvalError> {
    if !comparison.has_clean() {
        return Ok(String::new());
    }
    let mut html = String::from(
        "<section><h2>Improvement against input</h2><p>Gain over the noisy input. Small dots are files; large ones are means over files \
         at a ratio, or of a stretch of 5 dB, with their interval where there are groups enough.</p><div class=\"halves\">",
    );
    for metric in [Metric::Pesq, Metric::SiSdr] {
        let wide = charts::improvement(comparison, metric, HALF)?;
        let narrow = charts::improvement(comparison, metric, NARROW)?;
        let _ = write!(
            html,
            "<figure><h3>{}</h3>{}{}</figure>",
            titled(metric, " improvement"),
            both(&wide, &narrow),
            links(comparison, &format!("improvement-{}", metric.key()), &wide)?
        );
    }
    html.push_str("</div></section>");
    Ok(html)
}

/// Times of hops.
pub(super) fn times(comparison: &Comparison) -> Result<String, EvalError> {
    let [wide, narrow] = [FULL, NARROW].map(|size| charts::times(comparison, size));
    let (wide, narrow) = (wide?, narrow?);
    Ok(format!("{}{}", both(&wide, &narrow), links(comparison, "times", &wide)?))
}

/// File by file, where there are two models to compare.
pub(super) fn scatter(comparison: &Comparison) -> Result<String, EvalError> {
    let models = comparison.systems();
    let Some((&base, others)) = models.split_first().filter(|(_, others)| !others.is_empty()) else {
        return Ok(String::new());
    };
    let caption = |metric: Metric| {
        let lines = others.iter().filter_map(|&other| {
            let found = comparison.difference(base, other, metric)?;
            Some(format!(
                "{}: <b>{}</b> <span>({})</span>",
                escape(&comparison.rows[other].name),
                difference(found, metric),
                ends(found, metric)
            ))
        });
        format!("<figcaption>{}</figcaption>", lines.collect::<Vec<_>>().join("<br>"))
    };
    let square = Size { width: THIRD.width, height: 332 };
    let charts =
        thirds(comparison, ("files", ""), |metric| charts::scatter(comparison, metric, square), caption)?;
    Ok(format!(
        "<section><h2>File by file</h2><p>{} along, {} up. Above the dashed line the later model scores higher. Below each \
         chart: the mean paired difference and its 95 % confidence interval over clips.</p>{charts}</section>",
        escape(&comparison.rows[base].name),
        if others.len() == 1 { escape(&comparison.rows[others[0]].name) } else { "the other models".into() }
    ))
}
