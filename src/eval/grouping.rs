//! Which clips belong together: those of one speaker, of one recording.

use super::{EvalError, TestCase};
use regex_lite::Regex;
use std::collections::HashMap;
use std::path::Path;

/// How clips are put into groups; by default by the part of their name before the first `_`, see [`TestCase::group`].
#[derive(Clone, Debug, Default)]
pub struct Grouping(Way);

#[derive(Clone, Debug, Default)]
enum Way {
    /// By the part of their name before the first `_`.
    #[default]
    Prefix,
    /// By what a pattern finds in the name, or the path, of a clip.
    Pattern(Regex),
    /// By a table.
    Table(Table),
}

/// Groups, and noises where they are told, by clip.
#[derive(Clone, Debug)]
struct Table {
    file: String,
    rows: HashMap<String, (String, Option<String>)>,
}

impl Grouping {
    /// What `--group` says: a CSV file with the columns `file`, `group` and, if there is one, `noise`; or a regular expression whose
    /// first group, or else all of it, is the name.
    ///
    /// # Errors
    /// If it is a file that cannot be read or lacks a column, or no regular expression.
    pub fn of(text: &str) -> Result<Self, EvalError> {
        let path = Path::new(text);
        if path.is_file() || path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
            return Table::read(path).map(|table| Self(Way::Table(table)));
        }
        let pattern = Regex::new(text);
        pattern
            .map(|pattern| Self(Way::Pattern(pattern)))
            .map_err(|error| EvalError::Grouping(format!("{text}: no pattern: {error}")))
    }

    /// Puts clips into their groups.
    ///
    /// # Errors
    /// If a clip has none; the message names it.
    pub fn apply(&self, cases: &mut [TestCase]) -> Result<(), EvalError> {
        for case in cases {
            match &self.0 {
                Way::Prefix => {}
                Way::Pattern(pattern) => case.group = Some(found(pattern, case)?),
                Way::Table(table) => {
                    let (group, noise) = table.row(case)?;
                    case.group = Some(group.clone());
                    case.noise = noise.clone().or_else(|| case.noise.take());
                }
            }
        }
        Ok(())
    }

    /// How, in words.
    pub fn description(&self) -> String {
        match &self.0 {
            Way::Prefix => "the part of a clip's name before its first _".into(),
            Way::Pattern(pattern) => format!("what the pattern {pattern} finds in a clip's name"),
            Way::Table(table) => format!("the table {}", table.file),
        }
    }
}

fn found(pattern: &Regex, case: &TestCase) -> Result<String, EvalError> {
    let names = case.names();
    let found = names.iter().find_map(|name| pattern.captures(name));
    let group =
        found.and_then(|found| found.get(1).or_else(|| found.get(0)).map(|part| part.as_str().to_owned()));
    group.ok_or_else(|| {
        EvalError::Grouping(format!("{}: the pattern {pattern} finds nothing in it", names[0]))
    })
}

impl Table {
    fn read(path: &Path) -> Result<Self, EvalError> {
        let file = path.display().to_string();
        let failed = |reason: &dyn std::fmt::Display| EvalError::Grouping(format!("{file}: {reason}"));
        let mut reader =
            ::csv::ReaderBuilder::new().trim(::csv::Trim::All).from_path(path).map_err(|e| failed(&e))?;
        let heads = reader.headers().map_err(|error| failed(&error))?.clone();
        let column = |name: &str| heads.iter().position(|head| head.eq_ignore_ascii_case(name));
        let (Some(clip), Some(group)) = (column("file"), column("group")) else {
            return Err(failed(&"lacks a column `file` or `group`"));
        };
        let mut rows = HashMap::new();
        for row in reader.records() {
            let row = row.map_err(|error| failed(&error))?;
            let noise =
                column("noise").map(|column| row[column].to_owned()).filter(|noise| !noise.is_empty());
            rows.insert(without_ending(&row[clip]), (row[group].to_owned(), noise));
        }
        Ok(Self { file, rows })
    }

    fn row(&self, case: &TestCase) -> Result<&(String, Option<String>), EvalError> {
        let row = self.rows.get(&case.clip);
        row.ok_or_else(|| EvalError::Grouping(format!("{}: has no line for {}", self.file, case.clip)))
    }
}

/// A name as clips have them.
fn without_ending(name: &str) -> String {
    super::pairs::path_below(Path::new(""), Path::new(name))
}
