//! tract on the streaming ONNX export.

use super::Contestant;
use crate::files::Files;
use crate::material::BINS;
use anyhow::{Result, ensure};
use tract_onnx::prelude::*;

struct Tract {
    model: Arc<TypedRunnableModel>,
    /// Where one state serves every frame.
    state: Option<TypedSimpleState>,
    caches: Vec<TValue>,
}

/// A new state for each frame. tract keeps what a recurrent layer ended a run with in the state, and prefers it to the
/// start that the graph gives: here the caches that are handed in, and the zeros from which the layers along frequency
/// start each frame. Only a new state takes the graph's.
pub fn fresh(files: &Files) -> Result<Box<dyn Contestant>> {
    Ok(Box::new(load(files)?))
}

/// One state for the whole stream: the obvious way to save time, and wrong.
pub fn reused(files: &Files) -> Result<Box<dyn Contestant>> {
    let tract = load(files)?;
    let state = Some(tract.model.spawn()?);
    Ok(Box::new(Tract { state, ..tract }))
}

fn load(files: &Files) -> Result<Tract> {
    let model = tract_onnx::onnx().model_for_path(&files.onnx)?.into_optimized()?.into_runnable()?;
    let mut caches = Vec::new();
    for slot in 1..model.model().input_outlets()?.len() {
        let shape = model.model().input_fact(slot)?.shape.as_concrete().map(<[usize]>::to_vec);
        ensure!(shape.is_some(), "input {slot} of the graph has no fixed shape");
        caches.push(Tensor::zero::<f32>(&shape.unwrap_or_default())?.into_tvalue());
    }
    ensure!(caches.len() + 1 == model.model().output_outlets()?.len(), "as many caches out as in");
    Ok(Tract { model, state: None, caches })
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
