//! Files that are not quite models: each fault is named, with the file, the tensor, what was expected and what was found.

use framewise::model::{GtcrnConfig, Latency, Model, ModelError};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

const FILE: &str = "some/model.safetensors";

/// A small network of look-ahead one with weights drawn at random.
const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/golden/crn-one-frame.safetensors");

/// A model file taken apart, to be spoilt and put together again.
struct Parts {
    header: Value,
    tensors: BTreeMap<String, (Dtype, Vec<usize>, Vec<u8>)>,
}

fn parts() -> Parts {
    let bytes = std::fs::read(PATH).unwrap();
    let (_, metadata) = SafeTensors::read_metadata(&bytes).unwrap();
    let header = serde_json::from_str(&metadata.metadata().as_ref().unwrap()["framewise"]).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let tensors = file
        .iter()
        .map(|(name, view)| (name.to_owned(), (view.dtype(), view.shape().to_vec(), view.data().to_vec())))
        .collect();
    Parts { header, tensors }
}

impl Parts {
    fn bytes(&self) -> Vec<u8> {
        let views = self.tensors.iter().map(|(name, (dtype, shape, data))| {
            (name, TensorView::new(*dtype, shape.clone(), data).unwrap())
        });
        let metadata = HashMap::from([("framewise".to_owned(), self.header.to_string())]);
        safetensors::serialize(views, Some(metadata)).unwrap()
    }

    fn set(&mut self, pointer: &str, value: Value) {
        *self.header.pointer_mut(pointer).expect("a place in the header") = value;
    }

    /// The message of the error, which must be one line that names the file.
    #[track_caller]
    fn refused(&self) -> String {
        let error = Model::from_bytes(FILE, &self.bytes()).expect_err("a broken model");
        let text = error.to_string();
        assert!(text.starts_with(FILE) && !text.contains('\n'), "{text}");
        text
    }
}

#[track_caller]
fn assert_says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "`{word}` is not in: {text}");
    }
}

#[test]
fn the_parts_put_together_are_the_model() {
    let model = Model::from_bytes(FILE, &parts().bytes()).expect("a whole model");
    assert_eq!(model.graph().delay(), 1);
    let whole = Model::from_bytes(FILE, &std::fs::read(PATH).unwrap()).expect("a whole model");
    assert_eq!(model.graph().summary(), whole.graph().summary());
}

#[test]
fn a_missing_tensor_is_named_with_the_shape_that_is_needed() {
    let mut parts = parts();
    parts.tensors.remove("decoder.3.conv.weight");
    assert_says(&parts.refused(), &["`decoder.3.conv.weight` is missing", "[4, 2, 2, 3]"]);
}

#[test]
fn spare_tensors_are_listed() {
    let mut parts = parts();
    for name in ["extra.b", "extra.a"] {
        parts.tensors.insert(name.into(), (Dtype::F32, vec![1], vec![0; 4]));
    }
    assert_says(&parts.refused(), &["extra.a, extra.b"]);
}

/// Names and keys are the file's own words: nothing in them may pass for a line of the program's.
#[test]
fn a_name_with_a_line_break_stays_on_one_line() {
    let bad = "a\nframewise: all is well\u{1b}[2K";
    let mut spare = parts();
    spare.tensors.insert(bad.into(), (Dtype::F32, vec![1], vec![0; 4]));
    let mut of_another_type = parts();
    of_another_type.tensors.insert(bad.into(), (Dtype::F16, vec![1], vec![0; 2]));
    let mut infinite = parts();
    infinite.tensors.insert(bad.into(), (Dtype::F32, vec![1], f32::INFINITY.to_le_bytes().to_vec()));
    let changed = |pointer: &str, value: Value| {
        let mut parts = parts();
        parts.set(pointer, value);
        parts
    };
    let mut many = parts();
    for n in 0..1000 {
        many.tensors.insert(format!("{bad}{n}"), (Dtype::F32, vec![1], vec![0; 4]));
    }
    for parts in [
        spare,
        of_another_type,
        infinite,
        many,
        changed("/architecture", json!(bad)),
        changed("/configuration", json!({ bad: 1 })),
        changed("/latency", json!({ "frames": 1, "look_ahead": { bad: 1 } })),
        changed("/sample_rate", json!(bad)),
    ] {
        let text = parts.refused();
        assert!(text.len() < 1500 && !text.chars().any(char::is_control), "{text:?}");
    }
}

#[test]
fn a_tensor_of_another_shape_is_named_with_both_shapes() {
    let mut parts = parts();
    let (dtype, shape, data) = parts.tensors.remove("encoder.1.conv.weight").unwrap();
    assert_eq!(shape, [6, 4, 2, 3]);
    // Input and output channels swapped: as many numbers, another meaning.
    parts.tensors.insert("encoder.1.conv.weight".into(), (dtype, vec![4, 6, 2, 3], data));
    assert_says(&parts.refused(), &["`encoder.1.conv.weight`", "[4, 6, 2, 3]", "expected [6, 4, 2, 3]"]);
}

#[test]
fn a_weight_that_is_no_number_is_found_with_its_place() {
    for (bad, shown) in [(f32::NAN, "NaN"), (f32::INFINITY, "inf"), (f32::NEG_INFINITY, "-inf")] {
        let mut parts = parts();
        let data = &mut parts.tensors.get_mut("recurrent.gru.bias_hh_l0").unwrap().2;
        data[7 * 4..8 * 4].copy_from_slice(&bad.to_le_bytes());
        assert_says(&parts.refused(), &["`recurrent.gru.bias_hh_l0`", shown, "position 7"]);
    }
}

#[test]
fn a_tensor_of_another_type_is_named() {
    let mut parts = parts();
    let (_, shape, data) = parts.tensors["recurrent.linear.bias"].clone();
    let data = data.chunks(2).step_by(2).flatten().copied().collect();
    parts.tensors.insert("recurrent.linear.bias".into(), (Dtype::F16, shape, data));
    assert_says(&parts.refused(), &["`recurrent.linear.bias`", "F16", "F32"]);
}

#[test]
fn formats_and_architectures_that_are_not_known_are_refused() {
    let mut parts = parts();
    parts.set("/format", json!(99));
    assert_says(&parts.refused(), &["format 99", "expected 1"]);
    parts.set("/format", json!(1));
    parts.set("/architecture", json!("transformer"));
    assert_says(&parts.refused(), &["`transformer`", "crn"]);
}

#[test]
fn a_header_that_lacks_or_misplaces_something_is_refused() {
    for key in ["format", "name", "sample_rate", "window", "hop", "architecture", "configuration", "latency"]
    {
        let mut parts = parts();
        parts.header.as_object_mut().unwrap().remove(key);
        assert_says(&parts.refused(), &[key]);
    }
    for (pointer, value, words) in [
        ("/hop", json!(0), &["`hop` is 0"][..]),
        ("/hop", json!(12), &["do not reconstruct", "12"]),
        ("/window", json!(1 << 20), &["`window`"]),
        ("/sample_rate", json!("fast"), &["fast"]),
        ("/configuration/stride", json!(0), &["stride is 0", "encoder.0"]),
        ("/configuration/recurrent", json!(19), &["recurrent.gru", "[60, 16]", "[57, 16]"]),
        ("/configuration/kernel", json!([2, 3, 4]), &["configuration"]),
        ("/configuration", json!({"colour": "blue"}), &["colour"]),
        ("/configuration/encoder_channels", json!([]), &["encoder"]),
        ("/window", json!(40), &["reconstruct"]),
        ("/window", json!(33), &["`window` is 33", "an even number"]),
    ] {
        let mut parts = parts();
        parts.set(pointer, value);
        assert_says(&parts.refused(), words);
    }
}

#[test]
fn an_odd_synthesis_window_is_refused() {
    let mut parts = parts();
    parts.header["synthesis_window"] = json!(15);
    assert_says(&parts.refused(), &["`synthesis_window` is 15", "an even number"]);
}

#[test]
fn a_header_that_says_nothing_of_a_licence_is_one_of_a_model() {
    let mut silent = parts();
    silent.header.as_object_mut().unwrap().remove("licence");
    assert_eq!(Model::from_bytes(FILE, &silent.bytes()).expect("a model").header().licence, "");
    let mut named = parts();
    named.header["licence"] = json!("CC0-1.0");
    assert_eq!(Model::from_bytes(FILE, &named.bytes()).expect("a model").header().licence, "CC0-1.0");
}

#[test]
fn huge_hyper_parameters_are_refused_before_memory_is_asked_for() {
    let huge = json!(u64::MAX);
    for (pointer, value) in [
        ("/configuration/recurrent", huge.clone()),
        ("/configuration/encoder_channels/0", huge.clone()),
        ("/configuration/kernel/0", huge.clone()),
        ("/configuration/kernel/1", huge.clone()),
        ("/configuration/stride", huge.clone()),
        ("/configuration/padding", huge.clone()),
        ("/configuration/output_padding", huge.clone()),
        ("/latency/look_ahead/decoder.3", huge.clone()),
        ("/latency/frames", huge),
    ] {
        let mut parts = parts();
        parts.set(pointer, value);
        parts.refused();
    }
    let mut parts = parts();
    parts.header["configuration"]["dilation"] = json!([u64::MAX, 1, 1, 1]);
    parts.refused();
}

#[test]
fn the_latency_must_be_what_the_layers_add_up_to() {
    let mut wrong = parts();
    wrong.set("/latency/frames", json!(0));
    assert_says(&wrong.refused(), &["latency of 0 frames", "add up to 1"]);

    let mut nowhere = parts();
    nowhere.set("/latency/look_ahead", json!({"decoder.9": 1}));
    assert_says(&nowhere.refused(), &["`decoder.9`"]);

    let mut beyond = parts();
    beyond.set("/latency", json!({"frames": 2, "look_ahead": {"decoder.3": 2}}));
    assert_says(&beyond.refused(), &["decoder.3", "look-ahead is 2", "at most"]);
}

#[test]
fn a_latency_that_was_not_trained_for_is_refused_with_the_one_there_is() {
    let error = Model::builtin(Latency::ONE).with_latency(Latency::ZERO).unwrap_err();
    assert!(matches!(error, ModelError::LatencyNotTrained { asked: 0, available: 1, .. }));
    assert!(Model::builtin(Latency::ZERO).with_latency(Latency::ZERO).is_ok());
}

#[test]
fn what_is_no_model_at_all_is_told_apart() {
    for (bytes, words) in [
        (&b""[..], "empty"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "WAV"),
        (b"PK\x03\x04 and so on", "import"),
        (b"{\"this\": \"is text\"}", "safetensors"),
        (&[0xff; 64], "safetensors"),
    ] {
        let text = Model::from_bytes(FILE, bytes).unwrap_err().to_string();
        assert_says(&text, &[FILE, "not a model file", words]);
    }
    let plain = safetensors::serialize([("a", TensorView::new(Dtype::F32, vec![1], &[0; 4]).unwrap())], None)
        .unwrap();
    assert_says(&Model::from_bytes(FILE, &plain).unwrap_err().to_string(), &["metadata key `framewise`"]);
    assert!(matches!(Model::open("no/such/file"), Err(ModelError::Read { .. })));
}

#[test]
fn every_cut_of_a_file_is_refused() {
    let bytes = parts().bytes();
    for length in (0..200).chain((200..bytes.len()).step_by(9973)) {
        assert!(Model::from_bytes(FILE, &bytes[..length]).is_err(), "the first {length} bytes");
    }
}

#[test]
fn the_layers_that_can_look_ahead_are_those_that_a_header_may_name() {
    let file = Model::open(PATH).expect("a model");
    let mut gtcrn = serde_json::to_value(file.header()).expect("a header");
    gtcrn["architecture"] = json!("gtcrn");
    gtcrn["configuration"] = json!(GtcrnConfig::default());
    (gtcrn["window"], gtcrn["hop"], gtcrn["latency"]) = (json!(512), json!(256), json!({"frames": 0}));
    let gtcrn = Model::untrained(&serde_json::from_value(gtcrn).expect("a header"), 1).expect("a network");
    for (model, count) in [(&file, 8), (&gtcrn, 6)] {
        let layers = model.look_ahead_layers();
        assert_eq!(layers.len(), count, "{layers:?}");
        let spent_on =
            |layer: &str| model.header().clone().with_look_ahead(&[layer.to_owned()], 1).expect("a header");
        for node in model.graph().summary().nodes.iter().filter(|node| !node.inserted) {
            let built = Model::untrained(&spent_on(&node.name), 1);
            if layers.contains(&node.name) {
                assert_eq!(built.expect("a network").latency().frames(), 1, "{}", node.name);
            } else {
                assert!(matches!(built, Err(ModelError::LookAheadLayer { .. })), "{}", node.name);
            }
        }
    }
    assert_eq!(file.header().wider_kernel_for(1), None, "two taps see one frame ahead");
    assert_eq!(file.header().wider_kernel_for(2), Some(3));
    assert_eq!((gtcrn.header().kernel_along_time(), gtcrn.header().wider_kernel_for(9)), (None, None));
    let fixed = gtcrn.header().clone().with_kernel_along_time(4).unwrap_err().to_string();
    assert_says(&fixed, &["`gtcrn`", "kernel along time", "fixed"]);
    let nothing = file.header().clone().with_look_ahead(&[], 1).unwrap_err().to_string();
    assert_says(&nothing, &["no layer to look ahead with"]);
}
