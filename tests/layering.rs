//! Folders depend one way: each may use those before it in the list, never one behind.

#[path = "common/paths.rs"]
mod paths;
#[path = "common/sources.rs"]
mod sources;

use paths::{absolute_paths, module_of};
use sources::{root, sources};
use std::fs;
use std::path::Path;

const ORDER: [&str; 7] = ["dsp", "nn", "model", "engine", "io", "eval", "cli"];

/// The folders that a source of a module names, its own among them; `*` for all of the crate.
fn named(module: &[&str], source: &str) -> Vec<String> {
    absolute_paths(module, source).into_iter().filter_map(|path| path.into_iter().next()).collect()
}

/// What points back in the sources below a folder, and how many uses there are.
fn violations(root: &Path) -> (Vec<String>, usize) {
    let (mut found, mut uses) = (Vec::new(), 0);
    for (place, folder) in ORDER.iter().enumerate() {
        let mut files = Vec::new();
        if root.join(folder).is_dir() {
            sources(&root.join(folder), &mut files);
        }
        for file in files {
            let text = fs::read_to_string(&file).expect("a source");
            let module = module_of(file.strip_prefix(root).expect("below the root"));
            let module: Vec<&str> = module.iter().map(String::as_str).collect();
            for name in named(&module, &text) {
                let other = ORDER.iter().position(|folder| *folder == name);
                uses += usize::from(other.is_some_and(|other| other != place));
                if name == "*" || other.is_some_and(|other| other > place) {
                    found.push(format!("{}: `{folder}` may not use `{name}`", file.display()));
                }
            }
        }
    }
    (found, uses)
}

#[test]
fn no_folder_uses_one_behind_it() {
    let (found, uses) = violations(&root());
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(uses > 300, "only {uses} uses were found: the test does not see the sources");
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
fn a_use_that_points_back_is_found_however_it_is_written() {
    let planted = [
        "use crate::engine::Denoiser;",
        "use crate::{\n    dsp::Stft,\n    engine::{\n        Denoiser,\n    },\n};",
        "use super::super::super::engine::Denoiser;",
        "use super::super::super::{dsp, engine};",
        "fn f() -> crate :: engine::Denoiser { todo!() }",
        "mod tests {\n    use super::super::super::super::engine;\n}",
        "use framewise::engine::Denoiser;",
        "use super::super::super::*;",
        "pub(in super::super) fn f<'a>(c: char) -> bool { c == '\"' && crate::engine::is(\"\", 'x') }",
    ];
    for source in planted {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("nn/layers")).expect("folders");
        fs::write(folder.path().join("nn/layers/planted.rs"), source).expect("a file");
        let (found, _) = violations(folder.path());
        assert_eq!(found.len(), 1, "{source}: {found:?}");
        assert!(found[0].contains("planted.rs: `nn` may not use "), "{found:?}");
    }
}

#[test]
fn what_is_no_use_or_points_forward_is_not_found() {
    let module = ["engine", "processor"];
    for (source, expected) in [
        ("// use crate::io;\n/* use crate::io; /* crate::cli */ */ use crate::dsp;", &["dsp"][..]),
        ("/// [`x`](crate::io::x)\nfn f() { g(\"crate::io\", r#\"crate::\"cli\"#, '\\'') }", &[]),
        ("use super::{Frame, super::model};", &["engine", "model"]),
        ("use super::super::nn; mod a { use super::super::super::dsp; }", &["nn", "dsp"]),
        ("pub(crate) fn f() { self::g(); crate::nn::h::<'static>() }", &["engine", "nn"]),
    ] {
        assert_eq!(named(&module, source), expected, "{source}");
    }
}
