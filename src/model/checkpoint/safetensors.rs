//! Safetensors: the length of a JSON header, the header, the elements of all tensors one after another.

use std::collections::BTreeMap;

use super::CheckpointError;
use super::element::Element;
use super::state_dict::StateDict;
use super::storage::{Elements, Gather, Layout};
use crate::model::wording::shown;

/// One tensor in the header.
#[derive(serde::Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: (usize, usize),
}

/// Whether the content begins with the length of a header that lies inside, and a brace.
pub(super) fn is_safetensors(bytes: &[u8]) -> bool {
    split(bytes).is_some_and(|(header, _)| header.starts_with(b"{"))
}

/// Header and elements.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)
}

/// Reads the tensors, in the order of their elements in the file.
pub(super) fn read(file: &str, bytes: &[u8]) -> Result<StateDict, CheckpointError> {
    let fail = |problem: String| CheckpointError::Header { file: file.into(), problem };
    let (header, data) = split(bytes).ok_or_else(|| fail("cut short".into()))?;
    let header: BTreeMap<String, serde_json::Value> =
        serde_json::from_slice(header).map_err(|error| fail(error.to_string()))?;
    let mut entries = Vec::new();
    for (name, value) in header {
        if name != "__metadata__" {
            let entry: Entry = serde_json::from_value(value)
                .map_err(|error| fail(format!("`{}`: {error}", shown(&name))))?;
            entries.push((name, entry));
        }
    }
    entries.sort_by_key(|(_, entry)| entry.data_offsets);

    let mut gather = Gather::new(file, bytes.len());
    let mut weights = StateDict::default();
    for (name, Entry { dtype, shape, data_offsets: (start, end) }) in entries {
        let (file, tensor) = (file.to_string(), shown(&name));
        let Some(element) = element(&dtype) else {
            return Err(CheckpointError::ElementType { file, tensor, found: shown(&dtype) });
        };
        let Some(content) = data.get(start..end) else {
            let expected = format!("elements within {} bytes", data.len());
            return Err(CheckpointError::Layout { file, tensor, expected, found: format!("{start}..{end}") });
        };
        let count = shape.iter().try_fold(1usize, |count, &size| count.checked_mul(size));
        if shape.len() > Layout::MOST_AXES
            || count.and_then(|count| count.checked_mul(element.size())) != Some(end - start)
        {
            let expected = format!("a shape of {} elements", content.len() / element.size());
            let found = shown(&format!("{shape:?}"));
            return Err(CheckpointError::Layout { file, tensor, expected, found });
        }
        let source = Elements { bytes: content, element, big_endian: false };
        let tensor = gather.tensor(&name, Layout::row_major(shape), source)?;
        weights.insert(name, tensor);
    }
    if weights.is_empty() {
        return Err(CheckpointError::NoStateDict {
            file: file.into(),
            found: "a header without tensors".into(),
        });
    }
    Ok(weights)
}

fn element(name: &str) -> Option<Element> {
    Some(match name {
        "F64" => Element::F64,
        "F32" => Element::F32,
        "F16" => Element::F16,
        "BF16" => Element::BF16,
        "I64" => Element::I64,
        "U64" => Element::U64,
        "I32" => Element::I32,
        "U32" => Element::U32,
        "I16" => Element::I16,
        "U16" => Element::U16,
        "I8" => Element::I8,
        "U8" => Element::U8,
        "BOOL" => Element::Bool,
        _ => return None,
    })
}
