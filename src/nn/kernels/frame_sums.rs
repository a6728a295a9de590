//! Sums over the taps of a convolution for several frames at once: each lane is a frame.
//!
//! A vector of channels is mostly padding where there are few; a vector of frames never is. The sums are those of one frame
//! at a time, number by number in the same order.

// Rows, columns and lanes are numbered alike in memory and in arrays; an index says so more plainly than zipped iterators.
#![allow(clippy::needless_range_loop)]

use super::across::{across, back};
use super::epilogue::Epilogue;
use super::product::{Segment, Strides};
use super::{Lanes, WIDEST};

/// Rows of sums that share their taps and weights.
#[derive(Clone, Debug)]
pub(crate) struct FramePart {
    /// For every weight of a column, which number of which frame it meets in the first row.
    taps: Vec<Tap>,
    /// For every tap a weight of each column.
    weights: Vec<f32>,
    columns: usize,
    epilogue: Epilogue,
    strides: Strides,
    /// Where the first row's output starts.
    output: usize,
}

#[derive(Clone, Copy, Debug)]
struct Tap {
    number: usize,
    frame: usize,
}

impl FramePart {
    /// Packs `weight(row, column)` of a [`Product`](super::Product) over a window of frames with `size` numbers each.
    pub fn new(
        segments: &[Segment],
        size: usize,
        columns: usize,
        weight: impl Fn(usize, usize) -> f32,
        bias: &[f32],
        (strides, output): (Strides, usize),
    ) -> Self {
        let places = segments.iter().flat_map(|segment| (0..segment.depth).map(|n| segment.input + n));
        let taps: Vec<_> = places.map(|at| Tap { number: at % size, frame: at / size }).collect();
        let rows = (0..taps.len()).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let weights = rows.map(|(row, column)| weight(row, column)).collect();
        Self { taps, weights, columns, epilogue: Epilogue::new(bias), strides, output }
    }

    /// What becomes of the sums.
    pub fn epilogue_mut(&mut self) -> &mut Epilogue {
        &mut self.epilogue
    }
}

/// The sums of a convolution over frames that stand one after the other.
#[derive(Clone, Debug)]
pub(crate) struct FrameSums {
    pub parts: Vec<FramePart>,
    /// Numbers of a frame with the zeros beside it, and frames before the newest that a sum needs.
    pub size: usize,
    pub past: usize,
}

impl FrameSums {
    /// Floats of scratch for output frames of so many numbers.
    pub fn scratch(&self, outputs: usize) -> usize {
        WIDEST * outputs + self.size * (self.past + WIDEST)
    }

    /// Refuses slices that do not fit together; the number of new frames.
    fn check(&self, input: &[f32], scratch: &[f32], output: &[f32], outputs: usize) -> usize {
        let frames = output.len() / outputs;
        assert_eq!(output.len(), frames * outputs, "whole frames out");
        assert_eq!(input.len(), (self.past + frames) * self.size, "as many frames in, and those before");
        assert!(scratch.len() >= self.scratch(outputs), "scratch for the sums");
        for part in &self.parts {
            let last = part.strides.rows.saturating_sub(1);
            let reach = part.taps.iter().map(|tap| tap.number).max().unwrap_or(0);
            assert!(reach + last * part.strides.input < self.size, "numbers of a frame");
            assert!(part.taps.iter().all(|tap| tap.frame <= self.past), "frames of a window");
            assert!(part.output + last * part.strides.output + part.columns <= outputs, "numbers out");
        }
        frames
    }
}

/// Computes all sums of all new frames; `input` begins with the frames before them.
///
/// # Safety
/// The instruction set of `V` must be present.
#[inline(always)]
pub(super) unsafe fn frame_sums<V: Lanes>(
    sums: &FrameSums,
    outputs: usize,
    input: &[f32],
    scratch: &mut [f32],
    output: &mut [f32],
) {
    let frames = sums.check(input, scratch, output, outputs);
    let (size, past) = (sums.size, sums.past);
    let stride = past + V::COUNT;
    // SAFETY: `check` has every frame of input and output, room in `scratch` for the two parts below in the widest vectors,
    // and every tap of every row within a frame and the window.
    unsafe {
        let made = scratch.as_mut_ptr();
        let heard = made.add(outputs * WIDEST);
        for first in (0..frames).step_by(V::COUNT) {
            let rows = (frames - first).min(V::COUNT);
            let from = input.as_ptr().add(first * size);
            for row in (0..past + rows).step_by(V::COUNT) {
                let rows = (past + rows - row).min(V::COUNT);
                across::<V>(from.add(row * size), size, rows, size, heard.add(row), stride);
            }
            for part in &sums.parts {
                let mut column = 0;
                while column < part.columns {
                    column += if part.columns - column >= 4 {
                        columns::<V, 4>(part, column, heard, stride, made)
                    } else if part.columns - column >= 2 {
                        columns::<V, 2>(part, column, heard, stride, made)
                    } else {
                        columns::<V, 1>(part, column, heard, stride, made)
                    };
                }
            }
            back::<V>(made, output.as_mut_ptr().add(first * outputs), outputs, rows, outputs);
        }
    }
}

/// All rows of `C` columns; returns how many those are.
#[inline(always)]
unsafe fn columns<V: Lanes, const C: usize>(
    part: &FramePart,
    column: usize,
    heard: *const f32,
    stride: usize,
    made: *mut f32,
) -> usize {
    let mut row = 0;
    while row < part.strides.rows {
        // SAFETY: the rows are there.
        unsafe {
            row += match part.strides.rows - row {
                4.. if V::MANY_REGISTERS => block::<V, C, 4>(part, column, row, heard, stride, made),
                2.. => block::<V, C, 2>(part, column, row, heard, stride, made),
                _ => block::<V, C, 1>(part, column, row, heard, stride, made),
            };
        }
    }
    C
}

#[inline(always)]
unsafe fn block<V: Lanes, const C: usize, const R: usize>(
    part: &FramePart,
    column: usize,
    row: usize,
    heard: *const f32,
    stride: usize,
    made: *mut f32,
) -> usize {
    let Strides { input, output, .. } = part.strides;
    // SAFETY: the caller vouches for `R` rows of `C` columns, and for a vector for each number that they meet or make.
    unsafe {
        let mut sums = [[V::splat(0.0); C]; R];
        let mut weights = part.weights.as_ptr().wrapping_add(column);
        let x = heard.add(row * input * stride);
        for tap in &part.taps {
            let x = x.add(tap.number * stride + tap.frame);
            let mut factors = [V::splat(0.0); C];
            for c in 0..C {
                factors[c] = V::splat(*weights.add(c));
            }
            for r in 0..R {
                let value = V::load(x.add(r * input * stride));
                for c in 0..C {
                    sums[r][c] = value.mul_add(factors[c], sums[r][c]);
                }
            }
            // Behind the last tap it points beyond the weights.
            weights = weights.wrapping_add(part.columns);
        }
        for c in 0..C {
            for r in 0..R {
                let to = made.add((part.output + (row + r) * output + column + c) * V::COUNT);
                part.epilogue.apply_to_frames(column + c, sums[r][c]).store(to);
            }
        }
    }
    R
}

/// The plain twin of the sums.
pub(super) fn frame_sums_scalar(
    sums: &FrameSums,
    outputs: usize,
    input: &[f32],
    scratch: &mut [f32],
    output: &mut [f32],
) {
    let frames = sums.check(input, scratch, output, outputs);
    for frame in 0..frames {
        for part in &sums.parts {
            for row in 0..part.strides.rows {
                for column in 0..part.columns {
                    let mut sum = 0.0;
                    for (tap, weights) in part.taps.iter().zip(part.weights.chunks_exact(part.columns)) {
                        let number = tap.number + row * part.strides.input;
                        sum += input[(frame + tap.frame) * sums.size + number] * weights[column];
                    }
                    let at = frame * outputs + part.output + row * part.strides.output + column;
                    output[at] = part.epilogue.apply_scalar(column, sum);
                }
            }
        }
    }
}
