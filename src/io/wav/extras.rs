//! Chunks besides the sound: what people wrote about it, kept for the output.

use super::error::WavError;
use crate::io::wav::read::ChunkHeader;
use crate::io::wav::read::Input;

/// Bytes of chunks that are kept of one file; bounds the memory that a file can ask for.
const MOST_BYTES: usize = 16 << 20;

/// Chunks that say something of the sound that still holds for as much sound of the same rate.
const CARRIED: [&[u8; 4]; 18] = [
    b"bext", b"iXML", b"axml", b"aXML", b"chna", b"cue ", b"plst", b"LIST", b"smpl", b"inst", b"acid",
    b"cart", b"umid", b"DISP", b"_PMX", b"id3 ", b"ID3 ", b"strc",
];

/// Those of them that point at samples.
const POINTING: [&[u8; 4]; 5] = [b"cue ", b"plst", b"smpl", b"acid", b"strc"];

/// Chunks that are made anew with the file, or only take up room, or draw the old sound.
const MADE_ANEW: [&[u8; 4]; 16] = [
    b"fmt ", b"data", b"fact", b"ds64", b"JUNK", b"junk", b"PAD ", b"FLLR", b"PEAK", b"levl", b"minf",
    b"elm1", b"regn", b"ovwf", b"SAUR", b"LGWV",
];

/// A chunk as it stands in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Its name of four characters.
    pub name: [u8; 4],
    /// Its content, without the byte of padding that follows an odd size.
    pub body: Vec<u8>,
}

impl Chunk {
    /// Appends name, size, content and padding.
    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.name);
        // No more than `MOST_BYTES` are ever kept.
        bytes.extend_from_slice(&(self.body.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&self.body);
        bytes.resize(bytes.len().next_multiple_of(2), 0);
    }

    /// Its name as messages show it.
    pub fn shown(&self) -> String {
        self.name.escape_ascii().to_string().trim_end().to_owned()
    }

    /// Whether it points at samples by their number, so that it is wrong of sound that begins elsewhere.
    pub fn points_at_samples(&self) -> bool {
        POINTING.contains(&&self.name)
    }
}

/// Bytes of these chunks in a file.
pub(super) fn bytes(chunks: &[Chunk]) -> Vec<u8> {
    let mut bytes = Vec::new();
    chunks.iter().for_each(|chunk| chunk.write(&mut bytes));
    bytes
}

/// What was found around the sound so far.
#[derive(Clone, Debug, Default)]
pub struct Extras {
    /// Chunks before the sound.
    pub before: Vec<Chunk>,
    /// Chunks behind it.
    pub after: Vec<Chunk>,
    /// Names of what is not kept.
    pub dropped: Vec<String>,
    size: usize,
}

impl Extras {
    /// Takes the body of a chunk, or passes over it.
    pub(super) fn take(
        &mut self,
        input: &mut Input,
        chunk: ChunkHeader,
        behind: bool,
    ) -> Result<(), WavError> {
        let (name, size) = (chunk.name, chunk.size as usize);
        if MADE_ANEW.contains(&&name) {
            return input.skip(u64::from(chunk.size));
        }
        if !CARRIED.contains(&&name) || self.size.saturating_add(size) > MOST_BYTES {
            self.drop_named(&name);
            return input.skip(u64::from(chunk.size));
        }
        let body = input.read(size)?;
        // A list of waves is sound, not what is said of it.
        let sound = name == *b"LIST" && body.starts_with(b"wavl");
        if body.len() < size || sound {
            self.drop_named(&name);
            return Ok(());
        }
        self.size += size;
        let chunks = if behind { &mut self.after } else { &mut self.before };
        chunks.push(Chunk { name, body });
        Ok(())
    }

    /// Remembers the name of what is not kept, once.
    pub(crate) fn drop_named(&mut self, name: &[u8]) {
        const MOST_NAMES: usize = 16;
        let name = name.escape_ascii().to_string().trim_end().to_owned();
        if self.dropped.len() < MOST_NAMES && !self.dropped.contains(&name) {
            self.dropped.push(name);
        }
    }

    /// Gives up what points at samples, for sound that begins elsewhere.
    pub fn drop_pointing(&mut self) {
        for chunks in [&mut self.before, &mut self.after] {
            self.dropped.extend(chunks.iter().filter(|chunk| chunk.points_at_samples()).map(Chunk::shown));
            chunks.retain(|chunk| !chunk.points_at_samples());
        }
    }
}
