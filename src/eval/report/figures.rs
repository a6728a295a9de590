//! A folder of figures and tables for a paper.

use super::charts;
use super::figure::{HALF, series_name};
use super::grid::{grids, latex};
use super::print::printed;
use crate::eval::{Comparison, EvalError, Metric};
use crate::io::write_together;
use std::fmt::Write;
use std::path::Path;

/// Rows up to which a table stands on a page.
const ROWS: usize = 45;

/// A chart with the name of its files.
pub(super) struct Figure {
    pub key: String,
    pub caption: String,
    pub chart: String,
}

/// Writes every chart as SVG and PDF, every table as Markdown, LaTeX and CSV, and `figures.tex`, which shows them all, into a
/// folder that is created if it is not there. All appear at once.
///
/// # Errors
/// If a file is there and may not be replaced, or cannot be written, or this system has no font.
pub fn write_figures(folder: &Path, comparison: &Comparison, overwrite: bool) -> Result<(), EvalError> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let mut body = String::new();
    for Figure { key, caption, chart } in figures(comparison)? {
        let found = printed(&chart, &legend(comparison))?;
        let _ = write!(
            body,
            "\\begin{{figure}}[htbp]\\centering\n\\includegraphics{{{key}.pdf}}\n\\caption{{{}}}\n\\end{{figure}}\n\n",
            latex(&caption)
        );
        files.push((format!("{key}.svg"), found.svg.into_bytes()));
        files.push((format!("{key}.pdf"), found.pdf));
    }
    for grid in grids(comparison) {
        let key = grid.key;
        files.push((format!("{key}.md"), grid.markdown().into_bytes()));
        files.push((format!("{key}.tex"), grid.latex().into_bytes()));
        files.push((format!("{key}.csv"), grid.csv()?));
        if grid.rows.len() > ROWS {
            let _ = write!(body, "% {key}.tex has {} rows, more than a page.\n\n", grid.rows.len());
            continue;
        }
        let _ = write!(
            body,
            "\\begin{{table}}[htbp]\\centering\n\\caption{{{}}}\n\\shrunk{{\\input{{{key}.tex}}}}\n\\end{{table}}\n\n",
            latex(&grid.caption)
        );
    }
    files.push(("figures.tex".into(), format!("{HEAD}{body}\\end{{document}}\n").into_bytes()));
    let failed = |path: &Path| {
        let file = path.display().to_string();
        move |source| EvalError::Write { file, source }
    };
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    let paths: Vec<_> = files.iter().map(|(name, _)| folder.join(name)).collect();
    let all: Vec<(&Path, &[u8])> =
        paths.iter().zip(&files).map(|(path, (_, bytes))| (path.as_path(), bytes.as_slice())).collect();
    write_together(&all, overwrite).map_err(|(n, source)| failed(&paths[n])(source))
}

const HEAD: &str = "\
% pdflatex figures.tex
\\documentclass{article}
\\usepackage[T1]{fontenc}
\\usepackage[utf8]{inputenc}
\\usepackage[margin=2cm]{geometry}
\\usepackage{booktabs}
\\usepackage{graphicx}
\\extrafloats{100}
% A table no wider than the text.
\\newsavebox{\\tablebox}
\\newcommand{\\shrunk}[1]{\\sbox{\\tablebox}{#1}\\ifdim\\wd\\tablebox>\\linewidth
  \\resizebox{\\linewidth}{!}{\\usebox{\\tablebox}}\\else\\usebox{\\tablebox}\\fi}
\\begin{document}

";

/// The charts of the page.
pub(super) fn figures(comparison: &Comparison) -> Result<Vec<Figure>, EvalError> {
    let mut found = Vec::new();
    let mut add = |kind: &str, metric: Option<Metric>, what: &str, chart: String| {
        let name = metric.map_or("", Metric::name);
        let key = metric.map_or_else(|| kind.to_owned(), |metric| format!("{kind}-{}", metric.key()));
        found.push(Figure { key: key.replace('_', "-"), caption: format!("{name}{what}"), chart });
    };
    let several = comparison.systems().len() > 1;
    for metric in charts::charted(comparison) {
        let chart = charts::quality(comparison, metric, HALF)?;
        add("quality", Some(metric), " against delay; bars are 95 % intervals over groups.", chart);
        if several {
            let chart = charts::difference(comparison, metric, HALF)?;
            add("difference", Some(metric), ", paired difference to the first system.", chart);
            let chart = charts::scatter(comparison, metric, HALF)?;
            add("files", Some(metric), " file by file.", chart);
        }
    }
    let gains = [Metric::Pesq, Metric::SiSdr];
    for metric in gains.into_iter().filter(|_| comparison.has_clean()) {
        let chart = charts::improvement(comparison, metric, HALF)?;
        add("improvement", Some(metric), ", gain over the noisy input.", chart);
    }
    add("times", None, "Time for a hop, by the clock of the thread.", charts::times(comparison, HALF)?);
    Ok(found)
}

/// The systems with the colours that they have in charts.
pub(super) fn legend(comparison: &Comparison) -> Vec<(String, String)> {
    let systems = comparison.systems().into_iter().enumerate();
    let named = |(n, row): (usize, usize)| {
        (comparison.rows[row].name.clone(), super::page::light(&series_name(n)).to_owned())
    };
    systems.map(named).collect()
}
