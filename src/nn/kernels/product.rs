//! Matrix products over the taps of a convolution, with the accumulators held in registers.

use super::epilogue::Epilogue;
use super::{Kernels, Lanes, WIDEST, padded};
use crate::nn::floats::Floats;

/// A run of consecutive input numbers that meets consecutive rows of the weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Offset of the run from the start of the row's input.
    pub input: usize,
    /// Numbers in the run.
    pub depth: usize,
}

/// Distances between rows, and how many there are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strides {
    pub rows: usize,
    pub input: usize,
    pub output: usize,
}

/// Columns of one panel of packed weights: eight of the widest vectors.
const PANEL: usize = 8 * WIDEST;

/// Rows of weights that are asked for before their turn.
const AHEAD: usize = 8;

/// Packed weights of `output[r, :] = epilogue(sum over segments of input[r, segment] * weights[segment, :])`.
///
/// The weights stand in panels of up to [`PANEL`] columns; in a panel each row of weights is contiguous.
#[derive(Clone, Debug)]
pub(crate) struct Product {
    segments: Vec<Segment>,
    weights: Floats,
    epilogue: Epilogue,
    columns: usize,
    depth: usize,
    reach: usize,
}

impl Product {
    /// Packs `weight(row, column)`; the rows run through the segments in order.
    pub fn new(
        segments: Vec<Segment>,
        columns: usize,
        weight: impl Fn(usize, usize) -> f32,
        bias: Vec<f32>,
    ) -> Self {
        assert_eq!(bias.len(), columns, "one bias a column");
        let depth = segments.iter().map(|s| s.depth).sum();
        let reach = segments.iter().map(|s| s.input + s.depth).max().unwrap_or(0);
        let mut weights = Vec::with_capacity(depth * padded(columns));
        for panel in (0..padded(columns)).step_by(PANEL) {
            let end = (panel + PANEL).min(padded(columns));
            for row in 0..depth {
                weights.extend(
                    (panel..end).map(|column| if column < columns { weight(row, column) } else { 0.0 }),
                );
            }
        }
        let weights = Floats::from(&weights[..]);
        Self { segments, weights, epilogue: Epilogue::new(&bias), columns, depth, reach }
    }

    /// One run of `depth` numbers from the start of the input: a plain matrix.
    pub fn dense(depth: usize, columns: usize, weight: impl Fn(usize, usize) -> f32, bias: Vec<f32>) -> Self {
        Self::new(vec![Segment { input: 0, depth }], columns, weight, bias)
    }

    /// What becomes of the sums.
    pub fn epilogue_mut(&mut self) -> &mut Epilogue {
        &mut self.epilogue
    }

    /// Columns of the output.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Multiply-adds of one row.
    pub fn multiply_adds(&self) -> usize {
        self.depth * self.columns
    }

    /// Computes every row.
    ///
    /// # Panics
    /// If input or output is too short for the rows.
    #[inline]
    pub fn run(&self, kernels: Kernels, input: &[f32], output: &mut [f32], strides: Strides) {
        kernels.product(self, input, output, strides);
    }

    fn check(&self, input: &[f32], output: &[f32], strides: Strides) {
        let last = strides.rows - 1;
        assert!(input.len() >= last * strides.input + self.reach, "input too short for the product");
        assert!(output.len() >= last * strides.output + self.columns, "output too short for the product");
    }
}

/// Where one panel of a product stands in memory.
#[derive(Clone, Copy)]
struct Panel<'a> {
    segments: &'a [Segment],
    weights: *const f32,
    width: usize,
    epilogue: &'a Epilogue,
    /// The first column, and the number of columns of the output row.
    column: usize,
    columns: usize,
}

/// The product on the lanes `V`.
///
/// # Safety
/// The instruction set of `V` must be present.
#[inline(always)]
pub(super) unsafe fn product<V: Lanes>(
    product: &Product,
    input: &[f32],
    output: &mut [f32],
    strides: Strides,
) {
    if strides.rows == 0 {
        return;
    }
    product.check(input, output, strides);
    let total = padded(product.columns);
    let mut start = 0;
    while start < total {
        let width = PANEL.min(total - start);
        let mut column = 0;
        while column < width {
            let left = (width - column) / V::COUNT;
            if start + column >= product.columns {
                break;
            }
            // SAFETY: `check` covers every row of input and output. `column` and `start` stay inside the padded
            // columns, so weights and epilogue are readable for whole vectors; stores stop at `columns`. A product of
            // no rows of weights has none to point at, and reads none: hence `wrapping_add`.
            unsafe {
                let panel = Panel {
                    segments: &product.segments,
                    weights: product.weights.as_ptr().wrapping_add(start * product.depth + column),
                    width,
                    epilogue: &product.epilogue,
                    column: start + column,
                    columns: product.columns,
                };
                let (x, y) = (input.as_ptr(), output.as_mut_ptr().add(start + column));
                column += V::COUNT * columns::<V>(panel, left, x, y, strides);
            }
        }
        start += width;
    }
}

/// All rows of as many vectors of columns as one pass can hold; returns that number.
#[inline(always)]
unsafe fn columns<V: Lanes>(
    panel: Panel<'_>,
    left: usize,
    x: *const f32,
    y: *mut f32,
    strides: Strides,
) -> usize {
    // SAFETY: the caller vouches for the panel and the rows.
    unsafe {
        if V::MANY_REGISTERS {
            match (strides.rows, left) {
                (1, 8..) => rows::<V, 1, 8>(panel, x, y, strides),
                (1..4, 4..) => rows::<V, 1, 4>(panel, x, y, strides),
                (4.., 4..) => rows::<V, 4, 4>(panel, x, y, strides),
                (1..8, 2..) => rows::<V, 1, 2>(panel, x, y, strides),
                (8.., 2..) => rows::<V, 8, 2>(panel, x, y, strides),
                (1..12, _) => rows::<V, 1, 1>(panel, x, y, strides),
                _ => rows::<V, 12, 1>(panel, x, y, strides),
            }
        } else if !V::FUSED {
            // A product on its way to its sum needs a register of its own.
            match (strides.rows, left) {
                (1, 8..) => rows::<V, 1, 8>(panel, x, y, strides),
                (1..4, 4..) => rows::<V, 1, 4>(panel, x, y, strides),
                (4.., 2..) => rows::<V, 4, 2>(panel, x, y, strides),
                (_, 2..) => rows::<V, 1, 2>(panel, x, y, strides),
                (1..8, _) => rows::<V, 1, 1>(panel, x, y, strides),
                _ => rows::<V, 8, 1>(panel, x, y, strides),
            }
        } else {
            match (strides.rows, left) {
                (1, 8..) => rows::<V, 1, 8>(panel, x, y, strides),
                (1..4, 4..) => rows::<V, 1, 4>(panel, x, y, strides),
                (1..6, 2..) => rows::<V, 1, 2>(panel, x, y, strides),
                (6.., 2..) => rows::<V, 6, 2>(panel, x, y, strides),
                (1..8, _) => rows::<V, 1, 1>(panel, x, y, strides),
                _ => rows::<V, 8, 1>(panel, x, y, strides),
            }
        }
    }
}

/// `R` rows by `C` vectors at a time. The last block overlaps the one before, which writes the same numbers again.
#[inline(always)]
unsafe fn rows<V: Lanes, const R: usize, const C: usize>(
    panel: Panel<'_>,
    x: *const f32,
    y: *mut f32,
    strides: Strides,
) -> usize {
    let mut row = 0;
    while row < strides.rows {
        let first = row.min(strides.rows - R);
        // SAFETY: rows `first..first + R` are within `strides.rows`.
        unsafe {
            block::<V, R, C>(panel, x.add(first * strides.input), y.add(first * strides.output), strides)
        };
        row += R;
    }
    C
}

#[inline(always)]
unsafe fn block<V: Lanes, const R: usize, const C: usize>(
    panel: Panel<'_>,
    x: *const f32,
    y: *mut f32,
    strides: Strides,
) {
    // SAFETY: the caller vouches for `R` rows of input and output and for `C` vectors of weights and bias.
    unsafe {
        let mut sums = [[V::splat(0.0); C]; R];
        let mut weights = panel.weights;
        for segment in panel.segments {
            let run = x.add(segment.input);
            for i in 0..segment.depth {
                let mut tap = [V::splat(0.0); C];
                for (c, tap) in tap.iter_mut().enumerate() {
                    *tap = V::load(weights.add(c * V::COUNT));
                    if R == 1 && C == 8 {
                        // One row uses each weight once: the product is as fast as the weights arrive.
                        V::prefetch(weights.wrapping_add(AHEAD * panel.width + c * V::COUNT));
                    }
                }
                for (r, row) in sums.iter_mut().enumerate() {
                    let value = V::splat(*run.add(r * strides.input + i));
                    for c in 0..C {
                        row[c] = value.mul_add(tap[c], row[c]);
                    }
                }
                // Behind the last row it points up to a panel beyond the weights.
                weights = weights.wrapping_add(panel.width);
            }
        }
        for (r, row) in sums.iter().enumerate() {
            for (c, sum) in row.iter().enumerate() {
                let column = panel.column + c * V::COUNT;
                let left = panel.columns.saturating_sub(column);
                if left == 0 {
                    continue;
                }
                let to = y.add(r * strides.output + c * V::COUNT);
                let value = panel.epilogue.apply(column, *sum);
                if left >= V::COUNT { value.store(to) } else { value.store_first(to, left) }
            }
        }
    }
}

/// The plain twin of the product.
pub(super) fn product_scalar(product: &Product, input: &[f32], output: &mut [f32], strides: Strides) {
    for row in 0..strides.rows {
        for column in 0..product.columns {
            let start = column / PANEL * PANEL;
            let width = PANEL.min(padded(product.columns) - start);
            let panel = &product.weights[start * product.depth..];
            let mut sum = 0.0;
            let mut weight = 0;
            for segment in &product.segments {
                for i in 0..segment.depth {
                    sum += input[row * strides.input + segment.input + i]
                        * panel[weight * width + column - start];
                    weight += 1;
                }
            }
            output[row * strides.output + column] = product.epilogue.apply_scalar(column, sum);
        }
    }
}
