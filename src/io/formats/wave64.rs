//! Wave64 of Sony: WAV with names of 16 bytes and sizes of 64 bits, read as the RF64 file that holds the same.

use super::{ByteStream, exactly};
use crate::io::wav::{Container, WavError, WavReader, shown};
use std::io::{self, Cursor, Read};

/// The first name of a file.
pub(super) const RIFF: [u8; 16] = *b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00";

/// What every other name ends in.
const REST: [u8; 12] = *b"\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a";

/// Bytes of a chunk's header, which its size counts.
const HEADER: u64 = 24;

/// The longest description of samples that is believed.
const LONGEST: u64 = 4096;

pub(super) fn open(name: &str, mut stream: ByteStream) -> Result<WavReader, WavError> {
    let failed = |reason| WavError::NotWav { file: shown(name), found: format!("Sony Wave64 that {reason}") };
    let (format, size) = header(&mut stream).map_err(failed)?;
    let mut header = b"RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0".to_vec();
    let whole = 4 + 36 + 8 + format.len() as u64 + 8;
    header.extend(whole.saturating_add(size).to_le_bytes());
    header.extend(size.to_le_bytes());
    header.extend([0; 12]);
    header.extend(b"fmt ");
    header.extend((format.len() as u32).to_le_bytes());
    header.extend(&format);
    header.extend(b"data\xff\xff\xff\xff");
    let reader = WavReader::new(name, Cursor::new(header).chain(stream.take(size)))?;
    Ok(reader.in_container(Container::Wave64))
}

/// The content of the chunk `fmt `, and the bytes of sound that follow.
fn header(stream: &mut ByteStream) -> Result<(Vec<u8>, u64), String> {
    let mut start = [0; 40];
    exactly(stream, &mut start)?;
    let mut format = None;
    loop {
        let mut chunk = [0; HEADER as usize];
        exactly(stream, &mut chunk)?;
        let (name, size) = (&chunk[..16], u64::from_le_bytes(chunk[16..].try_into().expect("8 bytes")));
        let size = size.checked_sub(HEADER).ok_or("has a chunk that is shorter than its header")?;
        let ours = name[4..] == REST;
        match (&name[..4], format.take()) {
            (b"data", Some(format)) if ours => return Ok((format, size)),
            (b"data", None) if ours => return Err("has its sound before the description of it".into()),
            (b"fmt ", None) if ours && size <= LONGEST => {
                let mut bytes = vec![0; size as usize];
                exactly(stream, &mut bytes)?;
                // An odd size would ask for a byte of padding in the other format.
                bytes.resize(bytes.len().next_multiple_of(2), 0);
                format = Some(bytes);
            }
            (_, there) => {
                skip(stream, size)?;
                format = there;
            }
        }
        // Chunks begin at multiples of eight.
        skip(stream, (8 - size % 8) % 8)?;
    }
}

fn skip(stream: &mut ByteStream, count: u64) -> Result<(), String> {
    match io::copy(&mut stream.take(count), &mut io::sink()) {
        Ok(passed) if passed == count => Ok(()),
        Ok(_) => Err("ends before its sound".into()),
        Err(error) => Err(error.to_string()),
    }
}
