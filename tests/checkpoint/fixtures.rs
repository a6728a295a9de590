//! Files made by `tests/data/checkpoint/make.py` hold what PyTorch says they hold.

use std::path::{Path, PathBuf};

use framewise::model::checkpoint::{self, CheckpointError, StateDict};
use serde_json::Value;

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/checkpoint").join(name)
}

/// Names, shapes and values, as `make.py` writes them.
type Expected = Vec<(String, Vec<usize>, Vec<f64>)>;

fn expected(name: &str) -> Expected {
    let text = std::fs::read_to_string(fixture("expected.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    serde_json::from_value(all[name].clone()).unwrap()
}

fn assert_holds(found: &StateDict, expected: &Expected) {
    assert_eq!(found.len(), expected.len());
    for (name, shape, values) in expected {
        let tensor = found.get(name).unwrap_or_else(|| panic!("`{name}` is missing"));
        let values: Vec<f32> = values.iter().map(|&value| value as f32).collect();
        assert_eq!(&tensor.shape, shape, "`{name}`");
        assert_eq!(tensor.values, values, "`{name}`");
    }
}

/// Reads a fixture and compares it with PyTorch's values and order.
fn assert_equals_pytorch(name: &str) {
    let found = checkpoint::read(fixture(name)).unwrap();
    let expected = expected(name);
    assert_holds(&found, &expected);
    assert!(found.names().eq(expected.iter().map(|(name, ..)| name.as_str())), "order of names");
}

#[test]
fn a_bare_state_dict_is_read() {
    assert_equals_pytorch("bare.pt");
}

#[test]
fn the_top_folder_may_have_any_name() {
    assert_equals_pytorch("other_folder.tar");
}

#[test]
fn a_training_checkpoint_resolves_to_its_model_whatever_lies_beside_it() {
    assert_equals_pytorch("nested.tar");
}

#[test]
fn the_prefix_of_data_parallel_is_stripped() {
    assert_equals_pytorch("parallel.pt");
}

#[test]
fn every_element_type_becomes_f32() {
    assert_equals_pytorch("elements.pt");
}

#[test]
fn strides_offsets_and_shared_storages_are_honoured() {
    assert_equals_pytorch("views.pt");
}

#[test]
fn big_endian_storages_are_swapped() {
    assert_equals_pytorch("big_endian.pt");
}

#[test]
fn parameters_are_tensors() {
    assert_equals_pytorch("parameters.pt");
}

#[test]
fn newer_pickle_protocols_are_read() {
    assert_equals_pytorch("protocol4.pt");
    assert_equals_pytorch("protocol5.pt");
}

#[test]
fn the_format_before_pytorch_1_6_is_read() {
    assert_equals_pytorch("legacy.pt");
}

#[test]
fn zip64_records_are_read() {
    assert_equals_pytorch("zip64.pt");
}

#[test]
fn safetensors_are_known_by_content_not_by_name() {
    let found = checkpoint::read(fixture("weights.safetensors")).unwrap();
    assert_holds(&found, &expected("weights.safetensors"));
    let found = checkpoint::read(fixture("network.tar")).unwrap();
    assert_holds(&found, &expected("network.tar"));
}

#[test]
fn a_pickled_module_is_refused_by_the_name_of_its_class() {
    let error = checkpoint::read(fixture("whole_module.pt")).unwrap_err();
    assert!(matches!(&error, CheckpointError::Refused { name, .. } if name.starts_with("torch.nn.modules.")));
    assert!(error.to_string().contains("state_dict()"), "{error}");
}

#[test]
fn a_missing_file_is_named() {
    let error = checkpoint::read("no/such/file.tar").unwrap_err();
    assert!(matches!(error, CheckpointError::Io { .. }));
    assert!(error.to_string().contains("no/such/file.tar"));
}

/// Set `FRAMEWISE_GTCRN_CHECKPOINT` to published weights, and `FRAMEWISE_GTCRN_VALUES` to what
/// `make.py CHECKPOINT VALUES` wrote for them.
#[test]
fn published_weights_are_read_completely() {
    let Some(path) = std::env::var_os("FRAMEWISE_GTCRN_CHECKPOINT") else { return };
    let found = checkpoint::read(path).unwrap();
    assert_eq!(found.len(), 271);
    assert!(found.iter().all(|(_, tensor)| tensor.values.iter().all(|value| value.is_finite())));
    let (compress, expand) =
        (&found.get("erb.erb_fc.weight").unwrap(), &found.get("erb.ierb_fc.weight").unwrap());
    assert_eq!((compress.shape.as_slice(), expand.shape.as_slice()), (&[64, 192][..], &[192, 64][..]));
    for band in 0..64 {
        for bin in 0..192 {
            assert_eq!(compress.values[band * 192 + bin], expand.values[bin * 64 + band]);
        }
    }
    if let Some(values) = std::env::var_os("FRAMEWISE_GTCRN_VALUES") {
        let expected: Expected = serde_json::from_str(&std::fs::read_to_string(values).unwrap()).unwrap();
        assert_holds(&found, &expected);
    }
}
