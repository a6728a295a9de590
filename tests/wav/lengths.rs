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
    // An odd one tells nothing of half a sample.
    for size in [0x7FFF_F000, 0x7FFF_FFFF, 0x8000_0000] {
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

#[test]
fn sound_in_several_data_chunks_is_read_as_one() {
    let heard = hear(riff(&[fmt(), data(&[1, 2]), chunk(b"LIST", b"INFO"), data(&[3, 4, 5]), data(&[6])]));
    assert_eq!(heard.as_i16(), [1, 2, 3, 4, 5, 6]);
    assert_eq!((heard.declared, heard.warnings), (Some(6), vec![Warning::SoundInParts]));
    // A part that is cut short is missed in the sum.
    let heard = hear(riff(&[fmt(), data(&[1, 2]), chunk_saying(b"data", 100, &pcm16(&[3]))]));
    assert_eq!(heard.as_i16(), [1, 2, 3]);
    let cut = Warning::Truncated { declared: 52, found: 3 };
    assert_eq!(heard.warnings, [Warning::SoundInParts, cut]);
}

#[test]
fn wav_files_one_behind_the_other_are_read_as_one_if_they_are_of_one_form() {
    let file = |samples: &[i16]| riff(&[fmt(), data(samples), chunk(b"LIST", b"INFO")]);
    let heard = hear([file(&[1, 2]), file(&[3]), file(&[4, 5])].concat());
    assert_eq!(heard.as_i16(), [1, 2, 3, 4, 5]);
    assert_eq!(heard.warnings, [Warning::AnotherFile]);
    let others = [
        riff(&[Fmt::new(PCM, 2, 48_000, 16).chunk(), data(&[3, 4])]),
        riff(&[Fmt::mono(FLOAT, 32).chunk(), data(&[3, 4])]),
        riff(&[fmt()]),
    ];
    for other in others {
        let heard = hear([file(&[1, 2]), other.clone()].concat());
        assert_eq!(heard.as_i16(), [1, 2]);
        assert_eq!(heard.warnings, [Warning::OtherFileUnread { bytes: other.len() as u64 }]);
    }
}

#[test]
fn sound_behind_a_size_that_was_never_brought_up_to_date_is_read() {
    let sound: Vec<i16> = (0..5_000).map(|n| (n * 7 % 30_000) as i16 - 9_000).collect();
    for (size, declared) in [(4u32, 2u64), (5, 2), (4_000, 2_000)] {
        for riff_size in [36 + size, 0] {
            let mut bytes = saying(size, &pcm16(&sound));
            bytes[4..8].copy_from_slice(&riff_size.to_le_bytes());
            let heard = hear(bytes);
            assert_eq!(heard.as_i16(), sound, "{size}");
            assert_eq!(heard.warnings, [Warning::LengthStale { declared }]);
        }
    }
}

#[test]
fn what_programs_hang_on_to_a_file_is_no_cause_for_a_warning() {
    let tag = [b"TAG".as_slice(), &[b'x'; 125]].concat();
    let tails = [
        vec![0],
        vec![0; 1_000],
        vec![0xFF; 512],
        tag,
        b"ID3\x03\0\0\0\0\0\x05hello".to_vec(),
        [b"APETAGEX".as_slice(), &[7; 300]].concat(),
        chunk(b"LIST", b"INFO"),
        [chunk(b"id3 ", &[9; 41]), vec![0]].concat(),
    ];
    for tail in tails {
        for inside in [true, false] {
            let whole = [data(&[1, 2, 3]), tail.clone()].concat();
            let bytes = if inside {
                riff(&[fmt(), whole])
            } else {
                [riff(&[fmt(), data(&[1, 2, 3])]), tail.clone()].concat()
            };
            let heard = hear(bytes);
            assert_eq!(heard.as_i16(), [1, 2, 3]);
            assert_eq!(heard.warnings, [], "{:?}", tail.escape_ascii().to_string());
        }
    }
    let heard = hear(riff(&[fmt(), data(&[1, 2, 3]), chunk(b"xyzw", &[200; 80])]));
    assert_eq!((heard.as_i16(), heard.warnings), (vec![1, 2, 3], vec![]));
}

#[test]
fn what_is_neither_sound_nor_a_chunk_is_said() {
    let text = b"Recorded on a Tuesday, by hand.\r\n";
    let heard = hear([riff(&[fmt(), data(&[1, 2, 3])]), text.to_vec()].concat());
    assert_eq!(heard.as_i16(), [1, 2, 3]);
    assert_eq!(heard.warnings, [Warning::Unread { bytes: text.len() as u64 }]);
}

#[test]
fn sizes_that_wrapped_at_4_gib_follow_from_the_length_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.wav");
    for data in [5_250_000_000u64, 9_000_000_000] {
        // Sparse: nothing of it is on the disk.
        let mut bytes = saying(data as u32, &[]);
        bytes[4..8].copy_from_slice(&((data + 36) as u32).to_le_bytes());
        std::fs::write(&path, &bytes).unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_len(bytes.len() as u64 + data).unwrap();
        let reader = framewise::io::wav::WavReader::open(&path).unwrap();
        assert_eq!((reader.declared_frames(), reader.most_frames()), (Some(data / 2), Some(data / 2)));
        assert_eq!(reader.warnings(), [Warning::LengthWrapped]);
    }
}

#[test]
fn id3_tag_before_the_file_is_passed_over() {
    for (flags, rest) in [(0u8, 5u8), (0, 127), (0x10, 5)] {
        let footer = if flags == 0 { 0 } else { 10 };
        let tag =
            [b"ID3\x03\0".as_slice(), &[flags, 0, 0, 0, rest], &vec![7; usize::from(rest) + footer]].concat();
        let heard = hear([tag, riff(&[fmt(), data(&[1, 2, 3]), chunk(b"wxyz", &[1; 4])])].concat());
        assert_eq!((heard.as_i16(), heard.warnings), (vec![1, 2, 3], vec![]));
    }
    assert!(refusal(b"ID3\x03\0\0\0\0\0\x05hello\xff\xfb\x90".to_vec()).contains("MP3"));
}
