//! One mask for several channels.

use super::{Denoiser, Frame};

/// Whether channels share the mask that cleans them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mask {
    /// Each channel is cleaned as if it were alone.
    #[default]
    Each,
    /// One mask for all, so that differences between channels, and with them the image, stay as they were.
    ///
    /// Of the spectra `X_c` before and `E_c` after the network it is, in each bin, the complex number `M` that brings
    /// `M X_c` closest to `E_c` over all channels: `M = sum_c E_c conj(X_c) / sum_c |X_c|^2`.
    Shared,
}

impl Mask {
    /// Applies the rule to denoisers that have each taken a hop and not yet given one.
    pub(super) fn apply(self, denoisers: &mut [Denoiser]) {
        if self == Self::Shared {
            share(denoisers);
        }
    }
}

/// Puts the shared mask in the place of each channel's own.
fn share(denoisers: &mut [Denoiser]) {
    let size = denoisers[0].enhanced_mut().len();
    for bin in (0..size).step_by(2) {
        let (mut re, mut im, mut power) = (0.0, 0.0, 0.0);
        for Frame { noisy, enhanced, .. } in denoisers.iter().filter_map(Denoiser::frame) {
            let (x, e) = ([noisy[bin], noisy[bin + 1]], [enhanced[bin], enhanced[bin + 1]]);
            re += e[0] * x[0] + e[1] * x[1];
            im += e[1] * x[0] - e[0] * x[1];
            power += x[0] * x[0] + x[1] * x[1];
        }
        // Where all channels are silent any mask gives silence.
        let (re, im) = if power > 0.0 { (re / power, im / power) } else { (0.0, 0.0) };
        for denoiser in denoisers.iter_mut() {
            let Some(Frame { noisy, .. }) = denoiser.frame() else { continue };
            let x = [noisy[bin], noisy[bin + 1]];
            denoiser.enhanced_mut()[bin..bin + 2]
                .copy_from_slice(&[re * x[0] - im * x[1], re * x[1] + im * x[0]]);
        }
    }
}
