//! ONNX Runtime on the streaming ONNX export.

use super::Contestant;
use crate::files::Files;
use crate::material::BINS;
use anyhow::{Context, Result, anyhow, ensure};
use ort::environment::Environment;
use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::{DynValue, Tensor};
use std::sync::OnceLock;

static ENVIRONMENT: OnceLock<Environment> = OnceLock::new();

struct OnnxRuntime {
    session: Session,
    /// Of the outputs: the spectrum, then the caches in the order of the inputs.
    outputs: Vec<String>,
    shapes: Vec<Vec<i64>>,
    input: Tensor<f32>,
    /// What the last frame left: handed back as they came, without a copy.
    caches: Vec<DynValue>,
}

/// Loads the shared library.
pub fn prepare(files: &Files) -> Result<()> {
    if ENVIRONMENT.get().is_none() {
        let library = files.onnx_runtime.as_deref().context(
            "ONNX Runtime's shared library is needed: give it with --onnxruntime or ORT_DYLIB_PATH",
        )?;
        let environment = ort::init_from(library)
            .map_err(|error| anyhow!("{}: {error}", library.display()))?
            .with_telemetry(false)
            .build()?;
        let _ = ENVIRONMENT.set(environment);
    }
    Ok(())
}

pub fn load(files: &Files) -> Result<Box<dyn Contestant>> {
    let environment = ENVIRONMENT.get().context("prepare comes first")?;
    let plain = |error: ort::Error<_>| anyhow!("{error}");
    let session = Session::builder(environment)?
        .with_intra_threads(1)
        .map_err(plain)?
        .with_inter_threads(1)
        .map_err(plain)?
        .with_optimization_level(GraphOptimizationLevel::All)
        .map_err(plain)?
        .commit_from_file(&files.onnx)?;
    let shapes: Vec<Vec<i64>> = session.inputs()[1..]
        .iter()
        .map(|input| input.dtype().tensor_shape().map(|shape| shape.to_vec()).context("a tensor"))
        .collect::<Result<_>>()?;
    let outputs: Vec<String> = session.outputs().iter().map(|output| output.name().to_owned()).collect();
    ensure!(outputs.len() == shapes.len() + 1, "as many caches out as in");
    let input = Tensor::from_array(([1, BINS, 1, 2], vec![0.0f32; BINS * 2]))?;
    let mut contestant = OnnxRuntime { session, outputs, shapes, input, caches: Vec::new() };
    contestant.reset()?;
    Ok(Box::new(contestant))
}

impl Contestant for OnnxRuntime {
    fn step(&mut self, input: &[f32], output: &mut [f32]) -> Result<()> {
        self.input.extract_tensor_mut().1.copy_from_slice(input);
        let [conv, attention, between] = &self.caches[..] else {
            unreachable!("three caches, as in the export")
        };
        let mut outputs = self.session.run(ort::inputs![&self.input, conv, attention, between])?;
        output.copy_from_slice(outputs[self.outputs[0].as_str()].try_extract_tensor::<f32>()?.1);
        let mut next = self.outputs[1..].iter().map(|name| outputs.remove(name).context("a cache"));
        for cache in &mut self.caches {
            *cache = next.next().context("as many caches out as in")??;
        }
        Ok(())
    }

    fn reset(&mut self) -> Result<()> {
        self.caches.clear();
        for shape in &self.shapes {
            let size = shape.iter().product::<i64>();
            let zeros = vec![0.0f32; usize::try_from(size).context("a fixed shape")?];
            self.caches.push(Tensor::from_array((shape.clone(), zeros))?.into_dyn());
        }
        ensure!(self.caches.len() == 3, "the export has three caches");
        Ok(())
    }
}
