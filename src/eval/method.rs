//! What is compared: the noisy input, the bypass, and models.

use crate::engine::Delays;
use crate::model::{Model, ModelError};
use crate::nn::{Axes, ConvConfig, FrameShape, GraphBuilder, TimeConv};
use ndarray::{Array1, Array4};
use serde::Serialize;

/// The kind of a [`Method`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MethodKind {
    /// The noisy input as it is.
    Noisy,
    /// The noisy input through transform, frames and delay of a model, with a network that changes nothing.
    Bypass,
    /// A network.
    Model,
}

/// Something that noisy sound goes through.
#[derive(Clone, Debug)]
pub struct Method {
    /// Name in tables.
    pub name: String,
    /// What it is.
    pub kind: MethodKind,
    /// The model that runs; none for the noisy input.
    pub model: Option<Model>,
}

impl Method {
    /// The noisy input itself.
    pub fn noisy() -> Self {
        Self { name: "noisy".into(), kind: MethodKind::Noisy, model: None }
    }

    /// A model under the name in its header.
    pub fn model(model: &Model) -> Self {
        Self { name: model.header().name.clone(), kind: MethodKind::Model, model: Some(model.clone()) }
    }

    /// The bypass of a model: all that surrounds its network, and its delay, around a network that changes nothing.
    ///
    /// # Errors
    /// If the graph cannot be built, which no model's transform gives cause for.
    pub fn bypass(model: &Model) -> Result<Self, ModelError> {
        let stft = model.stft().clone();
        let frames = model.graph().delay();
        let shape = FrameShape::new(stft.bins(), 2);
        let kernel = Axes { time: frames + 1, bins: 1 };
        let config = ConvConfig { groups: 2, look_ahead: frames, ..ConvConfig::new(shape, 2, kernel) };
        // The tap of the oldest frame alone: the newest is `frames` ahead of it.
        let weight =
            Array4::from_shape_fn((2, 1, frames + 1, 1), |(_, _, k, _)| if k == 0 { 1.0 } else { 0.0 });
        let milliseconds = Delays::of(model).total() as f64 * 1e3 / f64::from(model.sample_rate());
        let name = format!("bypass {milliseconds:.0} ms");
        let layer = |source| ModelError::Layer { file: name.clone(), source };
        let mut graph = GraphBuilder::new(shape);
        let input = graph.input();
        let conv = TimeConv::new(config, weight.view(), Array1::zeros(2).view()).map_err(layer)?;
        let output = graph.add("bypass", conv, &[input]).map_err(layer)?;
        let graph = graph.finish(output).map_err(layer)?.with_kernels(model.graph().kernels());
        let model = Model::from_graph(&name, model.sample_rate(), stft, graph)?;
        Ok(Self { name, kind: MethodKind::Bypass, model: Some(model) })
    }

    /// The noisy input, a bypass for every delay, and the models, each under a name of its own.
    ///
    /// # Errors
    /// As [`Method::bypass`].
    pub fn all(models: &[Model]) -> Result<Vec<Self>, ModelError> {
        let mut methods = vec![Self::noisy()];
        for model in models {
            let bypass = Self::bypass(model)?;
            if methods.iter().all(|method| method.name != bypass.name) {
                methods.push(bypass);
            }
        }
        for model in models {
            let mut method = Self::model(model);
            let taken = |name: &str, methods: &[Self]| methods.iter().any(|other| other.name == name);
            let base = method.name.clone();
            let mut number = 2;
            while taken(&method.name, &methods) {
                method.name = format!("{base} ({number})");
                number += 1;
            }
            methods.push(method);
        }
        Ok(methods)
    }
}
