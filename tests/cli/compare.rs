//! `framewise compare`.

use crate::common::signals::{noise, voice};
use crate::program::{assert_refused, run, spec, text, write};
use framewise::eval::Method;
use framewise::model::{Latency, Model};
use hound::SampleFormat;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::{TempDir, tempdir};

fn sounds(folder: &Path, name: &str, clean: &[f32], noisy: &[f32]) {
    for (kind, samples) in [("clean", clean), ("noisy", noisy)] {
        fs::create_dir_all(folder.join(kind)).expect("a folder");
        write(&folder.join(kind).join(name), spec(1, 16_000, SampleFormat::Float), &[samples.to_vec()]);
    }
}

fn pairs() -> TempDir {
    let folder = tempdir().expect("a folder");
    for seed in 0..2 {
        let clean = voice(seed, 16_000);
        let noisy: Vec<f32> = clean.iter().zip(noise(seed + 9, 16_000, 0.05)).map(|(s, n)| s + n).collect();
        sounds(folder.path(), &format!("{seed}.wav"), &clean, &noisy);
    }
    folder
}

#[test]
fn pairs_become_a_report_that_names_every_system() {
    let folder = pairs();
    let arguments = ["compare", "--clean", "clean", "--noisy", "noisy", "-o", "report"];
    let output = run(folder.path(), &arguments);
    let (said, errors) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{errors}");
    let [zero, one] =
        Latency::ALL.map(|latency| Method::bypass(&Model::builtin(latency)).expect("a bypass").name);
    for word in ["noisy", &zero, &one, "2 pairs compared, 0 left out", "+10.0 ms"] {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
    let report = folder.path().join("report");
    let record = fs::read_to_string(report.join("results.json")).expect("a record");
    assert!(record.contains("framewise compare --clean clean --noisy noisy -o report"), "{record}");
    assert!(report.join("index.html").is_file() && report.join("results.csv").is_file());

    assert_refused(&run(folder.path(), &arguments), &["index.html", "--force"]);
    let again = run(folder.path(), &[&arguments[..], &["--force", "--latency", "zero"]].concat());
    assert!(again.status.success(), "{}", text(&again.stderr));
    assert!(!text(&again.stdout).contains(&one));
}

#[test]
fn mixtures_are_made_at_every_ratio_and_the_same_for_the_same_seed() {
    let folder = pairs();
    let mix = |seed: &str, more: &[&str]| {
        let arguments =
            ["compare", "--mix", "clean", "noisy", "--snr", "-5,10", "--latency", "one", "-o", "report"];
        let output = run(folder.path(), &[&arguments[..], &["--seed", seed], more].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        let table = fs::read_to_string(folder.path().join("report/results.csv")).expect("a table");
        (table, text(&output.stdout))
    };
    let (table, said) = mix("3", &[]);
    assert_eq!(table.lines().count(), 1 + 2 * 2 * 3, "{table}");
    assert!(table.contains(",-5.00,") && table.contains(",10.00,"), "{table}");
    assert!(
        table.contains("\n0 + 0 -5 dB,0,0,0,noisy,") || table.contains("\n0 + 1 -5 dB,0,0,1,noisy,"),
        "{table}"
    );
    assert!(said.contains("4 mixtures of 2 clips with "), "{said}");
    let record = fs::read_to_string(folder.path().join("report/results.json")).expect("a record");
    let record: serde_json::Value = serde_json::from_str(&record).expect("JSON");
    assert_eq!((&record["intervals"]["clips"], &record["provenance"]["seed"]), (&2.into(), &3.into()));
    assert!(record["systems"][0]["means"]["stoi"]["interval"].is_null(), "of so few clips: {record}");

    assert_eq!(mix("3", &["--force", "--jobs", "1"]).0, table, "to the byte");
    assert_ne!(mix("4", &["--force"]).0, table, "another seed");
}

#[test]
fn fewer_than_ten_clips_get_no_interval_in_words_either() {
    let folder = pairs();
    let output = run(folder.path(), &["compare", "--clean", "clean", "--noisy", "noisy", "-o", "report"]);
    let said = text(&output.stdout);
    assert!(
        said.contains("(no interval, fewer than 10 groups; 2 groups)") && !said.contains(" to "),
        "{said}"
    );
    let page = fs::read_to_string(folder.path().join("report/index.html")).expect("a page");
    assert!(page.contains("no interval, fewer than 10 groups") && page.contains("too few groups to tell"));
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_no_report() {
    let folder = pairs();
    for seed in 0..12 {
        let clean = voice(seed, 80_000);
        let noisy: Vec<f32> = clean.iter().zip(noise(seed + 9, 80_000, 0.05)).map(|(s, n)| s + n).collect();
        sounds(folder.path(), &format!("long {seed}.wav"), &clean, &noisy);
    }
    fs::write(folder.path().join("clean/alone.wav"), "without a partner").expect("a file");
    let mut child = Command::new(env!("CARGO_BIN_EXE_framewise"))
        .current_dir(folder.path())
        .args(["compare", "--clean", "clean", "--noisy", "noisy", "-o", "report"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program");
    // Said after the program has prepared for an interrupt, and long before it has scored all of this.
    let mut said = String::new();
    BufReader::new(child.stderr.take().expect("a pipe")).read_line(&mut said).expect("a line");
    assert!(said.contains("alone.wav: no file of that name in noisy"), "{said}");
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(killed.success());
    assert_eq!(child.wait().expect("its end").code(), Some(130));
    assert!(!folder.path().join("report").exists());
}

#[test]
fn a_bad_pair_is_named_and_counted_and_the_others_are_compared() {
    let folder = pairs();
    sounds(folder.path(), "silent.wav", &[0.0; 8_000], &noise(1, 8_000, 0.1));
    sounds(folder.path(), "short.wav", &voice(1, 8_000), &voice(1, 7_999));
    let output = run(folder.path(), &["compare", "--clean", "clean", "--noisy", "noisy", "-o", "report"]);
    let (said, errors) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{errors}");
    for words in ["silent.wav: is silent", "short.wav: 7999 samples, expected 8000"] {
        assert!(errors.contains(words), "`{words}` is not in: {errors}");
    }
    assert!(said.contains("2 pairs compared, 2 left out"), "{said}");
}

#[test]
fn a_bad_file_of_many_mixtures_is_named_once_and_all_are_counted() {
    let folder = pairs();
    fs::write(folder.path().join("clean/bad.wav"), "no sound").expect("a file");
    let arguments =
        ["compare", "--mix", "clean", "noisy", "--snr", "0,5,10", "--latency", "zero", "-o", "report"];
    let output = run(folder.path(), &arguments);
    let (said, errors) = (text(&output.stdout), text(&output.stderr));
    assert_eq!((output.status.code(), errors.matches("bad.wav").count()), (Some(1), 1), "{errors}");
    assert!(said.contains("6 mixtures of 2 clips") && said.contains(" 3 left out"), "{said}");
    let page = fs::read_to_string(folder.path().join("report/index.html")).expect("a page");
    assert!(page.contains("(3 pairs)</li>"), "the reason stands there once, with its count");
}

#[test]
fn what_cannot_be_compared_leaves_no_report() {
    let folder = tempdir().expect("a folder");
    sounds(folder.path(), "silent.wav", &[0.0; 800], &[0.0; 800]);
    let output = run(folder.path(), &["compare", "--clean", "clean", "--noisy", "noisy", "-o", "report"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).ends_with("framewise: no pair could be compared\n"));
    assert!(!folder.path().join("report").exists());
    let nowhere = ["compare", "--clean", "nowhere", "--noisy", "noisy", "-o", "report"];
    assert_refused(&run(folder.path(), &nowhere), &["nowhere"]);
    for wrong in [
        &["compare"][..],
        &["compare", "-o", "report"],
        &["compare", "--clean", "clean", "-o", "report"],
        &["compare", "--clean", "clean", "--noisy", "noisy"],
        &["compare", "--noisy", "noisy"],
        &["compare", "--enhanced", "a=noisy", "-o", "report"],
        &["compare", "--clean", "clean", "--noisy", "noisy", "--enhanced", "=noisy", "-o", "report"],
        &["compare", "--clean", "clean", "--noisy", "noisy", "--seed-of", "a=b.safetensors", "-o", "report"],
        &["compare", "--clean", "clean", "--noisy", "noisy", "--mix", "clean", "noisy", "-o", "report"],
        &["compare", "--mix", "clean", "noisy", "--snr", "loud", "-o", "report"],
        &["compare", "--look-ahead", "3"],
        &["compare", "--graph", "-o", "report"],
    ] {
        assert_eq!(run(folder.path(), wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn the_graph_shows_where_a_look_ahead_goes() {
    let folder = tempdir().expect("a folder");
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/golden/crn-zero.safetensors");
    let graph = ["compare", "--graph", "--model", model];
    let with = |more: &[&str]| run(folder.path(), &[&graph[..], more].concat());
    let output = with(&["--look-ahead", "0,1,3", "--layer", "encoder.1", "--layer", "decoder.3"]);
    let said = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let row = |name: &str| {
        let line = said.lines().find(|line| line.split_whitespace().next() == Some(name));
        let line = line.unwrap_or_else(|| panic!("no `{name}` in: {said}"));
        line.split_whitespace().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(row("encoder.0"), ["0", "0", "0"]);
    assert_eq!(row("encoder.1"), ["0", "1", "2"]);
    assert_eq!(row("decoder.3.skip"), ["0", "1", "2"]);
    assert_eq!(row("enhanced"), ["0", "1", "3"]);
    assert!(said.contains("d = 3: encoder.0 held back by 2 for decoder.3.skip"), "{said}");
    assert!(said.contains("d = 3: input held back by 3 for enhanced"), "{said}");
    assert_eq!(row("3")[..2], ["3", "3"], "as measured, as derived");

    let refused = with(&["--look-ahead", "5", "--layer", "decoder.3", "--kernel", "2"]);
    assert_refused(&refused, &["decoder.3", "look-ahead"]);
    let known = ["`nowhere`", "expected `decoder.0`, `decoder.1`,", "or `encoder.3`"];
    assert_refused(&with(&["--layer", "nowhere"]), &known);
}

/// Folders that other tools made, models under names of their own, seeds, groups, figures: all at once.
#[test]
fn systems_have_the_names_that_they_are_given() {
    let folder = pairs();
    let path = folder.path();
    fs::create_dir(path.join("theirs")).expect("a folder");
    for seed in 0..2u64 {
        // Clean, 30 ms late.
        let late = [vec![0.0; 480], voice(seed, 16_000)].concat();
        write(&path.join(format!("theirs/{seed}.wav")), spec(1, 16_000, SampleFormat::Float), &[late]);
    }
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/models/dual-path-zero.safetensors");
    let [named, seed] = [format!("mine={model}"), format!("mine={model}")];
    let pairs = ["compare", "--clean", "clean", "--noisy", "noisy", "-o", "report"];
    let systems = ["--enhanced", "other tool=theirs", "--model", &named, "--seed-of", &seed];
    let more = ["--group", "^(.)", "--figures", "figures"];
    let output = run(path, &[&pairs[..], &systems, &more].concat());
    let (said, errors) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{errors}");
    assert!(said.contains("other tool: moved by 30.0 ms"), "{said}");
    let record = fs::read_to_string(path.join("report/results.json")).expect("a record");
    let record: serde_json::Value = serde_json::from_str(&record).expect("JSON");
    let systems = record["systems"].as_array().expect("systems");
    let system = |name: &str| systems.iter().find(|system| system["name"] == name).expect(name);
    assert_eq!(
        (&system("mine")["seeds"], &system("other tool")["moved_samples"]["median"]),
        (&2.into(), &480.into())
    );
    assert_eq!(system("mine")["spread_over_seeds"]["stoi"]["deviation"], 0.0, "twice the same");
    assert_eq!(record["intervals"]["grouped_by"], "what the pattern ^(.) finds in a clip's name");
    for (ending, start) in [("svg", "<svg"), ("pdf", "%PDF")] {
        let file = fs::read(path.join(format!("figures/quality-stoi.{ending}"))).expect("a figure");
        assert!(file.starts_with(start.as_bytes()), "{ending}");
    }
    let all = fs::read_to_string(path.join("figures/figures.tex")).expect("a document");
    for line in all.lines().filter_map(|line| line.split_once("\\includegraphics{")) {
        let name = line.1.trim_end_matches('}');
        assert!(path.join("figures").join(name).is_file(), "{name}");
    }
    let means = fs::read_to_string(path.join("figures/means.tex")).expect("a table");
    assert!(means.contains("\\toprule") && means.contains("other tool & mean & 30.0 &"), "{means}");

    let refused =
        run(path, &[&pairs[..], &["--force", "--enhanced", "a=theirs", "--enhanced", "a=noisy"]].concat());
    assert_refused(&refused, &["a: two systems have that name"]);
    let refused = run(path, &[&pairs[..], &["--force", "--group", "x(y"]].concat());
    assert_refused(&refused, &["x(y: no pattern"]);
    let refused = run(path, &[&pairs[..], &["--force", "--group", "nowhere.csv"]].concat());
    assert_refused(&refused, &["nowhere.csv"]);
}

#[test]
fn noisy_recordings_alone_are_judged_by_what_needs_no_clean_sound() {
    let folder = pairs();
    let output = run(folder.path(), &["compare", "--noisy", "noisy", "-o", "report"]);
    let (said, errors) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{errors}");
    assert!(said.contains("Pauses quieter by") && said.contains("2 noisy recordings compared"), "{said}");
    assert!(!said.contains("PESQ"), "{said}");
    let page = fs::read_to_string(folder.path().join("report/index.html")).expect("a page");
    assert!(page.contains("<audio ") && !page.contains("Improvement against input"));
}
