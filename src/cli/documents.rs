//! Commands in documents and in help against the parser: one that it refuses is a fault of the document.

#[path = "../../tests/common/documents.rs"]
mod commands;

use super::args::Args;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use std::path::Path;

/// Fails if the parser refuses a command. Those of a feature that is not built in are left out.
fn assert_taken(place: &str, words: &[String]) {
    if !cfg!(feature = "live") && matches!(words.first().map(String::as_str), Some("live" | "devices")) {
        return;
    }
    // What a shell would put there is a number in all of them.
    let number = |word: &String| match word.split_once('$') {
        Some((before, rest)) => {
            format!("{before}1{}", rest.trim_start_matches(|c: char| c.is_ascii_uppercase() || c == '_'))
        }
        None => word.clone(),
    };
    let line = std::iter::once("framewise".to_owned()).chain(words.iter().map(number));
    if let Err(error) = Args::try_parse_from(line)
        && !matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion)
    {
        panic!("{place}: framewise {}: {error}", words.join(" "));
    }
}

#[test]
fn every_command_of_a_document_is_taken() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let documents = [
        ("README.md", 12),
        ("docs/files.md", 15),
        ("docs/live.md", 8),
        ("docs/compare.md", 4),
        ("docs/models.md", 13),
        ("models/train/README.md", 1),
    ];
    for (document, least) in documents {
        let text = std::fs::read_to_string(root.join(document)).expect(document);
        let commands = commands::commands_of(&text);
        assert!(commands.len() >= least, "{document}: only {} commands were found", commands.len());
        commands.iter().for_each(|words| assert_taken(document, words));
    }
}

#[test]
fn every_example_of_the_help_is_taken() {
    let mut found = 0;
    for command in Args::command().get_subcommands() {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let examples: Vec<_> = help.lines().filter(|line| line.starts_with("  ")).collect();
        for words in commands::calls(&examples.join("\n")) {
            assert_taken(command.get_name(), &words);
            found += 1;
        }
    }
    assert!(found >= 8, "only {found} examples were found");
}

#[test]
fn calls_are_found_in_all_that_may_stand_around_them() {
    let found = commands::commands_of(
        "Words.\n```sh\nframewise wav a.wav -o \"b c.wav\"   # words | more\nffmpeg -i x -f wav - | framewise wav - -o - | x\n```\n\
         ```text\nframewise none\n```\n```sh\nX=1 nice framewise model \\\n    --profile >log.jsonl\n\
         cargo run --release --features live -- devices\ncargo test\npw-loopback --name framewise \\\n    --x\nframewise live &\n```\n",
    );
    let found: Vec<_> = found.iter().map(|words| words.join("_")).collect();
    assert_eq!(found, ["wav_a.wav_-o_b c.wav", "wav_-_-o_-", "model_--profile", "devices", "live"]);
}
