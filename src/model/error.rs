//! What can be wrong with a model.

use super::Latency;
#[cfg(feature = "import")]
use super::checkpoint::CheckpointError;
use super::wording::{and, any_of, line, listed, shown};
use crate::dsp::DspError;
use crate::nn::{FrameShape, NnError};

/// Why a model cannot be used. Each message is one line that names the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// What is no latency.
    #[error("`{found}` is not a latency: expected zero, one or a number of frames")]
    Latency {
        /// What was found.
        found: String,
    },
    /// No model of that name or family is compiled in.
    #[error("no built-in model `{found}`: there are {}", and(available))]
    NoBuiltin {
        /// What was asked for.
        found: String,
        /// Names and families that there are.
        available: Vec<String>,
    },
    /// A built-in model or family has no such latency.
    #[error("built-in model `{model}` has no latency of {asked}: there {} {}", if available.len() == 1 { "is" } else { "are" },
        and(available))]
    NoBuiltinLatency {
        /// Name or family.
        model: String,
        /// Latency that was asked for.
        asked: Latency,
        /// Latencies that there are.
        available: Vec<Latency>,
    },
    /// The file cannot be read.
    #[error("{file}: cannot be read: {source}")]
    Read {
        /// The file.
        file: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is not a safetensors file, or a broken one.
    #[error("{file}: not a model file: {}", line(reason))]
    NotAModel {
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// The header is missing or does not say what it must.
    #[error("{file}: bad model header: {}", line(reason))]
    Header {
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// The file was written by a later version.
    #[error("{file}: model format {found}, expected {expected}")]
    UnknownFormat {
        /// The file.
        file: String,
        /// The format that this version reads.
        expected: u32,
        /// The format of the file.
        found: u64,
    },
    /// The network is of a kind that this version does not know.
    #[error("{file}: architecture `{}`, expected {expected}", shown(found))]
    UnknownArchitecture {
        /// The file.
        file: String,
        /// Architectures that there are.
        expected: String,
        /// The file's.
        found: String,
    },
    /// The network needs a tensor that the file lacks.
    #[error("{file}: tensor `{tensor}` is missing, expected shape {expected:?}")]
    MissingTensor {
        /// The file.
        file: String,
        /// Name of the tensor.
        tensor: String,
        /// Shape that the network needs.
        expected: Vec<usize>,
    },
    /// The file holds tensors that the network does not use.
    #[error("{file}: tensors that the network does not use: {}", listed(tensors))]
    SpareTensors {
        /// The file.
        file: String,
        /// Their names.
        tensors: Vec<String>,
    },
    /// A tensor has another shape than the network needs.
    #[error("{file}: tensor `{tensor}` has shape {found:?}, expected {expected:?}")]
    TensorShape {
        /// The file.
        file: String,
        /// Name of the tensor.
        tensor: String,
        /// Shape that the network needs.
        expected: Vec<usize>,
        /// Shape in the file.
        found: Vec<usize>,
    },
    /// A tensor would be larger than any that is made.
    #[error("{file}: tensor `{tensor}` would have shape {shape:?}, expected at most {most} numbers")]
    TooLarge {
        /// The file, or the name of the network.
        file: String,
        /// Name of the tensor.
        tensor: String,
        /// Numbers that a tensor may have.
        most: usize,
        /// Shape that the network needs.
        shape: Vec<usize>,
    },
    /// A tensor is not of 32-bit floats.
    #[error("{file}: tensor `{}` is of type {found}, expected F32", shown(tensor))]
    TensorType {
        /// The file.
        file: String,
        /// Name of the tensor.
        tensor: String,
        /// Its type.
        found: String,
    },
    /// A weight is infinite or not a number.
    #[error(
        "{file}: tensor `{}` holds {found} at position {position}, expected finite numbers",
        shown(tensor)
    )]
    NonFinite {
        /// The file.
        file: String,
        /// Name of the tensor.
        tensor: String,
        /// Position in memory order.
        position: usize,
        /// The value.
        found: f32,
    },
    /// A layer cannot be built from the header's hyper-parameters.
    #[error("{file}: {source}")]
    Layer {
        /// The file.
        file: String,
        /// Which layer, and why.
        source: NnError,
    },
    /// The transform cannot be built from the header's window and hop.
    #[error("{file}: {source}")]
    Transform {
        /// The file.
        file: String,
        /// Why.
        source: DspError,
    },
    /// The network's output is not a spectrum like its input.
    #[error("{file}: the network gives frames of {found} (bins x channels), expected {expected}")]
    Output {
        /// The file.
        file: String,
        /// Shape of the spectrum.
        expected: FrameShape,
        /// Shape of the output.
        found: FrameShape,
    },
    /// The network would need too much memory in each channel.
    #[error("{file}: the network keeps {found} floats of state a channel, expected at most {most}")]
    State {
        /// The file.
        file: String,
        /// Floats allowed.
        most: usize,
        /// Floats that it would need.
        found: usize,
    },
    /// The header gives look-ahead to a layer that there is not, or that can have none.
    #[error(
        "{file}: look-ahead is given to `{}`, which is no convolution of this network, expected {}",
        shown(layer),
        any_of(known)
    )]
    LookAheadLayer {
        /// The file.
        file: String,
        /// Name in the header.
        layer: String,
        /// Layers that can look ahead.
        known: Vec<String>,
    },
    /// A look-ahead is to be spent, but no layer is named or there is none that can look ahead.
    #[error("{model}: has no layer to look ahead with")]
    NoLookAhead {
        /// Name of the model.
        model: String,
    },
    /// The kernel along time is to be changed, but is no part of the configuration.
    #[error("{model}: the kernel along time of `{}` is fixed", shown(architecture))]
    FixedKernel {
        /// Name of the model.
        model: String,
        /// The kind of network.
        architecture: String,
    },
    /// The header's latency is not what its layers add up to.
    #[error("{file}: the header says a latency of {declared} frames, its layers add up to {derived}")]
    LatencyMismatch {
        /// The file.
        file: String,
        /// Frames in the header.
        declared: usize,
        /// Frames of the graph.
        derived: usize,
    },
    /// The model was not trained for the latency that was asked for.
    #[error("model `{}` is trained for a latency of {available} frames, not for {asked}", shown(model))]
    LatencyNotTrained {
        /// Name of the model.
        model: String,
        /// Frames asked for.
        asked: usize,
        /// Frames that it was trained for.
        available: usize,
    },
    /// A checkpoint cannot be read.
    #[cfg(feature = "import")]
    #[error("{source}")]
    Checkpoint {
        /// Which file, and why.
        source: CheckpointError,
    },
    /// A checkpoint holds another network.
    #[cfg(feature = "import")]
    #[error("{file}: not a {network} checkpoint: missing {}; spare {}", listed(missing), listed(spare))]
    NotThisNetwork {
        /// The file.
        file: String,
        /// The network that was expected.
        network: &'static str,
        /// Tensors that it needs and the file lacks.
        missing: Vec<String>,
        /// Tensors of the file that it does not know.
        spare: Vec<String>,
    },
    /// A checkpoint holds the network more than once, such as an average of it beside it.
    #[cfg(feature = "import")]
    #[error("{file}: holds {network} under several names ({}): save the one that is wanted alone", prefixes.join(", "))]
    SeveralNetworks {
        /// The file.
        file: String,
        /// The network.
        network: &'static str,
        /// What the names of each begin with.
        prefixes: Vec<String>,
    },
    /// A model file cannot be written.
    #[cfg(feature = "import")]
    #[error("{file}: cannot be written as a model file: {reason}")]
    Write {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
}
