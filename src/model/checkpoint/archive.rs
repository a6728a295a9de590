//! The zip container of `torch.save`: entries that are stored as they are, found through the central directory.

use std::collections::HashMap;

use super::CheckpointError;
use super::reader::Reader;
use crate::model::wording::shown;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;
/// The end record without its comment, and the longest comment.
const END_SIZE: usize = 22;
const LONGEST_COMMENT: usize = 0xffff;

/// Whether the content begins like a zip archive.
pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Entries of a zip archive by full name, as slices of the file.
pub(super) struct Archive<'a> {
    entries: HashMap<&'a [u8], &'a [u8]>,
    /// Folder of `data.pkl` with its slash; PyTorch names it after the file or `archive`.
    folder: Vec<u8>,
}

impl<'a> Archive<'a> {
    pub(super) fn open(file: &str, bytes: &'a [u8]) -> Result<Self, CheckpointError> {
        let fail = |problem: String| CheckpointError::Archive { file: file.into(), problem };
        let (mut directory, count) = find_directory(bytes)
            .ok_or_else(|| fail("no central directory: the file is cut short".into()))?;
        let mut entries = HashMap::new();
        for index in 0..count {
            let (name, place) = read_entry(&mut directory)
                .ok_or_else(|| fail(format!("entry {index} of the central directory is damaged")))?;
            let label = || shown(&String::from_utf8_lossy(name));
            if place.method != 0 {
                let method = place.method;
                return Err(fail(format!("`{}`: expected a stored entry, found method {method}", label())));
            }
            let content = place
                .content(bytes)
                .ok_or_else(|| fail(format!("`{}` reaches past the end of the file", label())))?;
            entries.entry(name).or_insert(content);
        }
        let folder = entries
            .keys()
            .filter_map(|name| name.strip_suffix(b"data.pkl"))
            .filter(|folder| folder.last().is_none_or(|&last| last == b'/'))
            .min_by_key(|folder| (folder.len(), *folder))
            .ok_or_else(|| fail("expected an entry `data.pkl`, found none".into()))?
            .to_vec();
        Ok(Archive { entries, folder })
    }

    /// The entry `name` in the checkpoint's own folder.
    pub(super) fn get(&self, name: &str) -> Option<&'a [u8]> {
        let path = [&self.folder, name.as_bytes()].concat();
        self.entries.get(path.as_slice()).copied()
    }
}

/// Where the central directory begins, and how many entries the end record counts.
fn find_directory(bytes: &[u8]) -> Option<(Reader<'_>, usize)> {
    let last = bytes.len().checked_sub(END_SIZE)?;
    let first = last.saturating_sub(LONGEST_COMMENT);
    let end = (first..=last).rev().find(|&at| Reader::new(bytes, at).u32() == Some(END))?;
    let mut record = Reader::new(bytes, end + 10);
    let count = record.u16()?;
    record.u32()?;
    let start = record.u32()?;
    if let Some((start, count)) = find_directory_64(bytes, end) {
        return Some((Reader::new(bytes, start), count));
    }
    Some((Reader::new(bytes, usize::try_from(start).ok()?), usize::from(count)))
}

/// The same from the ZIP64 records, where they stand before the end record.
fn find_directory_64(bytes: &[u8], end: usize) -> Option<(usize, usize)> {
    let mut locator = Reader::new(bytes, end.checked_sub(20)?);
    if locator.u32()? != LOCATOR_64 {
        return None;
    }
    locator.u32()?;
    let mut record = Reader::new(bytes, locator.size()?);
    if record.u32()? != END_64 {
        return None;
    }
    record.take(28)?;
    let count = record.size()?;
    record.u64()?;
    Some((record.size()?, count))
}

struct Place {
    method: u16,
    size: usize,
    header: usize,
}

/// One entry of the central directory: its name, and where its content is.
fn read_entry<'a>(directory: &mut Reader<'a>) -> Option<(&'a [u8], Place)> {
    if directory.u32()? != CENTRAL {
        return None;
    }
    directory.take(6)?;
    let method = directory.u16()?;
    directory.take(8)?;
    let packed = directory.u32()?;
    let size = directory.u32()?;
    let name_length = usize::from(directory.u16()?);
    let extra_length = usize::from(directory.u16()?);
    let comment_length = usize::from(directory.u16()?);
    directory.take(8)?;
    let header = directory.u32()?;
    let name = directory.take(name_length)?;
    let extra = directory.take(extra_length)?;
    directory.take(comment_length)?;

    let mut wide = zip64_field(extra);
    let mut widen = |narrow: u32| if narrow == u32::MAX { wide.size() } else { usize::try_from(narrow).ok() };
    // The order of the field: size, packed size, header; each only where the narrow one is all ones.
    let size = widen(size)?;
    widen(packed)?;
    let header = widen(header)?;
    Some((name, Place { method, size, header }))
}

/// The content of the extra field with id 1; empty where there is none.
fn zip64_field(extra: &[u8]) -> Reader<'_> {
    let mut fields = Reader::new(extra, 0);
    while let (Some(id), Some(length)) = (fields.u16(), fields.u16()) {
        match fields.take(usize::from(length)) {
            Some(field) if id == 1 => return Reader::new(field, 0),
            Some(_) => {}
            None => break,
        }
    }
    Reader::new(&[], 0)
}

impl Place {
    /// The bytes after the local header, whose own name and padding decide where they begin.
    fn content<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let mut local = Reader::new(bytes, self.header);
        if local.u32()? != LOCAL {
            return None;
        }
        local.take(22)?;
        let name_length = usize::from(local.u16()?);
        let extra_length = usize::from(local.u16()?);
        local.take(name_length + extra_length)?;
        local.take(self.size)
    }
}
