//! The published GTCRN weights against PyTorch's own output. Runs where `FRAMEWISE_GTCRN` names a folder with the
//! checkpoint `gtcrn_dns3.tar`, the recording `mix.wav` and PyTorch's results for it; passes over the test elsewhere.
#![cfg(feature = "wav")]

use framewise::engine::Denoiser;
use framewise::model::{Model, import_gtcrn};
use framewise::nn::Session;
use ndarray::{Array3, s};
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("FRAMEWISE_GTCRN").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("FRAMEWISE_GTCRN is not set: nothing to compare with");
    }
    folder
}

fn model(folder: &Path) -> Model {
    import_gtcrn(folder.join("gtcrn_dns3.tar")).expect("the checkpoint").model
}

/// (bins, frames, 2) as PyTorch stores it, to (frames, bins, 2).
fn spectrum(path: PathBuf) -> Array3<f32> {
    let bytes = fs::read(path).expect("a spectrum");
    let values: Vec<f32> = bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    let frames = values.len() / (257 * 2);
    let array = Array3::from_shape_vec((257, frames, 2), values).expect("whole frames");
    array.permuted_axes([1, 0, 2]).as_standard_layout().into_owned()
}

/// The numbers of a `.npy` file of 32-bit floats.
fn npy(path: PathBuf) -> Vec<f32> {
    let bytes = fs::read(path).expect("an array");
    let start = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    bytes[start..].as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

fn wav(path: PathBuf) -> Vec<f32> {
    let mut reader = hound::WavReader::open(path).expect("a recording");
    match reader.spec().sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().map(Result::unwrap).collect(),
        hound::SampleFormat::Int => {
            reader.samples::<i16>().map(|s| f32::from(s.unwrap()) / 32768.0).collect()
        }
    }
}

fn worst<'a>(found: impl IntoIterator<Item = &'a f32>, expected: impl IntoIterator<Item = &'a f32>) -> f32 {
    found.into_iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn whole_clip_and_stream_give_pytorchs_spectrum() {
    let Some(folder) = folder() else { return };
    let model = model(&folder);
    let input = spectrum(folder.join("mix_spectrum.f32"));
    let expected = spectrum(folder.join("mix_enhanced_spectrum_dns3.f32"));
    let whole = model.graph().run(input.view());
    let error = worst(&whole, &expected);
    println!("whole clip: {error:e}");
    assert!(error <= 2e-5, "{error:e}");

    let mut session = Session::new(model.graph());
    let mut frame = vec![0.0; 257 * 2];
    for (t, input) in input.outer_iter().enumerate() {
        let input: Vec<f32> = input.iter().copied().collect();
        assert_eq!(session.step(&input, &mut frame), Some(t as u64));
        assert_eq!(worst(&frame, whole.slice(s![t, .., ..])), 0.0);
    }
}

#[test]
fn the_decoders_output_of_the_first_frames_is_pytorchs() {
    let Some(folder) = folder() else { return };
    let model = model(&folder);
    let input = spectrum(folder.join("mix_spectrum.f32"));
    let expected = npy(folder.join("erbmask_first50_dns3.npy"));
    let wire = model.graph().wire("band_mask").expect("the decoder's output");
    let mut session = Session::new(model.graph());
    let mut frame = vec![0.0; 257 * 2];
    let mut errors = Vec::new();
    for (input, expected) in input.outer_iter().zip(expected.chunks_exact(129 * 2)) {
        let input: Vec<f32> = input.iter().copied().collect();
        session.step(&input, &mut frame);
        errors.push(worst(session.frame(wire), expected));
    }
    assert_eq!(errors.len(), 50);
    println!("first frame: {:e}, others: {:e}", errors[0], errors[1..].iter().fold(0.0f32, |a, b| a.max(*b)));
    assert!(errors.iter().all(|&error| error <= 1e-5), "{errors:?}");
}

#[test]
fn the_stream_gives_pytorchs_samples() {
    let Some(folder) = folder() else { return };
    let noisy = wav(folder.join("mix.wav"));
    let expected = wav(folder.join("mix_enhanced_dns3_zero_edges.wav"));
    let clean = Denoiser::new(&model(&folder)).process_clip(&noisy);
    assert_eq!(clean.len(), expected.len());
    let error = worst(&clean, &expected);
    println!("samples: {error:e}");
    assert!(error <= 1e-6, "{error:e}");
}
