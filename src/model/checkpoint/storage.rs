//! Gathers the elements of a tensor out of its storage.

use super::CheckpointError;
use super::element::Element;
use super::state_dict::Tensor;
use crate::model::wording::shown;

/// Views may repeat elements, so a small file could describe a huge tensor. All tensors together may have as many
/// elements (and axes) as the file has bytes, and this many more.
const SPARE_ELEMENTS: usize = 1 << 16;

/// A storage's bytes.
#[derive(Clone, Copy)]
pub(super) struct Elements<'a> {
    pub bytes: &'a [u8],
    pub element: Element,
    pub big_endian: bool,
}

/// How a tensor lies in its storage, in elements.
pub(super) struct Layout {
    pub shape: Vec<usize>,
    pub strides: Vec<usize>,
    pub offset: usize,
}

impl Layout {
    /// As many axes as PyTorch allows.
    pub(super) const MOST_AXES: usize = 64;

    /// Elements in order, without gaps.
    pub(super) fn row_major(shape: Vec<usize>) -> Self {
        let mut strides = vec![1usize; shape.len()];
        for axis in (1..shape.len()).rev() {
            strides[axis - 1] = strides[axis].saturating_mul(shape[axis]);
        }
        Layout { shape, strides, offset: 0 }
    }
}

/// Makes the tensors of one file, and sees to it that they stay in proportion to it.
pub(super) struct Gather<'f> {
    file: &'f str,
    limit: usize,
    elements: usize,
}

impl<'f> Gather<'f> {
    pub(super) fn new(file: &'f str, file_size: usize) -> Self {
        Gather { file, limit: file_size.saturating_add(SPARE_ELEMENTS), elements: 0 }
    }

    /// `values[i, j, ..] = storage[offset + i * strides[0] + j * strides[1] + ..]`
    pub(super) fn tensor(
        &mut self,
        name: &str,
        layout: Layout,
        source: Elements<'_>,
    ) -> Result<Tensor, CheckpointError> {
        let (file, tensor) = (self.file.to_string(), shown(name));
        let size = source.element.size();
        if size == 0 {
            return Err(CheckpointError::ElementType { file, tensor, found: source.element.name().into() });
        }
        let Layout { shape, strides, offset } = layout;
        let (count, needed) = match extent(&shape, &strides, offset) {
            Some(extent) => extent,
            None => {
                let expected = "sizes and strides of an address space".into();
                let found = format!("shape {shape:?}, strides {strides:?}, offset {offset}");
                return Err(CheckpointError::Layout { file, tensor, expected, found });
            }
        };
        let available = source.bytes.len() / size;
        if needed > available {
            return Err(CheckpointError::OutOfBounds { file, tensor, expected: needed, found: available });
        }
        // A tensor without elements costs something too.
        self.elements = self.elements.saturating_add(count).saturating_add(shape.len());
        if self.elements > self.limit {
            let (expected, found) = (self.limit, self.elements);
            return Err(CheckpointError::TooLarge { file, tensor, expected, found });
        }

        let mut values = Vec::with_capacity(count);
        let mut index = vec![0; shape.len()];
        let mut place = offset;
        for _ in 0..count {
            values.push(source.element.decode(&source.bytes[place * size..][..size], source.big_endian));
            for axis in (0..shape.len()).rev() {
                index[axis] += 1;
                place += strides[axis];
                if index[axis] < shape[axis] {
                    break;
                }
                place -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }
        Ok(Tensor { shape, values })
    }
}

/// How many elements a tensor has, and how many its storage must have; `None` where they pass the address space.
fn extent(shape: &[usize], strides: &[usize], offset: usize) -> Option<(usize, usize)> {
    if shape.contains(&0) {
        return Some((0, 0));
    }
    let mut count = 1usize;
    let mut last = offset;
    for (&size, &stride) in shape.iter().zip(strides) {
        count = count.checked_mul(size)?;
        // Twice: the walk steps one stride past the end of an axis before it turns back.
        size.checked_mul(stride)?.checked_add(last)?;
        last = (size - 1).checked_mul(stride)?.checked_add(last)?;
    }
    Some((count, last.checked_add(1)?))
}
