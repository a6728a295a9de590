//! Comparisons: what is measured is what is there, and nothing spoils an average.
#![cfg(feature = "eval")]

mod common;

use common::kernels::kernels;
use common::signals::{identity, noise, voice};
use framewise::engine::{Delays, Denoiser};
use framewise::eval::report::{FILES, Provenance, write_report};
use framewise::eval::{
    Comparison, Experiment, Method, MethodKind, Metric, Pair, TestCase, causality_horizon,
    delay_by_correlation, delay_by_impulse, hop_times, mixtures, pairs_of, run_live, spend_look_ahead,
};
use framewise::io::wav::{OutEncoding, WavOutSpec, WavWriter};
use framewise::model::{Latency, Model};
use std::fs;
use std::path::Path;

const RATE: u32 = 16_000;

fn pair(seed: u64, samples: usize) -> Pair {
    let clean = voice(seed, samples);
    let noisy = clean.iter().zip(noise(seed + 100, samples, 0.08)).map(|(s, n)| s + n).collect();
    Pair::new(clean, noisy, RATE)
}

fn write(path: &Path, rate: u32, channels: u16, samples: &[f32]) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    let spec = WavOutSpec::new(rate, channels, OutEncoding::F32);
    let mut writer = WavWriter::create(path, spec, true).expect("a file");
    writer.write(samples).expect("samples");
    writer.finish().expect("a whole file");
}

/// Also samples that are not finite, which the library's own writer would mend.
fn write_as_it_is(path: &Path, samples: &[f32]) {
    let sample_format = hound::SampleFormat::Float;
    let spec = hound::WavSpec { channels: 1, sample_rate: RATE, bits_per_sample: 32, sample_format };
    let mut writer = hound::WavWriter::create(path, spec).expect("a file");
    samples.iter().for_each(|&sample| writer.write_sample(sample).expect("a sample"));
    writer.finalize().expect("a whole file");
}

#[test]
fn delay_by_impulse_and_by_correlation_is_that_of_the_graph() {
    for (window, hop, frames) in [(320, 160, 0), (320, 160, 1), (320, 160, 3), (512, 128, 2)] {
        let model = identity(window, hop, frames);
        let expected = window - hop + frames * hop;
        assert_eq!(delay_by_impulse(&model), Some(expected));
        let input = voice(1, 9_000);
        assert_eq!(delay_by_correlation(&input, &run_live(&model, &input), 4_000), Some(expected));
    }
    for latency in Latency::ALL {
        let model = Model::builtin(latency);
        let expected = Delays::of(&model).total();
        assert_eq!(delay_by_impulse(&model), Some(expected), "{latency}");
        let input = pair(2, 16_000).noisy;
        assert_eq!(
            delay_by_correlation(&input, &run_live(&model, &input), 4_000),
            Some(expected),
            "{latency}"
        );
    }
}

#[test]
fn silence_has_no_delay() {
    assert_eq!(delay_by_correlation(&[0.0; 100], &[1.0; 100], 50), None);
    assert_eq!(delay_by_correlation(&[1.0; 100], &[0.0; 100], 50), None);
}

#[test]
fn the_horizon_is_the_window_and_the_look_ahead_less_what_is_too_faint() {
    for latency in Latency::ALL {
        let model = Model::builtin(latency);
        let most = Delays::of(&model).total() + model.stft().hop() - 1;
        let found = causality_horizon(&model, &voice(3, 16_000)).expect("a horizon");
        assert!(found <= most && found + 8 > most, "{latency}: {found}, expected about {most}");
    }
}

/// A network that looks at no future has the horizon of its window, whatever its delay.
#[test]
fn the_horizon_tells_delay_from_look_ahead() {
    let bypass = Method::bypass(&Model::builtin(Latency::ONE)).expect("a bypass").model.expect("a model");
    assert_eq!(Delays::of(&bypass).total(), 320);
    let found = causality_horizon(&bypass, &voice(3, 16_000)).expect("a horizon");
    assert!((290..320).contains(&found), "{found}");
}

#[test]
fn a_live_run_is_the_clip_later() {
    for latency in Latency::ALL {
        let model = Model::builtin(latency);
        for length in [1, 159, 160, 161, 3_333] {
            let input = voice(4, length);
            let late = run_live(&model, &input);
            let delay = Delays::of(&model).total();
            assert_eq!(late[delay..delay + length], Denoiser::new(&model).process_clip(&input), "{length}");
        }
    }
}

#[test]
fn hops_are_timed_one_by_one() {
    let model = Model::builtin(Latency::ZERO);
    let sound = voice(5, 4_000);
    let times = hop_times(&[(&model, sound.as_slice()), (&model, &sound)], 2.0);
    for times in times {
        let timing = times.timing().expect("hops");
        assert_eq!((timing.hops, timing.deadline_us), (200, 10_000.0));
        assert!(
            0.0 < timing.median_us && timing.median_us <= timing.p99_us && timing.p99_us <= timing.max_us
        );
        let sum: f64 = times.microseconds.iter().sum();
        assert!((timing.real_time_factor - sum / 2e6).abs() < 1e-12);
    }
}

fn small_comparison() -> (Experiment, Comparison) {
    let cases = (0..4).map(|n| TestCase::samples(format!("<{n}>"), pair(n, 24_000))).collect();
    let models = Latency::ALL.map(Model::builtin);
    let experiment = Experiment::new(Method::all(&models).expect("systems"), cases);
    let comparison = experiment.run(|left_out| assert_eq!(left_out, None));
    (experiment, comparison)
}

#[test]
fn the_bypass_scores_what_the_noisy_input_scores() {
    let (_, comparison) = small_comparison();
    assert_eq!(comparison.files.len(), 4);
    let kinds: Vec<_> = comparison.rows.iter().map(|row| row.kind).collect();
    use MethodKind::{Bypass, Noisy};
    assert_eq!(kinds, [Noisy, Bypass, Bypass, MethodKind::Model, MethodKind::Model]);
    let delays: Vec<_> = comparison.rows.iter().map(|row| row.delay.correlation).collect();
    let [zero, one] = Latency::ALL.map(|latency| Some(Delays::of(&Model::builtin(latency)).total()));
    assert_eq!(delays, [None, zero, one, zero, one]);
    for metric in [Metric::SiSdr, Metric::Stoi, Metric::ExtendedStoi, Metric::SegmentalSnr] {
        let mean = |row| comparison.mean(row, metric).expect("a mean").mean;
        for bypass in [1, 2] {
            assert!((mean(bypass) - mean(0)).abs() < 1e-3, "{metric:?}: {} and {}", mean(bypass), mean(0));
        }
    }
    let gain = |row| comparison.difference(0, row, Metric::SiSdr).expect("a difference").mean;
    assert!(gain(3) > 1.0 && gain(4) > 1.0, "the models clean: {} {}", gain(3), gain(4));
}

#[test]
fn a_metric_that_is_missing_for_one_system_leaves_the_file_out_of_all_means() {
    // Shorter than the 30 frames that STOI needs.
    let cases = vec![TestCase::samples("long", pair(1, 24_000)), TestCase::samples("short", pair(2, 3_000))];
    let models = [Model::builtin(Latency::ZERO)];
    let comparison = Experiment::new(Method::all(&models).expect("systems"), cases).run(|_| ());
    assert_eq!(comparison.files.len(), 2);
    for row in 0..comparison.rows.len() {
        assert_eq!(comparison.mean(row, Metric::Stoi).expect("the long file").files, 1);
        assert_eq!(comparison.mean(row, Metric::SiSdr).expect("both files").files, 2);
    }
    let undefined = comparison.files[1].scores[0].undefined();
    assert!(undefined.iter().any(|(metric, why)| *metric == Metric::Stoi && why.contains("needs 30 frames")));
}

#[test]
fn bad_pairs_are_named_and_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let (clean, noisy) = (folder.path().join("clean"), folder.path().join("noisy"));
    let good = pair(1, 16_000);
    let put = |name: &str, first: (&[f32], u32, u16), second: (&[f32], u32, u16)| {
        write(&clean.join(name), first.1, first.2, first.0);
        write(&noisy.join(name), second.1, second.2, second.0);
    };
    let (s, x) = (good.clean.as_slice(), good.noisy.as_slice());
    let mut broken = x.to_vec();
    broken[5] = f32::NAN;
    put("good.wav", (s, RATE, 1), (x, RATE, 1));
    put("below/good too.wav", (s, RATE, 1), (x, RATE, 1));
    put("length.wav", (s, RATE, 1), (&x[..15_999], RATE, 1));
    put("rate.wav", (s, RATE, 1), (x, 8_000, 1));
    put("channels.wav", (s, RATE, 2), (x, RATE, 1));
    put("silent.wav", (&[0.0; 16_000], RATE, 1), (x, RATE, 1));
    put("silent noisy.wav", (s, RATE, 1), (&[0.0; 16_000], RATE, 1));
    put("empty.wav", (&[], RATE, 1), (&[], RATE, 1));
    put("nan.wav", (s, RATE, 1), (x, RATE, 1));
    write_as_it_is(&noisy.join("nan.wav"), &broken);
    write(&clean.join("only clean.wav"), RATE, 1, s);
    write(&noisy.join("only noisy.wav"), RATE, 1, x);
    fs::write(noisy.join("text.wav"), "no sound").expect("a file");
    fs::write(clean.join("text.wav"), "no sound").expect("a file");

    let matched = pairs_of(&clean, &noisy).expect("folders");
    let alone: Vec<_> = matched.skipped.iter().map(|skipped| skipped.name.as_str()).collect();
    assert_eq!(alone, ["only clean", "only noisy"]);
    assert!(
        matched.skipped.iter().all(|s| s.reason.contains("no file of that name in")),
        "{:?}",
        matched.skipped
    );

    let models = [Model::builtin(Latency::ZERO)];
    let comparison = Experiment::new(Method::all(&models).expect("systems"), matched.cases).run(|_| ());
    let names: Vec<_> = comparison.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["below/good too", "good"]);
    let reason = |name: &str| {
        let found = comparison.skipped.iter().find(|skipped| skipped.name == name);
        found.unwrap_or_else(|| panic!("{name} was taken")).reason.clone()
    };
    for (name, words) in [
        ("length", "15999 samples, expected 16000"),
        ("rate", "sample rate 8000 Hz, expected 16000 Hz"),
        ("channels", "channel count 1, expected 2"),
        ("silent", "is silent"),
        ("silent noisy", "is silent"),
        ("empty", "has no samples"),
        ("nan", "1 samples are not finite numbers"),
        ("text", "not a WAV file"),
    ] {
        let reason = reason(name);
        assert!(reason.contains(words) && reason.contains(".wav"), "{name}: {reason}");
    }
    assert_eq!(comparison.skipped.len(), 8);
}

#[test]
fn a_pair_of_several_channels_is_compared_channel_by_channel() {
    let folder = tempfile::tempdir().expect("a folder");
    let (clean, noisy) = (folder.path().join("clean"), folder.path().join("noisy"));
    let [left, right] = [pair(1, 16_000), pair(2, 16_000)];
    let joined = |a: &[f32], b: &[f32]| -> Vec<f32> { a.iter().zip(b).flat_map(|(a, b)| [*a, *b]).collect() };
    write(&clean.join("both.wav"), RATE, 2, &joined(&left.clean, &right.clean));
    write(&noisy.join("both.wav"), RATE, 2, &joined(&left.noisy, &right.noisy));
    write(&clean.join("half.wav"), RATE, 2, &joined(&left.clean, &[0.0; 16_000]));
    write(&noisy.join("half.wav"), RATE, 2, &joined(&left.noisy, &right.noisy));

    let cases = pairs_of(&clean, &noisy).expect("folders").cases;
    let names: Vec<_> = cases.iter().map(|case| (case.name.as_str(), case.clip.as_str())).collect();
    let expected = ["both, channel 1", "both, channel 2", "half, channel 1", "half, channel 2"];
    assert_eq!(names, expected.map(|name| (name, &name[..4])));
    for (case, pair) in cases.iter().zip([&left, &right]) {
        let found = case.load(RATE).expect("a channel");
        assert_eq!((&found.clean, &found.noisy), (&pair.clean, &pair.noisy), "{}", case.name);
    }
    let comparison = Experiment::new(vec![Method::noisy()], cases).run(|_| ());
    assert_eq!(comparison.skipped.len(), 1);
    assert!(
        comparison.skipped[0].reason.contains("half.wav: channel 2 is silent"),
        "{:?}",
        comparison.skipped
    );
    assert_eq!(comparison.material(), "3 channels of 2 pairs");
    let files = comparison.mean(0, Metric::SiSdr).expect("three files");
    assert_eq!((files.files, files.groups), (3, 2));
}

#[test]
fn files_are_taken_by_every_ending_that_cleaning_a_folder_takes() {
    let folder = tempfile::tempdir().expect("a folder");
    let (clean, noisy) = (folder.path().join("clean"), folder.path().join("noisy"));
    let good = pair(1, 1_600);
    for (first, second) in [("a.wav", "a.rf64"), ("b.bw64", "b.WAVE"), ("c.bwf", "c.bwf"), ("d.1", "d.1")] {
        write(&clean.join(first), RATE, 1, &good.clean);
        write(&noisy.join(second), RATE, 1, &good.noisy);
    }
    fs::write(clean.join("notes.txt"), "no sound, and no ending of any").expect("a file");
    let matched = pairs_of(&clean, &noisy).expect("folders");
    let names: Vec<_> = matched.cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!((names.as_slice(), matched.skipped.len()), (&["a", "b", "c", "d.1"][..], 0));
    assert!(matched.cases.iter().all(|case| case.load(RATE).is_ok()));
}

/// Copies of a clip must not pass for more evidence than the clip is.
#[test]
fn an_interval_is_over_clips_however_many_files_each_has() {
    let compare = |copies: usize| {
        let case = |n: usize| {
            let (clip, copy) = (n / copies, n % copies);
            let mut case = TestCase::samples(format!("{clip} at {copy}"), pair(clip as u64, 4_000));
            case.clip = clip.to_string();
            case
        };
        let cases = (0..12 * copies).map(case).collect();
        Experiment::new(vec![Method::noisy()], cases).run(|_| ())
    };
    let [single, copied] = [1, 4].map(|copies| compare(copies).mean(0, Metric::SiSdr).expect("files"));
    assert_eq!((single.files, single.groups, copied.files, copied.groups), (12, 12, 48, 12));
    let [single, copied] = [single, copied].map(|found| found.interval.expect("enough clips"));
    assert!(single.high - single.low > 0.01, "{single:?}");
    assert!((single.low - copied.low).abs() < 1e-9 && (single.high - copied.high).abs() < 1e-9, "{copied:?}");
}

#[test]
fn folders_that_are_none_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = pairs_of(&folder.path().join("nothing"), folder.path()).expect_err("no folder").to_string();
    assert!(error.contains("nothing"), "{error}");
    let error = pairs_of(folder.path(), folder.path()).expect_err("no files").to_string();
    assert!(error.contains("holds no sound files"), "{error}");
}

#[test]
fn names_of_the_dns_challenge_are_paired_by_their_number() {
    let folder = tempfile::tempdir().expect("a folder");
    let (clean, noisy) = (folder.path().join("clean"), folder.path().join("noisy"));
    let good = pair(1, 1_600);
    write(&clean.join("clean_fileid_12.wav"), RATE, 1, &good.clean);
    write(&noisy.join("book_snr15_tl-21_fileid_12.wav"), RATE, 1, &good.noisy);
    let matched = pairs_of(&clean, &noisy).expect("folders");
    assert_eq!((matched.cases.len(), matched.skipped.len()), (1, 0));
    assert!(matched.cases[0].load(RATE).is_ok());
}

#[test]
fn mixtures_have_their_ratio_and_depend_on_the_seed_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let (speech, hiss) = (folder.path().join("speech"), folder.path().join("noise"));
    for n in 0..3 {
        write(&speech.join(format!("s{n}.wav")), RATE, 1, &voice(n, 8_000));
        // Shorter than the speech, and of another rate.
        write(&hiss.join(format!("n{n}.wav")), 8_000, 1, &noise(n + 9, 2_500, 0.5));
    }
    let snrs = [-5.0, 0.0, 20.0];
    let load = |seed| {
        let cases = mixtures(&speech, &hiss, &snrs, seed).expect("folders");
        let pairs: Vec<Pair> = cases.iter().map(|case| case.load(RATE).expect("a mixture")).collect();
        (cases, pairs)
    };
    let (cases, pairs) = load(1);
    assert_eq!(cases.len(), 9);
    for (n, case) in cases.iter().enumerate() {
        let noise = case.noise.as_deref().expect("noise");
        assert_eq!(case.clip, format!("s{}", n / 3));
        assert_eq!(case.name, format!("{} + {noise} {:+} dB", case.clip, snrs[n % 3]));
    }
    let comparison = Experiment::new(vec![Method::noisy()], cases.clone()).run(|_| ());
    let found = comparison.mean(0, Metric::SiSdr).expect("files");
    assert_eq!((found.files, found.groups, found.interval), (9, 3, None));
    assert!(comparison.material().starts_with("9 mixtures of 3 clips with "), "{}", comparison.material());
    for (n, pair) in pairs.iter().enumerate() {
        let found = Pair::new(pair.clean.clone(), pair.noisy.clone(), RATE).snr.expect("noise");
        assert!((found - snrs[n % 3]).abs() < 0.01, "{}: {found}", cases[n].name);
        assert!(pair.noisy.iter().all(|v| v.abs() <= 1.0));
    }
    let (_, again) = load(1);
    assert!(pairs.iter().zip(&again).all(|(a, b)| a.noisy == b.noisy), "the same seed");
    let (_, other) = load(2);
    assert!(pairs.iter().zip(&other).any(|(a, b)| a.noisy != b.noisy), "another seed");
}

#[test]
fn a_report_is_three_whole_files_that_say_what_was_found() {
    let (experiment, comparison) = small_comparison();
    let folder = tempfile::tempdir().expect("a folder");
    let report = folder.path().join("new").join("report");
    let provenance = Provenance::here("framewise compare <here>".into(), Some(7), kernels());
    let examples = experiment.examples(&comparison);
    assert_eq!(examples.len(), 3);
    write_report(&report, &comparison, &examples, &provenance, false).expect("a report");
    let [page, table, record] = FILES.map(|name| fs::read_to_string(report.join(name)).expect(name));

    let lines: Vec<_> = table.lines().collect();
    assert_eq!(lines.len(), 1 + 4 * 5);
    assert!(lines[0].starts_with(
        "file,clip,group,noise,system,look_ahead_frames,delay_ms,input_snr_db,seconds,pesq_wb,stoi"
    ));
    let record: serde_json::Value = serde_json::from_str(&record).expect("JSON");
    assert_eq!(record["provenance"]["seed"], 7);
    let delay = Delays::of(&Model::builtin(Latency::ONE)).total();
    assert_eq!(record["systems"][4]["delay_samples"]["impulse"], delay);
    assert_eq!(record["systems"][4]["delay_samples"]["correlation_deviates"], 0);
    assert_eq!(record["files"].as_array().map(Vec::len), Some(4));
    let header = serde_json::to_value(Model::builtin(Latency::ONE).header()).expect("JSON");
    assert_eq!((&record["systems"][4]["model"], record["systems"][2]["model"].is_null()), (&header, true));
    let mean = comparison.mean(4, Metric::SiSdr).expect("a mean").mean;
    let written = record["systems"][4]["means"]["si_sdr_db"]["mean"].as_f64().expect("a number");
    assert!((written - mean).abs() < 1e-12, "{written} is not {mean}");
    assert_eq!(record["differences"][0]["delay_ms"], 10.0);

    // Nothing is fetched, every place is filled, names are no markup.
    assert!(!page.contains("{{") && !page.contains("src=\"http") && !page.contains("href=\"http"));
    assert!(
        page.contains("framewise compare &lt;here&gt;")
            && page.contains("&lt;3&gt;")
            && !page.contains("<3>")
    );
    assert!(page.matches("<svg ").count() >= 12 && page.matches("<audio controls").count() == 12);
    // A colour that the page cannot change would be lost in one of light and dark.
    assert!(!page.contains("#0102") && !page.contains("#0103") && !page.contains("fill=\"#000000\""));

    let error = write_report(&report, &comparison, &examples, &provenance, false).expect_err("it is there");
    assert!(error.to_string().contains("index.html"), "{error}");
    write_report(&report, &comparison, &examples, &provenance, true).expect("it may be replaced");
}

/// A network with four blocks on each side and kernels of two frames.
fn small_network() -> Model {
    let path: std::path::PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "tests", "data", "golden", "crn-zero.safetensors"].iter().collect();
    Model::open(path).expect("a model")
}

#[test]
fn any_look_ahead_is_measured_as_it_is_derived() {
    let header = small_network().header().clone();
    let layers = ["decoder.3".to_owned(), "encoder.1".to_owned()];
    for frames in [0, 1, 2, 5] {
        let found = spend_look_ahead(&header, &layers, frames, Some(4), 1).expect("a network");
        assert_eq!(found.model.graph().delay(), frames);
        assert_eq!(found.measured, Some(frames), "{frames} frames");
        let spent: usize = found.model.header().latency.look_ahead.values().sum();
        assert_eq!(spent, frames);
    }
    let error = spend_look_ahead(&header, &layers, 4, Some(2), 1).expect_err("too far").to_string();
    assert!(error.contains("look-ahead"), "{error}");
    let error =
        spend_look_ahead(&header, &["nowhere".to_owned()], 1, None, 1).expect_err("no layer").to_string();
    assert!(error.contains("nowhere"), "{error}");
}
