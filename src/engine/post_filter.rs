//! A filter after the network that lowers further what the network already lowered.

use super::Denoiser;
use std::f32::consts::FRAC_PI_2;

/// How much further: that of the publications.
const BETA: f32 = 0.02;

/// Factor on a bin to which the network gave the gain `g`, its magnitude after over its magnitude before.
///
/// J.-M. Valin et al., "A Perceptually-Motivated Approach for Low-Complexity, Real-Time Enhancement of Fullband Speech"
/// (Interspeech 2020), warp the gain to `g' = g sin(pi g / 2)`, which leaves 0 and 1 where they are and lowers what is
/// between, and hold the level by a factor of the ratio of both. H. Schroeter et al., "DeepFilterNet2" (IWAENC 2022), use that
/// on each gain, and so does this:
///
/// `G = (1 + beta) g / (1 + beta (g / g')^2)`, so that `G / g = (1 + beta) / (1 + beta / sin^2(pi g / 2))`.
///
/// Gains above 1 stay as they are.
fn factor(gain: f32) -> f32 {
    let square = (FRAC_PI_2 * gain.clamp(0.0, 1.0)).sin().powi(2);
    (1.0 + BETA) * square / (square + BETA)
}

/// Applies the filter to a denoiser that has taken a hop and not yet given one.
pub(super) fn apply(denoiser: &mut Denoiser) {
    let size = denoiser.enhanced_mut().len();
    for bin in (0..size).step_by(2) {
        let Some(frame) = denoiser.frame() else { return };
        let power = |spectrum: &[f32]| spectrum[bin] * spectrum[bin] + spectrum[bin + 1] * spectrum[bin + 1];
        let (before, after) = (power(frame.noisy), power(frame.enhanced));
        // Where nothing was there is nothing to lower.
        let factor = if before > 0.0 { factor((after / before).sqrt()) } else { 1.0 };
        denoiser.enhanced_mut()[bin..bin + 2].iter_mut().for_each(|part| *part *= factor);
    }
}

#[cfg(test)]
mod tests {
    use super::{BETA, factor};
    use std::f64::consts::PI;

    #[test]
    fn the_factor_is_the_published_gain_over_the_gain() {
        for n in 1..=1000 {
            let gain = f64::from(n) / 1000.0;
            let (beta, warped) = (f64::from(BETA), gain * (PI * gain / 2.0).sin());
            let published = (1.0 + beta) * gain / (1.0 + beta * (gain / warped).powi(2));
            let found = f64::from(factor(gain as f32)) * gain;
            assert!((found - published).abs() < 1e-6, "{gain}: {found}, not {published}");
        }
    }

    #[test]
    fn nothing_and_everything_stay_and_all_between_is_lowered() {
        assert_eq!((factor(0.0), factor(1.0), factor(1.4)), (0.0, 1.0, 1.0));
        for n in 1..100 {
            let gain = n as f32 / 100.0;
            assert!(factor(gain) < 1.0 && factor(gain) > factor(gain - 0.01));
        }
    }
}
