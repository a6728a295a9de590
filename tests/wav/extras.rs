//! What stands around the sound, from a file to what is written of it.

use framewise::io::wav::{Chunk, OutEncoding, WavOutSpec, WavReader, WavWriter};
use std::fs;
use std::path::Path;

use crate::bytes::*;

fn file(sound: usize) -> Vec<u8> {
    let odd = |name, body: &[u8]| [chunk(name, body), vec![0; body.len() % 2]].concat();
    riff(&[
        odd(b"bext", &[7; 603]),
        chunk(b"JUNK", &[0; 28]),
        odd(b"abcd", &[1; 3]),
        Fmt::mono(PCM, 8).chunk(),
        odd(b"data", &vec![128; sound]),
        chunk(b"cue ", &[3; 28]),
        odd(b"LIST", b"INFOINAM\x05\0\0\0Take1"),
        chunk(b"LIST", b"wavl"),
        odd(b"iXML", b"<BWFXML/>"),
    ])
}

/// The extras of a file, once it is read.
fn extras(path: &Path) -> (Vec<Chunk>, Vec<Chunk>, Vec<String>) {
    let mut reader = WavReader::open(path).expect("a WAV file");
    while reader.read(&mut [0.0; 512]).expect("sound") > 0 {}
    assert_eq!(reader.warnings(), []);
    let extras = reader.extras().clone();
    (extras.before, extras.after, extras.dropped)
}

#[test]
fn what_is_said_of_the_sound_is_kept_and_the_rest_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.wav");
    fs::write(&path, file(101)).unwrap();
    let (before, after, dropped) = extras(&path);
    let names = |chunks: &[Chunk]| chunks.iter().map(Chunk::shown).collect::<Vec<_>>();
    assert_eq!(
        (names(&before), names(&after)),
        (vec!["bext".into()], vec!["cue".into(), "LIST".into(), "iXML".into()])
    );
    assert_eq!((before[0].body.len(), &*after[2].body), (603, b"<BWFXML/>".as_slice()));
    assert_eq!(dropped, ["abcd", "LIST"]);
}

#[test]
fn chunks_are_written_where_they_were_with_the_right_sizes_by_every_way_to_write() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("in.wav"), folder.path().join("out.wav"));
    for sound in [0, 100, 101] {
        fs::write(&first, file(sound)).unwrap();
        let (before, after, _) = extras(&first);
        let open = WavOutSpec::new(8_000, 1, OutEncoding::U8);
        let promised = open.expected_frames(sound as u64);
        for (spec, before) in [(open, &before[..]), (promised, &before[..]), (promised, &[])] {
            let mut writer = WavWriter::create_with(&second, spec, before, true).unwrap();
            writer.write(&vec![0.0; sound]).unwrap();
            assert!(writer.finish_with(&after).unwrap().chunks_after);
            let bytes = fs::read(&second).unwrap();
            assert_eq!(u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize, bytes.len() - 8);
            assert_eq!(extras(&second), (before.to_vec(), after.clone(), vec![]));
            assert_eq!(hear(bytes).samples.len(), sound);
        }
    }
}

#[test]
fn chunk_that_claims_gigabytes_takes_no_memory_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.wav");
    let chunks =
        [Fmt::mono(PCM, 8).chunk(), chunk(b"data", &[128; 10]), chunk_saying(b"bext", 0xFFFF_FFF0, &[1; 10])];
    fs::write(&path, riff(&chunks)).unwrap();
    assert_eq!(extras(&path).2, ["bext"]);
}
