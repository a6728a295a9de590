//! No content panics, runs anything, or takes memory out of proportion; errors say what is wrong.

use framewise::model::checkpoint::{CheckpointError, StateDict, parse};
use proptest::prelude::*;

use super::craft::{Pickle, View, checkpoint, state_dict, zip};
use super::fixtures::fixture;

const FIXTURES: [&str; 8] = [
    "bare.pt",
    "nested.tar",
    "views.pt",
    "parameters.pt",
    "protocol4.pt",
    "legacy.pt",
    "zip64.pt",
    "weights.safetensors",
];

fn read(pickle: &[u8]) -> Result<StateDict, CheckpointError> {
    parse("file.pt", &checkpoint(pickle))
}

fn error_of(view: &View) -> CheckpointError {
    read(&state_dict(view)).unwrap_err()
}

#[test]
fn the_crafted_checkpoint_is_sound() {
    let weights = read(&state_dict(&View::default())).unwrap();
    assert_eq!(weights.get("w").unwrap().values, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
}

#[test]
fn a_file_cut_short_anywhere_is_an_error() {
    for name in FIXTURES {
        let bytes = std::fs::read(fixture(name)).unwrap();
        for length in 0..bytes.len() {
            assert!(parse(name, &bytes[..length]).is_err(), "{name} cut to {length} bytes");
        }
    }
}

#[test]
fn a_pickle_cut_short_anywhere_is_an_error() {
    let pickle = state_dict(&View::default());
    for length in 0..pickle.len() {
        assert!(read(&pickle[..length]).is_err(), "cut to {length} bytes");
    }
}

#[test]
fn a_call_of_os_system_is_refused_and_named() {
    let call = Pickle::new().global("os", "system").text("true").op(b"\x85R").end();
    let error = read(&call).unwrap_err();
    assert!(matches!(&error, CheckpointError::Refused { name, .. } if name == "os.system"));
    assert!(
        error.to_string().starts_with("file.pt: ") && error.to_string().contains("`os.system`"),
        "{error}"
    );
}

#[test]
fn a_foreign_call_is_refused_even_where_nobody_needs_it() {
    for (module, name) in
        [("posix", "system"), ("builtins", "eval"), ("__main__", "Config"), ("torch.hub", "load")]
    {
        let pickle = Pickle::new()
            .op(b"}(")
            .text("model")
            .op(b"}")
            .text("w")
            .tensor(&View::default())
            .op(b"s")
            .text("extra")
            .global(module, name)
            .text("x")
            .op(b"\x85Ru")
            .end();
        let error = read(&pickle).unwrap_err();
        assert!(
            matches!(&error, CheckpointError::Refused { name: found, .. } if *found == format!("{module}.{name}")),
            "{error}"
        );
    }
}

#[test]
fn a_long_or_broken_name_stays_on_one_short_line() {
    let call = Pickle::new().text("os").text(&"a\n".repeat(5000)).op(b"\x93.").end();
    let line = read(&call).unwrap_err().to_string();
    assert!(line.len() < 400 && !line.contains('\n'), "{line}");
}

#[test]
fn a_view_past_its_storage_is_refused_with_both_counts() {
    let views = [
        View { offset: 1, ..View::default() },
        View { shape: &[2, 4], ..View::default() },
        View { strides: &[4, 1], ..View::default() },
    ];
    for view in &views {
        let error = error_of(view);
        assert!(matches!(error, CheckpointError::OutOfBounds { expected: 7 | 8, found: 6, .. }), "{error}");
    }
}

#[test]
fn a_storage_that_claims_more_than_there_is_is_refused() {
    for length in [7, i64::MAX, -1] {
        let error = error_of(&View { length, ..View::default() });
        assert!(matches!(error, CheckpointError::Layout { .. }), "{error}");
    }
}

#[test]
fn huge_shapes_and_negative_strides_are_refused() {
    let big = i64::MAX;
    let views = [
        View { shape: &[1 << 32, 1 << 32], strides: &[0, 0], ..View::default() },
        View { shape: &[big, 2], strides: &[1, 1], ..View::default() },
        View { shape: &[2, 2], strides: &[big, big], ..View::default() },
        View { offset: big, ..View::default() },
        View { shape: &[-1, 2], ..View::default() },
        View { strides: &[-3, 1], ..View::default() },
        View { offset: -1, ..View::default() },
        View { shape: &[6], ..View::default() },
        View { shape: &[1; 65], strides: &[0; 65], ..View::default() },
    ];
    for view in &views {
        let error = error_of(view);
        assert!(
            matches!(error, CheckpointError::Layout { .. } | CheckpointError::OutOfBounds { .. }),
            "{error}"
        );
    }
}

#[test]
fn views_that_repeat_bytes_cannot_outgrow_the_file() {
    let error = error_of(&View { shape: &[1 << 40], strides: &[0], ..View::default() });
    assert!(matches!(error, CheckpointError::TooLarge { .. }), "{error}");

    let view = View { shape: &[60_000], strides: &[0], ..View::default() };
    let pickle = Pickle::new().op(b"}(").tensor(&view).op(b"q\x010");
    let many = (0..20).fold(pickle, |pickle, index| pickle.text(&format!("w{index}")).op(b"h\x01"));
    let error = read(&many.op(b"u").end()).unwrap_err();
    assert!(matches!(error, CheckpointError::TooLarge { .. }), "{error}");
}

#[test]
fn missing_storages_and_unreadable_elements_are_named() {
    let error = error_of(&View { key: "7", ..View::default() });
    assert!(
        matches!(&error, CheckpointError::MissingStorage { tensor, storage, .. } if tensor == "w" && storage == "7")
    );
    let error = error_of(&View { class: "ComplexFloatStorage", ..View::default() });
    assert!(matches!(&error, CheckpointError::ElementType { found, .. } if found == "complex64"), "{error}");
    let error = error_of(&View { class: "UntypedStorage", ..View::default() });
    assert!(matches!(&error, CheckpointError::ElementType { .. }), "{error}");
}

#[test]
fn a_value_that_is_no_tensor_is_named() {
    let pickle = Pickle::new().op(b"}(").text("w").tensor(&View::default()).text("v").op(b"Nu").end();
    let error = read(&pickle).unwrap_err();
    assert!(
        matches!(&error, CheckpointError::NotATensor { tensor, found, .. } if tensor == "v" && found == "None")
    );
}

#[test]
fn a_checkpoint_without_tensors_says_what_it_holds() {
    let pickle = Pickle::new().op(b"}(").text("epoch").op(b"K\x03").text("model").op(b"}u").end();
    let line = read(&pickle).unwrap_err().to_string();
    assert!(line.contains("a dict of {epoch: an int, model: a dict}"), "{line}");
}

#[test]
fn the_deeper_usual_key_wins_over_the_exponential_average() {
    let pickle = Pickle::new()
        .op(b"}(")
        .text("ema")
        .op(b"}")
        .text("other")
        .tensor(&View::default())
        .op(b"s")
        .text("model")
        .op(b"}")
        .text("state_dict")
        .op(b"}")
        .text("module.w")
        .tensor(&View::default())
        .op(b"ssu")
        .end();
    assert!(read(&pickle).unwrap().names().eq(["w"]));
}

#[test]
fn deep_nesting_and_cycles_do_not_recurse() {
    let depth = 200_000;
    for (open, close) in [(&b"]"[..], &b"a"[..]), (b")", b"\x85"), (b"(", b"t")] {
        let nested = Pickle::new().op(&open.repeat(depth)).op(&close.repeat(depth - 1)).end();
        assert!(read(&nested).is_err());
    }
    let dicts = (0..depth).fold(Pickle::new().op(b"}"), |pickle, _| pickle.text("model").op(b"}"));
    assert!(read(&dicts.op(&b"s".repeat(depth)).end()).is_err());

    let cycle = Pickle::new().op(b"}q\x00").text("model").op(b"h\x00s").end();
    assert!(matches!(read(&cycle), Err(CheckpointError::NoStateDict { .. })));
}

#[test]
fn copies_of_dicts_cannot_outgrow_the_pickle() {
    let keys = (0..2000).fold(Pickle::new().op(b"}("), |pickle, _| pickle.op(b"NN"));
    let copy = Pickle::new().global("collections", "Counter").op(b"q\x01").end();
    let copy = &copy[2..copy.len() - 1];
    let pickle = keys.op(b"uq\x000").op(copy).op(b"0").op(&b"h\x01h\x00\x85R".repeat(20_000)).end();
    let line = read(&pickle).unwrap_err().to_string();
    assert!(line.contains("copied too often"), "{line}");
}

#[test]
fn instructions_out_of_place_are_errors() {
    for code in [
        &b"."[..],
        b"0",
        b"1",
        b"2",
        b"t",
        b"u",
        b"s",
        b"R",
        b"b",
        b"Q",
        b"h\x05",
        b"(.",
        b"Na.",
        b"NNs.",
        b"NNR.",
        b"N\x85Q.",
        b"(N(\x86.",
        b"\x82\x01",
        b"i",
        b"o",
        b"P1\n",
        b"\x93",
        b"}(NNNu.",
        b"X\xff\xff\xff\xff",
        b"\x8b\xff\xff\xff\xff",
        b"\x8e\xff\xff\xff\xff\xff\xff\xff\xff",
    ] {
        let error = read(&Pickle::new().op(code).end()).unwrap_err();
        assert!(matches!(error, CheckpointError::Pickle { .. }), "{}: {error}", code.escape_ascii());
    }
}

#[test]
fn packed_entries_are_refused_with_the_method() {
    let file = zip(&[("a/data.pkl", b"")], 8);
    let line = parse("file.pt", &file).unwrap_err().to_string();
    assert!(line.contains("`a/data.pkl`") && line.contains("method 8"), "{line}");
}

#[test]
fn an_archive_of_something_else_is_refused() {
    let line = parse("file.zip", &zip(&[("readme", b"text")], 0)).unwrap_err().to_string();
    assert!(line.contains("data.pkl"), "{line}");
}

#[test]
fn unknown_content_is_shown() {
    for (bytes, words) in [
        (&b""[..], "an empty file"),
        (b"\x80\x04K\x01.", "a plain pickle of protocol 4"),
        (b"\x1f\x8b\x08", "a gzip file"),
        (b"RIFF....WAVE", "begins with `RIFF....`"),
    ] {
        let line = parse("file", bytes).unwrap_err().to_string();
        assert!(line.contains(words), "{line}");
    }
}

fn safetensors(header: &str, data: &[u8]) -> Result<StateDict, CheckpointError> {
    let length = (header.len() as u64).to_le_bytes();
    parse("file", &[&length[..], header.as_bytes(), data].concat())
}

#[test]
fn damaged_safetensors_are_refused() {
    let entry = |shape: &str, offsets: &str| {
        format!(r#"{{"w":{{"dtype":"F32","shape":{shape},"data_offsets":{offsets}}}}}"#)
    };
    assert_eq!(safetensors(&entry("[2]", "[0,8]"), &[0; 8]).unwrap().get("w").unwrap().values, [0.0; 2]);
    for header in [
        entry("[2]", "[4,12]"),
        entry("[2]", "[8,0]"),
        entry("[3]", "[0,8]"),
        entry("[18446744073709551615,2]", "[0,8]"),
        entry("[-1]", "[0,8]"),
        entry("[2]", "[0,18446744073709551615]"),
        "{\"w\":1}".into(),
        "{}".into(),
        "{".into(),
        entry("[2]", "[0,8]").replace("F32", "F4"),
        "{\"a\":".repeat(100_000),
    ] {
        assert!(safetensors(&header, &[0; 8]).is_err(), "{:.80}", header);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_files_never_panic(
        which in 0..FIXTURES.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = std::fs::read(fixture(FIXTURES[which])).unwrap();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let limit = bytes.len() + (1 << 16);
        if let Ok(weights) = parse("changed", &bytes) {
            prop_assert!(weights.iter().map(|(_, tensor)| tensor.values.len()).sum::<usize>() <= limit);
        }
    }

    #[test]
    fn pickles_of_random_instructions_never_panic(
        codes in prop::collection::vec(
            prop_oneof![
                4 => prop::sample::select(&b"(.012JKMNGXTBUCQRabcdehjlqrstu]})\x80\x81\x85\x86\x87\x88\x89\x8a\x8c\x8f\x90\x91\x92\x93\x94"[..]),
                1 => any::<u8>(),
            ],
            0..200,
        ),
    ) {
        let _ = read(&Pickle::new().op(&codes).end());
    }

    #[test]
    fn random_views_stay_inside_their_storage(
        offset in -2i64..9,
        shape in prop::collection::vec(-1i64..5, 0..4),
        strides in prop::collection::vec(-1i64..5, 0..4),
    ) {
        let view = View { offset, shape: &shape, strides: &strides, ..View::default() };
        if let Ok(weights) = read(&state_dict(&view)) {
            let tensor = weights.get("w").unwrap();
            prop_assert_eq!(tensor.shape.iter().product::<usize>(), tensor.values.len());
            prop_assert!(tensor.values.iter().all(|value| (0.0..6.0).contains(value)));
        }
    }
}
