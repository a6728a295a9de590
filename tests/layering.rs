//! Folders depend one way: each may use those before it in the list, never one behind.

#[path = "common/sources.rs"]
mod sources;

use sources::{root, sources};
use std::fs;

const ORDER: [&str; 7] = ["dsp", "nn", "model", "engine", "io", "eval", "cli"];

/// The folders of the crate that a source names by `crate::`, one or several in braces.
fn named(source: &str) -> Vec<&str> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut names = Vec::new();
    for line in code {
        for (_, rest) in line.match_indices("crate::").map(|(at, found)| line.split_at(at + found.len())) {
            let rest = rest.strip_prefix('{').unwrap_or(rest);
            for part in rest.split(',') {
                names.extend(part.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next());
            }
        }
    }
    names
}

#[test]
fn no_folder_uses_one_behind_it() {
    let root = root();
    let mut uses = 0;
    for (place, folder) in ORDER.iter().enumerate() {
        let mut files = Vec::new();
        if root.join(folder).is_dir() {
            sources(&root.join(folder), &mut files);
        }
        for file in files {
            let text = fs::read_to_string(&file).expect("a source");
            for name in named(&text) {
                let Some(other) = ORDER.iter().position(|folder| *folder == name) else { continue };
                uses += 1;
                assert!(other <= place, "{}: `{folder}` may not use `{name}`", file.display());
            }
        }
    }
    assert!(uses > 10, "only {uses} uses were found: the test does not see the sources");
}

#[test]
fn every_folder_has_its_place_in_the_order() {
    for entry in fs::read_dir(root()).expect("the sources") {
        let entry = entry.expect("an entry");
        if entry.path().is_dir() {
            let name = entry.file_name();
            assert!(ORDER.iter().any(|folder| name == *folder), "{name:?} is not in the order");
        }
    }
}

#[test]
fn a_use_that_points_back_is_seen() {
    assert_eq!(named("use crate::engine::Denoiser;\n// crate::io"), ["engine"]);
    assert_eq!(named("    let x = crate::{model::Model, io};"), ["model", "io"]);
}
