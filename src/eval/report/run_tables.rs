//! The tables of what running costs: delay, time, size.

use super::tables::{NONE, name, number, quiet};
use crate::eval::{Comparison, HopTimes, Moved};
use std::fmt::Write;

/// Delay by every way of telling it, and causality.
pub(super) fn delay(comparison: &Comparison) -> String {
    let mut html = String::from(
        "<table><thead><tr><th>System</th><th>Look-ahead</th><th>Delay reported</th><th>by impulse</th>\
         <th>by correlation</th><th>Moved by</th><th>Window + look-ahead</th><th>Causality horizon</th></tr></thead><tbody>",
    );
    let samples = |found: Option<usize>, rate: u32| match found {
        Some(samples) => {
            format!(
                "<td>{samples}<small>{} ms</small></td>",
                number(samples as f64 * 1e3 / f64::from(rate), 1)
            )
        }
        None => NONE.into(),
    };
    for (n, row) in comparison.rows.iter().enumerate() {
        if let Some(moved) = row.moved {
            let _ = write!(
                html,
                "<tr><th>{}</th>{}<td>{}</td>",
                name(comparison, n),
                NONE.repeat(4),
                moved_by(moved, comparison)
            );
            html.push_str(&NONE.repeat(2));
            html.push_str("</tr>");
            continue;
        }
        let Some((window, hop)) = row.window_and_hop else { continue };
        let delay = row.delay;
        let samples = |found| samples(found, row.sample_rate);
        let frames = if row.frames == 1 { "1 frame".to_owned() } else { format!("{} frames", row.frames) };
        let _ = write!(html, "<tr{}><th>{}</th><td>{frames}</td>", quiet(row), name(comparison, n));
        html.push_str(&samples(Some(delay.reported)));
        html.push_str(&samples(delay.impulse));
        html.push_str(&match delay.correlation_deviates {
            0 => samples(delay.correlation),
            n => samples(delay.correlation).replace(
                "</td>",
                &format!("<small>another in {n} of {}</small></td>", comparison.files.len()),
            ),
        });
        // By what it reports, with no sample in doubt.
        html.push_str(&samples(Some(delay.reported)));
        html.push_str(&samples(Some(window + row.frames * hop)));
        html.push_str(&samples(delay.horizon));
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
    html
}

/// How far files were moved.
fn moved_by(moved: Moved, comparison: &Comparison) -> String {
    let ms = |samples: isize| number(samples as f64 * 1e3 / f64::from(comparison.sample_rate), 1);
    let mut text = format!("{}<small>{} ms</small>", number(moved.median as f64, 0), ms(moved.median));
    if moved.least != moved.most {
        let _ = write!(text, "<small>{} \u{2026} {} ms</small>", ms(moved.least), ms(moved.most));
    }
    for (count, what) in [(moved.filled, "filled up"), (moved.cut, "cut at the end")] {
        if count > 0 {
            let _ = write!(text, "<small>{count} of {} {what}</small>", comparison.files.len());
        }
    }
    text
}

/// Time and size.
pub(super) fn cost(comparison: &Comparison) -> String {
    let mut html = String::from(
        "<table><thead><tr><th>System</th><th>Median hop</th><th>99th percentile</th><th>Slowest</th>\
         <th>Real-time factor</th><th>Multiply-adds</th><th>Weights</th><th>State</th></tr></thead><tbody>",
    );
    for (n, row) in comparison.rows.iter().enumerate() {
        let Some(cost) = row.cost else { continue };
        let _ = write!(html, "<tr{}><th>{}</th>", quiet(row), name(comparison, n));
        match row.times.as_ref().and_then(HopTimes::timing) {
            Some(timing) => {
                for us in [timing.median_us, timing.p99_us, timing.max_us] {
                    let (value, unit) = if us < 1e3 { (us, "\u{b5}s") } else { (us / 1e3, "ms") };
                    let _ = write!(html, "<td>{} {unit}</td>", number(value, 1));
                }
                let _ = write!(html, "<td>{:.4}</td>", timing.real_time_factor);
            }
            None => html.push_str(&NONE.repeat(4)),
        }
        let _ = write!(
            html,
            "<td>{:.1} M/s</td><td>{}</td><td>{:.1} kB</td></tr>",
            cost.multiply_adds_per_second / 1e6,
            thousands(cost.parameters),
            cost.state_bytes as f64 / 1e3
        );
    }
    html.push_str("</tbody></table>");
    html
}

/// A whole number in groups of three digits.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}
