//! Charts for papers: colours and letters inside, as vector graphics and as PDF.

use super::figure::escape;
use super::page::light;
use crate::eval::EvalError;
use std::fmt::Write;
use std::sync::{Arc, LazyLock};
use svg2pdf::usvg::fontdb::{Database, Family, Query};
use svg2pdf::usvg::{Options, Tree, WriteOptions};
use svg2pdf::{ConversionOptions, PageOptions};

/// Fonts that figures are set in, the first that is there.
const FONTS: [&str; 8] = [
    "Helvetica",
    "Arial",
    "Liberation Sans",
    "Nimbus Sans",
    "DejaVu Sans",
    "Noto Sans",
    "Segoe UI",
    "Cantarell",
];

/// Pixels of a line of the legend, of its letters, and about those of a letter.
const LINE: f64 = 18.0;
const LETTERS: f64 = 11.0;
const LETTER: f64 = 6.2;

/// Pixels of an inch, so that letters of 11 pixels are 8 points high.
const PIXELS_AN_INCH: f32 = 99.0;

/// A chart as it is printed.
pub(super) struct Printed {
    /// Letters are outlines: it looks the same wherever it is read.
    pub svg: String,
    pub pdf: Vec<u8>,
}

/// The name of the font for figures, and the fonts of this system; none where there is none.
static FONT: LazyLock<Option<(String, Arc<Database>)>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts.load_system_fonts();
    let is_there =
        |name: &&&str| fonts.query(&Query { families: &[Family::Name(name)], ..Query::default() }).is_some();
    let name = FONTS.iter().find(is_there).map(|name| (*name).to_owned());
    let any = || fonts.faces().next().and_then(|face| Some(face.families.first()?.0.clone()));
    let name = name.or_else(any)?;
    fonts.set_sans_serif_family(name.clone());
    Some((name, Arc::new(fonts)))
});

/// A chart of the page, with a legend of names and their colours below, for light paper.
///
/// # Errors
/// If this system has no font.
pub(super) fn printed(chart: &str, legend: &[(String, String)]) -> Result<Printed, EvalError> {
    let failed = |reason: &dyn ToString| EvalError::Drawing(reason.to_string());
    let (font_family, fonts) =
        FONT.clone().ok_or_else(|| failed(&"this system has no font for the letters of figures"))?;
    let options = Options { fontdb: fonts, font_family, ..Options::default() };
    let tree = Tree::from_str(&self_contained(chart, legend), &options).map_err(|error| failed(&error))?;
    let pdf = svg2pdf::to_pdf(&tree, ConversionOptions::default(), PageOptions { dpi: PIXELS_AN_INCH });
    let precise =
        WriteOptions { coordinates_precision: 3, transforms_precision: 5, ..WriteOptions::default() };
    Ok(Printed { svg: tree.to_string(&precise), pdf: pdf.map_err(|error| failed(&error))? })
}

/// The chart with its colours in place of the page's variables, and its legend.
fn self_contained(chart: &str, legend: &[(String, String)]) -> String {
    let mut text = String::with_capacity(chart.len());
    let mut rest = chart;
    while let Some((before, after)) = rest.split_once("var(--") {
        let (name, after) = after.split_once(')').unwrap_or((after, ""));
        text.push_str(before);
        text.push_str(light(name));
        rest = after;
    }
    text.push_str(rest);
    let (width, height) = size(&text);
    let mut below = String::new();
    let (mut x, mut y) = (14.0, height + LINE / 2.0);
    for (name, colour) in legend {
        let wide = 16.0 + LETTER * name.chars().count() as f64;
        if x > 14.0 && x + wide > width {
            (x, y) = (14.0, y + LINE);
        }
        let _ = write!(
            below,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"4\" fill=\"{colour}\"/><text x=\"{}\" y=\"{}\" font-family=\"sans-serif\" \
             font-size=\"{LETTERS}\" fill=\"{}\">{}</text>",
            x + 9.0,
            y + 4.0,
            light("ink"),
            escape(name)
        );
        x += wide + 12.0;
    }
    let all = if legend.is_empty() { height } else { y + LINE / 2.0 };
    let text = text.replacen(&format!("height=\"{height}\""), &format!("height=\"{all}\""), 1).replacen(
        &format!("viewBox=\"0 0 {width} {height}\""),
        &format!("viewBox=\"0 0 {width} {all}\""),
        1,
    );
    // Places that say more when they are pointed at are for the page.
    let drawn = text.split("<circle class=\"hint\"").next().unwrap_or_default();
    format!("{}{below}</svg>\n", drawn.trim_end().trim_end_matches("</svg>"))
}

/// Width and height that the chart says it has.
fn size(chart: &str) -> (f64, f64) {
    let number = |name: &str| {
        let (_, after) = chart.split_once(&format!(" {name}=\""))?;
        after.split_once('"')?.0.parse().ok()
    };
    (number("width").unwrap_or(0.0), number("height").unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use super::printed;

    const CHART: &str = "<svg role=\"img\" width=\"100\" height=\"50\" viewBox=\"0 0 100 50\" xmlns=\"http://www.w3.org/2000/svg\">\n\
        <line stroke=\"var(--ink)\" x1=\"1\" y1=\"1\" x2=\"90\" y2=\"40\"/><text x=\"9\" y=\"20\" font-size=\"10\" \
        fill=\"var(--series-0)\">\u{2212}1</text><circle class=\"hint\" cx=\"1\" cy=\"1\" r=\"8\"><title>t</title></circle></svg>\n";

    #[test]
    fn a_printed_chart_needs_nothing_beside_it() {
        let found = match printed(CHART, &[("a < b".into(), "#123456".into())]) {
            Ok(found) => found,
            Err(error) => return assert!(error.to_string().contains("no font"), "{error}"),
        };
        for absent in ["var(", "<text", "class=", "font-family", "href", "style"] {
            assert!(!found.svg.contains(absent), "{absent} in {}", found.svg);
        }
        assert!(found.svg.contains("height=\"68\"") && found.svg.contains("#123456"), "{}", found.svg);
        // A line, a dot, and letters as outlines.
        assert!(found.svg.matches("<path").count() >= 4, "{}", found.svg);
        assert!(found.pdf.starts_with(b"%PDF-") && found.pdf.ends_with(b"%%EOF"));
        assert!(printed("no chart", &[]).is_err());
    }
}
