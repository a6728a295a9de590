//! Rows of numbers turned into vectors with a lane for each row, and back.

use super::Lanes;

/// Writes `count` numbers of each of `rows` rows across: for every number a vector with a lane for each row, zero for rows
/// that are not there.
///
/// # Safety
/// The instruction set of `V` must be present, `rows <= V::COUNT`; `from` must be valid for `count` numbers in rows at
/// distances of `stride`, and `to` for `count` vectors.
#[inline(always)]
pub(super) unsafe fn across<V: Lanes>(
    from: *const f32,
    stride: usize,
    rows: usize,
    count: usize,
    to: *mut f32,
) {
    // SAFETY: the caller vouches for rows and vectors; a square stops where they do.
    unsafe {
        for first in (0..count).step_by(V::COUNT) {
            let left = (count - first).min(V::COUNT);
            let (from, to) = (from.add(first), to.add(first * V::COUNT));
            let mut square = [V::splat(0.0); 16];
            if rows == V::COUNT && left == V::COUNT {
                for row in 0..V::COUNT {
                    square[row] = V::load(from.add(row * stride));
                }
                V::transpose(&mut square);
                for n in 0..V::COUNT {
                    square[n].store(to.add(n * V::COUNT));
                }
            } else {
                for row in 0..rows {
                    square[row] = V::load_up_to(from.add(row * stride), left);
                }
                V::transpose(&mut square);
                for n in 0..left {
                    square[n].store(to.add(n * V::COUNT));
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
