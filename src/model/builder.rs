//! Graph building from named tensors: layers take their weights by the name they are placed under.

use super::ModelError;
use super::tensors::Tensors;
use crate::nn::{
    BatchNorm, Conv, ConvConfig, ConvKind, FrameShape, Graph, GraphBuilder, Gru, Layer, Linear, NnError,
    RecurrentWeights, TimeConv, TimeConvTranspose, Wire,
};
use ndarray::{ArrayView1, ArrayView4};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
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

/// A [`GraphBuilder`] beside the tensors of a model. The name of a wire is the prefix of its weights' names.
pub(super) struct NetBuilder<'a> {
    graph: GraphBuilder,
    tensors: &'a Tensors,
    look_ahead: &'a BTreeMap<String, usize>,
    spent: RefCell<BTreeSet<String>>,
}

impl<'a> NetBuilder<'a> {
    pub fn new(input: FrameShape, tensors: &'a Tensors, look_ahead: &'a BTreeMap<String, usize>) -> Self {
        Self { graph: GraphBuilder::new(input), tensors, look_ahead, spent: RefCell::default() }
    }

    pub fn input(&self) -> Wire {
        self.graph.input()
    }

    pub fn shape(&self, wire: Wire) -> FrameShape {
        self.graph.shape(wire)
    }

    /// Frames of look-ahead that the header gives to a block.
    pub fn look_ahead(&self, block: &str) -> usize {
        self.spent.borrow_mut().insert(block.to_owned());
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
        let gates = 3 * hidden;
        let weight_ih =
            self.tensors.matrix(&format!("{name}.weight_ih_l0"), [gates, self.shape(input).channels])?;
        let weight_hh = self.tensors.matrix(&format!("{name}.weight_hh_l0"), [gates, hidden])?;
        let bias_ih = self.tensors.vector(&format!("{name}.bias_ih_l0"), gates)?;
        let bias_hh = self.tensors.vector(&format!("{name}.bias_hh_l0"), gates)?;
        let weights = RecurrentWeights {
            weight_ih: weight_ih.view(),
            weight_hh: weight_hh.view(),
            bias_ih: bias_ih.view(),
            bias_hh: bias_hh.view(),
        };
        let layer = Gru::new(weights).map_err(|error| self.fault(name, error))?;
        self.add(name, layer, &[input])
    }

    /// The graph, once every tensor and every frame of look-ahead has found its layer.
    pub fn finish(self, output: Wire) -> Result<Arc<Graph>, ModelError> {
        self.tensors.check_spare()?;
        let spent = self.spent.into_inner();
        if let Some(layer) = self.look_ahead.keys().find(|layer| !spent.contains(*layer)) {
            let file = self.tensors.file().to_owned();
            return Err(ModelError::LookAheadLayer { file, layer: layer.clone() });
        }
        let file = self.tensors.file();
        self.graph.finish(output).map_err(|source| ModelError::Layer { file: file.to_owned(), source })
    }
}
