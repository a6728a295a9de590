//! Memory for vectors.

use std::ops::{Deref, DerefMut};

/// Numbers of a cache line, as many as the widest vector has.
pub(super) const LINE: usize = 16;

/// Numbers from the start of a cache line on: a vector at a multiple of its own length then never lies across two lines,
/// which costs as much as reading both.
#[derive(Debug, Default)]
pub(crate) struct Floats {
    memory: Vec<f32>,
    start: usize,
    length: usize,
}

impl Floats {
    /// As many zeros.
    pub fn zeros(length: usize) -> Self {
        let memory = vec![0.0; length + LINE];
        // Where the distance is not known it is none.
        let start = memory.as_ptr().align_offset(LINE * size_of::<f32>()).min(LINE) % LINE;
        Self { memory, start, length }
    }
}

impl From<&[f32]> for Floats {
    fn from(numbers: &[f32]) -> Self {
        let mut floats = Self::zeros(numbers.len());
        floats.copy_from_slice(numbers);
        floats
    }
}

impl Clone for Floats {
    fn clone(&self) -> Self {
        Self::from(&**self)
    }
}

impl Deref for Floats {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.memory[self.start..][..self.length]
    }
}

impl DerefMut for Floats {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.memory[self.start..][..self.length]
    }
}

#[cfg(test)]
mod tests {
    use super::{Floats, LINE};

    #[test]
    fn numbers_begin_at_a_cache_line_and_stay_what_they_were_in_a_copy() {
        for length in [0, 1, 15, 16, 17, 1000, 100_000] {
            let numbers: Vec<f32> = (0..length).map(|n| n as f32).collect();
            let floats = Floats::from(&numbers[..]);
            for floats in [&floats, &floats.clone()] {
                assert_eq!(**floats, numbers);
                assert!(cfg!(miri) || floats.as_ptr().addr().is_multiple_of(4 * LINE));
            }
        }
        assert!(Floats::default().is_empty());
    }
}
