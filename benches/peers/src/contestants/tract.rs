//! tract on the streaming ONNX export.

use super::Contestant;
use crate::files::Files;
use crate::material::BINS;
use anyhow::{Result, ensure};
use tract_onnx::prelude::*;
use tract_onnx::tract_core::ops::gru_seq::GruSeq;
use tract_onnx::tract_core::ops::scan::Scan;

struct Tract {
    model: Arc<TypedRunnableModel>,
    /// Where one state serves every frame.
    state: Option<TypedSimpleState>,
    caches: Vec<TValue>,
}

/// What a recurrent layer begins a frame with.
///
/// tract keeps what the layer ended the last run of the same state with, and prefers it to the start that the graph
/// gives: here the caches that are handed in, and the zeros from which the layers along frequency start each frame.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    /// One state for the stream, and layers that are told to begin each run with what the graph gives.
    Given,
    /// The graph's, since each frame has a state of its own.
    New,
    /// Whatever the state kept: the obvious way to save time, and wrong.
    Kept,
}

pub fn given(files: &Files) -> Result<Box<dyn Contestant>> {
    load(files, Start::Given)
}

pub fn new(files: &Files) -> Result<Box<dyn Contestant>> {
    load(files, Start::New)
}

pub fn kept(files: &Files) -> Result<Box<dyn Contestant>> {
    load(files, Start::Kept)
}

fn load(files: &Files, start: Start) -> Result<Box<dyn Contestant>> {
    let mut model = tract_onnx::onnx().model_for_path(&files.onnx)?.into_typed()?;
    for node in model.nodes_mut() {
        if let Some(layer) = node.op_as_mut::<Scan>() {
            layer.reset_every_turn = start == Start::Given;
        }
        if let Some(layer) = node.op_as_mut::<GruSeq>() {
            layer.reset_every_turn = start == Start::Given;
        }
    }
    let model = model.into_optimized()?.into_runnable()?;
    let mut caches = Vec::new();
    for slot in 1..model.model().input_outlets()?.len() {
        let shape = model.model().input_fact(slot)?.shape.as_concrete().map(<[usize]>::to_vec);
        ensure!(shape.is_some(), "input {slot} of the graph has no fixed shape");
        caches.push(Tensor::zero::<f32>(&shape.unwrap_or_default())?.into_tvalue());
    }
    ensure!(caches.len() + 1 == model.model().output_outlets()?.len(), "as many caches out as in");
    let state = if start == Start::New { None } else { Some(model.spawn()?) };
    Ok(Box::new(Tract { model, state, caches }))
}

impl Contestant for Tract {
    fn step(&mut self, input: &[f32], output: &mut [f32]) -> Result<()> {
        let mut inputs = tvec![Tensor::from_shape(&[1, BINS, 1, 2], input)?.into_tvalue()];
        inputs.extend(self.caches.drain(..));
        let mut outputs = match &mut self.state {
            Some(state) => state.run(inputs)?,
            None => self.model.run(inputs)?,
        };
        output.copy_from_slice(outputs[0].try_as_plain_ram()?.as_slice::<f32>()?);
        self.caches.extend(outputs.drain(1..));
        Ok(())
    }

    fn reset(&mut self) -> Result<()> {
        for cache in &mut self.caches {
            *cache = Tensor::zero::<f32>(cache.shape())?.into_tvalue();
        }
        if let Some(state) = &mut self.state {
            *state = self.model.spawn()?;
        }
        Ok(())
    }
}
