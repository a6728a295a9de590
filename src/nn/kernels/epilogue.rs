//! What becomes of a sum before it is stored: bias, frozen batch norm, rectifier.

use super::{Lanes, padded};

/// `y = leaky((sum + bias) * scale + shift)`, the last two steps only where they were asked for.
///
/// The steps keep the order of the unfused layers; the multiply-add rounds once where theirs round twice.
#[derive(Clone, Debug)]
pub(crate) struct Epilogue {
    pub bias: Vec<f32>,
    pub affine: Option<Affine>,
    pub slopes: Option<Vec<f32>>,
}

/// One scale and one shift a column.
#[derive(Clone, Debug)]
pub(crate) struct Affine {
    pub scale: Vec<f32>,
    pub shift: Vec<f32>,
}

/// `values` with zeros up to a whole number of the widest vectors.
pub(crate) fn pad(values: &[f32]) -> Vec<f32> {
    let mut values = values.to_vec();
    values.resize(padded(values.len()), 0.0);
    values
}

impl Epilogue {
    /// Adds one bias a column.
    pub fn new(bias: &[f32]) -> Self {
        Self { bias: pad(bias), affine: None, slopes: None }
    }

    /// Applies the epilogue to the vector of sums that begins at `column`.
    ///
    /// # Safety
    /// The instruction set of `V` must be present and a whole vector from `column` on within the padded columns.
    #[inline(always)]
    pub(super) unsafe fn apply<V: Lanes>(&self, column: usize, sum: V) -> V {
        debug_assert!(column + V::COUNT <= self.bias.len());
        // SAFETY: all vectors have the padded length of the bias.
        unsafe {
            let mut y = sum.add(V::load(self.bias.as_ptr().add(column)));
            if let Some(Affine { scale, shift }) = &self.affine {
                y = y.mul_add(V::load(scale.as_ptr().add(column)), V::load(shift.as_ptr().add(column)));
            }
            if let Some(slopes) = &self.slopes {
                y = y.where_positive(y, y.mul(V::load(slopes.as_ptr().add(column))));
            }
            y
        }
    }

    /// The same for a vector of frames of one column.
    ///
    /// # Safety
    /// The instruction set of `V` must be present, and `column` one of the columns.
    #[inline(always)]
    pub(super) unsafe fn apply_to_frames<V: Lanes>(&self, column: usize, sum: V) -> V {
        debug_assert!(column < self.bias.len());
        // SAFETY: all vectors have a number for each column.
        unsafe {
            let of = |vector: &[f32]| V::splat(*vector.as_ptr().add(column));
            let mut y = sum.add(of(&self.bias));
            if let Some(Affine { scale, shift }) = &self.affine {
                y = y.mul_add(of(scale), of(shift));
            }
            if let Some(slopes) = &self.slopes {
                y = y.where_positive(y, y.mul(of(slopes)));
            }
            y
        }
    }

    /// The plain twin of [`Epilogue::apply`].
    pub(super) fn apply_scalar(&self, column: usize, sum: f32) -> f32 {
        let mut y = sum + self.bias[column];
        if let Some(Affine { scale, shift }) = &self.affine {
            y = y * scale[column] + shift[column];
        }
        match &self.slopes {
            Some(slopes) if y.is_nan() || y <= 0.0 => y * slopes[column],
            _ => y,
        }
    }
}
