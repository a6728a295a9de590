//! Every delay of a processor, worked out before it is built.

use crate::dsp::{Polyphase, greatest_common_divisor};
use crate::engine::{Blocks, Delays};
use crate::model::Model;

/// Rates, hop and delays. All that is not a whole number of samples at the host's rate is made whole here, once.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub rate: u32,
    pub own: u32,
    pub hop: usize,
    /// Delays of the resamplers, in samples at the rate they read: down, up, and up for what the model could hear.
    pub down: f64,
    pub up: f64,
    pub heard: f64,
    /// Samples of the host from what comes in to what the model could hear of it.
    pub round_trip: usize,
    /// Of each model.
    pub delays: Vec<Delays>,
    /// Samples that are ready before the first comes in.
    pub blocking: usize,
    /// The same for blocks of any size.
    pub most_blocking: usize,
}

impl Plan {
    /// A plan for models of one hop and one rate.
    ///
    /// Resampled, sound is `down + up` late on its way round the model, and the first model adds `(N - H) + d H` samples at
    /// its own rate. The sum is made whole by a little more in `down`; the way round by a little more in `heard`.
    pub fn new(rate: u32, models: &[Model], blocks: Blocks) -> Self {
        let (own, hop) = (models[0].sample_rate(), models[0].stft().hop());
        let ratio = f64::from(rate) / f64::from(own);
        // Exact where the result is whole.
        let at_host = |samples: usize| samples as f64 * f64::from(rate) / f64::from(own);
        let whole: Vec<Delays> = models.iter().map(Delays::of).collect();
        let first = at_host(whole[0].total());
        let (mut down, mut up, mut heard, mut round_trip) = (0.0, 0.0, 0.0, 0);
        if rate != own {
            (down, up) = (Polyphase::least_delay(rate, own), Polyphase::least_delay(own, rate));
            let sum = down + up * ratio + first;
            // Rates are whole, and so are sums of delays where they should be, but for rounding.
            down += (sum - 1e-6).ceil() - sum;
            round_trip = (sum - 1e-6).ceil() as usize - first.floor() as usize;
            heard = up + (first - first.floor()) / ratio;
        }
        let delays = whole.iter().map(|own| {
            let more = (at_host(own.total()) - first).round() as isize;
            let model = (first.floor() as usize).saturating_add_signed(more);
            let window = (at_host(own.window) as usize).min(model);
            Delays { window, look_ahead: model - window, resampling: round_trip, ..Delays::default() }
        });
        let blocking = |blocks| blocking(rate, own, hop, blocks);
        Self {
            rate,
            own,
            hop,
            down,
            up,
            heard,
            round_trip,
            delays: delays.collect(),
            blocking: blocking(blocks),
            most_blocking: blocking(Blocks::Any),
        }
    }

    /// Samples of the host in so many of the model, rounded up.
    pub fn at_host(&self, samples: usize) -> usize {
        (samples as u64 * u64::from(self.rate)).div_ceil(self.own.into()) as usize
    }

    pub fn resamples(&self) -> bool {
        self.rate != self.own
    }
}

/// Samples that must be ready at the start so that every block finds as many as it brings.
///
/// Of `n` samples come `ceil(n own / rate)` at the model's rate, of these whole hops are processed, and of `m` processed
/// come `ceil(m rate / own)`. The most that is owed at the end of any block is what must be ready. What is owed repeats
/// itself after the least number of samples that makes whole hops; blocks of `B` end at every multiple of what divides both.
fn blocking(rate: u32, own: u32, hop: usize, blocks: Blocks) -> usize {
    let divisor = greatest_common_divisor(rate as usize, own as usize);
    let (from, to) = (rate as usize / divisor, own as usize / divisor);
    let period = from * (hop / greatest_common_divisor(hop, to));
    let step = match blocks {
        Blocks::Any => 1,
        Blocks::Constant(block) => greatest_common_divisor(block, period),
    };
    let given = |taken: usize| ((taken * to).div_ceil(from) / hop * hop * from).div_ceil(to);
    (0..period / step).map(|n| (n * step).saturating_sub(given(n * step))).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Plan, blocking};
    use crate::engine::Blocks::{Any, Constant};
    use crate::model::{Latency, Model};

    #[test]
    fn between_equal_rates_blocking_is_a_hop_less_what_divides_block_and_hop() {
        for (blocks, expected) in
            [(Any, 159), (Constant(160), 0), (Constant(480), 0), (Constant(80), 80), (Constant(161), 159)]
        {
            assert_eq!(blocking(16_000, 16_000, 160, blocks), expected, "{blocks:?}");
        }
    }

    #[test]
    fn whole_hops_at_other_rates_wait_for_nothing() {
        for rate in [8_000, 32_000, 44_100, 48_000, 96_000, 192_000] {
            assert_eq!(blocking(rate, 16_000, 160, Constant(rate as usize / 100)), 0, "{rate}");
            assert!(blocking(rate, 16_000, 160, Any) < rate as usize / 100, "{rate}");
        }
    }

    #[test]
    fn delays_are_whole_and_a_frame_is_a_hop() {
        let models = Latency::ALL.map(Model::builtin);
        for rate in [8_000u32, 16_000, 44_100, 48_000, 88_200, 96_000, 192_000] {
            let plan = Plan::new(rate, &models, Any);
            let hop = rate as usize / 100;
            let [zero, one] = &plan.delays[..] else { panic!("two models") };
            assert_eq!(
                (zero.window, zero.look_ahead, one.window, one.look_ahead),
                (hop, 0, hop, hop),
                "{rate}"
            );
            let way = plan.down + plan.up * f64::from(rate) / 16_000.0;
            assert!((way - zero.resampling as f64).abs() < 1e-5, "{rate}: {way}");
            assert!(zero.resampling as f64 <= 0.0082 * f64::from(rate) + 2.0, "{rate}: {}", zero.resampling);
        }
    }
}
