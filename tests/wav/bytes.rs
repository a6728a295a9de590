//! WAV files put together by hand, and what the reader makes of them.

use std::io::{self, Cursor, Read};

use framewise::io::wav::{Warning, WavError, WavReader, WavSpec};

pub const PCM: u16 = 1;
pub const FLOAT: u16 = 3;
pub const A_LAW: u16 = 6;
pub const MU_LAW: u16 = 7;
pub const EXTENSIBLE: u16 = 0xFFFE;

/// A `fmt ` chunk's fields; the derived ones can be overridden to be wrong.
#[derive(Clone, Debug)]
pub struct Fmt {
    pub tag: u16,
    pub channels: u16,
    pub rate: u32,
    pub byte_rate: u32,
    pub block: u16,
    pub bits: u16,
    /// What follows the first 16 bytes.
    pub rest: Vec<u8>,
}

impl Fmt {
    pub fn new(tag: u16, channels: u16, rate: u32, bits: u16) -> Self {
        let block = channels * bits.div_ceil(8);
        let byte_rate = rate * u32::from(block);
        Self { tag, channels, rate, byte_rate, block, bits, rest: vec![] }
    }

    pub fn mono(tag: u16, bits: u16) -> Self {
        Self::new(tag, 1, 16_000, bits)
    }

    /// The 24 further bytes of an extensible header.
    pub fn extensible(mut self, valid: u16, mask: u32) -> Self {
        let sub_format = self.tag;
        self.tag = EXTENSIBLE;
        self.rest = [
            &22u16.to_le_bytes()[..],
            &valid.to_le_bytes(),
            &mask.to_le_bytes(),
            &sub_format.to_le_bytes(),
            &[0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71],
        ]
        .concat();
        self
    }

    pub fn chunk(&self) -> Vec<u8> {
        let body = [
            &self.tag.to_le_bytes()[..],
            &self.channels.to_le_bytes(),
            &self.rate.to_le_bytes(),
            &self.byte_rate.to_le_bytes(),
            &self.block.to_le_bytes(),
            &self.bits.to_le_bytes(),
            &self.rest,
        ]
        .concat();
        chunk(b"fmt ", &body)
    }
}

/// A chunk without a pad byte.
pub fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    chunk_saying(name, body.len() as u32, body)
}

/// A chunk whose size field says something of its own.
pub fn chunk_saying(name: &[u8; 4], size: u32, body: &[u8]) -> Vec<u8> {
    [&name[..], &size.to_le_bytes(), body].concat()
}

/// A RIFF file of these chunks.
pub fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    [b"RIFF", &(body.len() as u32 + 4).to_le_bytes()[..], b"WAVE", &body].concat()
}

/// An RF64 file of these chunks after a `ds64` that says `data` bytes of sound.
pub fn rf64(magic: &[u8; 4], data: u64, chunks: &[Vec<u8>]) -> Vec<u8> {
    let riff = 72 + data;
    let ds64 = [riff.to_le_bytes(), data.to_le_bytes(), 0u64.to_le_bytes()].concat();
    let ds64 = chunk(b"ds64", &[&ds64[..], &[0; 4]].concat());
    [&magic[..], &[0xFF; 4], b"WAVE", &ds64, &chunks.concat()].concat()
}

/// 16-bit samples as bytes.
pub fn pcm16(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

/// What a file holds, read to its end.
#[derive(Debug)]
pub struct Heard {
    pub spec: WavSpec,
    pub declared: Option<u64>,
    pub samples: Vec<f32>,
    pub warnings: Vec<Warning>,
}

impl Heard {
    /// The samples on the scale of 16-bit integers.
    pub fn as_i16(&self) -> Vec<i16> {
        self.samples.iter().map(|sample| (sample * 32768.0) as i16).collect()
    }
}

pub fn open(bytes: Vec<u8>) -> Result<WavReader, WavError> {
    WavReader::new("voice.wav", Cursor::new(bytes))
}

/// Reads everything, `block` sample frames at a time.
pub fn drain(mut reader: WavReader, block: usize) -> Result<Heard, WavError> {
    let channels = usize::from(reader.spec().channels);
    let mut out = vec![f32::NAN; block * channels];
    let mut samples = Vec::new();
    loop {
        let count = reader.read(&mut out)?;
        assert_eq!(count % channels, 0);
        if count == 0 {
            break;
        }
        samples.extend_from_slice(&out[..count]);
    }
    assert_eq!(reader.read(&mut out)?, 0, "the end stays the end");
    Ok(Heard {
        spec: reader.spec(),
        declared: reader.declared_frames(),
        samples,
        warnings: reader.warnings().to_vec(),
    })
}

/// Reads a file that must be readable, and checks that neither the block size nor a source that gives
/// a byte at a time changes anything.
pub fn hear(bytes: Vec<u8>) -> Heard {
    let heard = drain(open(bytes.clone()).unwrap(), 1024).unwrap();
    let drop_by_drop =
        WavReader::new("voice.wav", Trickle { bytes: Cursor::new(bytes), interrupted: false }).unwrap();
    let again = drain(drop_by_drop, 7).unwrap();
    assert_eq!(heard.samples, again.samples);
    assert_eq!(heard.warnings, again.warnings);
    assert_eq!(heard.spec, again.spec);
    heard
}

/// Reads a file that must be refused, and returns the message.
pub fn refusal(bytes: Vec<u8>) -> String {
    let message = open(bytes).expect_err("must be refused").to_string();
    assert!(message.starts_with("voice.wav: "), "{message}");
    assert!(!message.contains('\n'), "{message}");
    message
}

/// A source that gives one byte at a time and is interrupted before each.
struct Trickle {
    bytes: Cursor<Vec<u8>>,
    interrupted: bool,
}

impl Read for Trickle {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.interrupted = !self.interrupted;
        if self.interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let room = out.len().min(1);
        self.bytes.read(&mut out[..room])
    }
}
