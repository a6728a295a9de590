//! What is compared: the noisy input, the bypass, models, and what other systems have made.

use super::{Enhanced, EvalError};
use crate::engine::Delays;
use crate::model::{Model, ModelError};
use crate::nn::{Axes, ConvConfig, FrameShape, GraphBuilder, TimeConv};
use ndarray::{Array1, Array4};
use serde::Serialize;

/// The kind of a [`Method`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum MethodKind {
    /// The noisy input as it is.
    Noisy,
    /// The noisy input through transform, frames and delay of a model, with a network that changes nothing.
    Bypass,
    /// A network.
    Model,
    /// Files that another system has made.
    Enhanced,
}

impl MethodKind {
    /// Whether it is one of the systems that are judged, and not there to check the rest.
    pub const fn is_system(self) -> bool {
        matches!(self, Self::Model | Self::Enhanced)
    }
}

/// Something that noisy sound goes through.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Method {
    /// Name in tables.
    pub name: String,
    /// What it is.
    pub kind: MethodKind,
    /// The model that runs; none for the noisy input and for files.
    pub model: Option<Model>,
    /// Models of other training seeds that count as the same system: its scores are means over all of them.
    pub seeds: Vec<Model>,
    /// The files that another system has made.
    pub enhanced: Option<Enhanced>,
}

impl Method {
    /// The noisy input itself.
    pub fn noisy() -> Self {
        Self::of("noisy".into(), MethodKind::Noisy, None)
    }

    /// A model under the name in its header.
    pub fn model(model: &Model) -> Self {
        Self::of(model.header().name.clone(), MethodKind::Model, Some(model.clone()))
    }

    /// A model under a name of its own, with models of other training seeds that count as the same system.
    ///
    /// # Errors
    /// If the models differ in rate or delay.
    pub fn seeds(name: &str, model: &Model, seeds: Vec<Model>) -> Result<Self, EvalError> {
        let like = |model: &Model| (model.sample_rate(), Delays::of(model).total());
        if seeds.iter().any(|seed| like(seed) != like(model)) {
            return Err(EvalError::Seeds { name: name.into() });
        }
        Ok(Self { seeds, ..Self::of(name.into(), MethodKind::Model, Some(model.clone())) })
    }

    /// What another system has made, under its name.
    pub fn enhanced(name: &str, files: Enhanced) -> Self {
        Self { enhanced: Some(files), ..Self::of(name.into(), MethodKind::Enhanced, None) }
    }

    fn of(name: String, kind: MethodKind, model: Option<Model>) -> Self {
        Self { name, kind, model, seeds: Vec::new(), enhanced: None }
    }

    /// The model and those of other seeds.
    pub(super) fn models(&self) -> impl Iterator<Item = &Model> {
        self.model.iter().chain(&self.seeds)
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
        Ok(Self::of(name, MethodKind::Bypass, Some(model)))
    }

    /// The noisy input, a bypass for every delay, and the models, each under a name of its own.
    ///
    /// # Errors
    /// As [`Method::bypass`].
    pub fn all(models: &[Model]) -> Result<Vec<Self>, ModelError> {
        let mut systems: Vec<Self> = Vec::new();
        for model in models {
            let mut method = Self::model(model);
            let base = method.name.clone();
            let mut number = 2;
            while systems.iter().any(|other| other.name == method.name) {
                method.name = format!("{base} ({number})");
                number += 1;
            }
            systems.push(method);
        }
        Self::beside(systems)
    }

    /// The noisy input, a bypass for every delay and rate of the systems' models, and the systems.
    ///
    /// # Errors
    /// As [`Method::bypass`].
    pub fn beside(systems: Vec<Self>) -> Result<Vec<Self>, ModelError> {
        let mut methods = vec![Self::noisy()];
        for model in systems.iter().filter_map(|system| system.model.as_ref()) {
            let mut bypass = Self::bypass(model)?;
            let like = |method: &&Self| method.name == bypass.name;
            let rate = |method: &Self| method.model.as_ref().map(Model::sample_rate);
            match methods.iter().find(like).map(rate) {
                Some(there) if there == Some(model.sample_rate()) => continue,
                Some(_) => {
                    bypass.name = format!("{} at {} kHz", bypass.name, f64::from(model.sample_rate()) / 1e3)
                }
                None => {}
            }
            if methods.iter().all(|method| method.name != bypass.name) {
                methods.push(bypass);
            }
        }
        methods.extend(systems);
        Ok(methods)
    }
}
