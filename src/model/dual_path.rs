//! A block of recurrence along both axes of a frame sequence, the core of more than one network.

use super::ModelError;
use super::builder::NetBuilder;
use crate::nn::{Add, Wire};

/// Of the frame norms.
const EPSILON: f32 = 1e-8;

/// Recurrence along the bins in both directions, then along time with weights that all bins share, in groups of channels,
/// each with a linear layer, a norm over the frame, and a residual.
///
/// After Luo et al., "Dual-Path RNN", ICASSP 2020, and Le et al., "DPCRN: Dual-Path Convolution Recurrent Network for
/// Single Channel Speech Enhancement", Interspeech 2021.
pub(super) fn dual_path(
    net: &mut NetBuilder<'_>,
    name: &str,
    groups: usize,
    input: Wire,
) -> Result<Wire, ModelError> {
    let channels = net.shape(input).channels;
    let group = channels / groups;
    let mut x = input;
    for along in ["bins", "time"] {
        let name = format!("{name}.{along}");
        let gru = format!("{name}.gru");
        let y = match along {
            "bins" => net.bin_gru(&gru, groups, group / 2, x)?,
            _ => net.grouped_gru(&gru, groups, group, x)?,
        };
        let y = net.linear(&format!("{name}.linear"), channels, y)?;
        let y = net.frame_norm(&format!("{name}.norm"), EPSILON, y)?;
        x = net.add(&name, Add, &[x, y])?;
    }
    Ok(x)
}
