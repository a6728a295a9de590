//! Bytes that nobody meant to be a model: an error of one line, or a model that runs.

use framewise::engine::Denoiser;
use framewise::model::Model;
use proptest::collection::vec;
use proptest::prelude::*;
use safetensors::SafeTensors;
use serde_json::{Value, json};
use std::sync::LazyLock;

const FILE: &str = "some/model.safetensors";

/// Floats of state up to which a model is run.
const SMALL: usize = 1 << 20;

static VALID: LazyLock<Vec<u8>> = LazyLock::new(|| {
    std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/golden/crn-one-frame.safetensors"))
        .expect("a model")
});

fn survive(bytes: &[u8]) {
    match Model::from_bytes(FILE, bytes) {
        Ok(model) if model.graph().summary().state() <= SMALL => {
            let mut denoiser = Denoiser::new(&model);
            let (input, mut output) = (vec![0.5; denoiser.hop()], vec![0.0; denoiser.hop()]);
            for _ in 0..3 {
                denoiser.process_hop(&input, &mut output);
            }
        }
        Ok(_) => {}
        Err(error) => {
            let text = error.to_string();
            assert!(text.starts_with(FILE) && !text.contains('\n'), "{text}");
        }
    }
}

/// The valid file with another text for its own header.
fn with_header(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let (size, metadata) = SafeTensors::read_metadata(&VALID).expect("a valid file");
    let mut outer: Value = serde_json::from_slice(&VALID[8..8 + size]).expect("JSON");
    let mut header: Value =
        serde_json::from_str(&metadata.metadata().as_ref().expect("metadata")["framewise"]).expect("JSON");
    change(&mut header);
    outer["__metadata__"]["framewise"] = header.to_string().into();
    let outer = outer.to_string();
    [&(outer.len() as u64).to_le_bytes(), outer.as_bytes(), &VALID[8 + size..]].concat()
}

/// All places in a value that hold no further ones, as JSON pointers.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                leaves(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(values) => {
            for (n, value) in values.iter().enumerate() {
                leaves(value, &format!("{at}/{n}"), found);
            }
        }
        _ => found.push(at.to_owned()),
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        prop::sample::select(vec![
            json!(0),
            json!(1),
            json!(2),
            json!(3),
            json!(65_535),
            json!(u32::MAX),
            json!(u64::MAX),
            json!(i64::MIN),
            json!(-1),
            json!(1e300),
            json!(null),
            json!("crn"),
            json!([]),
            json!({}),
        ]),
        (0u64..600).prop_map(|number| json!(number)),
        any::<u64>().prop_map(|number| json!(number)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn random_bytes_do_no_harm(bytes in vec(any::<u8>(), 0..300), length in 0..400u64) {
        survive(&bytes);
        survive(&[&length.to_le_bytes()[..], b"{\"__metadata__\":{\"framewise\":\"", &bytes].concat());
    }

    #[test]
    fn changed_bytes_of_the_outer_header_do_no_harm(
        changes in vec((0..2_000usize, prop_oneof![any::<u8>(), Just(b'0'), Just(b'9'), Just(b'"')]), 1..4),
    ) {
        let mut bytes = VALID.clone();
        for (at, value) in changes {
            bytes[at] = value;
        }
        survive(&bytes);
    }

    #[test]
    fn changed_values_of_the_header_do_no_harm(
        changes in vec((any::<prop::sample::Index>(), any_value()), 1..3),
    ) {
        survive(&with_header(|header| {
            for (which, value) in changes {
                let mut found = Vec::new();
                leaves(header, "", &mut found);
                if !found.is_empty() {
                    let place = which.get(&found);
                    *header.pointer_mut(place).expect("one of its own places") = value;
                }
            }
        }));
    }
}

#[test]
fn the_header_unchanged_is_the_model() {
    let model = Model::from_bytes(FILE, &with_header(|_| ())).expect("the model");
    assert_eq!(model.graph().delay(), 1);
}
