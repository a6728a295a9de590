//! Networks that look ahead by any number of frames, without training.

use crate::model::{Header, Model, ModelError};
use crate::nn::Session;

/// A network at one look-ahead: untrained, but with its delays as they would be.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LookAhead {
    /// Frames that were asked for.
    pub frames: usize,
    /// The network.
    pub model: Model,
    /// Frames of future that reach an output frame, measured by a number that is none.
    pub measured: Option<usize>,
}

/// The network of a header with `frames` of look-ahead, spent on the layers in turn, one frame each, until none is left.
///
/// The kernel along time is widened to `kernel` where that is given, so that layers can look so far.
///
/// # Errors
/// If a layer is not there or cannot look that far: it names the layer and how far it can.
pub fn spend_look_ahead(
    header: &Header,
    layers: &[String],
    frames: usize,
    kernel: Option<usize>,
    seed: u64,
) -> Result<LookAhead, ModelError> {
    let mut header = header.clone();
    header.name = format!("{} at {frames}", header.name);
    header = header.with_look_ahead(layers, frames)?;
    if let Some(taps) = kernel {
        header = header.with_kernel_along_time(taps)?;
    }
    let model = Model::untrained(&header, seed)?;
    let measured = measure(&model);
    Ok(LookAhead { frames, model, measured })
}

/// The frames between a frame that is not a number and the first output frame that it reaches.
fn measure(model: &Model) -> Option<usize> {
    let graph = model.graph();
    let at = graph.delay() + 2;
    let mut session = Session::new(graph);
    let mut output = vec![0.0; graph.output_shape().size()];
    for n in 0..2 * at + 2 {
        let value = if n == at { f32::NAN } else { 0.5 };
        let label = session.step(&vec![value; graph.input_shape().size()], &mut output);
        if output.iter().any(|v| v.is_nan()) {
            return label.map(|label| at - label as usize);
        }
    }
    None
}
