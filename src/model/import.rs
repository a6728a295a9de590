//! Published checkpoints turned into model files.

use super::checkpoint::{self, StateDict, Tensor};
use super::wording::shown;
use super::{FORMAT, GtcrnConfig, Header, LatencySpent, Model, ModelError, file, gtcrn};
use crate::nn::BatchNorm;
use ndarray::{Array1, ArrayD, Axis};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Of the batch norms: PyTorch's default, which the published code keeps.
const EPSILON: f32 = 1e-5;
/// Slots of the published network's lists of blocks.
const ENCODER: &str = "encoder.en_convs";
const DECODER: &str = "decoder.de_convs";
/// A tensor that every such network has, and nothing else.
const SIGN: &str = "erb.erb_fc.weight";
/// Bins of a spectrum.
const BINS: usize = 257;
/// Magnitude, real and imaginary part of three neighbouring bins.
const FEATURES: usize = 9;
/// Groups of channels.
const GROUPS: usize = 2;

/// A model as the bytes of a model file, and the model itself.
#[derive(Debug)]
#[non_exhaustive]
pub struct Imported {
    /// The model, built from those bytes.
    pub model: Model,
    /// The model file.
    pub bytes: Vec<u8>,
}

/// Reads a GTCRN checkpoint as its authors publish them, or a safetensors file of the same state dict. The names may begin
/// with a prefix, as those of PyTorch Lightning and of wrapped modules do.
///
/// Every name and shape is checked. Each batch norm becomes the scale and shift that the convolution before it applies
/// to its sums, and each point convolution of unfolded bins a convolution of three taps.
///
/// # Errors
/// If the file cannot be read, is of something else (the message lists what is missing and what is spare), or holds
/// numbers that are not finite.
pub fn import_gtcrn(path: impl AsRef<Path>) -> Result<Imported, ModelError> {
    let path = path.as_ref();
    let name = path.display().to_string();
    let stem = path.file_stem().map_or_else(|| "gtcrn".into(), |stem| stem.to_string_lossy().into_owned());
    let weights = checkpoint::read(path).map_err(|source| ModelError::Checkpoint { source })?;
    convert(&name, &stem, &network_of(&name, weights)?)
}

/// The network's own tensors, where a training framework keeps it as a part of something larger: then all of its names
/// begin with a prefix, such as `model.`, and what has another beginning belongs to other parts, such as a loss.
fn network_of(file: &str, weights: StateDict) -> Result<StateDict, ModelError> {
    let before = |name: &str| {
        let prefix = name.strip_suffix(SIGN)?;
        (prefix.is_empty() || prefix.ends_with('.')).then(|| prefix.to_owned())
    };
    let prefixes: Vec<_> = weights.names().filter_map(before).collect();
    match prefixes.as_slice() {
        [] => Ok(weights),
        [prefix] if prefix.is_empty() => Ok(weights),
        [prefix] => Ok(weights.under(prefix)),
        _ => {
            let named = |prefix: &String| if prefix.is_empty() { "none".into() } else { shown(prefix) };
            let prefixes = prefixes.iter().map(named).collect();
            Err(ModelError::SeveralNetworks { file: file.to_owned(), network: "GTCRN", prefixes })
        }
    }
}

fn convert(file: &str, name: &str, weights: &StateDict) -> Result<Imported, ModelError> {
    let config = GtcrnConfig::default();
    let mut conversion = Conversion {
        file,
        weights,
        taken: BTreeSet::new(),
        missing: Vec::new(),
        fault: None,
        tensors: BTreeMap::new(),
    };
    let (channels, temporal) = (config.channels, config.dilations.len());
    let upper = BINS - config.kept_bins;

    conversion.copy("bands.weight", "erb.erb_fc.weight", &[config.bands, upper]);
    conversion.copy("bins.weight", "erb.ierb_fc.weight", &[upper, config.bands]);
    for (i, inputs) in [FEATURES, channels / GROUPS].into_iter().enumerate() {
        let weight = [channels, inputs, 1, 5];
        conversion.block(&format!("encoder.{i}"), &format!("{ENCODER}.{i}"), STRIDED, weight, channels);
    }
    for i in 0..temporal {
        conversion.temporal(&format!("encoder.{}", i + 2), &format!("{ENCODER}.{}", i + 2), channels, false);
        conversion.temporal(&format!("decoder.{i}"), &format!("{DECODER}.{i}"), channels, true);
    }
    let last = [(STRIDED, channels, channels / GROUPS), (Names { activation: None, ..STRIDED }, 2, 2)];
    for (i, (names, outputs, each)) in last.into_iter().enumerate() {
        let (to, from) = (format!("decoder.{}", temporal + i), format!("{DECODER}.{}", temporal + i));
        conversion.block(&to, &from, names, [channels, each, 1, 5], outputs);
    }
    // Two blocks of stride two lie before the dual paths.
    let width = (config.kept_bins + config.bands - 1) / 4 + 1;
    for i in 0..config.dual_paths {
        let (to, from) = (format!("dual_path.{i}"), format!("dpgrnn{}", i + 1));
        let sizes = |hidden: usize| PathSizes { width, channels, hidden };
        let ends = ["_l0", "_l0_reverse"];
        conversion.path(&format!("{to}.bins"), &format!("{from}.intra"), &ends, sizes(channels / GROUPS / 2));
        conversion.path(
            &format!("{to}.time"),
            &format!("{from}.inter"),
            &ends[..1],
            sizes(channels / GROUPS),
        );
    }
    let tensors = conversion.finish()?;

    let header = Header {
        format: FORMAT,
        name: name.to_owned(),
        sample_rate: 16_000,
        window: 512,
        synthesis_window: None,
        hop: 256,
        architecture: gtcrn::NAME.into(),
        configuration: serde_json::to_value(&config).expect("plain numbers"),
        latency: LatencySpent::default(),
        training: serde_json::Value::String("imported from a published PyTorch checkpoint".into()),
        licence: "that of the checkpoint".into(),
    };
    let bytes = file::write(file, &header, &tensors)?;
    let model = Model::from_bytes(file, &bytes)?;
    Ok(Imported { model, bytes })
}

/// What a convolution, the norm behind it and the slope behind that are called in a checkpoint.
#[derive(Clone, Copy)]
struct Names {
    conv: &'static str,
    norm: &'static str,
    activation: Option<&'static str>,
}

const STRIDED: Names = Names { conv: "conv", norm: "bn", activation: Some("act") };
const POINT_IN: Names = Names { conv: "point_conv1", norm: "point_bn1", activation: Some("point_act") };
const DEPTH: Names = Names { conv: "depth_conv", norm: "depth_bn", activation: Some("depth_act") };
const POINT_OUT: Names = Names { conv: "point_conv2", norm: "point_bn2", activation: None };

/// Sizes of one half of a dual path; `hidden` units a group.
#[derive(Clone, Copy)]
struct PathSizes {
    width: usize,
    channels: usize,
    hidden: usize,
}

/// The checkpoint's tensors on their way to the names of a model file.
struct Conversion<'a> {
    file: &'a str,
    weights: &'a StateDict,
    taken: BTreeSet<String>,
    missing: Vec<String>,
    /// The first tensor that is there and of no use.
    fault: Option<ModelError>,
    tensors: BTreeMap<String, ArrayD<f32>>,
}

impl Conversion<'_> {
    fn take(&mut self, name: &str, shape: &[usize]) -> Option<Tensor> {
        let Some(tensor) = self.weights.get(name) else {
            self.missing.push(name.to_owned());
            return None;
        };
        self.taken.insert(name.to_owned());
        let (file, name) = (self.file.to_owned(), name.to_owned());
        if tensor.shape != shape {
            let (expected, found) = (shape.to_vec(), tensor.shape.clone());
            self.fault.get_or_insert(ModelError::TensorShape { file, tensor: name, expected, found });
            return None;
        }
        if let Some(position) = tensor.values.iter().position(|value| !value.is_finite()) {
            let found = tensor.values[position];
            self.fault.get_or_insert(ModelError::NonFinite { file, tensor: name, position, found });
            return None;
        }
        Some(tensor.clone())
    }

    fn put(&mut self, name: String, tensor: Tensor) {
        let array = ArrayD::from_shape_vec(tensor.shape, tensor.values)
            .expect("a tensor has as many values as it says");
        self.tensors.insert(name, array);
    }

    fn copy(&mut self, to: &str, from: &str, shape: &[usize]) {
        if let Some(tensor) = self.take(from, shape) {
            self.put(to.to_owned(), tensor);
        }
    }

    /// A convolution with its norm, and the slope behind it.
    fn block(&mut self, to: &str, from: &str, names: Names, weight: [usize; 4], outputs: usize) {
        self.copy(&format!("{to}.conv.weight"), &format!("{from}.{}.weight", names.conv), &weight);
        self.copy(&format!("{to}.conv.bias"), &format!("{from}.{}.bias", names.conv), &[outputs]);
        let norm = |part: &str| format!("{from}.{}.{part}", names.norm);
        let parts =
            ["weight", "bias", "running_mean", "running_var"].map(|part| self.take(&norm(part), &[outputs]));
        // Counts batches in training; serves nothing afterwards, and some files lack it.
        self.taken.insert(norm("num_batches_tracked"));
        if let [Some(weight), Some(bias), Some(mean), Some(variance)] = parts {
            let array = |tensor: &Tensor| Array1::from_vec(tensor.values.clone());
            let [weight, bias, mean, variance] = [&weight, &bias, &mean, &variance].map(array);
            let norm = BatchNorm::new(weight.view(), bias.view(), mean.view(), variance.view(), EPSILON)
                .expect("four tensors of one shape");
            let (scale, shift) = (norm.scale().to_vec(), norm.shift().to_vec());
            self.put(format!("{to}.conv.scale"), Tensor { shape: vec![outputs], values: scale });
            self.put(format!("{to}.conv.shift"), Tensor { shape: vec![outputs], values: shift });
        }
        if let Some(activation) = names.activation {
            self.copy(&format!("{to}.activation.weight"), &format!("{from}.{activation}.weight"), &[1]);
        }
    }

    fn temporal(&mut self, to: &str, from: &str, channels: usize, transposed: bool) {
        let block = |part: &str| format!("{to}.{part}");
        let half = channels / 2;
        let point = |outputs: usize, inputs: usize| {
            if transposed { [inputs, outputs, 1, 1] } else { [outputs, inputs, 1, 1] }
        };
        self.block(&block("point_in"), from, POINT_IN, point(channels, 3 * half), channels);
        self.merge_unfold(&block("point_in.conv.weight"), transposed);
        self.block(&block("depth"), from, DEPTH, [channels, 1, 3, 3], channels);
        self.block(&block("point_out"), from, POINT_OUT, point(half, channels), half);
        let attention = format!("{from}.tra");
        self.recurrent(&block("attention.gru"), &format!("{attention}.att_gru"), "_l0", half, 2 * half);
        self.linear(&block("attention.linear"), &format!("{attention}.att_fc"), &[half, 2 * half], &[half]);
    }

    /// A point convolution of unfolded bins, (out, 3 in, 1, 1) or transposed (3 in, out, 1, 1), where channel `c` of
    /// neighbour `j` is input `3 c + j`, as the convolution of three taps that it is: (out, in, 1, 3).
    fn merge_unfold(&mut self, name: &str, transposed: bool) {
        let Some(mut weight) = self.tensors.remove(name) else { return };
        if transposed {
            weight.swap_axes(0, 1);
        }
        let sizes = vec![weight.len_of(Axis(0)), weight.len_of(Axis(1)) / 3, 1, 3];
        let merged = ArrayD::from_shape_vec(sizes, weight.iter().copied().collect());
        self.tensors.insert(name.to_owned(), merged.expect("three neighbours of each channel"));
    }

    /// One half of a dual path: recurrent layers of each group, a linear one, a norm.
    fn path(&mut self, to: &str, from: &str, ends: &[&str], sizes: PathSizes) {
        let PathSizes { width, channels, hidden } = sizes;
        for i in 0..GROUPS {
            for end in ends {
                let from = format!("{from}_rnn.rnn{}", i + 1);
                self.recurrent(&format!("{to}.gru.{i}"), &from, end, channels / GROUPS, hidden);
            }
        }
        self.linear(&format!("{to}.linear"), &format!("{from}_fc"), &[channels, channels], &[channels]);
        self.linear(&format!("{to}.norm"), &format!("{from}_ln"), &[width, channels], &[width, channels]);
    }

    fn recurrent(&mut self, to: &str, from: &str, end: &str, inputs: usize, hidden: usize) {
        let gates = 3 * hidden;
        let shapes: [(&str, &[usize]); 4] = [
            ("weight_ih", &[gates, inputs]),
            ("weight_hh", &[gates, hidden]),
            ("bias_ih", &[gates]),
            ("bias_hh", &[gates]),
        ];
        for (part, shape) in shapes {
            self.copy(&format!("{to}.{part}{end}"), &format!("{from}.{part}{end}"), shape);
        }
    }

    fn linear(&mut self, to: &str, from: &str, weight: &[usize], bias: &[usize]) {
        self.copy(&format!("{to}.weight"), &format!("{from}.weight"), weight);
        self.copy(&format!("{to}.bias"), &format!("{from}.bias"), bias);
    }

    fn finish(self) -> Result<BTreeMap<String, ArrayD<f32>>, ModelError> {
        let spare: Vec<_> =
            self.weights.names().filter(|name| !self.taken.contains(*name)).map(str::to_owned).collect();
        if self.missing.is_empty() && spare.is_empty() {
            return self.fault.map_or(Ok(self.tensors), Err);
        }
        Err(ModelError::NotThisNetwork {
            file: self.file.to_owned(),
            network: "GTCRN",
            missing: self.missing,
            spare,
        })
    }
}
