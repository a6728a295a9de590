//! Numbers in the documents are those of the program.

use framewise::model::{Header, Model};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models")
}

/// A count with a comma every three digits.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let parts: Vec<_> =
        digits.as_bytes().rchunks(3).rev().map(|part| std::str::from_utf8(part).unwrap()).collect();
    parts.join(",")
}

fn parameters(file: &str) -> usize {
    Model::open(root().join(file)).expect("a model").graph().summary().parameters()
}

/// The rows of a table, cell by cell, that begin with the name of a model file.
fn models(text: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect();
    let rows = text.lines().map(cells);
    rows.filter(|row: &Vec<String>| row.len() > 2 && row[1].ends_with(".safetensors")).collect()
}

#[test]
fn the_card_of_a_model_says_how_many_weights_it_has() {
    let text = fs::read_to_string(root().join("README.md")).expect("the cards");
    let heading = text.lines().find(|line| line.starts_with("| file |")).expect("the table of models");
    let column = heading.split('|').position(|cell| cell.trim() == "parameters").expect("a column for them");
    let rows = models(&text);
    assert!(rows.len() >= 2, "{rows:?}");
    for row in rows {
        assert_eq!(row[column], grouped(parameters(&row[1])), "{}", row[1]);
    }
}

#[test]
fn the_recipe_says_how_many_weights_its_network_has() {
    let text = fs::read_to_string(root().join("train/README.md")).expect("the recipe");
    let expected = format!("{} weights, trained", grouped(parameters("dual-path-zero.safetensors")));
    assert!(text.contains(&expected), "no `{expected}`");
}

#[test]
fn counts_are_grouped_by_thousands() {
    assert_eq!([0, 999, 1000, 26_610, 1_234_567].map(grouped), ["0", "999", "1,000", "26,610", "1,234,567"]);
}

#[test]
fn the_header_in_the_documents_is_one_of_a_network() {
    let text = fs::read_to_string(root().join("../docs/models.md")).expect("the document");
    let json = text.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a header");
    let header: Header = serde_json::from_str(json).expect("a header that is read");
    let model = Model::untrained(&header, 1).expect("a network");
    assert_eq!(model.latency().frames(), header.latency.frames);
    for key in serde_json::to_value(&header).expect("JSON").as_object().expect("keys").keys() {
        assert!(
            text.contains(&format!("| `{key}")) || text.contains(&format!("`{key}` |")),
            "`{key}` has no row"
        );
    }
}
