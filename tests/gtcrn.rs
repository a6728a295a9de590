//! GTCRN with weights drawn at random: its import, and its output against that of PyTorch, both of which
//! `tests/data/golden/make_gtcrn.py` wrote.

mod common;

use framewise::model::checkpoint::{self, StateDict, Tensor};
use framewise::model::{Imported, Model, ModelError, import_gtcrn};
use ndarray::{ArrayD, Ix1, Ix3};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn data(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file)
}

fn checkpoint() -> PathBuf {
    data("golden/gtcrn.tar")
}

fn model() -> Model {
    import_gtcrn(checkpoint()).expect("the checkpoint").model
}

/// What goes into the network and what PyTorch makes of it.
struct Golden(HashMap<String, ArrayD<f32>>);

impl Golden {
    fn read() -> Self {
        let bytes = fs::read(data("golden/gtcrn.safetensors")).expect("the vectors");
        let tensors = SafeTensors::deserialize(&bytes).expect("tensors");
        let tensors = tensors.iter().map(|(name, view)| {
            let values = view.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
            let array = ArrayD::from_shape_vec(view.shape(), values.collect()).expect("all values");
            (name.to_owned(), array)
        });
        Self(tensors.collect())
    }

    /// (frames, bins, parts)
    fn clip(&self, name: &str) -> ndarray::Array3<f32> {
        self.0[name].clone().into_dimensionality::<Ix3>().expect("a clip of spectra")
    }

    fn samples(&self, name: &str) -> Vec<f32> {
        self.0[name].clone().into_dimensionality::<Ix1>().expect("samples").to_vec()
    }
}

/// A state dict in the order of its file.
type Tensors = Vec<(String, Tensor)>;

fn state_dict() -> Tensors {
    checkpoint::read(checkpoint()).expect("the checkpoint").into_iter().collect()
}

/// Writes a state dict as a safetensors file; counters of batches are integers, as in PyTorch.
fn write(path: &Path, tensors: &[(String, Tensor)]) {
    let encoded = tensors.iter().map(|(name, Tensor { shape, values })| {
        let counter = name.ends_with("num_batches_tracked");
        let bytes: Vec<u8> = if counter {
            values.iter().flat_map(|value| (*value as i64).to_le_bytes()).collect()
        } else {
            values.iter().flat_map(|value| value.to_le_bytes()).collect()
        };
        (name.as_str(), if counter { Dtype::I64 } else { Dtype::F32 }, shape.clone(), bytes)
    });
    let encoded: Vec<_> = encoded.collect();
    let views = encoded.iter().map(|(name, kind, shape, bytes)| {
        (*name, TensorView::new(*kind, shape.clone(), bytes).expect("as many bytes as the shape says"))
    });
    fs::write(path, safetensors::serialize(views, None).expect("a file")).expect("a folder to write to");
}

/// Imports the state dict with `change` made to it.
fn import_changed(
    folder: &TempDir,
    tensors: &[(String, Tensor)],
    change: impl FnOnce(&mut Tensors),
) -> Result<Imported, ModelError> {
    let mut changed = tensors.to_vec();
    change(&mut changed);
    let path = folder.path().join("gtcrn.safetensors");
    write(&path, &changed);
    import_gtcrn(path)
}

mod parity {
    use super::common::{allocator, assert_same_bits, observe, stream, wire};
    use super::{Golden, model};
    use framewise::engine::Denoiser;
    use framewise::nn::{Kernels, Session};
    use ndarray::{Array3, s};

    /// Most that a number of the spectrum may be off, relative to the peak of the spectrum.
    const SPECTRUM: f32 = 2e-5 / 30.7;
    /// Most that the decoder's output, which lies within 1, may be off.
    const DECODER: f32 = 1e-5;
    /// Most that a sample may be off.
    const SAMPLES: f32 = 1e-6;

    fn peak<'a>(values: impl IntoIterator<Item = &'a f32>) -> f32 {
        values.into_iter().fold(0.0, |peak, v| peak.max(v.abs()))
    }

    /// The largest distance; that to a NaN is endless.
    fn worst<'a>(
        found: impl IntoIterator<Item = &'a f32>,
        expected: impl IntoIterator<Item = &'a f32>,
    ) -> f32 {
        found.into_iter().zip(expected).fold(0.0, |worst, (a, b)| {
            let distance = (a - b).abs();
            if distance <= worst { worst } else { distance.max(f32::MIN_POSITIVE) }
        })
    }

    fn say(what: &str, error: f32, bound: f32) {
        println!("{what}: off by {error:.1e} of {bound:.1e} ({} kernels)", Kernels::selected().name());
    }

    #[test]
    fn the_spectrum_of_the_whole_clip_is_that_of_pytorch() {
        let golden = Golden::read();
        let expected = golden.clip("expected");
        let found = model().graph().run(golden.clip("input").view());
        assert_eq!(found.dim(), expected.dim());
        let (error, bound) = (worst(&found, &expected), SPECTRUM * peak(&expected));
        say("spectrum", error, bound);
        assert!(error <= bound, "{error:e}");
    }

    #[test]
    fn the_decoder_gives_the_band_mask_of_pytorch() {
        let golden = Golden::read();
        let expected = golden.clip("band_mask");
        let graph = model().graph().clone();
        let mask = wire(&graph, "band_mask");
        let mut error = 0.0f32;
        observe(&mut Session::new(&graph), &golden.clip("input"), |n, session| {
            let expected = expected.slice(s![n as usize, .., ..]);
            assert_eq!(session.frame(mask).len(), expected.len());
            error = error.max(worst(session.frame(mask), expected));
        });
        say("decoder", error, DECODER);
        assert!(error <= DECODER, "{error:e}");
    }

    #[test]
    fn the_samples_of_a_stream_are_those_of_pytorch() {
        let golden = Golden::read();
        let expected = golden.samples("enhanced");
        let found = Denoiser::new(&model()).process_clip(&golden.samples("samples"));
        assert_eq!(found.len(), expected.len());
        let error = worst(&found, &expected);
        say("samples", error, SAMPLES);
        assert!(error <= SAMPLES, "{error:e}");
    }

    /// The vectors prove little where a network is silent, saturated or without variety.
    #[test]
    fn the_vectors_have_something_to_say() {
        let golden = Golden::read();
        let (input, mask) = (golden.clip("input"), golden.clip("band_mask"));
        assert_eq!(input.dim(), (40, 257, 2));
        assert_eq!(mask.dim(), (40, 129, 2));
        assert!(peak(&input) > 20.0 && peak(&golden.samples("samples")) > 0.3);
        let small = mask.iter().filter(|v| v.abs() < 0.8).count();
        let large = mask.iter().filter(|v| v.abs() > 0.2).count();
        assert!(small > mask.len() * 9 / 10 && large > mask.len() / 2, "{small} {large} of {}", mask.len());
        let change = &mask.slice(s![1.., .., ..]) - &mask.slice(s![..-1, .., ..]);
        let changing = change.outer_iter().filter(|frame| peak(frame) > 0.05).count();
        assert!(changing > 30, "{changing} frames differ from the one before");
    }

    #[test]
    fn a_stream_equals_the_whole_clip_to_the_bit() {
        let input = Golden::read().clip("input");
        let model = model();
        for frames in [0, 1, 2, 11, 40] {
            let clip = input.slice(s![..frames, .., ..]).to_owned();
            let whole = model.graph().run(clip.view());
            let mut session = Session::new(model.graph());
            assert_same_bits(&stream(&mut session, &clip), &whole, &frames);
            session.reset();
            assert_same_bits(&stream(&mut session, &clip), &whole, &"after a reset");
        }
    }

    #[test]
    fn no_frame_reaches_an_earlier_one() {
        let input = Golden::read().clip("input");
        let graph = model().graph().clone();
        let clean = graph.run(input.view());
        for n in [0, 1, 17, 39] {
            let mut canary = input.clone();
            canary.slice_mut(s![n, .., ..]).fill(f32::NAN);
            let found = graph.run(canary.view());
            let before = s![..n, .., ..];
            assert_same_bits(&found.slice(before).to_owned(), &clean.slice(before).to_owned(), &n);
            assert!(found.slice(s![n, .., ..]).iter().all(|v| v.is_nan()), "frame {n} reaches itself");
        }
    }

    #[test]
    fn every_frame_comes_out_with_its_own_hop() {
        let model = model();
        assert_eq!(model.graph().delay(), 0);
        let header = model.header();
        assert_eq!((header.sample_rate, header.window, header.hop), (16_000, 512, 256));
        let mut session = Session::new(model.graph());
        let mut frame = vec![0.0; 257 * 2];
        for n in 0..3 {
            assert_eq!(session.step(&[0.1; 257 * 2], &mut frame), Some(n));
        }
        assert_eq!(session.drain(&mut frame), None, "nothing is left under way");

        let mut denoiser = Denoiser::new(&model);
        let delays = denoiser.delays();
        assert_eq!((delays.window, delays.look_ahead, delays.total()), (256, 0, 256));
        let mut hop = vec![0.0; 256];
        denoiser.process_hop(&[0.1; 256], &mut hop);
        assert!(denoiser.flush(&mut hop), "the hop that the last window holds");
        assert!(!denoiser.flush(&mut hop));
    }

    #[test]
    fn a_hop_allocates_nothing() {
        let golden = Golden::read();
        let samples = golden.samples("samples");
        let mut denoiser = Denoiser::new(&model());
        let mut hop = vec![0.0; 256];
        let count = allocator::calls(|| {
            for input in samples.chunks_exact(256) {
                denoiser.process_hop(input, &mut hop);
            }
            while denoiser.flush(&mut hop) {}
            denoiser.reset();
        });
        assert_eq!(count, 0);
    }

    #[test]
    fn whatever_comes_in_finite_numbers_come_out() {
        let model = model();
        let noise = super::common::signals::noise;
        let far = |n: usize| if n % 700 < 350 { 1e30 } else { -1e30 };
        for input in [
            vec![0.0; 8_000],
            vec![f32::NAN; 8_000],
            vec![1.0; 8_000],
            noise(1, 8_000, 1.0),
            noise(2, 8_000, 1e-40),
            noise(3, 8_000, 1e30),
            (0..8_000).map(far).collect(),
        ] {
            let output = Denoiser::new(&model).process_clip(&input);
            assert!(output.iter().all(|v| v.is_finite()), "from {:?} on", &input[..2]);
        }
    }

    #[test]
    fn two_streams_do_not_touch_each_other() {
        let input = Golden::read().clip("input");
        let graph = model().graph().clone();
        let other = input.mapv(|v| 0.3 - v);
        let alone = [graph.run(input.view()), graph.run(other.view())];
        let mut sessions = [Session::new(&graph), Session::new(&graph)];
        let mut found = [Array3::zeros(input.dim()), Array3::zeros(input.dim())];
        for n in 0..input.dim().0 {
            for (which, clip) in [&input, &other].into_iter().enumerate() {
                let frame = clip.slice(s![n, .., ..]);
                let mut place = found[which].slice_mut(s![n, .., ..]);
                let output = place.as_slice_mut().expect("in memory order");
                sessions[which].step(frame.as_slice().expect("in memory order"), output);
            }
        }
        for (found, alone) in found.iter().zip(&alone) {
            assert_same_bits(found, alone, &"interleaved");
        }
    }

    /// Names the kernels that a process started by [`super::parity_holds_for_every_choice_of_kernels`] must run on.
    pub const CHOSEN: &str = "FRAMEWISE_GTCRN_KERNELS";

    #[test]
    fn kernels_are_the_chosen_ones() {
        if let Ok(chosen) = std::env::var(CHOSEN) {
            assert_eq!(Kernels::selected().name(), chosen);
        }
    }
}

/// The choice is made once in the life of a process, so each gets a process of its own.
#[test]
fn parity_holds_for_every_choice_of_kernels() {
    use framewise::nn::Kernels;
    for kernels in Kernels::available() {
        let run = std::process::Command::new(std::env::current_exe().expect("this test program"))
            .args(["parity::", "--nocapture", "--test-threads", "1"])
            .env(Kernels::VARIABLE, kernels.name())
            .env(parity::CHOSEN, kernels.name())
            .output()
            .expect("it runs again");
        let text = String::from_utf8_lossy(&run.stdout) + String::from_utf8_lossy(&run.stderr);
        println!("{text}");
        assert!(run.status.success(), "{}: {text}", kernels.name());
        assert!(text.contains("11 passed"), "{}: {text}", kernels.name());
    }
}

#[test]
fn a_safetensors_state_dict_gives_the_same_model_file() {
    let folder = TempDir::new().expect("a folder");
    let tensors = state_dict();
    assert_eq!(tensors.len(), 271);
    let expected = import_gtcrn(checkpoint()).expect("the checkpoint").bytes;
    let same = import_changed(&folder, &tensors, |_| ()).expect("the same state dict").bytes;
    assert!(same == expected, "from safetensors");
    let fewer = import_changed(&folder, &tensors, |tensors| {
        tensors.retain(|(name, _)| !name.ends_with("num_batches_tracked"));
        assert_eq!(tensors.len(), 249);
    });
    assert!(fewer.expect("nothing that it needs is gone").bytes == expected, "without counters");
    let prefixed = import_changed(&folder, &tensors, |tensors| {
        tensors.iter_mut().for_each(|(name, _)| name.insert_str(0, "module."));
    });
    assert!(prefixed.expect("a prefix that all have").bytes == expected, "with a prefix");
}

#[test]
fn the_model_file_gives_the_imported_model_again() {
    let folder = TempDir::new().expect("a folder");
    let imported = import_gtcrn(checkpoint()).expect("the checkpoint");
    let path = folder.path().join("model.safetensors");
    fs::write(&path, &imported.bytes).expect("a file");
    let opened = Model::open(&path).expect("a model file");
    assert_eq!(opened.header(), imported.model.header());
    let input = Golden::read().clip("input");
    let [a, b] = [&opened, &imported.model].map(|model| model.graph().run(input.view()));
    common::assert_same_bits(&a, &b, &"opened");
    // The sparse bands count as many weights as lie in their runs.
    let parameters = opened.graph().summary().parameters();
    assert!((23_669..26_000).contains(&parameters), "{parameters}");
}

/// Each tensor has its part in the output: none is read and then forgotten.
#[test]
fn every_tensor_changes_what_comes_out() {
    let folder = TempDir::new().expect("a folder");
    let tensors = state_dict();
    let input = Golden::read().clip("input").slice(ndarray::s![..8, .., ..]).to_owned();
    let expected = model().graph().run(input.view());
    for (place, (name, _)) in tensors.iter().enumerate() {
        if name.ends_with("num_batches_tracked") {
            continue;
        }
        let changed = import_changed(&folder, &tensors, |tensors| {
            tensors[place].1.values.iter_mut().for_each(|value| *value *= 1.5);
        });
        let found = changed.expect("other values").model.graph().run(input.view());
        assert!(found != expected, "{name}");
    }
}

#[test]
fn each_tensor_that_is_missing_misshapen_or_not_finite_is_named() {
    let folder = TempDir::new().expect("a folder");
    let tensors = state_dict();
    for (place, (name, tensor)) in tensors.iter().enumerate() {
        if name.ends_with("num_batches_tracked") {
            continue;
        }
        let error = import_changed(&folder, &tensors, |tensors| drop(tensors.remove(place)));
        match error.expect_err(name) {
            ModelError::NotThisNetwork { missing, spare, .. } => {
                assert_eq!(missing, std::slice::from_ref(name));
                assert!(spare.is_empty(), "{spare:?}");
            }
            other => panic!("{name}: {other}"),
        }
        let mut longer = tensor.shape.clone();
        longer.push(1);
        let error = import_changed(&folder, &tensors, |tensors| tensors[place].1.shape = longer.clone());
        match error.expect_err(name) {
            ModelError::TensorShape { tensor: found, expected, found: shape, .. } => {
                assert_eq!((&found, &expected, &shape), (name, &tensor.shape, &longer));
            }
            other => panic!("{name}: {other}"),
        }
        let at = tensor.values.len() / 2;
        let error = import_changed(&folder, &tensors, |tensors| tensors[place].1.values[at] = f32::NAN);
        match error.expect_err(name) {
            ModelError::NonFinite { tensor: found, position, .. } => {
                assert_eq!((&found, position), (name, at));
            }
            other => panic!("{name}: {other}"),
        }
    }
}

/// A header whose numbers no longer fit its tensors must not be believed.
#[test]
fn a_model_file_with_a_wrong_configuration_is_refused() {
    let bytes = import_gtcrn(checkpoint()).expect("the checkpoint").bytes;
    let (_, metadata) = SafeTensors::read_metadata(&bytes).expect("a header");
    let text = &metadata.metadata().as_ref().expect("metadata")["framewise"];
    let header: serde_json::Value = serde_json::from_str(text).expect("a header");
    let file = SafeTensors::deserialize(&bytes).expect("tensors");
    let empty = TensorView::new(Dtype::F32, vec![64, 0], &[]).expect("no values");
    for (key, value) in [
        ("kept_bins", serde_json::json!(0)),
        ("kept_bins", serde_json::json!(257)),
        ("kept_bins", serde_json::json!(1u64 << 40)),
        ("kept_bins", serde_json::json!(u64::MAX)),
        ("bands", serde_json::json!(0)),
        ("bands", serde_json::json!(u64::MAX)),
        ("channels", serde_json::json!(0)),
        ("channels", serde_json::json!(1)),
        ("channels", serde_json::json!(15)),
        ("channels", serde_json::json!(u64::MAX)),
        ("dilations", serde_json::json!([])),
        ("dilations", serde_json::json!([0, 2, 5])),
        ("dilations", serde_json::json!([1, 2, u64::MAX])),
        ("dilations", serde_json::json!([1, 2, 5, 9])),
        ("dual_paths", serde_json::json!(0)),
        ("dual_paths", serde_json::json!(u64::MAX)),
    ] {
        let mut header = header.clone();
        header["configuration"][key] = value.clone();
        for hollow in [false, true] {
            let tensors = file.iter().map(|(name, view)| {
                (name, if hollow && name == "bands.weight" { empty.clone() } else { view })
            });
            let metadata = HashMap::from([("framewise".to_owned(), header.to_string())]);
            let bytes = safetensors::serialize(tensors, Some(metadata)).expect("a file");
            assert!(Model::from_bytes("odd", &bytes).is_err(), "{key} of {value}, hollow: {hollow}");
        }
    }
}

#[test]
fn the_checkpoint_is_packed_as_published_ones_are() {
    let weights: StateDict = state_dict().into_iter().collect();
    let (merge, spread) = (&weights.get("erb.erb_fc.weight"), &weights.get("erb.ierb_fc.weight"));
    let (merge, spread) = (merge.expect("bands"), spread.expect("bands"));
    for band in 0..64 {
        for bin in 0..192 {
            assert_eq!(merge.values[band * 192 + bin], spread.values[bin * 64 + band]);
        }
    }
    for bin in 0..192 {
        let share: f32 = (0..64).map(|band| merge.values[band * 192 + bin]).sum();
        assert!((share - 1.0).abs() < 1e-6, "bin {bin}");
    }
    let slopes: Vec<f32> = weights
        .iter()
        .filter(|(name, _)| name.ends_with("act.weight"))
        .flat_map(|(_, tensor)| tensor.values.clone())
        .collect();
    assert!(slopes.len() == 15 && slopes.iter().any(|s| *s < 0.0) && slopes.iter().any(|s| *s > 1.0));
}

#[cfg(feature = "cli")]
mod program {
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
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
            .collect();
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
        for word in ["gtcrn", "dual_path.1.time.gru", "decoder.4", "latency         0 frames", "256 samples"]
        {
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

        changed(&|tensors| {
            tensors[place("decoder.de_convs.0.point_conv1.weight")].1.shape = vec![16, 24, 1, 1]
        });
        let shapes = ["decoder.de_convs.0.point_conv1.weight", "[16, 24, 1, 1]", "[24, 16, 1, 1]"];
        assert_refused(&folder, "other.safetensors", &shapes);

        changed(&|tensors| tensors[place(depth)].1.values[7] = f32::NAN);
        assert_refused(&folder, "other.safetensors", &[depth, "NaN", "position 7"]);

        changed(&|tensors| tensors.clear());
        assert_refused(&folder, "other.safetensors", &["other.safetensors"]);
    }

    #[test]
    fn what_is_no_state_dict_is_told_what_it_is() {
        let folder = TempDir::new().expect("a folder");
        let copy = |from: &str, to: &str| fs::copy(data(from), folder.path().join(to)).expect("a copy");
        copy("golden/gtcrn-optimizer.tar", "optimizer.tar");
        assert_refused(&folder, "optimizer.tar", &["optimizer.tar", "state dict", "epoch", "optimizer"]);
        copy("checkpoint/nested.tar", "nested.tar");
        assert_refused(
            &folder,
            "nested.tar",
            &["not a GTCRN checkpoint", "erb.erb_fc.weight", "more; spare"],
        );
        fs::write(folder.path().join("text.tar"), "no weights\n").expect("a file");
        assert_refused(&folder, "text.tar", &["text.tar", "PyTorch checkpoint or safetensors"]);
        let whole = fs::read(checkpoint()).expect("the checkpoint");
        fs::write(folder.path().join("half.tar"), &whole[..whole.len() / 2]).expect("a file");
        assert_refused(&folder, "half.tar", &["half.tar"]);
        assert_refused(&folder, "nowhere.tar", &["nowhere.tar"]);
    }
}
