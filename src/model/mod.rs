//! Model files and the networks that they describe.
//!
//! A model is one [safetensors](https://github.com/huggingface/safetensors) file: tensors under the names that the
//! network's builder asks for, and a JSON [`Header`] under the metadata key `framewise`.

mod architecture;
mod builder;
pub mod builtin;
#[cfg(feature = "import")]
pub mod checkpoint;
mod crn;
mod dual_path;
mod error;
mod file;
mod gtcrn;
mod header;
#[cfg(feature = "import")]
mod import;
mod latency;
mod tensors;
mod wording;

pub use crn::CrnConfig;
pub use error::ModelError;
pub use gtcrn::GtcrnConfig;
pub use header::{FORMAT, Header, LatencySpent};
#[cfg(feature = "import")]
pub use import::{Imported, import_gtcrn};
pub use latency::Latency;
pub(crate) use wording::and;

use crate::dsp::Stft;
use crate::nn::{FrameShape, Graph, Kernels};
use architecture::Architecture;
use std::path::Path;
use std::sync::Arc;

/// Floats of state, 256 MiB: a hundred times what a denoiser needs.
const MOST_STATE: usize = 1 << 26;

/// A network with its weights, and all that is needed to run it on samples. Cheap to clone.
///
/// ```
/// use framewise::model::{Latency, Model};
/// let model = Model::builtin(Latency::ONE);
/// assert_eq!(model.graph().delay(), 1);
/// assert_eq!(model.sample_rate(), 16_000);
/// ```
#[derive(Clone, Debug)]
pub struct Model {
    header: Arc<Header>,
    graph: Arc<Graph>,
    stft: Stft,
    look_ahead_layers: Arc<[String]>,
}

impl Model {
    /// Reads a model file.
    ///
    /// # Errors
    /// If the file cannot be read or is not a model in every point; the message names file, tensor, expected and found.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, ModelError> {
        let path = path.as_ref();
        let name = path.display().to_string();
        Self::from_bytes(&name, &file::read(path, &name)?)
    }

    /// Reads a model from memory; `name` stands for the file in messages.
    ///
    /// # Errors
    /// As [`Model::open`].
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, ModelError> {
        let (header, tensors) = file::parse(name, bytes)?;
        Self::assemble(name, header, &tensors)
    }

    /// The model of the first family in [`builtin::ALL`] for a latency.
    ///
    /// # Panics
    /// If it is not one of [`Latency::ALL`]; [`builtin::find`] returns an error instead.
    pub fn builtin(latency: Latency) -> Self {
        let family = builtin::ALL[0].family();
        builtin::find(family, Some(latency)).unwrap_or_else(|error| panic!("{error}"))
    }

    /// A network of this header with random weights: for experiments on structure, delay and cost.
    ///
    /// The frames of latency are those that follow from the layers, whatever the header says.
    ///
    /// # Errors
    /// If the header is not one of a network that can be built: a layer that is not there or cannot look so far ahead, say.
    pub fn untrained(header: &Header, seed: u64) -> Result<Self, ModelError> {
        let name = &header.name;
        let mut model = Self::build(name, header.clone(), &tensors::Tensors::random(name, seed))?;
        Arc::make_mut(&mut model.header).latency.frames = model.graph.delay();
        Ok(model)
    }

    fn assemble(name: &str, header: Header, tensors: &tensors::Tensors) -> Result<Self, ModelError> {
        let model = Self::build(name, header, tensors)?;
        let (declared, derived) = (model.header.latency.frames, model.graph.delay());
        if declared != derived {
            return Err(ModelError::LatencyMismatch { file: name.to_owned(), declared, derived });
        }
        Ok(model)
    }

    /// The network that a header describes, whatever it says of latency, and the transform around it.
    fn build(name: &str, header: Header, tensors: &tensors::Tensors) -> Result<Self, ModelError> {
        let stft = match header.synthesis_window {
            Some(synthesis) => Stft::low_delay(header.window, synthesis, header.hop),
            None => Stft::sqrt_hann(header.window, header.hop),
        };
        let stft = stft.map_err(|source| ModelError::Transform { file: name.to_owned(), source })?;
        let input = FrameShape::new(stft.bins(), 2);
        let mut net = builder::NetBuilder::new(input, tensors, &header.latency.look_ahead);
        let output = Architecture::build(&mut net, &header)?;
        let (graph, look_ahead_layers) = net.finish(output)?;
        // Bounds what a session of a broken file may ask for.
        let state = graph.summary().state();
        if state > MOST_STATE {
            return Err(ModelError::State { file: name.to_owned(), most: MOST_STATE, found: state });
        }
        if graph.output_shape() != input {
            return Err(ModelError::Output {
                file: name.to_owned(),
                expected: input,
                found: graph.output_shape(),
            });
        }
        Ok(Self { header: Arc::new(header), graph, stft, look_ahead_layers: look_ahead_layers.into() })
    }

    /// A model around any graph over spectra, such as one with layers of your own.
    ///
    /// # Errors
    /// If input and output of the graph are not spectra of the transform: (bins x 2).
    pub fn from_graph(
        name: &str,
        sample_rate: u32,
        stft: Stft,
        graph: Arc<Graph>,
    ) -> Result<Self, ModelError> {
        let spectrum = FrameShape::new(stft.bins(), 2);
        for found in [graph.input_shape(), graph.output_shape()] {
            if found != spectrum {
                return Err(ModelError::Output { file: name.to_owned(), expected: spectrum, found });
            }
        }
        let spent = graph.summary().nodes.into_iter().filter(|node| node.look_ahead > 0 && !node.inserted);
        let header = Header {
            format: FORMAT,
            name: name.to_owned(),
            sample_rate,
            window: stft.window(),
            synthesis_window: (stft.synthesis_window() != stft.window()).then(|| stft.synthesis_window()),
            hop: stft.hop(),
            architecture: "custom".into(),
            configuration: serde_json::Value::Null,
            latency: LatencySpent {
                frames: graph.delay(),
                look_ahead: spent.map(|node| (node.name, node.look_ahead)).collect(),
            },
            training: serde_json::Value::Null,
            licence: String::new(),
        };
        Ok(Self { header: Arc::new(header), graph, stft, look_ahead_layers: Arc::new([]) })
    }

    /// The model itself if it was trained for this latency.
    ///
    /// # Errors
    /// If it was trained for another one: weights for one latency are not valid for another.
    pub fn with_latency(self, latency: Latency) -> Result<Self, ModelError> {
        if self.latency() == latency {
            return Ok(self);
        }
        Err(ModelError::LatencyNotTrained {
            model: self.header.name.clone(),
            asked: latency.frames(),
            available: self.graph.delay(),
        })
    }

    /// The model on other kernels than the fastest of this processor.
    pub fn with_kernels(self, kernels: Kernels) -> Self {
        Self { graph: self.graph.with_kernels(kernels), ..self }
    }

    /// What the file says of the model.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The network.
    pub fn graph(&self) -> &Arc<Graph> {
        &self.graph
    }

    /// The transform around it.
    pub fn stft(&self) -> &Stft {
        &self.stft
    }

    /// Frames of latency, which follow from the graph.
    pub fn latency(&self) -> Latency {
        Latency::of(self.graph.delay())
    }

    /// The layers on which a header may spend look-ahead, in the order of the signal.
    pub fn look_ahead_layers(&self) -> &[String] {
        &self.look_ahead_layers
    }

    /// Samples a second that the model was trained for.
    pub fn sample_rate(&self) -> u32 {
        self.header.sample_rate
    }

    /// Multiply-adds of the network for a second of sound.
    pub fn multiply_adds_per_second(&self) -> f64 {
        let frames_per_second = f64::from(self.header.sample_rate) / self.stft.hop() as f64;
        self.graph.summary().multiply_adds() as f64 * frames_per_second
    }
}
