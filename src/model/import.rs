//! Published checkpoints turned into model files.

use super::checkpoint::{self, StateDict, Tensor};
use super::{FORMAT, GtcrnConfig, Header, LatencySpent, Model, ModelError, file};
use ndarray::ArrayD;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Of the batch norms: PyTorch's default, which the published code keeps.
const EPSILON: f32 = 1e-5;
/// Slots of the published network's lists of blocks.
const ENCODER: &str = "encoder.en_convs";
const DECODER: &str = "decoder.de_convs";

/// A model as the bytes of a model file, and the model itself.
#[derive(Debug)]
pub struct Imported {
    /// The model, built from those bytes.
    pub model: Model,
    /// The model file.
    pub bytes: Vec<u8>,
}

/// Reads a GTCRN checkpoint as its authors publish them, or a safetensors file of the same state dict.
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
    convert(&name, &stem, &weights)
}

fn convert(file: &str, name: &str, weights: &StateDict) -> Result<Imported, ModelError> {
    let config = GtcrnConfig::default();
    let mut source =
        Source { file, weights, taken: BTreeSet::new(), missing: Vec::new(), tensors: BTreeMap::new() };
    let temporal = config.dilations.len();

    source.copy("bands.weight", "erb.erb_fc.weight");
    source.copy("bins.weight", "erb.ierb_fc.weight");
    for i in 0..2 {
        source.block(&format!("encoder.{i}"), &format!("{ENCODER}.{i}"), "conv", "bn", Some("act"));
    }
    for i in 0..temporal {
        source.temporal(&format!("encoder.{}", i + 2), &format!("{ENCODER}.{}", i + 2), false);
        source.temporal(&format!("decoder.{i}"), &format!("{DECODER}.{i}"), true);
    }
    let (last, end) = (temporal, temporal + 1);
    source.block(&format!("decoder.{last}"), &format!("{DECODER}.{last}"), "conv", "bn", Some("act"));
    source.block(&format!("decoder.{end}"), &format!("{DECODER}.{end}"), "conv", "bn", None);
    for i in 0..config.dual_paths {
        let (to, from) = (format!("dual_path.{i}"), format!("dpgrnn{}", i + 1));
        source.path(&format!("{to}.bins"), &format!("{from}.intra"), &["_l0", "_l0_reverse"]);
        source.path(&format!("{to}.time"), &format!("{from}.inter"), &["_l0"]);
    }
    let tensors = source.finish()?;

    let header = Header {
        format: FORMAT,
        name: name.to_owned(),
        sample_rate: 16_000,
        window: 512,
        hop: 256,
        architecture: "gtcrn".into(),
        configuration: serde_json::to_value(&config).expect("plain numbers"),
        latency: LatencySpent::default(),
        training: serde_json::Value::String("imported from a published PyTorch checkpoint".into()),
        licence: "that of the checkpoint".into(),
    };
    let bytes = file::write(file, &header, &tensors)?;
    let model = Model::from_bytes(file, &bytes)?;
    Ok(Imported { model, bytes })
}

/// The checkpoint's tensors on their way to the names of a model file.
struct Source<'a> {
    file: &'a str,
    weights: &'a StateDict,
    taken: BTreeSet<String>,
    missing: Vec<String>,
    tensors: BTreeMap<String, ArrayD<f32>>,
}

impl Source<'_> {
    fn take(&mut self, name: &str) -> Option<Tensor> {
        let tensor = self.weights.get(name).cloned();
        match tensor {
            Some(_) => {
                self.taken.insert(name.to_owned());
            }
            None => self.missing.push(name.to_owned()),
        }
        tensor
    }

    fn put(&mut self, name: String, tensor: Tensor) {
        let array = ArrayD::from_shape_vec(tensor.shape, tensor.values)
            .expect("a tensor has as many values as it says");
        self.tensors.insert(name, array);
    }

    fn copy(&mut self, to: &str, from: &str) {
        if let Some(tensor) = self.take(from) {
            self.put(to.to_owned(), tensor);
        }
    }

    /// A convolution with its norm, and the slope behind it.
    fn block(&mut self, to: &str, from: &str, conv: &str, norm: &str, activation: Option<&str>) {
        self.copy(&format!("{to}.conv.weight"), &format!("{from}.{conv}.weight"));
        self.copy(&format!("{to}.conv.bias"), &format!("{from}.{conv}.bias"));
        let norm = |part: &str| format!("{from}.{norm}.{part}");
        let parts = ["weight", "bias", "running_mean", "running_var"].map(|part| self.take(&norm(part)));
        // Counts batches in training; serves nothing afterwards, and some files lack it.
        self.taken.insert(norm("num_batches_tracked"));
        if let [Some(weight), Some(bias), Some(mean), Some(variance)] = parts {
            let shape = weight.shape.clone();
            let same = [&bias, &mean, &variance].iter().all(|tensor| tensor.shape == shape);
            if let Some(uneven) = (!same).then(|| norm("bias, running_mean or running_var")) {
                self.missing.push(format!("{uneven} of shape {shape:?}"));
                return;
            }
            // In the order of PyTorch's own kernels: `y = fma(x, scale, shift)`.
            let scale: Vec<f32> = weight
                .values
                .iter()
                .zip(&variance.values)
                .map(|(w, v)| w * (1.0 / (v + EPSILON).sqrt()))
                .collect();
            let shift =
                (0..scale.len()).map(|c| (-mean.values[c]).mul_add(scale[c], bias.values[c])).collect();
            self.put(format!("{to}.conv.scale"), Tensor { shape: shape.clone(), values: scale });
            self.put(format!("{to}.conv.shift"), Tensor { shape, values: shift });
        }
        if let Some(activation) = activation {
            self.copy(&format!("{to}.activation.weight"), &format!("{from}.{activation}.weight"));
        }
    }

    fn temporal(&mut self, to: &str, from: &str, transposed: bool) {
        let block = |part: &str| format!("{to}.{part}");
        self.block(&block("point_in"), from, "point_conv1", "point_bn1", Some("point_act"));
        self.merge_unfold(&block("point_in.conv.weight"), transposed);
        self.block(&block("depth"), from, "depth_conv", "depth_bn", Some("depth_act"));
        self.block(&block("point_out"), from, "point_conv2", "point_bn2", None);
        self.recurrent(&block("attention.gru"), &format!("{from}.tra.att_gru"), "_l0");
        self.linear(&block("attention.linear"), &format!("{from}.tra.att_fc"));
    }

    /// A point convolution of unfolded bins, (out, 3 in, 1, 1) or transposed (3 in, out, 1, 1), where channel `c` of
    /// neighbour `j` is input `3 c + j`, as the convolution of three taps that it is: (out, in, 1, 3).
    fn merge_unfold(&mut self, name: &str, transposed: bool) {
        let Some(weight) = self.tensors.remove(name) else { return };
        let mut weight = weight;
        if transposed && weight.ndim() == 4 {
            weight.swap_axes(0, 1);
        }
        let merged = match *weight.shape() {
            [outputs, inputs, 1, 1] if inputs % 3 == 0 => {
                let values = weight.iter().copied().collect();
                ArrayD::from_shape_vec(vec![outputs, inputs / 3, 1, 3], values).expect("as many values")
            }
            // Of another shape: the network's builder says which it needs.
            _ => weight,
        };
        self.tensors.insert(name.to_owned(), merged);
    }

    /// One half of a dual path: two recurrent layers, a linear one, a norm.
    fn path(&mut self, to: &str, from: &str, ends: &[&str]) {
        for i in 0..2 {
            for end in ends {
                self.recurrent(&format!("{to}.gru.{i}"), &format!("{from}_rnn.rnn{}", i + 1), end);
            }
        }
        self.linear(&format!("{to}.linear"), &format!("{from}_fc"));
        self.linear(&format!("{to}.norm"), &format!("{from}_ln"));
    }

    fn recurrent(&mut self, to: &str, from: &str, end: &str) {
        for part in ["weight_ih", "weight_hh", "bias_ih", "bias_hh"] {
            self.copy(&format!("{to}.{part}{end}"), &format!("{from}.{part}{end}"));
        }
    }

    fn linear(&mut self, to: &str, from: &str) {
        for part in ["weight", "bias"] {
            self.copy(&format!("{to}.{part}"), &format!("{from}.{part}"));
        }
    }

    fn finish(self) -> Result<BTreeMap<String, ArrayD<f32>>, ModelError> {
        let spare: Vec<_> =
            self.weights.names().filter(|name| !self.taken.contains(*name)).map(str::to_owned).collect();
        if self.missing.is_empty() && spare.is_empty() {
            return Ok(self.tensors);
        }
        Err(ModelError::NotThisNetwork {
            file: self.file.to_owned(),
            network: "GTCRN",
            missing: self.missing,
            spare,
        })
    }
}
