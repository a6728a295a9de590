//! Rows of numbers turned into vectors with a lane for each row, and back.

// Rows, columns and lanes are numbered alike in memory and in arrays; an index says so more plainly than zipped iterators.
#![allow(clippy::needless_range_loop)]

use super::Lanes;

/// Writes `count` numbers of each of `rows` rows across: for every number a vector with a lane for each row, at distances of
/// `apart`. Lanes of rows that are not there stay as they are.
///
/// # Safety
/// The instruction set of `V` must be present, `rows <= V::COUNT`; `from` must be valid for `count` numbers in rows at
/// distances of `stride`, and `to` for what is written.
#[inline(always)]
pub(super) unsafe fn across<V: Lanes>(
    from: *const f32,
    stride: usize,
    rows: usize,
    count: usize,
    to: *mut f32,
    apart: usize,
) {
    // SAFETY: the caller vouches for rows and vectors; a square stops where they do.
    unsafe {
        if rows <= 2 {
            for row in 0..rows {
                for n in 0..count {
                    *to.add(n * apart + row) = *from.add(row * stride + n);
                }
            }
            return;
        }
        for first in (0..count).step_by(V::COUNT) {
            let left = (count - first).min(V::COUNT);
            let (from, to) = (from.add(first), to.add(first * apart));
            let mut square = [V::splat(0.0); 16];
            if rows == V::COUNT && left == V::COUNT {
                for row in 0..V::COUNT {
                    square[row] = V::load(from.add(row * stride));
                }
                V::transpose(&mut square);
                for n in 0..V::COUNT {
                    square[n].store(to.add(n * apart));
                }
            } else {
                for row in 0..rows {
                    square[row] = V::load_up_to(from.add(row * stride), left);
                }
                V::transpose(&mut square);
                for n in 0..left {
                    square[n].store_up_to(to.add(n * apart), rows);
                }
            }
        }
    }
}

/// The way back: writes `count` numbers of each of `rows` rows from vectors with a lane for each row.
///
/// # Safety
/// As [`across`], with `from` and `to` in each other's place.
#[inline(always)]
pub(super) unsafe fn back<V: Lanes>(
    from: *const f32,
    to: *mut f32,
    stride: usize,
    rows: usize,
    count: usize,
) {
    // SAFETY: as above.
    unsafe {
        for first in (0..count).step_by(V::COUNT) {
            let left = (count - first).min(V::COUNT);
            let (from, to) = (from.add(first * V::COUNT), to.add(first));
            let mut square = [V::splat(0.0); 16];
            if rows == V::COUNT && left == V::COUNT {
                for n in 0..V::COUNT {
                    square[n] = V::load(from.add(n * V::COUNT));
                }
                V::transpose(&mut square);
                for row in 0..V::COUNT {
                    square[row].store(to.add(row * stride));
                }
            } else {
                for n in 0..left {
                    square[n] = V::load(from.add(n * V::COUNT));
                }
                V::transpose(&mut square);
                for row in 0..rows {
                    square[row].store_up_to(to.add(row * stride), left);
                }
            }
        }
    }
}
