//! Comparisons of systems of any kind: other rates and delays, files from elsewhere, several seeds, groups, no clean sound.
#![cfg(feature = "eval")]

mod common;

use common::signals::{noise, voice};
use framewise::eval::{
    Claim, Comparison, Enhanced, Experiment, Grouping, Method, MethodKind, Metric, Pair, Part, TestCase,
    noisy_of, pairs_of, spend_look_ahead,
};
use framewise::io::Resampler;
use framewise::io::wav::{OutEncoding, WavOutSpec, WavWriter};
use framewise::model::{Latency, Model};
use std::fs;
use std::path::Path;

const RATE: u32 = 16_000;

fn write(path: &Path, rate: u32, samples: &[f32]) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    let mut writer =
        WavWriter::create(path, WavOutSpec::new(rate, 1, OutEncoding::F32), true).expect("a file");
    writer.write(samples).expect("samples");
    writer.finish().expect("a whole file");
}

/// A mean over so many samples, which leaves what every rate here has.
fn dull(samples: &[f32]) -> Vec<f32> {
    let mean = |n: usize| samples[n.saturating_sub(3)..=n].iter().sum::<f32>() / 4.0;
    (0..samples.len()).map(mean).collect()
}

fn noisy(clean: &[f32], seed: u64, peak: f32) -> Vec<f32> {
    clean.iter().zip(dull(&noise(seed, clean.len(), peak))).map(|(s, n)| s + n).collect()
}

fn at(samples: &[f32], from: u32, to: u32) -> Vec<f32> {
    let mut resampler = Resampler::new(from, to, 1);
    let mut output = [Vec::new()];
    resampler.push(&[samples.to_vec()], &mut output);
    resampler.finish(&mut output);
    let [samples] = output;
    samples
}

fn untrained(rate: u32, seed: u64) -> Model {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/golden/crn-zero.safetensors");
    let mut header = Model::open(path).expect("a model").header().clone();
    header.sample_rate = rate;
    header.name = format!("untrained {seed}");
    spend_look_ahead(&header, &["decoder.3".to_owned()], 0, None, seed).expect("a network").model
}

#[test]
fn files_of_other_rates_and_delays_score_as_if_they_had_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name);
    for n in 0..3u64 {
        let clean = dull(&voice(n, 24_000));
        let better = noisy(&clean, n + 20, 0.03);
        let file = format!("{n}.wav");
        write(&place("clean").join(&file), RATE, &clean);
        write(&place("noisy").join(&file), RATE, &noisy(&clean, n + 10, 0.1));
        write(&place("same").join(&file), RATE, &better);
        // 37 ms late, at another rate; 5 ms early, and with a window cut off at the end.
        let late = [vec![0.0; 592], better.clone()].concat();
        write(&place("late").join(&file), 48_000, &at(&late, RATE, 48_000));
        write(&place("early").join(&file), RATE, &better[80..23_900]);
    }
    let cases = pairs_of(&place("clean"), &place("noisy")).expect("folders").cases;
    let names = ["same", "late", "early"];
    let systems = names.map(|name| Method::enhanced(name, Enhanced::open(&place(name)).expect("a folder")));
    let methods = Method::beside(systems.to_vec()).expect("systems");
    let comparison = Experiment::new(methods, cases).run(|_| ());
    assert_eq!((comparison.sample_rate, comparison.files.len()), (RATE, 3), "{:?}", comparison.skipped);
    let [same, late, early] = comparison.systems()[..] else { panic!("three systems") };
    assert_eq!(comparison.rows[late].sample_rate, 48_000);
    let moved = [same, late, early].map(|row| comparison.rows[row].moved.expect("files"));
    assert_eq!(
        moved.map(|moved| (moved.least, moved.median, moved.most)),
        [(0, 0, 0), (592, 592, 592), (-80, -80, -80)]
    );
    assert_eq!(moved.map(|moved| (moved.filled, moved.cut)), [(0, 0), (0, 3), (3, 0)]);
    let score = |row, metric| comparison.mean(row, metric).expect("a mean").mean;
    for (row, least) in [(late, 0.02), (early, 0.3)] {
        let apart = (score(row, Metric::SiSdr) - score(same, Metric::SiSdr)).abs();
        assert!(apart < least, "row {row}: {apart} dB apart");
        assert!((score(row, Metric::Stoi) - score(same, Metric::Stoi)).abs() < 0.01);
    }
    assert!(
        score(same, Metric::SiSdr) > score(0, Metric::SiSdr) + 5.0,
        "and they are told from the noisy input"
    );

    fs::remove_file(place("late").join("1.wav")).expect("a file");
    write(&place("early").join("2.wav"), RATE, &noisy(&voice(2, 24_000), 1, 0.01)[..12_000]);
    let systems = names.map(|name| Method::enhanced(name, Enhanced::open(&place(name)).expect("a folder")));
    let cases = pairs_of(&place("clean"), &place("noisy")).expect("folders").cases;
    let comparison = Experiment::new(Method::beside(systems.to_vec()).expect("systems"), cases).run(|_| ());
    let reasons: Vec<_> = comparison.skipped.iter().map(|skipped| skipped.reason.as_str()).collect();
    assert!(
        reasons[0].starts_with("1: no file of that name in") && reasons[0].ends_with("late"),
        "{reasons:?}"
    );
    assert!(reasons[1].contains("12000 samples, expected 24000"), "{reasons:?}");
}

/// The bypass of a model of three times the rate goes through both resamplers and scores what the noisy input scores.
#[test]
fn models_of_different_rates_are_compared_at_the_lower_one() {
    let clean = dull(&voice(1, 32_000));
    let pair = Pair::new(clean.clone(), noisy(&clean, 2, 0.1), RATE);
    let models = [untrained(48_000, 1), Model::builtin(Latency::ZERO)];
    let comparison =
        Experiment::new(Method::all(&models).expect("systems"), vec![TestCase::samples("a", pair)])
            .run(|_| ());
    assert_eq!(comparison.sample_rate, RATE);
    let bypasses = (0..comparison.rows.len()).filter(|&row| comparison.rows[row].kind == MethodKind::Bypass);
    let rates: Vec<_> = bypasses.clone().map(|row| comparison.rows[row].sample_rate).collect();
    assert_eq!(rates, [48_000, RATE]);
    for row in bypasses {
        for (metric, least) in [(Metric::SiSdr, 0.05), (Metric::Stoi, 1e-3), (Metric::Pesq, 0.02)] {
            let score = |row| comparison.mean(row, metric).expect("a mean").mean;
            assert!((score(row) - score(0)).abs() < least, "{metric:?}: {} and {}", score(row), score(0));
        }
        let found = &comparison.rows[row];
        assert_eq!(found.delay.correlation, Some(found.delay.reported));
    }
}

#[test]
fn pairs_that_cannot_be_what_they_are_taken_for_are_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, clean: &[f32], noisy: &[f32]| {
        write(&folder.path().join("clean").join(name), RATE, clean);
        write(&folder.path().join("noisy").join(name), RATE, noisy);
    };
    let clean = voice(1, 32_000);
    let loud = noisy(&clean, 2, 0.3);
    put("good.wav", &clean, &loud);
    put("late.wav", &clean, &[&[0.0; 400], &loud[..31_600]].concat());
    put("early.wav", &clean, &[&loud[160..], &[0.0; 160]].concat());
    put("noise.wav", &noise(3, 32_000, 0.2), &loud);
    put("swapped.wav", &noisy(&clean, 2, 0.08), &clean);
    let cases = pairs_of(&folder.path().join("clean"), &folder.path().join("noisy")).expect("folders").cases;
    let comparison = Experiment::new(vec![Method::noisy()], cases).run(|_| ());
    let taken: Vec<_> = comparison.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(taken, ["good"], "{:?}", comparison.skipped);
    for (name, words) in [
        ("late", "late.wav: the noisy file is 25.0 ms later than the clean one"),
        ("early", "early.wav: the noisy file is 10.0 ms earlier than the clean one"),
        ("noise", "noise.wav: is noise, not clean speech"),
        ("swapped", "swapped.wav: is noisier than its noisy file"),
    ] {
        let found = comparison.skipped.iter().find(|skipped| skipped.name == name).expect(name);
        assert!(found.reason.contains(words), "{}", found.reason);
    }
}

#[test]
fn seeds_are_one_system_whose_scores_are_means_with_a_spread() {
    let case = |n: u64| {
        let clean = voice(n, 16_000);
        TestCase::samples(n.to_string(), Pair::new(clean.clone(), noisy(&clean, n + 9, 0.1), RATE))
    };
    let [a, b, c] = [1, 2, 3].map(|seed| untrained(RATE, seed));
    let alone = |model: &Model| Method::model(model);
    let together = Method::seeds("all", &a, vec![b.clone(), c.clone()]).expect("of one delay");
    let methods = vec![Method::noisy(), alone(&a), alone(&b), alone(&c), together];
    let comparison = Experiment::new(methods, (0..3).map(case).collect()).run(|_| ());
    for metric in [Metric::SiSdr, Metric::Stoi] {
        let mean = |row| comparison.mean(row, metric).expect("a mean").mean;
        let means = [1, 2, 3].map(mean);
        let centre = means.iter().sum::<f64>() / 3.0;
        assert!((mean(4) - centre).abs() < 1e-9, "{metric:?}");
        let spread = comparison.spread(4, metric).expect("a spread");
        let deviation = (means.iter().map(|mean| (mean - centre).powi(2)).sum::<f64>() / 2.0).sqrt();
        assert!(
            (spread.deviation - deviation).abs() < 1e-9 && spread.seeds == 3 && deviation > 0.0,
            "{spread:?}"
        );
        assert_eq!(comparison.spread(1, metric), None);
    }
    let other = Method::seeds("all", &a, vec![Model::builtin(Latency::ONE)]).expect_err("another delay");
    assert!(other.to_string().contains("all: its seeds differ"), "{other}");
}

fn grouped(grouping: &Grouping, names: &[&str]) -> Vec<(String, Option<String>)> {
    let mut cases: Vec<_> = names.iter().map(|name| TestCase::files(*name, "a", "reader_7_b.wav")).collect();
    grouping.apply(&mut cases).expect("groups");
    cases.iter().map(|case| (case.group().to_owned(), case.noise.clone())).collect()
}

#[test]
fn clips_are_grouped_by_name_by_pattern_and_by_table() {
    let groups = |grouping: &Grouping, names: &[&str]| -> Vec<String> {
        grouped(grouping, names).into_iter().map(|(group, _)| group).collect()
    };
    let names = ["p1_01", "p1_02", "below/p2_01", "alone", "fileid_12"];
    assert_eq!(groups(&Grouping::default(), &names), ["p1", "p1", "below/p2", "alone", "fileid_12"]);
    let pattern = Grouping::of(r"reader_(\d+)|^p\d").expect("a pattern");
    assert_eq!(groups(&pattern, &["p1_01", "x"]), ["p1", "7"], "the noisy file's name counts as well");
    let folder = tempfile::tempdir().expect("a folder");
    let table = folder.path().join("groups.csv");
    fs::write(&table, "file,group,noise\np1_01.wav,anna,cafe\nbelow/p2_01,ben,\n").expect("a file");
    let table = Grouping::of(&table.display().to_string()).expect("a table");
    let found = grouped(&table, &["p1_01", "below/p2_01"]);
    assert_eq!(found, [("anna".to_owned(), Some("cafe".to_owned())), ("ben".to_owned(), None)]);
    let mut missing = vec![TestCase::files("p3", "a", "b")];
    let error = table.apply(&mut missing).expect_err("no line").to_string();
    assert!(error.contains("groups.csv: has no line for p3"), "{error}");
}

/// Forty files of so many speakers, on each of which the first of two systems is better by about 6 dB.
fn of_speakers(speakers: u64) -> Comparison {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name);
    for n in 0..40u64 {
        let clean = voice(n, 16_000);
        let file = format!("s{}_{n}.wav", n % speakers);
        write(&place("clean").join(&file), RATE, &clean);
        write(&place("noisy").join(&file), RATE, &noisy(&clean, n + 50, 0.1 + 0.02 * (n % 4) as f32));
        write(&place("good").join(&file), RATE, &noisy(&clean, n + 90, 0.05));
        write(&place("bad").join(&file), RATE, &noisy(&clean, n + 130, 0.09 + 0.002 * n as f32));
    }
    let cases = pairs_of(&place("clean"), &place("noisy")).expect("folders").cases;
    let systems =
        ["good", "bad"].map(|name| Method::enhanced(name, Enhanced::open(&place(name)).expect("a folder")));
    Experiment::new(Method::beside(systems.to_vec()).expect("systems"), cases).run(|_| ())
}

#[test]
fn nothing_is_claimed_of_fewer_than_ten_groups_however_many_files_they_have() {
    let of = |comparison: &Comparison, metric| {
        comparison.differences().into_iter().find(|found| found.metric == metric).expect("a difference")
    };
    let few = of_speakers(9);
    assert_eq!((few.files.len(), few.groups(), few.clips()), (40, 9, 40));
    let found = of(&few, Metric::SiSdr);
    assert_eq!((found.claim(), found.probability, found.estimate.interval), (Claim::TooFew, None, None));
    let many = of_speakers(20);
    let found = of(&many, Metric::SiSdr);
    assert_eq!(found.claim(), Claim::Worse);
    assert!(found.probability < found.corrected && found.corrected < Some(0.01), "{found:?}");
    let all = many.differences();
    assert_eq!(all.len(), many.metrics.len());

    // The worst tenth are four files, and parts hold every file once.
    let mut scores: Vec<f64> =
        many.files.iter().filter_map(|file| file.scores[2].get(Metric::SiSdr)).collect();
    scores.sort_by(f64::total_cmp);
    let worst = many.worst_tenth(2, Metric::SiSdr).expect("files");
    assert!((worst - scores[..4].iter().sum::<f64>() / 4.0).abs() < 1e-12);
    for part in [Part::Snr, Part::Group] {
        let parts = many.parts(part);
        let files: usize = parts.iter().map(|(_, files)| files.len()).sum();
        assert!(parts.len() > 1 && files == 40, "{part:?}");
    }
    assert!(many.parts(Part::Noise).is_empty(), "nobody said what the noise is");
}

#[test]
fn recordings_without_clean_sound_have_metrics_that_need_none() {
    let folder = tempfile::tempdir().expect("a folder");
    for n in 0..2u64 {
        write(&folder.path().join(format!("{n}.wav")), RATE, &noisy(&voice(n, 48_000), n + 5, 0.02));
    }
    let cases = noisy_of(folder.path()).expect("a folder").cases;
    let methods = Method::all(&[Model::builtin(Latency::ZERO)]).expect("systems");
    let experiment = Experiment::new(methods, cases);
    let comparison = experiment.run(|_| ());
    assert_eq!(comparison.metrics, [Metric::PauseAttenuation, Metric::SpeechLevel]);
    assert_eq!(comparison.material(), "2 noisy recordings");
    let mean = |row, metric| comparison.mean(row, metric).expect("a mean").mean;
    for metric in [Metric::PauseAttenuation, Metric::SpeechLevel] {
        assert!(
            mean(0, metric).abs() < 1e-9 && mean(1, metric).abs() < 1e-3,
            "{metric:?} of what changes nothing"
        );
    }
    assert!(mean(2, Metric::PauseAttenuation) > 3.0, "{}", mean(2, Metric::PauseAttenuation));
    let tracks: Vec<_> =
        experiment.examples(&comparison)[0].tracks.iter().map(|track| track.name.clone()).collect();
    assert_eq!(tracks[0], "noisy");
}
