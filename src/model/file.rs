//! Reading model files.

use super::tensors::Tensors;
use super::{Header, ModelError};
use ndarray::ArrayD;
use safetensors::{Dtype, SafeTensors};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// A model larger than this is some other file.
const MOST_BYTES: u64 = 1 << 30;

/// Metadata key of the header.
const HEADER_KEY: &str = "framewise";

/// Reads a file that may be a model.
pub(super) fn read(path: &Path, name: &str) -> Result<Vec<u8>, ModelError> {
    let failed = |source| ModelError::Read { file: name.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(ModelError::NotAModel { file: name.to_owned(), reason: "larger than 1 GiB".into() });
    }
    Ok(bytes)
}

/// Splits the bytes of a model file into header and tensors.
pub(super) fn parse(name: &str, bytes: &[u8]) -> Result<(Header, Tensors), ModelError> {
    let not_a_model = |reason: String| ModelError::NotAModel { file: name.to_owned(), reason };
    let (_, metadata) =
        SafeTensors::read_metadata(bytes).map_err(|error| not_a_model(describe(&error, bytes)))?;
    let header =
        metadata.metadata().as_ref().and_then(|entries| entries.get(HEADER_KEY)).ok_or_else(|| {
            not_a_model(format!("a safetensors file without the metadata key `{HEADER_KEY}`"))
        })?;
    let header = Header::parse(name, header)?;
    let file = SafeTensors::deserialize(bytes).map_err(|error| not_a_model(describe(&error, bytes)))?;
    let mut tensors = BTreeMap::new();
    for (tensor, view) in file.iter() {
        let file = || name.to_owned();
        if view.dtype() != Dtype::F32 {
            let found = format!("{:?}", view.dtype());
            return Err(ModelError::TensorType { file: file(), tensor: tensor.to_owned(), found });
        }
        let values: Vec<f32> =
            view.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        if let Some(position) = values.iter().position(|value| !value.is_finite()) {
            let found = values[position];
            return Err(ModelError::NonFinite { file: file(), tensor: tensor.to_owned(), position, found });
        }
        let array = ArrayD::from_shape_vec(view.shape(), values)
            .map_err(|error| not_a_model(format!("tensor `{tensor}`: {error}")))?;
        tensors.insert(tensor.to_owned(), array);
    }
    Ok((header, Tensors::new(name, tensors)))
}

/// The bytes of a model file.
#[cfg(feature = "import")]
pub(super) fn write(
    name: &str,
    header: &Header,
    tensors: &BTreeMap<String, ArrayD<f32>>,
) -> Result<Vec<u8>, ModelError> {
    use safetensors::tensor::TensorView;
    use std::collections::HashMap;
    let failed = |reason: String| ModelError::Write { file: name.to_owned(), reason };
    let text = serde_json::to_string(header).map_err(|error| failed(error.to_string()))?;
    let data: Vec<(&String, Vec<usize>, Vec<u8>)> = tensors
        .iter()
        .map(|(tensor, array)| {
            (tensor, array.shape().to_vec(), array.iter().flat_map(|value| value.to_le_bytes()).collect())
        })
        .collect();
    let views = data
        .iter()
        .map(|(tensor, shape, bytes)| Ok((*tensor, TensorView::new(Dtype::F32, shape.clone(), bytes)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()
        .map_err(|error| failed(error.to_string()))?;
    let metadata = HashMap::from([(HEADER_KEY.to_owned(), text)]);
    safetensors::serialize(views, Some(metadata)).map_err(|error| failed(error.to_string()))
}

/// The reader's complaint in words for someone who may have given the wrong file.
fn describe(error: &safetensors::SafeTensorError, bytes: &[u8]) -> String {
    match bytes {
        [] => "the file is empty".into(),
        [b'R', b'I', b'F', b'F', ..] => "a WAV file".into(),
        [b'P', b'K', ..] => "a zip archive, perhaps a PyTorch checkpoint: import it first".into(),
        _ => format!("not in safetensors format ({error})"),
    }
}
