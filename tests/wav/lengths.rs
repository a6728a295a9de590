//! Chunks around the sound, and lengths that are wrong or unknown.

use framewise::io::wav::Warning;

use crate::bytes::*;

fn fmt() -> Vec<u8> {
    Fmt::mono(PCM, 16).chunk()
}

fn data(samples: &[i16]) -> Vec<u8> {
    chunk(b"data", &pcm16(samples))
}

/// A file whose `data` chunk says `size` but holds these bytes.
fn saying(size: u32, bytes: &[u8]) -> Vec<u8> {
    riff(&[fmt(), chunk_saying(b"data", size, bytes)])
}

#[test]
fn odd_list_chunk_with_pad_byte_is_skipped() {
    let heard = hear(riff(&[fmt(), chunk(b"LIST", b"INFOx"), vec![0], data(&[1, 2, 3])]));
    assert_eq!(heard.as_i16(), [1, 2, 3]);
    assert_eq!(heard.warnings, []);
}

#[test]
fn odd_list_chunk_without_pad_byte_is_skipped() {
    let heard = hear(riff(&[fmt(), chunk(b"LIST", b"INFOx"), data(&[1, 2, 3])]));
    assert_eq!(heard.as_i16(), [1, 2, 3]);
    assert_eq!(heard.warnings, [Warning::MissingPad]);
}

#[test]
fn pad_byte_may_be_any_value() {
    for pad in [b' ', b'd', 0xFF, 1] {
        let heard = hear(riff(&[fmt(), chunk(b"LIST", b"INFOx"), vec![pad], data(&[1, 2])]));
        assert_eq!(heard.as_i16(), [1, 2]);
        assert_eq!(heard.warnings, []);
    }
}

#[test]
fn unknown_chunk_after_an_odd_one_is_found_with_and_without_pad() {
    for pad in [vec![0], vec![]] {
        let chunks = [fmt(), chunk(b"abcd", b"xyz"), pad, chunk(b"efgh", &[0; 4]), data(&[9])];
        assert_eq!(hear(riff(&chunks)).as_i16(), [9]);
    }
}

#[test]
fn chunks_before_and_after_the_sound_are_not_heard() {
    let chunks = [
        chunk(b"JUNK", &[0; 28]),
        chunk(b"bext", &[7; 602]),
        fmt(),
        chunk(b"fact", &3u32.to_le_bytes()),
        data(&[1, 2, 3]),
        chunk(b"LIST", b"INFO"),
        chunk(b"id3 ", &[1; 400]),
    ];
    let heard = hear(riff(&chunks));
    assert_eq!(heard.as_i16(), [1, 2, 3]);
    assert_eq!(heard.warnings, []);
}

#[test]
fn chunk_larger_than_any_buffer_is_skipped() {
    let heard = hear(riff(&[fmt(), chunk(b"JUNK", &vec![b'd'; 300_001]), vec![0], data(&[4])]));
    assert_eq!(heard.as_i16(), [4]);
}

#[test]
fn size_of_all_ones_reads_to_the_end_of_the_stream() {
    for size in [u32::MAX, u32::MAX - 36, u32::MAX - 78] {
        let heard = hear(saying(size, &pcm16(&[1, 2, 3])));
        assert_eq!(heard.as_i16(), [1, 2, 3]);
        assert_eq!(heard.declared, None);
        assert_eq!(heard.warnings, [Warning::LengthUnknown]);
    }
}

#[test]
fn size_near_2_gib_of_a_pipe_writer_is_an_unknown_length() {
    for size in [0x7FFF_F000, 0x8000_0000] {
        let heard = hear(saying(size, &pcm16(&[1, 2, 3])));
        assert_eq!(heard.as_i16(), [1, 2, 3]);
        assert_eq!(heard.warnings, [Warning::LengthUnknown]);
    }
}

#[test]
fn rf64_without_its_ds64_chunk_reads_to_the_end() {
    let mut bytes = saying(u32::MAX, &pcm16(&[1, 2]));
    bytes[..8].copy_from_slice(b"RF64\xff\xff\xff\xff");
    let heard = hear(bytes);
    assert_eq!(heard.as_i16(), [1, 2]);
    assert_eq!(heard.warnings, [Warning::LengthUnknown]);
}

#[test]
fn recording_that_was_cut_off_before_its_size_was_written_is_read() {
    // Quiet, loud, and spelling a name that isn't a chunk's.
    for bytes in [pcm16(&[0, 0, 1, -1, 5]), pcm16(&[0x7FFF; 9]), b"abcdabcdabcd".to_vec()] {
        for riff_size in [0u32, 36] {
            let mut file = saying(0, &bytes);
            file[4..8].copy_from_slice(&riff_size.to_le_bytes());
            let heard = hear(file);
            assert_eq!(pcm16(&heard.as_i16()), bytes);
            assert_eq!(heard.declared, None);
            assert_eq!(heard.warnings, [Warning::LengthZero]);
        }
    }
}

#[test]
fn recording_that_is_really_empty_stays_empty() {
    let tails = [
        vec![],
        chunk(b"LIST", b"INFOISFT\x04\0\0\0Lavf"),
        chunk(b"id3 ", &[3; 40]),
        chunk(b"xyzw", &[3; 40]),
    ];
    for tail in tails {
        let heard = hear(riff(&[fmt(), data(&[]), tail]));
        assert!(heard.samples.is_empty());
        assert_eq!(heard.declared, Some(0));
        assert_eq!(heard.warnings, []);
    }
}

#[test]
fn cut_off_rf64_recording_is_read() {
    let chunks = [fmt(), chunk_saying(b"data", u32::MAX, &pcm16(&[1, 2]))];
    let heard = hear(rf64(b"RF64", 0, &chunks));
    assert_eq!(heard.as_i16(), [1, 2]);
    assert_eq!(heard.warnings, [Warning::LengthZero]);
}

#[test]
fn sound_one_byte_short_loses_only_the_partial_sample() {
    let heard = hear(saying(5, &pcm16(&[1, 2, 3])));
    assert_eq!(heard.as_i16(), [1, 2]);
    assert_eq!(heard.warnings, [Warning::PartialSampleFrame { bytes: 1 }]);
}

#[test]
fn sound_one_byte_long_loses_nothing() {
    for extra in [&[][..], &[9]] {
        let heard = hear(saying(7, &[&pcm16(&[1, 2, 3]), extra].concat()));
        assert_eq!(heard.as_i16(), [1, 2, 3]);
        assert_eq!(heard.warnings, [Warning::PartialSampleFrame { bytes: 1 }]);
    }
}

#[test]
fn stereo_that_ends_after_the_left_channel_drops_it() {
    let fmt = Fmt::new(PCM, 2, 48_000, 16).chunk();
    let heard = hear(riff(&[fmt, chunk(b"data", &pcm16(&[1, 2, 3]))]));
    assert_eq!(heard.as_i16(), [1, 2]);
    assert_eq!(heard.warnings, [Warning::PartialSampleFrame { bytes: 2 }]);
}

#[test]
fn truncated_file_gives_what_is_there_and_warns_once() {
    for extra in [&[][..], &[9]] {
        let heard = hear(saying(2000, &[&pcm16(&[1, 2, 3]), extra].concat()));
        assert_eq!(heard.as_i16(), [1, 2, 3]);
        assert_eq!(heard.declared, Some(1000));
        assert_eq!(heard.warnings, [Warning::Truncated { declared: 1000, found: 3 }]);
    }
}

#[test]
fn file_of_one_sample_and_of_none_are_read() {
    assert_eq!(hear(riff(&[fmt(), data(&[5])])).as_i16(), [5]);
    assert!(hear(riff(&[fmt(), data(&[])])).samples.is_empty());
}

#[test]
fn second_description_is_ignored() {
    let other = Fmt::mono(PCM, 8).chunk();
    assert_eq!(hear(riff(&[fmt(), other, data(&[5])])).as_i16(), [5]);
}
