//! The `fmt ` chunk: what the samples are, made sense of where its fields contradict each other.
//!
//! ```text
//! 0  u16 format tag      4  u32 sample rate   12  u16 block size      16  u16 size of what follows
//! 2  u16 channels        8  u32 byte rate     14  u16 bits            18  u16 valid bits
//!                                             20  u32 channel mask    24  16 bytes sub-format
//! ```

use crate::io::wav::encoding::{Justification, SampleEncoding};
use crate::io::wav::error::WavError;
use crate::io::wav::spec::{Container, MAX_CHANNELS, MAX_SAMPLE_RATE, WavSpec};
use crate::io::wav::warning::{Warning, note};

/// Bytes of the longest `fmt ` chunk that means something here.
pub(super) const LONGEST: usize = 40;
/// Bytes up to and with the block size, the least that describes sound.
pub(super) const SHORTEST: usize = 14;
/// Bytes of a plain PCM description.
pub(super) const USUAL: usize = 16;

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
const EXTENSIBLE: u16 = 0xFFFE;

/// Sub-formats are format tags followed by one of these.
const STANDARD_TAIL: [u8; 14] = *b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71";
const AMBISONIC_TAIL: [u8; 14] = *b"\0\0\x21\x07\xd3\x11\x86\x44\xc8\xc1\xca\0\0\0";

/// The fields as they stand; those behind the end of a short chunk are zero.
struct Fields<'a> {
    bytes: &'a [u8; LONGEST],
    len: usize,
}

impl Fields<'_> {
    fn u16(&self, at: usize) -> u16 {
        u16::from_le_bytes([self.bytes[at], self.bytes[at + 1]])
    }
    fn u32(&self, at: usize) -> u32 {
        u32::from_le_bytes([self.bytes[at], self.bytes[at + 1], self.bytes[at + 2], self.bytes[at + 3]])
    }
}

/// Makes sense of a `fmt ` chunk of `len` bytes, at least [`SHORTEST`].
pub(super) fn parse(
    file: &str,
    bytes: &[u8; LONGEST],
    len: usize,
    warnings: &mut Vec<Warning>,
) -> Result<WavSpec, WavError> {
    let fields = Fields { bytes, len };
    let channels = fields.u16(2);
    if channels == 0 || channels > MAX_CHANNELS {
        return Err(WavError::Channels { file: file.to_string(), found: channels });
    }
    let sample_rate = fields.u32(4);
    if sample_rate == 0 || sample_rate > MAX_SAMPLE_RATE {
        return Err(WavError::SampleRate { file: file.to_string(), found: sample_rate });
    }
    let extensible = fields.u16(0) == EXTENSIBLE && len >= LONGEST;
    let bits = fields.u16(14);
    let stated_valid = if extensible { fields.u16(18) } else { 0 };
    let bytes = bytes_per_sample(&fields, bits);

    let (encoding, valid_bits) = match format_tag(file, &fields, warnings)? {
        PCM => integer(file, bits, bytes, stated_valid, warnings)?,
        FLOAT => float(file, bits, bytes)?,
        MU_LAW => companded(SampleEncoding::MuLaw, bits, warnings),
        A_LAW => companded(SampleEncoding::ALaw, bits, warnings),
        tag => {
            return Err(WavError::Codec { file: file.to_string(), codec: codec_name(tag) });
        }
    };
    let spec = WavSpec {
        sample_rate,
        channels,
        encoding,
        valid_bits,
        channel_mask: extensible.then(|| fields.u32(20)),
        container: Container::Riff,
    };
    note_contradictions(&fields, &spec, warnings);
    Ok(spec)
}

/// The format tag, taken from the sub-format where the header is extensible.
fn format_tag(file: &str, fields: &Fields<'_>, warnings: &mut Vec<Warning>) -> Result<u16, WavError> {
    let tag = fields.u16(0);
    if tag != EXTENSIBLE {
        return Ok(tag);
    }
    if fields.len < LONGEST {
        note(warnings, Warning::SampleTypeMissing);
        return Ok(PCM);
    }
    let tail = &fields.bytes[26..40];
    if tail == STANDARD_TAIL || tail == AMBISONIC_TAIL {
        return Ok(fields.u16(24));
    }
    let mut id = String::new();
    for byte in &fields.bytes[24..40] {
        id += &format!("{byte:02x}");
    }
    Err(WavError::Codec { file: file.to_string(), codec: format!("an unknown type (sub-format {id})") })
}

/// Bytes that one sample takes: by the bits or by the block size, whichever the byte rate confirms.
///
/// 0 where none of the fields says anything.
fn bytes_per_sample(fields: &Fields<'_>, bits: u16) -> usize {
    let channels = fields.u16(2);
    let by_bits = usize::from(bits.div_ceil(8));
    let block = fields.u16(12);
    let by_block = if block.is_multiple_of(channels) { usize::from(block / channels) } else { 0 };
    if by_block <= by_bits || by_block > 8 {
        return by_bits;
    }
    let confirmed = |bytes: usize| {
        u64::from(fields.u32(8)) == u64::from(fields.u32(4)) * u64::from(channels) * bytes as u64
    };
    // 24 bits in a block of four bytes a sample are common enough to be believed unconfirmed.
    let common = (by_bits, by_block) == (3, 4) && !confirmed(by_bits);
    if by_bits == 0 || common || confirmed(by_block) { by_block } else { by_bits }
}

fn integer(
    file: &str,
    bits: u16,
    bytes: usize,
    stated_valid: u16,
    warnings: &mut Vec<Warning>,
) -> Result<(SampleEncoding, u16), WavError> {
    if !(1..=4).contains(&bytes) {
        return Err(WavError::Width {
            file: file.to_string(),
            bits,
            kind: "integers",
            expected: "8, 16, 24 or 32",
        });
    }
    let width = bytes as u16 * 8;
    if bits == 0 {
        note(warnings, Warning::Bits { found: bits, used: width });
    }
    let mut valid = match (stated_valid, bits) {
        (0, 0) => width,
        (0, bits) => bits,
        (stated, _) => stated,
    };
    if valid > width {
        note(warnings, Warning::Bits { found: valid, used: width });
        valid = width;
    }
    let encoding = match bytes {
        1 => SampleEncoding::U8,
        2 => SampleEncoding::I16,
        3 => SampleEncoding::I24,
        _ if valid <= 24 => SampleEncoding::I32Padded(Justification::Left),
        _ => SampleEncoding::I32,
    };
    Ok((encoding, valid))
}

fn float(file: &str, bits: u16, bytes: usize) -> Result<(SampleEncoding, u16), WavError> {
    match bytes {
        4 => Ok((SampleEncoding::F32, 32)),
        8 => Ok((SampleEncoding::F64, 64)),
        _ => Err(WavError::Width { file: file.to_string(), bits, kind: "floats", expected: "32 or 64" }),
    }
}

fn companded(encoding: SampleEncoding, bits: u16, warnings: &mut Vec<Warning>) -> (SampleEncoding, u16) {
    if bits != 8 {
        note(warnings, Warning::Bits { found: bits, used: 8 });
    }
    (encoding, 8)
}

/// Notes the fields that follow from others and don't.
fn note_contradictions(fields: &Fields<'_>, spec: &WavSpec, warnings: &mut Vec<Warning>) {
    let block = spec.bytes_per_sample_frame();
    if usize::from(fields.u16(12)) != block {
        note(warnings, Warning::BlockAlign { found: fields.u16(12), used: block });
    }
    let expected = u64::from(spec.sample_rate) * block as u64;
    // A rate that doesn't fit the field has no right value.
    if u64::from(fields.u32(8)) != expected && expected <= u64::from(u32::MAX) {
        note(warnings, Warning::ByteRate { found: fields.u32(8), expected });
    }
}

fn codec_name(tag: u16) -> String {
    let name = match tag {
        0x0002 => "Microsoft ADPCM",
        0x0011 => "IMA ADPCM",
        0x0010 => "OKI ADPCM",
        0x0020 => "Yamaha ADPCM",
        0x0014 | 0x0040 | 0x0064 => "G.721 or G.726 ADPCM",
        0x0200 => "Creative ADPCM",
        0x0022 => "TrueSpeech",
        0x0031 => "GSM 6.10",
        0x0050 => "MPEG layer 1 or 2",
        0x0055 => "MP3",
        0x0092 => "Dolby AC-3 (S/PDIF)",
        0x00FF | 0x1600 | 0x1601 | 0xA106 => "AAC",
        0x0160..=0x0163 => "Windows Media Audio",
        0x2000 => "Dolby AC-3",
        0x2001 => "DTS",
        0x566F | 0x674F | 0x6750 | 0x6751 | 0x676F | 0x6770 | 0x6771 => "Ogg Vorbis",
        0x704F => "Opus",
        0xF1AC => "FLAC",
        _ => "an unknown codec",
    };
    format!("{name} (format tag 0x{tag:04x})")
}
