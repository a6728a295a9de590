//! Round numbers along an axis.

/// Multiples of 1, 2 or 5 times a power of ten from 0 to `most`, about `wanted` of them; none on an axis of no length.
pub fn positions(most: f64, wanted: usize) -> Vec<f64> {
    if most.is_nan() || most <= 0.0 {
        return vec![];
    }
    let rough = most / wanted as f64;
    let power = 10f64.powf(rough.log10().floor());
    let step =
        [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|step| *step >= rough * 0.999);
    let step = step.unwrap_or(10.0 * power);
    (0..).map(|n| f64::from(n) * step).take_while(|tick| *tick <= most * 1.0001).collect()
}

/// A tick's number without needless zeros.
pub fn text(tick: f64) -> String {
    let text = format!("{tick:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{positions, text};

    #[test]
    fn ticks_are_round_and_reach_the_end() {
        assert_eq!(positions(8.0, 5), [0.0, 2.0, 4.0, 6.0, 8.0]);
        assert_eq!(positions(24.0, 5), [0.0, 5.0, 10.0, 15.0, 20.0]);
        assert_eq!(positions(0.0, 5), [0.0; 0]);
        assert_eq!(
            positions(0.05, 5).iter().map(|tick| text(*tick)).collect::<Vec<_>>(),
            ["0", "0.01", "0.02", "0.03", "0.04", "0.05"]
        );
        assert_eq!(text(100.0), "100");
    }
}
