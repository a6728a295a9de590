//! How close sound is to clean sound, and how it looks.

use crate::exported;
use crate::status::{or, whole};
use framewise::dsp::{RATES, meters::Spectrogram};
use framewise::eval::{EvalError, metrics};
use std::cell::RefCell;

/// Samples that a picture hears at a time.
const PIECE: usize = 65_536;

thread_local! {
    /// The clean signal and the estimate.
    static SIGNALS: RefCell<[Vec<f32>; 2]> = const { RefCell::new([Vec::new(), Vec::new()]) };
    /// Levels of the last picture, column by column.
    static LEVELS: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// The picture of a signal; the number of its columns.
fn picture(which: u32, rate: f64, columns: f64) -> Result<usize, String> {
    let (rate, columns) = (whole(rate, "a sample rate")?, whole(columns, "a number of columns")?);
    if !RATES.contains(&rate) || columns == 0 {
        return Err(format!("a picture at {rate} Hz in {columns} columns"));
    }
    let mut spectrogram = Spectrogram::new(rate, 1, columns as usize);
    SIGNALS.with_borrow(|signals| {
        for piece in signals[usize::from(which != 0)].chunks(PIECE) {
            spectrogram.push(&[piece.to_vec()]);
        }
    });
    let levels = spectrogram.levels();
    LEVELS.with_borrow_mut(|kept| *kept = levels.concat());
    Ok(levels.len())
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

    /// Draws the clean signal (0) or the estimate (1); how many columns it has, at most twice those asked for. 0 if it cannot.
    fn framewise_spectrogram(which: u32, rate: f64, columns: f64) -> usize {
        or(picture(which, rate, columns), 0)
    }

    /// Levels of that picture in dB, column by column, each from low to high.
    fn framewise_levels() -> *const f32 {
        LEVELS.with_borrow(|levels| levels.as_ptr())
    }

    /// How many they are.
    fn framewise_levels_length() -> usize {
        LEVELS.with_borrow(Vec::len)
    }
}
