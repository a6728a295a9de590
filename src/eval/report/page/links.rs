//! What saves a chart.

use crate::eval::{Comparison, EvalError};

/// Links that save a chart as SVG and PDF, as it is printed; none where this system has no font for it.
#[cfg(feature = "figures")]
pub(super) fn links(comparison: &Comparison, key: &str, chart: &str) -> Result<String, EvalError> {
    use super::parts::save;
    use crate::eval::report::figures::legend;
    use crate::eval::report::print::printed;
    if chart.is_empty() {
        return Ok(String::new());
    }
    let key = key.replace('_', "-");
    let Ok(found) = printed(chart, &legend(comparison)) else { return Ok(String::new()) };
    let svg = save("SVG", &format!("{key}.svg"), "image/svg+xml", found.svg.as_bytes());
    let pdf = save("PDF", &format!("{key}.pdf"), "application/pdf", &found.pdf);
    Ok(format!("<p class=\"save\">Save as {svg} {pdf}</p>"))
}

/// Without the feature `figures` there are none.
#[cfg(not(feature = "figures"))]
pub(super) fn links(_: &Comparison, _: &str, _: &str) -> Result<String, EvalError> {
    Ok(String::new())
}
