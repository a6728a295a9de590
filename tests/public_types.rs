//! What hosts build on: public types go from thread to thread, and public functions fail with errors of their own.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders whose `mod.rs` files make up the public interface; `cli` is none of it.
const FOLDERS: [&str; 6] = ["dsp", "nn", "model", "engine", "io", "eval"];

/// Public names that are traits, not types.
const TRAITS: [&str; 4] = ["Cell", "ConvKind", "DeviceSample", "Layer"];

/// Public types that can never gain a field or a case, and why; whatever else shows its fields or cases is
/// `#[non_exhaustive]`.
const CLOSED: [(&str, &str); 10] = [
    ("Axes", "time and frequency are all the axes of a convolution"),
    ("Axis", "frames have bins and channels"),
    ("FrameShape", "frames have bins and channels"),
    ("RecurrentWeights", "the four tensors that PyTorch has for one direction"),
    ("Tensor", "a shape and values"),
    ("Chunk", "a name and bytes, by the format"),
    ("Justification", "a word has two ends"),
    ("Direction", "sound comes in or goes out"),
    ("Opinions", "the three scales of ITU-T P.835"),
    ("Moment", "when, and how far away: what a callback is told"),
];

/// May be moved to another thread, and shared between threads.
fn shared<T: Send + Sync>() {}

/// May be moved to another thread.
fn moved<T: Send>() {}

#[test]
fn transforms_and_layers_are_shared_between_threads() {
    use framewise::dsp::*;
    shared::<(Peak, DspError, Analysis, Stft, Synthesis, Window)>();

    use framewise::dsp::meters::*;
    shared::<(Band, BandMeter, LevelMeter, Levels, Spectrogram)>();

    use framewise::nn::*;
    shared::<(Activation, BatchNorm, BinMatrix, BinGru, BinLstm, BinRecurrent<GruCell>, BinUnfold)>();
    shared::<(GruCell, LstmCell, RecurrentWeights<'_>, ComplexMask, CompressedSpectrum, Axes)>();
    shared::<(Conv<Plain>, Conv<Transposed>, ConvConfig, TimeConv, TimeConvTranspose, DelayLine)>();
    shared::<(NnError, Graph, Wire, GraphBuilder, Add, Axis, Concatenate, Interleave, Multiply)>();
    shared::<(Kernels, Inputs<'_>, Memory, Workspace<'_>, LayerNorm, Linear, MeanSquare, PRelu)>();
    shared::<(Reshape, Session, FrameShape, ChannelShuffle, Slice, NodeSummary, Summary)>();
    shared::<(Gru, Lstm, TimeRecurrent<GruCell>)>();
}

#[test]
fn models_and_engines_are_shared_between_threads() {
    use framewise::model::*;
    shared::<(CrnConfig, GtcrnConfig, Header, LatencySpent, Latency, Model, ModelError)>();

    use framewise::engine::*;
    shared::<(Channels, Counts, Delays, Denoiser, Frame<'_>, EngineError, HighBand, Mask)>();
    shared::<(Builder, Controls, Processor, Profile, Blocks)>();
}

#[cfg(feature = "import")]
#[test]
fn checkpoints_are_shared_between_threads() {
    use framewise::model::Imported;
    use framewise::model::checkpoint::*;
    shared::<(CheckpointError, Imported, StateDict, Tensor)>();
}

#[cfg(feature = "wav")]
#[test]
fn files_go_from_thread_to_thread() {
    use framewise::io::*;
    shared::<(Cleaned, CleanConfig, WavConfig, IoError, Inspection, Step<'_>)>();
    moved::<(Cleaner, Resampler)>();

    use framewise::io::wav::*;
    shared::<(OutEncoding, SampleEncoding, Justification, WavError, Chunk, Extras, Container, HeaderlessSpec)>(
    );
    shared::<(WavOutSpec, WavSpec, Warning, Written)>();
    // Each holds a file or a stream that one thread reads or writes.
    moved::<(WavReader, WavWriter)>();
}

#[cfg(feature = "live")]
#[test]
fn ends_of_a_link_go_to_the_threads_that_use_them() {
    use framewise::io::live::*;
    shared::<(Wish, Switches, Report, Direction, Listed, Offer, LiveError, DelayParts)>();
    shared::<(DeviceDelay, Moment, LinkConfig, Side, LoopWatch, Suspicion, Channel, Trip, Recorded)>();
    // Each end of a ring belongs to one thread; so do devices.
    moved::<(Capture, Playback, Handle, Link, Tap, Recorder, Loopback, Hosts, Opened, Running)>();
    moved::<framewise::io::wav::LastingWriter>();
}

#[cfg(feature = "eval")]
#[test]
fn experiments_are_shared_between_threads() {
    use framewise::eval::report::Provenance;
    use framewise::eval::*;
    shared::<(Comparison, FileScores, Row, Skipped, EvalError, Example, Track, Experiment, Scored)>();
    shared::<(TestCase, Pair, LookAhead, Cost, DelayMeasured, HopTimes, Timing, Matched, Metric, Scores)>();
    shared::<(Estimate, Interval, Method, MethodKind, Provenance)>();
    shared::<(Enhanced, Grouping, Moved, Difference, Claim, Part, Spread)>();
}

#[cfg(feature = "dnsmos")]
#[test]
fn opinions_are_shared_between_threads() {
    use framewise::eval::{Dnsmos, Opinions};
    shared::<(Dnsmos, Opinions)>();
}

/// The files of the folders of the public interface, with their text.
fn sources() -> Vec<(PathBuf, String)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders: Vec<PathBuf> = FOLDERS.iter().map(|name| source.join(name)).collect();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(&path).expect("a source");
                found.push((path, text));
            }
        }
    }
    found
}

/// Names of types that the `pub use` lines of a file give away.
fn given_away(text: &str) -> Vec<&str> {
    let uses = text.split(';').filter_map(|part| part.split_once("\npub use "));
    let words = uses.flat_map(|(_, names)| names.split(|c: char| !c.is_alphanumeric() && c != '_'));
    // Constants are all capitals, functions and modules none.
    words.filter(|word| word.starts_with(char::is_uppercase) && word.contains(char::is_lowercase)).collect()
}

#[test]
fn no_public_type_is_forgotten_here() {
    let here: Vec<&str> =
        include_str!("public_types.rs").split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let mut seen = 0;
    for (path, text) in sources().iter().filter(|(path, _)| path.ends_with("mod.rs")) {
        for name in given_away(text) {
            assert!(here.contains(&name), "{}: `{name}` is in no list of this test", path.display());
            seen += usize::from(!TRAITS.contains(&name));
        }
    }
    assert!(seen > 120, "{seen} types");
}

/// The public types of a file that are written out whole by whoever uses them: structs all of whose fields are public, and
/// enumerations; without those that say that they may grow.
fn closed(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for kind in ["\npub struct ", "\npub enum "] {
        for (at, _) in text.match_indices(kind) {
            let attributes =
                text[..at].lines().rev().take_while(|line| line.starts_with(['#', '/', ')', ' ']));
            if attributes.into_iter().any(|line| line == "#[non_exhaustive]") {
                continue;
            }
            let rest = &text[at + kind.len()..];
            let name = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            let open = rest.find(['{', ';', '(']).unwrap_or(rest.len());
            let whole = if kind.contains("enum") {
                true
            } else if rest[open..].starts_with("{") {
                let body = rest[open..].split("\n}").next().unwrap_or_default();
                let mut fields = body.lines().filter(|line| line.starts_with("    ") && line.contains(':'));
                fields.all(|line| {
                    ["pub ", "///", "#["].iter().any(|start| line.trim_start().starts_with(start))
                })
            } else {
                rest[open..].starts_with("(pub ")
            };
            if whole {
                found.push(name);
            }
        }
    }
    found
}

#[test]
fn public_types_may_grow_unless_they_never_can() {
    let public: Vec<String> = sources()
        .iter()
        .filter(|(path, _)| path.ends_with("mod.rs"))
        .flat_map(|(_, text)| given_away(text).into_iter().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let mut used = Vec::new();
    for (path, text) in sources() {
        for name in closed(&text).into_iter().filter(|name| public.iter().any(|other| other == name)) {
            let reason = CLOSED.iter().find(|(closed, _)| *closed == name);
            assert!(reason.is_some(), "{}: `{name}` is not #[non_exhaustive]", path.display());
            used.push(name.to_owned());
        }
    }
    for (name, _) in CLOSED {
        assert!(used.iter().any(|used| used == name), "`{name}` is closed no more, or is not there");
    }
    let planted = "\n/// x\n#[derive(Debug)]\npub struct A {\n    /// x\n    pub a: u8,\n}\n#[non_exhaustive]\npub enum B {\n    C,\n}\npub enum D {\n    E,\n}\npub struct F {\n    pub a: u8,\n    b: u8,\n}\n";
    assert_eq!(closed(planted), ["A", "D"]);
}

/// Signatures of the public functions of a file, each on one line.
fn signatures(text: &str) -> impl Iterator<Item = String> {
    let starts = text.match_indices("pub fn ").map(|(at, _)| &text[at..]);
    starts.map(|rest| {
        let words: Vec<&str> = rest.split(" {\n").next().unwrap_or(rest).split_whitespace().collect();
        words.join(" ")
    })
}

#[test]
fn no_public_function_fails_with_a_text() {
    let bare = |signature: &str| {
        let head = signature.split(" where ").next().unwrap_or(signature);
        head.contains("-> Result<") && head.ends_with(", String>")
    };
    let mut fallible = 0;
    for (path, text) in sources() {
        for signature in signatures(&text) {
            assert!(!bare(&signature), "{}: {signature}", path.display());
            fallible += usize::from(signature.contains("-> Result<"));
        }
    }
    assert!(fallible > 60, "{fallible} functions");
    let sample = "pub fn read(\n    path: &Path,\n) -> Result<Sound, String> {\n    todo()\n";
    assert_eq!(signatures(sample).filter(|signature| bare(signature)).count(), 1);
}
