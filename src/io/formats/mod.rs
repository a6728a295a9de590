//! Sound files of other formats than WAV, read as what they hold: samples.
//!
//! What a file is, its content says, not its name. Each format becomes a stream of plain samples, of which [`WavReader`]
//! reads as of any other: FLAC, Ogg Vorbis and MP3 through decoders, with the feature `formats`; Wave64 and AIFF as they
//! are. The first sample that is read is the first that was encoded, and there are as many of them, where the file tells:
//!
//! - FLAC and Vorbis say how many samples there are, Vorbis on its last page.
//! - An MP3 file says in a tag of its encoder (Xing, Info, LAME) how many samples the encoder added before and behind; these and
//!   the 529 of the decoder are left out. Without the tag nothing is known of them, and all that is decoded is there.

mod aiff;
mod candidate;
#[cfg(feature = "formats")]
mod codebooks;
#[cfg(feature = "formats")]
mod flac;
#[cfg(feature = "formats")]
mod mp3;
#[cfg(feature = "formats")]
mod pages;
mod samples;
#[cfg(feature = "formats")]
mod vorbis;
mod wave64;

pub use candidate::{has_sound_ending, has_wav_ending, is_candidate};

use super::wav::{WavError, WavReader, open_file, shown};
use std::io::{self, Cursor, ErrorKind, Read};
use std::path::Path;

/// Bytes of the beginning that tell a format.
const LOOK: usize = 64;

/// The most tags that are passed over before the sound.
const MOST_TAGS: usize = 16;

type ByteStream = Box<dyn Read + Send>;

/// Reads up to the sound of a file of this name.
type Open = fn(&str, ByteStream) -> Result<WavReader, WavError>;

/// Opens a sound file of any format that is read here, and reads up to its sound.
///
/// # Errors
/// If the file can't be opened, is of no such format, or holds what is not read here.
pub fn open_sound(path: impl AsRef<Path>) -> Result<WavReader, WavError> {
    let path = path.as_ref();
    let (name, file) = open_file(path)?;
    let again = file.metadata().is_ok_and(|about| about.is_file());
    match begin(&name, Box::new(file))? {
        Begun { open: Some(open), stream, .. } => open(&name, stream),
        // A WAV file tells more to whoever has the whole of it.
        Begun { tagged: false, .. } if again => WavReader::open(path),
        Begun { stream, .. } => WavReader::new(&name, stream),
    }
}

/// Reads up to the sound of a stream of any format that is read here; `name` is what messages call it.
///
/// # Errors
/// If reading fails, the stream is of no such format, or holds what is not read here.
pub fn read_sound(name: &str, stream: impl Read + Send + 'static) -> Result<WavReader, WavError> {
    match begin(name, Box::new(stream))? {
        Begun { open: Some(open), stream, .. } => open(name, stream),
        Begun { stream, .. } => WavReader::new(name, stream),
    }
}

/// A stream whose format is known.
struct Begun {
    /// Opens it; none where it is WAV, or nothing that is known here.
    open: Option<Open>,
    /// From the first byte behind its tags.
    stream: ByteStream,
    tagged: bool,
}

fn begin(name: &str, mut stream: ByteStream) -> Result<Begun, WavError> {
    let failed = |at: u64| move |source| WavError::Read { file: shown(name), at, source };
    // As little as possible, since somebody may wait for what a stream begins with.
    let mut start = ahead(&mut stream, Vec::new(), 10).map_err(failed(0))?;
    let mut tags = 0;
    while let Some(length) = id3_length(&start)
        && tags < MOST_TAGS
    {
        let behind = length.saturating_sub(start.len() as u64);
        io::copy(&mut stream.by_ref().take(behind), &mut io::sink()).map_err(failed(0))?;
        let kept = start.get(usize::try_from(length).unwrap_or(usize::MAX)..).unwrap_or_default().to_vec();
        start = ahead(&mut stream, kept, 10).map_err(failed(length))?;
        tags += 1;
    }
    let wav = matches!(start.get(..4), Some(b"RIFF" | b"RF64" | b"BW64"));
    if !wav {
        start = ahead(&mut stream, start, LOOK).map_err(failed(0))?;
    }
    let begins = |magic: &[u8]| start.starts_with(magic);
    let open: Option<Open> = match () {
        () if wav => None,
        () if begins(&wave64::RIFF) => Some(wave64::open),
        () if begins(b"FORM") && matches!(start.get(8..12), Some(b"AIFF" | b"AIFC")) => Some(aiff::open),
        #[cfg(feature = "formats")]
        () if begins(b"fLaC") => Some(flac::open),
        #[cfg(feature = "formats")]
        () if begins(b"OggS") && start.get(28..35) == Some(b"\x01vorbis") => Some(vorbis::open),
        #[cfg(feature = "formats")]
        () if mp3::begins(&start) || tags > 0 => Some(mp3::open),
        () => None,
    };
    Ok(Begun { open, stream: Box::new(Cursor::new(start).chain(stream)), tagged: tags > 0 })
}

/// `start` and what follows it, `wanted` bytes in all if there are so many.
fn ahead(stream: &mut ByteStream, mut start: Vec<u8>, wanted: usize) -> io::Result<Vec<u8>> {
    let more = wanted.saturating_sub(start.len()) as u64;
    stream.take(more).read_to_end(&mut start)?;
    Ok(start)
}

/// Bytes of an ID3v2 tag at the beginning, its header included.
fn id3_length(start: &[u8]) -> Option<u64> {
    let header = start.first_chunk::<10>()?;
    let sizes = &header[6..];
    if !header.starts_with(b"ID3") || sizes.iter().any(|byte| byte & 0x80 != 0) {
        return None;
    }
    let size = sizes.iter().fold(0, |size, &byte| size << 7 | u64::from(byte));
    let footer = if header[5] & 0x10 == 0 { 0 } else { 10 };
    Some(10 + size + footer)
}

/// Fills `bytes`; what is missing is an error.
fn exactly(stream: &mut impl Read, bytes: &mut [u8]) -> Result<(), String> {
    stream.read_exact(bytes).map_err(|error| match error.kind() {
        ErrorKind::UnexpectedEof => "ends in its header".into(),
        _ => error.to_string(),
    })
}

/// Speaker positions of so many channels in the order of a WAV file, as FLAC and Vorbis have them.
#[cfg(feature = "formats")]
fn positions(channels: u16) -> Option<u32> {
    [0x4, 0x3, 0x7, 0x33, 0x37, 0x3F, 0x70F, 0x63F].get(usize::from(channels).wrapping_sub(1)).copied()
}
