//! Layers and whole networks against PyTorch: vectors computed in double precision by the scripts in
//! `tests/data/golden`, over whole clips, held against the graph's frame-by-frame run.

#[path = "common/kernels.rs"]
mod kernels;

use framewise::model::Model;
use framewise::nn::{
    Activation, Axes, BatchNorm, BinRecurrent, Cell, ChannelShuffle, ComplexMask, CompressedSpectrum,
    ConvConfig, FrameShape, Graph, GraphBuilder, GruCell, Kernels, Layer, LayerNorm, Linear, LstmCell,
    NnError, PRelu, RecurrentWeights, Slice, TimeConv, TimeConvTranspose, TimeRecurrent,
};
use kernels::{VARIABLE, kernels};
use ndarray::{Array3, ArrayD, ArrayView, ArrayView3, Axis, Dimension};
use safetensors::{Dtype, SafeTensors};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, LazyLock};

/// Largest error allowed, relative to the peak of what is expected.
const TOLERANCE: f32 = 1e-5;

/// Convolution cases that the file must hold, of each kind.
const CONVOLUTIONS: usize = 60;

fn path(file: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "data", "golden", file].iter().collect()
}

/// The tensors of a file by name, and its metadata.
fn read(file: &str) -> (HashMap<String, ArrayD<f32>>, HashMap<String, String>) {
    let bytes = std::fs::read(path(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    let metadata = SafeTensors::read_metadata(&bytes).unwrap().1.metadata().clone().unwrap_or_default();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let tensors = tensors.iter().map(|(name, view)| {
        assert_eq!(view.dtype(), Dtype::F32, "{file}: {name}");
        let values = view.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        (name.to_owned(), ArrayD::from_shape_vec(view.shape(), values).unwrap())
    });
    (tensors.collect(), metadata)
}

/// One layer with its weights, an input clip and what PyTorch makes of it.
#[derive(Debug, Deserialize)]
struct Case {
    name: String,
    kind: String,
    config: Value,
}

struct Vectors {
    cases: Vec<Case>,
    tensors: HashMap<String, ArrayD<f32>>,
}

static VECTORS: LazyLock<Vectors> = LazyLock::new(|| {
    let (tensors, metadata) = read("layers.safetensors");
    Vectors { cases: serde_json::from_str(&metadata["cases"]).unwrap(), tensors }
});

impl Case {
    fn tensor<D: Dimension>(&self, tensor: &str) -> ArrayView<'static, f32, D> {
        let name = format!("{}/{tensor}", self.name);
        let found = VECTORS.tensors.get(&name).unwrap_or_else(|| panic!("no tensor {name}"));
        found.view().into_dimensionality().unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn config<T: DeserializeOwned>(&self) -> T {
        T::deserialize(&self.config).unwrap_or_else(|error| panic!("{self:?}: {error}"))
    }

    /// The case's clip through a graph of this layer alone.
    fn run(&self, layer: impl Layer + 'static) -> Result<Array3<f32>, NnError> {
        let input = self.tensor("input");
        let mut graph = GraphBuilder::new(shape(input));
        let wire = graph.input();
        let output = graph.add("layer", layer, &[wire])?;
        Ok(graph.finish(output)?.with_kernels(kernels()).run(input))
    }

    /// The case's clip through two layers.
    fn run_both(
        &self,
        first: impl Layer + 'static,
        second: impl Layer + 'static,
    ) -> Result<Array3<f32>, NnError> {
        let input = self.tensor("input");
        let mut graph = GraphBuilder::new(shape(input));
        let wire = graph.input();
        let wire = graph.add("first", first, &[wire])?;
        let output = graph.add("second", second, &[wire])?;
        Ok(graph.finish(output)?.with_kernels(kernels()).run(input))
    }
}

fn shape(clip: ArrayView3<'_, f32>) -> FrameShape {
    FrameShape::new(clip.dim().1, clip.dim().2)
}

/// The largest error relative to the peak of what is expected, or what is wrong.
fn relative_error(found: ArrayView3<'_, f32>, expected: ArrayView3<'_, f32>) -> Result<f32, String> {
    if found.dim() != expected.dim() {
        let (found, expected) = (found.dim(), expected.dim());
        return Err(format!("(frames, bins, channels) are {found:?}, expected {expected:?}"));
    }
    let peak = expected.iter().fold(f32::MIN_POSITIVE, |peak, value| peak.max(value.abs()));
    let mut worst = 0.0;
    for (at, &expected) in expected.indexed_iter() {
        let error = (found[at] - expected).abs() / peak;
        if !error.is_finite() {
            return Err(format!("found {} at (frame, bin, channel) {at:?}, expected {expected}", found[at]));
        }
        if error > worst {
            worst = error;
        }
    }
    if worst > TOLERANCE {
        let errors = found.indexed_iter().map(|(at, value)| ((value - expected[at]).abs(), at));
        let (error, at) = errors.max_by(|a, b| a.0.total_cmp(&b.0)).expect("there are outputs");
        let (found, expected) = (found[at], expected[at]);
        return Err(format!(
            "relative error {worst:.2e} (allowed {TOLERANCE:.0e}) against a peak of {peak}; at (frame, bin, channel) \
             {at:?} found {found}, expected {expected}, error {error:.2e}"
        ));
    }
    Ok(worst)
}

/// Runs every case of a kind and compares with its tensor `expected`; there must be at least `least` of them.
fn check(kind: &str, expected: &str, least: usize, compute: impl Fn(&Case) -> Result<Array3<f32>, NnError>) {
    let (mut count, mut worst, mut failures) = (0, 0.0f32, Vec::new());
    for case in VECTORS.cases.iter().filter(|case| case.kind == kind) {
        count += 1;
        let found = compute(case).map_err(|error| format!("refused: {error}"));
        match found.and_then(|found| relative_error(found.view(), case.tensor(expected))) {
            Ok(error) => worst = worst.max(error),
            Err(reason) => failures.push(format!("{} {}\n    {reason}", case.name, case.config)),
        }
    }
    let kernels = kernels().name();
    println!("{kind}, {expected}: {count} cases, largest relative error {worst:.1e} ({kernels} kernels)");
    assert!(count >= least, "{count} cases of {kind}, at least {least} are needed");
    assert!(
        failures.is_empty(),
        "{} of {count} cases of {kind} fail with {kernels} kernels:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[derive(Deserialize)]
struct Convolution {
    bins: usize,
    input_channels: usize,
    output_channels: usize,
    kernel: [usize; 2],
    dilation: [usize; 2],
    stride: usize,
    padding: usize,
    output_padding: usize,
    groups: usize,
    look_ahead: usize,
    frames: usize,
}

impl Convolution {
    fn axes([time, bins]: [usize; 2]) -> Axes {
        Axes { time, bins }
    }

    fn span(&self) -> usize {
        (self.kernel[0] - 1) * self.dilation[0]
    }

    fn config(&self) -> ConvConfig {
        let input = FrameShape::new(self.bins, self.input_channels);
        ConvConfig::new(input, self.output_channels, Self::axes(self.kernel))
            .dilation(Self::axes(self.dilation))
            .stride(self.stride)
            .padding(self.padding)
            .output_padding(self.output_padding)
            .groups(self.groups)
            .look_ahead(self.look_ahead)
    }
}

fn plain(case: &Case) -> Result<TimeConv, NnError> {
    let config = case.config::<Convolution>().config();
    TimeConv::new(config, case.tensor("weight"), case.tensor("bias"))
}

fn transposed(case: &Case) -> Result<TimeConvTranspose, NnError> {
    let config = case.config::<Convolution>().config();
    TimeConvTranspose::new(config, case.tensor("weight"), case.tensor("bias"))
}

#[test]
fn convolution_is_that_of_pytorch() {
    check("convolution", "expected", CONVOLUTIONS, |case| case.run(plain(case)?));
}

#[test]
fn transposed_convolution_is_that_of_pytorch() {
    check("transposed convolution", "expected", CONVOLUTIONS, |case| case.run(transposed(case)?));
}

/// Hyper-parameters at trivial values hide faults; the file must hold each of these several times.
#[test]
fn convolution_cases_cover_what_they_are_for() {
    type Claim = (&'static str, fn(&Convolution) -> bool);
    const CLAIMS: [Claim; 17] = [
        ("one group", |c| c.groups == 1),
        ("two groups", |c| c.groups == 2),
        ("depthwise", |c| c.groups > 1 && c.groups == c.input_channels && c.groups == c.output_channels),
        ("channel multiple", |c| c.groups == c.input_channels && c.output_channels == 2 * c.groups),
        ("inputs gathered", |c| c.groups == c.output_channels && c.input_channels > c.groups && c.groups > 1),
        ("in and out differ within groups", |c| c.groups > 1 && c.input_channels != c.output_channels),
        ("channels of whole vectors", |c| c.output_channels % 8 == 0),
        ("channels of broken vectors", |c| c.output_channels % 8 != 0 && c.output_channels > 8),
        ("stride", |c| c.stride > 1 && c.kernel[1] > 1),
        ("stride wider than the kernel", |c| c.stride > (c.kernel[1] - 1) * c.dilation[1] + 1),
        ("padding", |c| c.padding > 0),
        ("dilation along time", |c| c.dilation[0] > 1 && c.kernel[0] > 1),
        ("dilation along bins", |c| c.dilation[1] > 1 && c.kernel[1] > 1),
        ("no look-ahead", |c| c.look_ahead == 0 && c.span() > 0),
        ("one frame of look-ahead", |c| c.look_ahead == 1 && c.span() > 1),
        ("all look-ahead", |c| c.look_ahead == c.span() && c.span() > 1),
        ("a clip shorter than the kernel", |c| c.frames <= c.span()),
    ];
    for kind in ["convolution", "transposed convolution"] {
        let cases: Vec<_> = VECTORS.cases.iter().filter(|case| case.kind == kind).collect();
        let configs: Vec<Convolution> = cases.iter().map(|case| case.config()).collect();
        for (claim, holds) in CLAIMS {
            let count = configs.iter().filter(|config| holds(config)).count();
            assert!(count >= 3, "{kind}: {claim} in {count} cases");
        }
        let given_back = configs.iter().filter(|config| config.output_padding > 0).count();
        assert_eq!(
            given_back >= 3,
            kind == "transposed convolution",
            "{kind}: output padding in {given_back} cases"
        );
        for case in cases {
            let bias = case.tensor::<ndarray::Ix1>("bias");
            assert!(bias.iter().all(|bias| bias.abs() > 0.1), "{}: a bias near zero", case.name);
        }
    }
}

fn norm(case: &Case) -> Result<BatchNorm, NnError> {
    #[derive(Deserialize)]
    struct Norm {
        epsilon: f32,
    }
    BatchNorm::new(
        case.tensor("norm.weight"),
        case.tensor("norm.bias"),
        case.tensor("norm.running_mean"),
        case.tensor("norm.running_var"),
        case.config::<Norm>().epsilon,
    )
}

#[test]
fn batch_norm_is_that_of_pytorch() {
    check("batch norm", "expected", 8, |case| case.run(norm(case)?));
}

#[test]
fn batch_norm_behind_a_convolution_is_that_of_pytorch() {
    check("normalised convolution", "normalised", 12, |case| case.run_both(plain(case)?, norm(case)?));
    check("normalised transposed convolution", "normalised", 12, |case| {
        case.run_both(transposed(case)?, norm(case)?)
    });
}

#[test]
fn batch_norm_folded_into_a_convolution_is_that_of_pytorch() {
    check("normalised convolution", "normalised", 12, |case| {
        let (mut weight, mut bias) = (case.tensor("weight").to_owned(), case.tensor("bias").to_owned());
        norm(case)?.fold_into(weight.view_mut().into_dyn(), bias.view_mut(), 0)?;
        case.run(TimeConv::new(case.config::<Convolution>().config(), weight.view(), bias.view())?)
    });
    // A weight with groups holds the output channels of each group in its own rows: each part is folded by itself.
    check("normalised transposed convolution", "normalised", 12, |case| {
        let config = case.config::<Convolution>().config();
        let (mut weight, mut bias) = (case.tensor("weight").to_owned(), case.tensor("bias").to_owned());
        let whole = norm(case)?;
        let (inputs, outputs) =
            (config.input.channels / config.groups, config.output_channels / config.groups);
        for (group, part) in weight.axis_chunks_iter_mut(Axis(0), inputs).enumerate() {
            let channels = group * outputs..(group + 1) * outputs;
            let norm = BatchNorm::from_affine(
                whole.scale()[channels.clone()].into(),
                whole.shift()[channels.clone()].into(),
            )?;
            norm.fold_into(part.into_dyn(), bias.slice_mut(ndarray::s![channels]), 1)?;
        }
        case.run(TimeConvTranspose::new(config, weight.view(), bias.view())?)
    });
}

#[test]
fn norm_and_rectifier_fused_into_a_convolution_are_those_of_pytorch() {
    check("normalised convolution", "normalised", 12, |case| {
        case.run(plain(case)?.then_batch_norm(&norm(case)?)?)
    });
    check("normalised convolution", "rectified", 12, |case| {
        case.run(plain(case)?.then_batch_norm(&norm(case)?)?.then_prelu(case.tensor("slopes"))?)
    });
    check("normalised transposed convolution", "normalised", 12, |case| {
        case.run(transposed(case)?.then_batch_norm(&norm(case)?)?)
    });
    check("normalised transposed convolution", "rectified", 12, |case| {
        case.run(transposed(case)?.then_batch_norm(&norm(case)?)?.then_prelu(case.tensor("slopes"))?)
    });
}

fn weights(case: &Case, direction: &str) -> RecurrentWeights<'static> {
    RecurrentWeights {
        weight_ih: case.tensor(&format!("weight_ih_l0{direction}")),
        weight_hh: case.tensor(&format!("weight_hh_l0{direction}")),
        bias_ih: case.tensor(&format!("bias_ih_l0{direction}")),
        bias_hh: case.tensor(&format!("bias_hh_l0{direction}")),
    }
}

fn recurrent<C: Cell>(case: &Case) -> Result<Array3<f32>, NnError> {
    #[derive(Deserialize)]
    struct Recurrent {
        form: String,
    }
    match case.config::<Recurrent>().form.as_str() {
        "time" => case.run(TimeRecurrent::<C>::new(weights(case, ""))?),
        "upward" => case.run(BinRecurrent::<C>::upward(weights(case, ""))?),
        "both" => case.run(BinRecurrent::<C>::both(weights(case, ""), weights(case, "_reverse"))?),
        form => panic!("{}: unknown form {form}", case.name),
    }
}

#[test]
fn gru_along_time_and_along_bins_is_that_of_pytorch() {
    check("GRU", "expected", 60, recurrent::<GruCell>);
}

#[test]
fn lstm_along_time_and_along_bins_is_that_of_pytorch() {
    check("LSTM", "expected", 60, recurrent::<LstmCell>);
}

#[test]
fn linear_is_that_of_pytorch() {
    check("linear", "expected", 12, |case| {
        case.run(Linear::new(case.tensor("weight"), case.tensor("bias"))?)
    });
}

#[test]
fn layer_norm_is_that_of_pytorch() {
    #[derive(Deserialize)]
    struct Norm {
        over: String,
        epsilon: f32,
    }
    check("layer norm", "expected", 20, |case| {
        let Norm { over, epsilon } = case.config();
        case.run(match over.as_str() {
            "channels" => LayerNorm::channels(case.tensor("weight"), case.tensor("bias"), epsilon)?,
            "frame" => LayerNorm::frame(case.tensor("weight"), case.tensor("bias"), epsilon)?,
            over => panic!("{}: over {over}", case.name),
        })
    });
}

#[test]
fn prelu_is_that_of_pytorch() {
    check("PReLU", "expected", 10, |case| case.run(PRelu::new(case.tensor("slopes"))?));
}

#[test]
fn activation_curves_are_those_of_pytorch() {
    #[derive(Deserialize)]
    struct Curve {
        curve: String,
    }
    check("activation", "expected", 25, |case| {
        case.run(match case.config::<Curve>().curve.as_str() {
            "ReLU" => Activation::relu(),
            "ELU" => Activation::elu(),
            "SiLU" => Activation::silu(),
            "tanh" => Activation::tanh(),
            "sigmoid" => Activation::sigmoid(),
            curve => panic!("{}: unknown curve {curve}", case.name),
        })
    });
}

#[test]
fn channel_shuffle_is_that_of_pytorch() {
    #[derive(Deserialize)]
    struct Shuffle {
        groups: usize,
    }
    check("channel shuffle", "expected", 8, |case| {
        case.run(ChannelShuffle::new(case.config::<Shuffle>().groups)?)
    });
}

#[test]
fn complex_mask_is_the_complex_product() {
    check("complex mask", "expected", 8, |case| {
        let input = case.tensor("input");
        let mut graph = GraphBuilder::new(shape(input));
        let wire = graph.input();
        let mask = graph.add("mask", Slice::new(framewise::nn::Axis::Channels, 0..2), &[wire])?;
        let spectrum = graph.add("spectrum", Slice::new(framewise::nn::Axis::Channels, 2..4), &[wire])?;
        let output = graph.add("product", ComplexMask, &[mask, spectrum])?;
        Ok(graph.finish(output)?.with_kernels(kernels()).run(input))
    });
}

#[test]
fn compressed_spectrum_is_its_formula() {
    #[derive(Deserialize)]
    struct Compressed {
        compression: f32,
    }
    check("compressed spectrum", "expected", 12, |case| {
        case.run(CompressedSpectrum::new(case.config::<Compressed>().compression))
    });
}

/// Holds a network of the training recipe against the recipe's own output, each frame against its own peak: an error in
/// a soft frame does not hide behind a loud one.
fn check_network(name: &str, latency: usize) {
    let model =
        Model::open(path(&format!("crn-{name}.safetensors"))).unwrap_or_else(|error| panic!("{error}"));
    let model = model.with_kernels(kernels());
    let graph: &Arc<Graph> = model.graph();
    assert_eq!(graph.delay(), latency, "frames of latency of {name}");
    let (tensors, _) = read(&format!("crn-{name}.spectra.safetensors"));
    let clip = |tensor: &str| tensors[tensor].view().into_dimensionality::<ndarray::Ix3>().unwrap();
    let found = graph.run(clip("input"));
    assert_eq!(found.dim(), clip("expected").dim(), "(frames, bins, parts) of {name}");
    let mut worst = 0.0f32;
    for frame in 0..found.len_of(Axis(0)) {
        let one = frame..frame + 1;
        let (found, expected) = (found.slice(ndarray::s![one.clone(), .., ..]), clip("expected"));
        let error = relative_error(found, expected.slice(ndarray::s![one, .., ..]));
        let error = error.unwrap_or_else(|reason| {
            panic!(
                "{name}, frame {frame}: {reason}\n{:?}\n{:?}",
                model.header().configuration,
                model.header().latency
            )
        });
        worst = worst.max(error);
    }
    println!("network {name}: largest relative error {worst:.1e} ({} kernels)", kernels().name());
}

#[test]
fn network_at_zero_frames_is_that_of_pytorch() {
    check_network("zero", 0);
}

#[test]
fn network_at_one_frame_is_that_of_pytorch() {
    check_network("one-frame", 1);
}

#[test]
fn network_that_looks_ahead_inside_its_decoder_is_that_of_pytorch() {
    check_network("one-frame-inside", 1);
}

#[test]
fn network_whose_look_aheads_add_up_is_that_of_pytorch() {
    check_network("five-frames", 5);
}

#[test]
fn network_with_dilation_along_time_is_that_of_pytorch() {
    check_network("dilated", 5);
}

#[test]
fn network_with_bands_and_dual_paths_is_that_of_pytorch() {
    check_network("dual-path", 1);
}

#[test]
fn network_with_output_padding_is_that_of_pytorch() {
    check_network("output-padding", 1);
}

#[test]
fn comparison_finds_what_is_wrong() {
    let expected = Array3::from_shape_fn((2, 3, 4), |(t, f, c)| (t + f + c) as f32);
    assert_eq!(relative_error(expected.view(), expected.view()), Ok(0.0));
    for wrong in [2.001, f32::NAN, f32::INFINITY] {
        let mut found = expected.clone();
        found[[1, 1, 0]] = wrong;
        assert!(relative_error(found.view(), expected.view()).is_err(), "{wrong} for 2");
    }
    assert!(relative_error(Array3::zeros((2, 4, 3)).view(), expected.view()).is_err());
}

/// Names the kernels that a process started by [`every_choice_of_kernels_agrees_with_pytorch`] must be running on.
const CHOSEN: &str = "FRAMEWISE_GOLDEN_KERNELS";

#[test]
fn kernels_are_the_chosen_ones() {
    if let Ok(chosen) = std::env::var(CHOSEN) {
        assert_eq!(kernels().name(), chosen);
    }
}

/// The choice is made once in the life of a process, so each gets a process of its own.
#[test]
// There are no other processes there.
#[cfg(not(target_family = "wasm"))]
fn every_choice_of_kernels_agrees_with_pytorch() {
    let mut outcomes = BTreeMap::new();
    for kernels in Kernels::available() {
        let tests = Command::new(std::env::current_exe().unwrap())
            .args([
                "--skip",
                "every_choice_of_kernels_agrees_with_pytorch",
                "--nocapture",
                "--test-threads",
                "1",
            ])
            .env(VARIABLE, kernels.name())
            .env(CHOSEN, kernels.name())
            .output()
            .unwrap();
        let text =
            String::from_utf8_lossy(&tests.stdout).into_owned() + &String::from_utf8_lossy(&tests.stderr);
        println!("{text}");
        outcomes.insert(kernels.name(), tests.status.success());
    }
    assert!(outcomes.values().all(|success| *success), "which kernels agree: {outcomes:?}");
}
