//! DNSMOS against the package `speechmos` of its authors, with the network that it has in `dnsmos_models/sig_bak_ovr.onnx`:
//! `FRAMEWISE_DNSMOS=sig_bak_ovr.onnx cargo test --features dnsmos --test dnsmos -- --ignored`.
#![cfg(feature = "dnsmos")]

use framewise::eval::{Dnsmos, Opinions};
use framewise::io::open_sound;
use std::path::{Path, PathBuf};

fn samples(name: &str) -> Vec<f32> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let mut reader = open_sound(path).expect("a recording of ours");
    let (mut samples, mut block) = (Vec::new(), vec![0.0; 4096]);
    loop {
        match reader.read(&mut block).expect("samples") {
            0 => return samples,
            count => samples.extend_from_slice(&block[..count]),
        }
    }
}

#[test]
#[ignore = "needs the network of the authors, which is not passed on here"]
fn opinions_are_those_of_the_authors_program() {
    let path = std::env::var_os("FRAMEWISE_DNSMOS").expect("FRAMEWISE_DNSMOS names the network");
    let dnsmos = Dnsmos::open(&PathBuf::from(path)).expect("a network");
    // speechmos 0.0.1.1, onnxruntime: `dnsmos.run(samples, 16000)` of these files at 16 kHz, and of their first 40,000 samples, of
    // which repeating makes the stretch.
    for (name, length, expected) in [
        ("examples/noisy.wav", 147_746, [3.5909, 2.5452, 2.4854]),
        ("examples/noisy.wav", 40_000, [3.5126, 2.5395, 2.4156]),
        ("tests/data/voice.wav", 147_746, [3.1138, 3.8877, 2.8246]),
        ("tests/data/voice.wav", 40_000, [3.3259, 4.1777, 3.1395]),
    ] {
        let Opinions { speech, noise, overall, .. } =
            dnsmos.opinions(&samples(name)[..length]).expect("opinions");
        for (found, expected) in [speech, noise, overall].into_iter().zip(expected) {
            assert!((found - expected).abs() < 0.01, "{name}, {length}: {found}, expected {expected}");
        }
    }
}

#[test]
fn what_is_no_network_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("none.onnx");
    std::fs::write(&file, "no network").expect("a file");
    for path in [file, folder.path().join("nowhere.onnx")] {
        let error = Dnsmos::open(&path).expect_err("no network").to_string();
        assert!(error.contains(".onnx: ") && !error.contains('\n'), "{error}");
    }
}
