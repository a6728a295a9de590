//! What a file is that isn't WAV, from its first bytes.

/// How many bytes [`name`] likes to see.
pub(super) const LOOK: usize = 64;

/// Beginnings of other formats, and what to call them.
const MAGIC: [(&[u8], &str); 29] = [
    (b"fLaC", "FLAC"),
    (b"ID3", "MP3"),
    (b"#!AMR", "AMR"),
    (b"caff", "Apple CAF"),
    (b".snd", "Sun AU"),
    (b"wvpk", "WavPack"),
    (b"MAC ", "Monkey's Audio"),
    (b"TTA1", "True Audio"),
    (b"NIST_1A", "NIST SPHERE"),
    (b"MThd", "MIDI"),
    (b"riff\x2e\x91\xcf\x11", "Sony Wave64"),
    (b"RIFX", "big-endian WAV (RIFX)"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media"),
    (b"\x1a\x45\xdf\xa3", "Matroska or WebM"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"PK\x03\x04", "ZIP"),
    (b"Rar!", "RAR"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x7fELF", "a program"),
    (b"\x93NUMPY", "NumPy"),
    (b"\x89HDF", "HDF5"),
    (b"version https://git-lfs", "a Git LFS pointer, not the sound itself"),
    (b"SQLite format 3", "SQLite"),
];

/// Says what a file seems to be that begins with `start`, to go after "is not a WAV file but".
pub(super) fn name(start: &[u8]) -> String {
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| start.starts_with(magic)) {
        return (*name).to_string();
    }
    let at = |from: usize, to: usize| start.get(from..to).unwrap_or_default();
    match (at(0, 4), at(4, 8), at(8, 12)) {
        (b"RIFF" | b"RF64" | b"BW64", _, []) => {
            format!("only {} bytes of the beginning of one", start.len())
        }
        (b"RIFF" | b"RF64" | b"BW64", _, form) => {
            format!("a RIFF file of the kind \"{}\"", form.escape_ascii())
        }
        (b"FORM", _, b"AIFF" | b"AIFC") => "AIFF".to_string(),
        (b"OggS", ..) => match at(28, 36) {
            b"OpusHead" => "Ogg Opus".to_string(),
            b"\x01vorbis\x00" => "Ogg Vorbis".to_string(),
            _ => "Ogg".to_string(),
        },
        (_, b"ftyp", _) => "MP4 or M4A".to_string(),
        _ => by_content(start),
    }
}

fn by_content(start: &[u8]) -> String {
    match *start {
        // Eleven set bits begin an MPEG audio frame; layer 0 is AAC's.
        [0xFF, second, ..] if second & 0xF6 == 0xF0 => return "AAC".to_string(),
        [0xFF, second, third, ..] if second & 0xE0 == 0xE0 && second & 0x06 != 0 && third & 0xF0 != 0xF0 => {
            return "MP3".to_string();
        }
        _ => {}
    }
    if start.iter().all(|&byte| byte == 0) {
        return "a file that begins with zeros".to_string();
    }
    let printable = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n' | 0x80..);
    // The look may end inside a character, which costs at most three bytes.
    let is_utf8 = match std::str::from_utf8(start) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    let first = start[..start.len().min(12)].escape_ascii();
    if is_utf8 && start.iter().all(printable) {
        format!("text (begins with \"{first}\")")
    } else {
        format!("of a kind unknown here (begins with \"{first}\")")
    }
}
