//! Charts as vector graphics whose colours are those of the page.

use crate::eval::EvalError;
use plotters::coord::Shift;
use plotters::drawing::DrawingAreaErrorKind;
use plotters::prelude::*;
use std::fmt::Write;

/// Where charts are drawn.
pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// What can go wrong on it.
pub(super) type Failure = DrawingAreaErrorKind<std::io::Error>;

/// Colours that stand for variables of the page's style, so that one chart serves light and dark.
pub(super) const INK: RGBColor = RGBColor(1, 2, 1);
pub(super) const SOFT: RGBColor = RGBColor(1, 2, 2);
pub(super) const GRID: RGBColor = RGBColor(1, 2, 3);
pub(super) const SURFACE: RGBColor = RGBColor(1, 2, 4);
pub(super) const ALERT: RGBColor = RGBColor(1, 2, 5);
const NAMES: [(RGBColor, &str); 5] =
    [(INK, "ink"), (SOFT, "soft"), (GRID, "grid"), (SURFACE, "surface"), (ALERT, "alert")];

/// Colours of models, over and over.
pub(super) const SERIES: usize = 6;

pub(super) const fn series(n: usize) -> RGBColor {
    RGBColor(1, 3, (n % SERIES) as u8)
}

/// Width and height of a chart in pixels of the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub width: u32,
    pub height: u32,
}

/// A chart of half of a wide page, or of a column of a paper.
pub(super) const HALF: Size = Size { width: 536, height: 310 };

/// The variable of a system's colour.
pub(super) fn series_name(n: usize) -> String {
    format!("series-{}", n % SERIES)
}

/// A place in a chart that says more when it is pointed at.
pub(super) struct Hint {
    pub at: (i32, i32),
    pub text: String,
}

/// Draws a chart; `body` returns the places with hints.
pub(super) fn draw(
    size: Size,
    label: &str,
    body: impl FnOnce(&Area<'_>) -> Result<Vec<Hint>, Failure>,
) -> Result<String, EvalError> {
    let failed = |error: Failure| EvalError::Drawing(error.to_string());
    let mut svg = String::new();
    let hints = {
        let area = SVGBackend::with_string(&mut svg, (size.width, size.height)).into_drawing_area();
        let hints = body(&area).map_err(failed)?;
        area.present().map_err(failed)?;
        hints
    };
    for (colour, name) in NAMES {
        svg = svg.replace(&hex(colour), &format!("var(--{name})"));
    }
    for n in 0..SERIES {
        svg = svg.replace(&hex(series(n)), &format!("var(--{})", series_name(n)));
    }
    let mut points = String::new();
    for Hint { at: (x, y), text } in hints {
        let _ = write!(
            points,
            "<circle class=\"hint\" cx=\"{x}\" cy=\"{y}\" r=\"8\"><title>{}</title></circle>",
            escape(&text)
        );
    }
    let svg = svg.trim_end().trim_end_matches("</svg>");
    let label = escape(label);
    let svg = svg.replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{label}\" "), 1);
    Ok(format!("{svg}{points}</svg>\n"))
}

fn hex(RGBColor(r, g, b): RGBColor) -> String {
    format!("#{r:02X}{g:02X}{b:02X}")
}

/// Text of so many pixels.
pub(super) fn text(pixels: f64, colour: RGBColor) -> TextStyle<'static> {
    // The backend divides the size of a font by this to come to pixels.
    let mut style = TextStyle::from(("sans-serif", pixels * 1.24).into_font());
    style.color = colour.to_backend_color();
    style
}

/// Text that can stand in a page.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The range of values with some room at both ends; a range of one value gets some width.
pub(super) fn range(values: impl IntoIterator<Item = f64>, room: f64) -> std::ops::Range<f64> {
    let (low, high) = values
        .into_iter()
        .filter(|v| v.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if low > high {
        return 0.0..1.0;
    }
    let room = ((high - low) * room).max(high.abs().max(1.0) * 1e-3);
    low - room..high + room
}
