//! Graph building from named tensors: layers take their weights by the name they are placed under.

use super::ModelError;
use super::tensors::Tensors;
use crate::nn::{
    BatchNorm, BinGru, BinMatrix, Conv, ConvConfig, ConvKind, FrameShape, Graph, GraphBuilder, Gru, Layer,
    LayerNorm, Linear, NnError, RecurrentWeights, TimeConv, TimeConvTranspose, Wire,
};
use ndarray::{Array1, Array2, ArrayView1, ArrayView4};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A convolution and what follows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub conv: ConvConfig,
    pub transposed: bool,
    /// Whether a frozen batch norm follows.
    pub norm: bool,
    pub slopes: Slopes,
}

/// The slopes of the rectifier behind a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slopes {
    /// No rectifier.
    None,
    /// One for all channels.
    One,
    /// One a channel.
    Each,
}

/// The tensors of one direction of a recurrent layer.
struct Recurrent {
    weight_ih: Array2<f32>,
    weight_hh: Array2<f32>,
    bias_ih: Array1<f32>,
    bias_hh: Array1<f32>,
}

impl Recurrent {
    fn view(&self) -> RecurrentWeights<'_> {
        RecurrentWeights {
            weight_ih: self.weight_ih.view(),
            weight_hh: self.weight_hh.view(),
            bias_ih: self.bias_ih.view(),
            bias_hh: self.bias_hh.view(),
        }
    }
}

/// A [`GraphBuilder`] beside the tensors of a model. The name of a wire is the prefix of its weights' names.
pub(super) struct NetBuilder<'a> {
    graph: GraphBuilder,
    tensors: &'a Tensors,
    look_ahead: &'a BTreeMap<String, usize>,
    /// Blocks that asked for their look-ahead, in the order of the signal.
    look_ahead_layers: RefCell<Vec<String>>,
}

impl<'a> NetBuilder<'a> {
    pub fn new(input: FrameShape, tensors: &'a Tensors, look_ahead: &'a BTreeMap<String, usize>) -> Self {
        Self { graph: GraphBuilder::new(input), tensors, look_ahead, look_ahead_layers: RefCell::default() }
    }

    /// The file that the tensors come from.
    pub fn file(&self) -> &str {
        self.tensors.file()
    }

    pub fn input(&self) -> Wire {
        self.graph.input()
    }

    pub fn shape(&self, wire: Wire) -> FrameShape {
        self.graph.shape(wire)
    }

    /// Frames of look-ahead that the header gives to a block.
    pub fn look_ahead(&self, block: &str) -> usize {
        self.look_ahead_layers.borrow_mut().push(block.to_owned());
        self.look_ahead.get(block).copied().unwrap_or(0)
    }

    fn fault(&self, name: &str, error: NnError) -> ModelError {
        ModelError::Layer { file: self.tensors.file().to_owned(), source: error.at(name) }
    }

    /// A layer without weights in the file, or whose weights the caller has taken.
    pub fn add(
        &mut self,
        name: &str,
        layer: impl Layer + 'static,
        inputs: &[Wire],
    ) -> Result<Wire, ModelError> {
        let file = self.tensors.file();
        self.graph
            .add(name, layer, inputs)
            .map_err(|source| ModelError::Layer { file: file.to_owned(), source })
    }

    /// A convolution with what follows it, from `NAME.conv.weight`, `.bias`, with a norm `.scale`, `.shift`, and with a
    /// rectifier `NAME.activation.weight`.
    pub fn block(&mut self, name: &str, block: Block, input: Wire) -> Result<Wire, ModelError> {
        let config = block.conv;
        if block.transposed {
            let sizes = config.transposed_weight_shape();
            self.conv(name, block, sizes, TimeConvTranspose::new, input)
        } else {
            let sizes = config.weight_shape();
            self.conv(name, block, sizes, TimeConv::new, input)
        }
    }

    fn conv<K: ConvKind>(
        &mut self,
        name: &str,
        block: Block,
        sizes: [usize; 4],
        new: impl FnOnce(ConvConfig, ArrayView4<'_, f32>, ArrayView1<'_, f32>) -> Result<Conv<K>, NnError>,
        input: Wire,
    ) -> Result<Wire, ModelError> {
        let channels = block.conv.output_channels;
        let weight = self.tensors.kernel(&format!("{name}.conv.weight"), sizes)?;
        let bias = self.tensors.vector(&format!("{name}.conv.bias"), channels)?;
        let mut layer =
            new(block.conv, weight.view(), bias.view()).map_err(|error| self.fault(name, error))?;
        if block.norm {
            let scale = self.tensors.vector(&format!("{name}.conv.scale"), channels)?;
            let shift = self.tensors.vector(&format!("{name}.conv.shift"), channels)?;
            layer = BatchNorm::from_affine(scale.view(), shift.view())
                .and_then(|norm| layer.then_batch_norm(&norm))
                .map_err(|error| self.fault(name, error))?;
        }
        let slopes = match block.slopes {
            Slopes::None => 0,
            Slopes::One => 1,
            Slopes::Each => channels,
        };
        if slopes > 0 {
            let slopes = self.tensors.vector(&format!("{name}.activation.weight"), slopes)?;
            layer = layer.then_prelu(slopes.view()).map_err(|error| self.fault(name, error))?;
        }
        self.add(name, layer, &[input])
    }

    pub fn linear(&mut self, name: &str, outputs: usize, input: Wire) -> Result<Wire, ModelError> {
        let weight = self.tensors.matrix(&format!("{name}.weight"), [outputs, self.shape(input).channels])?;
        let bias = self.tensors.vector(&format!("{name}.bias"), outputs)?;
        let layer = Linear::new(weight.view(), bias.view()).map_err(|error| self.fault(name, error))?;
        self.add(name, layer, &[input])
    }

    /// A gated recurrent unit along time, shared by all bins.
    pub fn gru(&mut self, name: &str, hidden: usize, input: Wire) -> Result<Wire, ModelError> {
        let tensors = self.recurrent(name, "_l0", self.shape(input).channels, hidden)?;
        let layer = Gru::new(tensors.view()).map_err(|error| self.fault(name, error))?;
        self.add(name, layer, &[input])
    }

    /// The same in groups of channels of `hidden` units each, with the tensors of group `i` under `NAME.i`.
    pub fn grouped_gru(
        &mut self,
        name: &str,
        groups: usize,
        hidden: usize,
        input: Wire,
    ) -> Result<Wire, ModelError> {
        let channels = self.shape(input).channels / groups;
        let tensors = (0..groups)
            .map(|i| self.recurrent(&format!("{name}.{i}"), "_l0", channels, hidden))
            .collect::<Result<Vec<_>, _>>()?;
        let views: Vec<_> = tensors.iter().map(Recurrent::view).collect();
        let layer = Gru::grouped(&views).map_err(|error| self.fault(name, error))?;
        self.add(name, layer, &[input])
    }

    /// Gated recurrent units along the bins of a frame, in both directions, in groups of channels.
    pub fn bin_gru(
        &mut self,
        name: &str,
        groups: usize,
        hidden: usize,
        input: Wire,
    ) -> Result<Wire, ModelError> {
        let channels = self.shape(input).channels / groups;
        let direction = |i: usize, end: &str| self.recurrent(&format!("{name}.{i}"), end, channels, hidden);
        let tensors = (0..groups)
            .map(|i| Ok([direction(i, "_l0")?, direction(i, "_l0_reverse")?]))
            .collect::<Result<Vec<_>, ModelError>>()?;
        let views: Vec<_> = tensors.iter().map(|both| [both[0].view(), both[1].view()]).collect();
        let layer = BinGru::grouped(&views).map_err(|error| self.fault(name, error))?;
        self.add(name, layer, &[input])
    }

    fn recurrent(
        &self,
        name: &str,
        end: &str,
        inputs: usize,
        hidden: usize,
    ) -> Result<Recurrent, ModelError> {
        let gates = hidden.saturating_mul(3);
        Ok(Recurrent {
            weight_ih: self.tensors.matrix(&format!("{name}.weight_ih{end}"), [gates, inputs])?,
            weight_hh: self.tensors.matrix(&format!("{name}.weight_hh{end}"), [gates, hidden])?,
            bias_ih: self.tensors.vector(&format!("{name}.bias_ih{end}"), gates)?,
            bias_hh: self.tensors.vector(&format!("{name}.bias_hh{end}"), gates)?,
        })
    }

    /// Normalisation over a whole frame.
    pub fn frame_norm(&mut self, name: &str, epsilon: f32, input: Wire) -> Result<Wire, ModelError> {
        let FrameShape { bins, channels } = self.shape(input);
        let weight = self.tensors.matrix(&format!("{name}.weight"), [bins, channels])?;
        let bias = self.tensors.matrix(&format!("{name}.bias"), [bins, channels])?;
        let layer =
            LayerNorm::frame(weight.view(), bias.view(), epsilon).map_err(|error| self.fault(name, error))?;
        self.add(name, layer, &[input])
    }

    /// A matrix along frequency, from `NAME.weight`, for the bins behind the first `kept`.
    pub fn bands(&mut self, name: &str, kept: usize, bands: usize, input: Wire) -> Result<Wire, ModelError> {
        let bins = self.shape(input).bins;
        let weight = self.tensors.matrix(&format!("{name}.weight"), [bands, bins.saturating_sub(kept)])?;
        let layer = BinMatrix::behind(kept, weight.view()).map_err(|error| self.fault(name, error))?;
        self.add(name, layer, &[input])
    }

    /// The graph, once every tensor and every frame of look-ahead has found its layer; and the layers that can look ahead.
    pub fn finish(self, output: Wire) -> Result<(Arc<Graph>, Vec<String>), ModelError> {
        self.tensors.check_spare()?;
        let mut known = self.look_ahead_layers.into_inner();
        if let Some(layer) = self.look_ahead.keys().find(|layer| !known.contains(layer)) {
            let file = self.tensors.file().to_owned();
            known.sort();
            return Err(ModelError::LookAheadLayer { file, layer: layer.clone(), known });
        }
        let file = self.tensors.file();
        let graph = self.graph.finish(output);
        let graph = graph.map_err(|source| ModelError::Layer { file: file.to_owned(), source })?;
        Ok((graph, known))
    }
}
