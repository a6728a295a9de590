//! The two files of `torch.save`: the zip archive of PyTorch 1.6 and later, and the stream of pickles before it.

use std::collections::HashMap;

use super::CheckpointError;
use super::archive::Archive;
use super::machine;
use super::objects::{Id, Object, Objects, View};
use super::reader::Reader;
use super::select;
use super::state_dict::StateDict;
use super::storage::{Elements, Gather, Layout};
use crate::model::wording::shown;

/// The pickled number that begins the older file.
const LEGACY_MAGIC: &[u8] = b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";

/// Whether the content is the older stream: a protocol header, then the magic number.
pub(super) fn is_legacy(bytes: &[u8]) -> bool {
    bytes.first() == Some(&0x80) && bytes.get(2..).is_some_and(|rest| rest.starts_with(LEGACY_MAGIC))
}

/// Reads the archive: `data.pkl` describes the tensors, `data/KEY` holds each storage.
pub(super) fn read_archive(file: &str, bytes: &[u8]) -> Result<StateDict, CheckpointError> {
    let archive = Archive::open(file, bytes)?;
    let big_endian = match archive.get("byteorder") {
        None | Some(b"little") => false,
        Some(b"big") => true,
        Some(other) => {
            let problem = format!("byte order is `{}`", shown(&String::from_utf8_lossy(other)));
            return Err(CheckpointError::Archive { file: file.into(), problem });
        }
    };
    let pickle = machine::read(file, archive.get("data.pkl").unwrap_or_default(), 0)?;
    let find = |key: &str| archive.get(&format!("data/{key}"));
    Unpickled { file, file_size: bytes.len(), big_endian, objects: &pickle.objects }
        .state_dict(pickle.root, find)
}

/// Reads the stream: four pickles (magic number, version, byte order, checkpoint), a pickled list of storage keys, then
/// for each key the number of elements and the elements.
pub(super) fn read_legacy(file: &str, bytes: &[u8]) -> Result<StateDict, CheckpointError> {
    let fail = |offset: usize, problem: &str| CheckpointError::Pickle {
        file: file.into(),
        offset,
        problem: problem.into(),
    };
    let magic = machine::read(file, bytes, 0)?;
    let version = machine::read(file, bytes, magic.end)?;
    let sys_info = machine::read(file, bytes, version.end)?;
    let little_endian = sys_info.objects.entry(sys_info.root, "little_endian");
    if little_endian.is_some_and(|flag| matches!(sys_info.objects.get(flag), Object::Bool(false))) {
        return Err(fail(version.end, "written on a big-endian machine"));
    }
    let pickle = machine::read(file, bytes, sys_info.end)?;
    let keys = machine::read(file, bytes, pickle.end)?;

    let sizes: HashMap<&[u8], usize> = pickle
        .objects
        .storages()
        .map(|storage| (storage.key, storage.element.map_or(1, |element| element.size())))
        .collect();
    let mut contents = HashMap::new();
    let mut reader = Reader::new(bytes, keys.end);
    let order =
        keys.objects.items(keys.root).ok_or_else(|| fail(pickle.end, "expected a list of storages"))?;
    for &key in order {
        let Object::Text(key) = *keys.objects.get(key) else {
            return Err(fail(pickle.end, "the key of a storage is not a string"));
        };
        // An element of unknown size ends the walk: what follows cannot be found.
        let Some(&size @ 1..) = sizes.get(key) else { break };
        let at = reader.at();
        let content =
            reader.size().and_then(|count| count.checked_mul(size)).and_then(|size| reader.take(size));
        contents.insert(key, content.ok_or_else(|| fail(at, "a storage reaches past the end of the file"))?);
    }
    let find = |key: &str| contents.get(key.as_bytes()).copied();
    Unpickled { file, file_size: bytes.len(), big_endian: false, objects: &pickle.objects }
        .state_dict(pickle.root, find)
}

/// A checkpoint whose pickle has been read.
struct Unpickled<'f, 'a> {
    file: &'f str,
    file_size: usize,
    big_endian: bool,
    objects: &'f Objects<'a>,
}

impl<'a> Unpickled<'_, 'a> {
    fn state_dict(
        &self,
        root: Id,
        find: impl Fn(&str) -> Option<&'a [u8]>,
    ) -> Result<StateDict, CheckpointError> {
        let objects = self.objects;
        let dict = select::find(self.file, objects, root)?;
        let Object::Dict(entries) = objects.get(dict) else { return Ok(StateDict::default()) };
        let mut gather = Gather::new(self.file, self.file_size);
        let mut weights = StateDict::default();
        for &(key, value) in entries {
            let (Object::Text(name), Object::Tensor(view)) = (objects.get(key), objects.get(value)) else {
                return Err(CheckpointError::NotATensor {
                    file: self.file.into(),
                    tensor: select::label(objects, key),
                    found: objects.kind(value).into(),
                });
            };
            let name = String::from_utf8_lossy(name).into_owned();
            let elements = self.elements(&name, view, &find)?;
            let tensor = gather.tensor(&name, self.layout(&name, view)?, elements)?;
            weights.insert(name, tensor);
        }
        Ok(weights)
    }

    /// The bytes under a view, no more than its storage says it has.
    fn elements(
        &self,
        name: &str,
        view: &View,
        find: impl Fn(&str) -> Option<&'a [u8]>,
    ) -> Result<Elements<'a>, CheckpointError> {
        let (file, tensor) = (self.file.to_string(), shown(name));
        let Object::Storage(storage) = *self.objects.get(view.storage) else {
            let found = self.objects.kind(view.storage).into();
            return Err(CheckpointError::Layout { file, tensor, expected: "a storage".into(), found });
        };
        let Some(element) = view.element.or(storage.element) else {
            return Err(CheckpointError::ElementType { file, tensor, found: "untyped bytes".into() });
        };
        let key = String::from_utf8_lossy(storage.key);
        let Some(bytes) = find(&key) else {
            return Err(CheckpointError::MissingStorage { file, tensor, storage: shown(&key) });
        };
        let unit = storage.element.map_or(1, |element| element.size());
        let claimed = usize::try_from(storage.length).ok().and_then(|length| length.checked_mul(unit));
        match claimed {
            Some(claimed) if claimed <= bytes.len() => {
                Ok(Elements { bytes: &bytes[..claimed], element, big_endian: self.big_endian })
            }
            _ => Err(CheckpointError::Layout {
                file,
                tensor,
                expected: format!("a storage of {} elements or fewer", bytes.len() / unit.max(1)),
                found: storage.length.to_string(),
            }),
        }
    }

    fn layout(&self, name: &str, view: &View) -> Result<Layout, CheckpointError> {
        let fail = |expected: &str, found: String| CheckpointError::Layout {
            file: self.file.into(),
            tensor: shown(name),
            expected: expected.into(),
            found,
        };
        let sizes = |id: Id, what: &str| {
            let items = self.objects.items(id).filter(|items| items.len() <= Layout::MOST_AXES);
            let size = |&item| self.objects.int(item).and_then(|size| usize::try_from(size).ok());
            items
                .and_then(|items| items.iter().map(size).collect::<Option<Vec<usize>>>())
                .ok_or_else(|| fail(what, format!("{} that is not", self.objects.kind(id))))
        };
        let shape = sizes(view.shape, "a shape of non-negative sizes")?;
        let strides = sizes(view.strides, "non-negative strides")?;
        if shape.len() != strides.len() {
            return Err(fail(&format!("{} strides", shape.len()), strides.len().to_string()));
        }
        let offset = self.objects.int(view.offset).and_then(|offset| usize::try_from(offset).ok());
        let offset = offset.ok_or_else(|| fail("an offset", self.objects.kind(view.offset).into()))?;
        Ok(Layout { shape, strides, offset })
    }
}
