//! GTCRN with weights drawn at random: its import, and its output against that of PyTorch, both of which
//! `tests/data/golden/make_gtcrn.py` wrote.

#[path = "../common/mod.rs"]
mod common;
mod parity;
#[cfg(feature = "cli")]
mod program;

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
    import_gtcrn(checkpoint()).expect("the checkpoint").model.with_kernels(common::kernels::kernels())
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

/// The choice is made once in the life of a process, so each gets a process of its own.
#[test]
fn parity_holds_for_every_choice_of_kernels() {
    use framewise::nn::Kernels;
    for kernels in Kernels::available() {
        let run = std::process::Command::new(std::env::current_exe().expect("this test program"))
            .args(["parity::", "--nocapture", "--test-threads", "1"])
            .env(common::kernels::VARIABLE, kernels.name())
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
    // As its authors count: 23.67 thousand, the fixed bands not among them.
    assert_eq!(opened.graph().summary().parameters(), 23_669);
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
