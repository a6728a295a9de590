//! Folders and corpora.

use crate::common::signals::voice;
use crate::program::*;
use hound::SampleFormat;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A tree of files of several kinds below `in`.
fn corpus() -> TempDir {
    let folder = TempDir::new().unwrap();
    for (n, (path, rate, channels)) in
        [("a.wav", 16_000, 1), ("LOUD.WAV", 44_100, 2), ("deep/er/b.wav", 8_000, 1), ("deep/c", 16_000, 1)]
            .into_iter()
            .enumerate()
    {
        let path = folder.path().join("in").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let planes: Vec<_> = (0..channels).map(|c| voice(n as u64 + u64::from(c), 3_000)).collect();
        write(&path, spec(channels, rate, SampleFormat::Int), &planes);
    }
    fs::write(folder.path().join("in/notes.txt"), "nothing to hear").unwrap();
    fs::write(folder.path().join("in/._a.wav"), "a fork").unwrap();
    fs::copy(folder.path().join("in/a.wav"), folder.path().join("in/.framewise-1-0.part")).unwrap();
    folder
}

fn files(root: &Path) -> BTreeSet<String> {
    fn walk(root: &Path, below: &str, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(root.join(below)).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{below}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                walk(root, &format!("{name}/"), found);
            } else {
                found.insert(name);
            }
        }
    }
    let mut found = BTreeSet::new();
    if root.is_dir() {
        walk(root, "", &mut found);
    }
    found
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(ToString::to_string).collect()
}

const ALL: [&str; 4] = ["LOUD.WAV", "a.wav", "deep/c", "deep/er/b.wav"];

#[test]
fn a_tree_comes_out_as_a_tree_of_the_same_files_each_as_if_alone() {
    let folder = corpus();
    let output = run(folder.path(), &["wav", "in", "-o", "out", "--jobs", "3"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(files(&folder.path().join("out")), set(&ALL));
    for name in ALL {
        run(folder.path(), &["wav", &format!("in/{name}"), "-o", "alone.wav", "-f"]);
        let alone = fs::read(folder.path().join("alone.wav")).unwrap();
        assert!(fs::read(folder.path().join("out").join(name)).unwrap() == alone, "{name}");
    }
    assert!(text(&output.stderr).contains("4 cleaned, 0 skipped, 0 failed"), "{}", text(&output.stderr));
}

/// As many threads as asked for would be made, however few files there are.
#[test]
fn more_jobs_than_files_are_as_many_as_files() {
    let folder = corpus();
    let most = usize::MAX.to_string();
    let output = run(folder.path(), &["wav", "in", "-o", "out", "--jobs", &most]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(files(&folder.path().join("out")), set(&ALL));
}

#[test]
fn a_bad_file_is_reported_at_the_end_and_stops_no_other() {
    let folder = corpus();
    fs::write(folder.path().join("in/broken.wav"), "this is no sound\n").unwrap();
    fs::write(folder.path().join("in/deep/empty.wav"), "").unwrap();
    let output = run(folder.path(), &["wav", "in", "-o", "out"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(files(&folder.path().join("out")), set(&ALL));
    let said = text(&output.stderr);
    for words in ["2 failed:", "broken.wav", "is not a WAV file but text", "is empty", "4 cleaned"] {
        assert!(said.contains(words), "`{words}` is not in: {said}");
    }
}

#[test]
fn resume_does_what_is_missing_and_force_does_all() {
    let folder = corpus();
    run(folder.path(), &["wav", "in", "-o", "out"]);
    let marked = folder.path().join("out/a.wav");
    fs::write(&marked, "done before").unwrap();
    fs::remove_file(folder.path().join("out/deep/c")).unwrap();
    let output = run(folder.path(), &["wav", "in", "-o", "out", "--resume"]);
    assert!(text(&output.stderr).contains("1 cleaned, 3 skipped, 0 failed"), "{}", text(&output.stderr));
    assert_eq!(fs::read(&marked).unwrap(), b"done before");

    let output = run(folder.path(), &["wav", "in", "-o", "out"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("exists already"));
    assert_eq!(fs::read(&marked).unwrap(), b"done before");
    assert!(run(folder.path(), &["wav", "in", "-o", "out", "--force"]).status.success());
    assert_ne!(fs::read(&marked).unwrap(), b"done before");
}

#[test]
fn shards_together_are_the_whole_and_share_nothing() {
    let folder = corpus();
    let mut count = 0;
    for shard in ["1/3", "2/3", "3/3"] {
        let output = format!("out{}", &shard[..1]);
        assert!(run(folder.path(), &["wav", "in", "-o", &output, "--shard", shard]).status.success());
        count += files(&folder.path().join(&output)).len();
        run(folder.path(), &["wav", "in", "-o", "all", "--shard", shard]);
    }
    assert_eq!(count, ALL.len());
    assert_eq!(files(&folder.path().join("all")), set(&ALL));
    assert_eq!(run(folder.path(), &["wav", "in", "-o", "x", "--shard", "4/3"]).status.code(), Some(2));
}

#[test]
fn json_gives_a_line_for_every_file() {
    let folder = corpus();
    fs::write(folder.path().join("in/broken.wav"), "this is no sound\n").unwrap();
    let output = run(folder.path(), &["wav", "in", "-o", "out", "--json", "--quiet"]);
    let lines: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), ALL.len() + 1);
    let of = |status: &str| lines.iter().filter(|line| line["status"] == status).count();
    assert_eq!((of("cleaned"), of("failed")), (4, 1));
    for line in lines.iter().filter(|line| line["status"] == "cleaned") {
        assert_eq!(line["frames"], 3_000);
        assert!(folder.path().join(line["output"].as_str().unwrap()).is_file());
    }
    let again = run(folder.path(), &["wav", "in", "-o", "out", "--json", "--quiet", "--resume"]);
    assert_eq!(text(&again.stdout).matches("\"skipped\"").count(), 4);
}

#[test]
fn an_output_inside_the_input_is_no_input() {
    let folder = corpus();
    for _ in 0..2 {
        let output = run(folder.path(), &["wav", "in", "-o", "in/clean", "--force"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    assert_eq!(files(&folder.path().join("in/clean")), set(&ALL));
}

#[test]
fn a_folder_is_never_cleaned_into_itself() {
    let folder = corpus();
    let before = fs::read(folder.path().join("in/a.wav")).unwrap();
    assert_eq!(run(folder.path(), &["wav", "in", "-o", "in/../in", "--force"]).status.code(), Some(2));
    assert_eq!(fs::read(folder.path().join("in/a.wav")).unwrap(), before);
}

#[test]
fn an_empty_folder_is_done_at_once() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    let output = run(folder.path(), &["wav", "in", "-o", "out"]);
    assert!(output.status.success());
    assert!(text(&output.stderr).contains("0 cleaned"));
}
