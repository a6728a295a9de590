//! Numbers that are no samples, levels beyond full scale, models that give none: reported, and never a file of nothing.

use crate::common::signals::{noise, voice};
use crate::program::*;
use hound::SampleFormat;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const FLOAT: SampleFormat = SampleFormat::Float;

/// Cleans `in.wav` with these options and returns what was said and the line of JSON.
fn cleaned(folder: &Path, options: &[&str]) -> (String, serde_json::Value) {
    let output = run(folder, &[&["wav", "in.wav", "-o", "out.wav", "--force", "--json"], options].concat());
    let said = text(&output.stderr);
    assert!(output.status.success(), "{said}");
    (said, serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn a_number_that_is_no_sample_is_silence_and_said_at_every_rate() {
    let folder = TempDir::new().unwrap();
    for rate in [16_000, 44_100, 48_000] {
        let mut sound = voice(1, 9_000);
        for (place, number) in [(100, 3e38), (4_000, f32::NAN), (4_001, f32::NEG_INFINITY), (8_000, -1e20)] {
            sound[place] = number;
        }
        write(&folder.path().join("in.wav"), spec(1, rate, FLOAT), std::slice::from_ref(&sound));
        let (said, json) = cleaned(folder.path(), &[]);
        assert!(said.contains("4 samples are NaN"), "{said}");
        assert_eq!((&json["scrubbed"], &json["frames"]), (&4.into(), &9_000.into()));
        let found = read(&folder.path().join("out.wav")).1;
        sound.iter_mut().filter(|v| !v.is_finite() || v.abs() > 1e9).for_each(|v| *v = 0.0);
        write(&folder.path().join("in.wav"), spec(1, rate, FLOAT), &[sound]);
        cleaned(folder.path(), &[]);
        assert_eq!(read(&folder.path().join("out.wav")).1, found, "{rate} Hz");
    }
}

#[test]
fn random_bytes_as_floats_end_no_program_and_no_folder() {
    let folder = TempDir::new().unwrap();
    let bytes: Vec<u8> =
        noise(1, 40_000, 1.0).iter().flat_map(|v| ((v * 2_147_483_647.0) as i32).to_le_bytes()).collect();
    fs::write(folder.path().join("in.raw"), &bytes).unwrap();
    for rate in ["16000", "48000"] {
        let raw = ["--raw", "f32le", "--rate", rate, "--channels", "1"];
        let output = run(folder.path(), &[&["wav", "in.raw", "-o", "out.wav", "-f"], &raw[..]].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let many = folder.path().join("many");
    fs::create_dir(&many).unwrap();
    let mut sound = noise(2, 5_000, 0.3);
    write(&many.join("a.wav"), spec(1, 48_000, FLOAT), std::slice::from_ref(&sound));
    sound[7] = 3e38;
    write(&many.join("b.wav"), spec(1, 48_000, FLOAT), &[sound]);
    fs::write(many.join("c.wav"), "text").unwrap();
    let output = run(folder.path(), &["wav", "many", "-o", "clean"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("2 cleaned, 0 skipped, 1 failed") && said.contains("is not a WAV file"), "{said}");
}

#[test]
fn floats_beyond_full_scale_are_said_cleaned_alike_and_given_back_to_the_bit() {
    let folder = TempDir::new().unwrap();
    let (input, output) = (folder.path().join("in.wav"), folder.path().join("out.wav"));
    let sound: Vec<f32> = voice(3, 24_000).iter().zip(noise(4, 24_000, 0.1)).map(|(a, b)| a + b).collect();
    let scaled = |sound: &[f32], factor: f32| -> Vec<f32> { sound.iter().map(|v| v * factor).collect() };
    for rate in [16_000, 48_000] {
        write(&input, spec(1, rate, FLOAT), std::slice::from_ref(&sound));
        let (said, json) = cleaned(folder.path(), &[]);
        assert!(!said.contains("full scale") && json["lowered_by"] == 1, "{said}");
        let expected = read(&output).1;
        write(&input, spec(1, rate, FLOAT), &[scaled(&sound, 32_768.0)]);
        let (said, json) = cleaned(folder.path(), &[]);
        assert!(
            said.contains("as large as 16-bit integers") && said.contains("taken down by 32768"),
            "{said}"
        );
        assert_eq!(json["lowered_by"], 32_768);
        let found = read(&output).1.remove(0);
        let error = found.iter().zip(&expected[0]).map(|(a, b)| (a / 32_768.0 - b).abs()).fold(0.0, f32::max);
        // At another rate hops are found out of the resampled sound, and some may be too quiet to be known.
        assert!(error <= if rate == 16_000 { 0.0 } else { 1e-3 }, "{error} at {rate} Hz");

        let (_, json) = cleaned(folder.path(), &["--strength", "0"]);
        assert_eq!((read(&output).1.remove(0), &json["clipped"]), (scaled(&sound, 32_768.0), &0.into()));
    }
    let inspected = run(folder.path(), &["inspect", "in.wav", "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&inspected.stdout).unwrap();
    let peak = sound.iter().fold(0.0f32, |peak, v| peak.max(v.abs()));
    let found = json["channels"][0]["peak"].as_f64().unwrap();
    assert!((found - 20.0 * f64::from(peak).log10()).abs() < 0.01 && json["full_scale"] == 32_768.0);
    assert!(json["odd"].to_string().contains("full scale is at 32768, not at 1"), "{}", json["odd"]);
    assert!(json["channels"][0]["loud"].as_f64().unwrap() < 0.0 && json["channels"][0]["clipped"] == 0);

    let loud = 7.99 / peak;
    write(&input, spec(1, 16_000, FLOAT), &[scaled(&sound, loud)]);
    let (said, json) = cleaned(folder.path(), &[]);
    assert!(said.contains("peaks 18.1 dB beyond full scale; taken down by 8"), "{said}");
    assert_eq!(json["lowered_by"], 8);
}

/// The model of the tests with its header and weights changed.
fn spoilt(header: impl Fn(&mut serde_json::Value), weight: impl Fn(usize, f32) -> f32) -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/golden/crn-one-frame.safetensors");
    let bytes = fs::read(path).unwrap();
    let (_, metadata) = SafeTensors::read_metadata(&bytes).unwrap();
    let mut json = serde_json::from_str(&metadata.metadata().as_ref().unwrap()["framewise"]).unwrap();
    header(&mut json);
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let tensors: Vec<_> = file
        .iter()
        .map(|(name, view)| {
            let numbers = view.data().as_chunks::<4>().0.iter().enumerate();
            let data: Vec<u8> =
                numbers.flat_map(|(n, bytes)| weight(n, f32::from_le_bytes(*bytes)).to_le_bytes()).collect();
            (name.to_owned(), view.shape().to_vec(), data)
        })
        .collect();
    let views = tensors
        .iter()
        .map(|(name, shape, data)| (name, TensorView::new(Dtype::F32, shape.clone(), data).unwrap()));
    safetensors::serialize(views, Some(HashMap::from([("framewise".to_owned(), json.to_string())]))).unwrap()
}

#[test]
fn a_model_that_gives_no_numbers_is_a_failure_without_a_file() {
    let folder = TempDir::new().unwrap();
    write(&folder.path().join("in.wav"), spec(1, 16_000, FLOAT), &[voice(1, 9_000)]);
    let try_model = |bytes: Vec<u8>| {
        fs::write(folder.path().join("m.safetensors"), bytes).unwrap();
        run(folder.path(), &["wav", "in.wav", "-o", "out.wav", "--model", "m.safetensors"])
    };
    assert!(try_model(spoilt(|_| (), |_, w| w)).status.success(), "the model itself");
    fs::remove_file(folder.path().join("out.wav")).unwrap();
    for compression in [40.0, -0.5, 1e39] {
        let output =
            try_model(spoilt(|json| json["configuration"]["compression"] = compression.into(), |_, w| w));
        assert_refused(&output, &["m.safetensors", "compression", "expected 0 to 1"]);
    }
    let huge = |n: usize, _: f32| if n.is_multiple_of(2) { 3e38 } else { -3e38 };
    assert_refused(&try_model(spoilt(|_| (), huge)), &["in.wav", "not finite", "frames"]);
    assert!(!folder.path().join("out.wav").exists());
}

#[test]
fn sizes_are_checked_before_memory_is_asked_for() {
    let folder = TempDir::new().unwrap();
    for kernel in ["4000000000", "18446744073709551615"] {
        let output = run(folder.path(), &["compare", "--graph", "--kernel", kernel]);
        assert_refused(&output, &["encoder.0.conv.weight", "expected at most"]);
    }
    let path = folder.path().join("huge.tar");
    fs::write(&path, b"PK\x03\x04").unwrap();
    // Sparse: nothing of it is on the disk.
    fs::File::options().write(true).open(&path).unwrap().set_len(40_000_000_000).unwrap();
    let output = run(folder.path(), &["model", "import", "huge.tar", "-o", "out.safetensors"]);
    assert_refused(&output, &["huge.tar", "40000000000", "bytes"]);
}

#[test]
fn notes_of_a_file_are_carried_over_and_what_is_not_is_named() {
    let folder = TempDir::new().unwrap();
    write(&folder.path().join("in.wav"), spec(1, 16_000, SampleFormat::Int), &[voice(1, 2_001)]);
    let mut bytes = fs::read(folder.path().join("in.wav")).unwrap();
    let chunk = |name: &[u8], body: &[u8]| [name, &(body.len() as u32).to_le_bytes(), body].concat();
    let bext = chunk(b"bext", &[65; 602]);
    let (cue, other) = (chunk(b"cue ", &[1; 28]), chunk(b"zzzz", &[2; 4]));
    bytes.splice(12..12, bext.iter().copied());
    bytes.extend([cue.clone(), other].concat());
    let size = (bytes.len() as u32 - 8).to_le_bytes();
    bytes[4..8].copy_from_slice(&size);
    fs::write(folder.path().join("in.wav"), bytes).unwrap();
    let holds = |part: &[u8]| {
        let bytes = fs::read(folder.path().join("out.wav")).unwrap();
        assert_eq!(u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize, bytes.len() - 8);
        bytes.windows(part.len()).any(|window| window == part)
    };
    let (said, json) = cleaned(folder.path(), &[]);
    assert!(holds(&bext) && holds(&cue) && said.contains("not carried over: zzzz"), "{said}");
    assert_eq!(json["dropped"], serde_json::json!(["zzzz"]));
    // Later sound has its marks elsewhere.
    let (said, _) = cleaned(folder.path(), &["--raw-delay"]);
    assert!(holds(&bext) && !holds(&cue) && said.contains("zzzz, cue"), "{said}");
}

#[test]
#[cfg(target_os = "linux")]
fn memory_is_bounded_at_every_rate_and_number_of_channels() {
    let folder = TempDir::new().unwrap();
    for (channels, rate) in [(256u16, 383_999u32), (32, 47_999)] {
        let planes = vec![vec![0.1; 512]; usize::from(channels)];
        write(&folder.path().join("in.wav"), spec(channels, rate, SampleFormat::Int), &planes);
        // Address space in kB: the program ends if it asks for more.
        let command = "ulimit -v 1500000; exec \"$0\" wav in.wav -o out.wav --force";
        let output = std::process::Command::new("sh")
            .current_dir(folder.path())
            .args(["-c", command, env!("CARGO_BIN_EXE_framewise")])
            .output()
            .unwrap();
        assert!(output.status.success(), "{channels} at {rate}: {}", text(&output.stderr));
    }
}
