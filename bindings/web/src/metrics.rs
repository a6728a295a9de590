//! How close sound is to clean sound.

use crate::exported;
use crate::status::{or, whole};
use framewise::eval::{EvalError, metrics};
use std::cell::RefCell;

thread_local! {
    /// The clean signal and the estimate.
    static SIGNALS: RefCell<[Vec<f32>; 2]> = const { RefCell::new([Vec::new(), Vec::new()]) };
}

/// A score, or NaN.
fn score(metric: impl FnOnce(&[f32], &[f32]) -> Result<f64, EvalError>) -> f64 {
    let result = SIGNALS.with_borrow(|[clean, estimate]| metric(clean, estimate));
    or(result.map_err(|error| error.to_string()), f64::NAN)
}

exported! {
    /// A place for so many samples of the clean signal (0) or the estimate (1).
    fn framewise_signal(which: u32, length: usize) -> *mut f32 {
        SIGNALS.with_borrow_mut(|signals| {
            let signal = &mut signals[usize::from(which != 0)];
            *signal = vec![0.0; length];
            signal.as_mut_ptr()
        })
    }

    /// Scale-invariant signal-to-distortion ratio of the two in dB; NaN where it is not defined.
    fn framewise_si_sdr() -> f64 {
        score(metrics::si_sdr)
    }

    /// Short-time objective intelligibility of the two; NaN where it is not defined.
    fn framewise_stoi(rate: f64) -> f64 {
        match whole(rate, "a sample rate") {
            Ok(rate) => score(|clean, estimate| metrics::stoi(clean, estimate, rate)),
            Err(message) => or(Err(message), f64::NAN),
        }
    }
}
