//! The same through the built program.

use super::{Golden, Tensor, Tensors, checkpoint, data, model, state_dict, write};
use framewise::engine::Denoiser;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_framewise"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("the program")
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("words")
}

fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).expect("the folder");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect();
    names.sort();
    names
}

/// Fails unless the import failed with one line that holds all the words, and wrote nothing.
#[track_caller]
fn assert_refused(folder: &TempDir, file: &str, words: &[&str]) {
    let before = names(folder);
    let output = run(folder.path(), &["model", "import", file, "-o", "out.safetensors"]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
    assert_eq!(names(folder), before, "{said}");
}

#[test]
fn an_imported_checkpoint_cleans_a_file_as_the_library_does() {
    let folder = TempDir::new().expect("a folder");
    let path = checkpoint();
    let path = path.to_str().expect("a path of letters");
    let output = run(folder.path(), &["model", "import", path, "-o", "gtcrn.safetensors"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("GTCRN"), "{}", said(&output));
    assert_eq!(names(&folder), ["gtcrn.safetensors"]);

    let samples = Golden::read().samples("samples");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(folder.path().join("in.wav"), spec).expect("a file");
    samples.iter().for_each(|sample| writer.write_sample(*sample).expect("a sample"));
    writer.finalize().expect("a whole file");
    let output = run(folder.path(), &["wav", "in.wav", "-o", "out.wav", "--model", "gtcrn.safetensors"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("256 samples"), "{}", said(&output));
    let mut reader = hound::WavReader::open(folder.path().join("out.wav")).expect("a file");
    let found: Vec<f32> = reader.samples().map(|sample| sample.expect("a sample")).collect();
    assert_eq!(found, Denoiser::new(&model()).process_clip(&samples));

    let shown = run(folder.path(), &["model", "gtcrn.safetensors"]);
    let shown = String::from_utf8(shown.stdout).expect("words");
    for word in ["gtcrn", "dual_path.1.time.gru", "decoder.4", "latency         0 frames", "256 samples"] {
        assert!(shown.contains(word), "`{word}` is not in: {shown}");
    }
}

#[test]
fn an_existing_model_is_replaced_only_by_force() {
    let folder = TempDir::new().expect("a folder");
    let out = folder.path().join("out.safetensors");
    fs::write(&out, "precious").expect("a file");
    let path = checkpoint();
    let path = path.to_str().expect("a path of letters");
    assert_refused(&folder, path, &["out.safetensors", "--force"]);
    assert_eq!(fs::read(&out).expect("the file"), b"precious");
    let output = run(folder.path(), &["model", "import", path, "-o", "out.safetensors", "--force"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(framewise::model::Model::open(&out).is_ok());
    assert_eq!(names(&folder), ["out.safetensors"]);
}

#[test]
fn an_output_that_cannot_be_written_leaves_nothing() {
    let folder = TempDir::new().expect("a folder");
    fs::create_dir(folder.path().join("taken")).expect("a folder");
    let path = checkpoint();
    let path = path.to_str().expect("a path of letters");
    for out in ["nowhere/out.safetensors", "taken"] {
        let output = run(folder.path(), &["model", "import", path, "-o", out, "--force"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).contains(out), "{}", said(&output));
        assert_eq!(names(&folder), ["taken"]);
    }
}

#[test]
fn a_checkpoint_of_something_else_is_told_what_is_missing_and_what_is_spare() {
    let folder = TempDir::new().expect("a folder");
    let tensors = state_dict();
    let place = |name: &str| tensors.iter().position(|(other, _)| other == name).expect("a tensor");
    let file = folder.path().join("other.safetensors");
    let changed = |change: &dyn Fn(&mut Tensors)| {
        let mut tensors = tensors.clone();
        change(&mut tensors);
        write(&file, &tensors);
    };
    let depth = "decoder.de_convs.0.depth_conv.weight";

    changed(&|tensors| tensors[place(depth)].0 = "decoder.de_convs.0.depth_conv.Conv2d.weight".into());
    let renamed = format!("missing {depth}; spare decoder.de_convs.0.depth_conv.Conv2d.weight");
    assert_refused(&folder, "other.safetensors", &["other.safetensors", "GTCRN", &renamed]);

    changed(&|tensors| drop(tensors.remove(place("dpgrnn2.inter_ln.bias"))));
    assert_refused(&folder, "other.safetensors", &["missing dpgrnn2.inter_ln.bias; spare none"]);

    let added = || ("head.weight".to_owned(), Tensor { shape: vec![2], values: vec![0.5; 2] });
    changed(&|tensors| tensors.push(added()));
    assert_refused(&folder, "other.safetensors", &["missing none; spare head.weight"]);

    changed(&|tensors| tensors.push(("head\nweight".to_owned(), added().1)));
    assert_refused(&folder, "other.safetensors", &["spare head\\nweight"]);

    changed(&|tensors| tensors[place("decoder.de_convs.0.point_conv1.weight")].1.shape = vec![16, 24, 1, 1]);
    let shapes = ["decoder.de_convs.0.point_conv1.weight", "[16, 24, 1, 1]", "[24, 16, 1, 1]"];
    assert_refused(&folder, "other.safetensors", &shapes);

    changed(&|tensors| tensors[place(depth)].1.values[7] = f32::NAN);
    assert_refused(&folder, "other.safetensors", &[depth, "NaN", "position 7"]);

    changed(&|tensors| tensors.clear());
    assert_refused(&folder, "other.safetensors", &["other.safetensors"]);
}

/// As a training framework keeps it: the network is an attribute of something that has other parts as well.
#[test]
fn a_network_under_a_prefix_is_imported_as_the_network_alone() {
    let folder = TempDir::new().expect("a folder");
    let tensors = state_dict();
    let expected = framewise::model::import_gtcrn(checkpoint()).expect("the checkpoint");
    let other = |name: &str| (name.to_owned(), Tensor { shape: vec![2], values: vec![0.5; 2] });
    let under = |prefix: &str, others: &[&str]| {
        let own = tensors.iter().map(|(name, tensor)| (format!("{prefix}{name}"), tensor.clone()));
        own.chain(others.iter().map(|name| other(name))).collect::<Tensors>()
    };
    for (prefix, others) in [
        ("model.", &[][..]),
        ("module.", &[]),
        ("model.", &["loss.window", "metric.weight"]),
        ("net.module.generator.", &["net.module.discriminator.weight"]),
        ("module.model._orig_mod.", &[]),
    ] {
        write(&folder.path().join("gtcrn.safetensors"), &under(prefix, others));
        let found = framewise::model::import_gtcrn(folder.path().join("gtcrn.safetensors"));
        let found = found.unwrap_or_else(|error| panic!("{prefix}: {error}"));
        assert!(found.bytes == expected.bytes, "{prefix} {others:?}");
    }
    // Which of two is meant, the program cannot know.
    let both = [under("model.", &[]), under("ema.model.", &[])].concat();
    write(&folder.path().join("two.safetensors"), &both);
    assert_refused(&folder, "two.safetensors", &["two.safetensors", "(ema.model., model.)", "several"]);
    // A prefix of some of its own names is a fault like any other missing tensor.
    let mut mixed = under("model.", &[]);
    mixed[3].0 = mixed[3].0.replacen("model.", "modal.", 1);
    write(&folder.path().join("mixed.safetensors"), &mixed);
    let missing = format!("missing {}; spare none", tensors[3].0);
    assert_refused(&folder, "mixed.safetensors", &[&missing]);
}

#[test]
fn what_is_no_state_dict_is_told_what_it_is() {
    let folder = TempDir::new().expect("a folder");
    let copy = |from: &str, to: &str| fs::copy(data(from), folder.path().join(to)).expect("a copy");
    copy("golden/gtcrn-optimizer.tar", "optimizer.tar");
    assert_refused(&folder, "optimizer.tar", &["optimizer.tar", "state dict", "epoch", "optimizer"]);
    copy("checkpoint/nested.tar", "nested.tar");
    assert_refused(&folder, "nested.tar", &["not a GTCRN checkpoint", "erb.erb_fc.weight", "more; spare"]);
    fs::write(folder.path().join("text.tar"), "no weights\n").expect("a file");
    assert_refused(&folder, "text.tar", &["text.tar", "PyTorch checkpoint or safetensors"]);
    let whole = fs::read(checkpoint()).expect("the checkpoint");
    fs::write(folder.path().join("half.tar"), &whole[..whole.len() / 2]).expect("a file");
    assert_refused(&folder, "half.tar", &["half.tar"]);
    assert_refused(&folder, "nowhere.tar", &["nowhere.tar"]);
}
