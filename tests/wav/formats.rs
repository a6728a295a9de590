//! Every way to store a sample.

use framewise::io::wav::{Container, Justification, OutEncoding, SampleEncoding, Warning};

use crate::bytes::*;

fn file(fmt: &Fmt, data: &[u8]) -> Vec<u8> {
    riff(&[fmt.chunk(), chunk(b"data", data)])
}

#[test]
fn eight_bit_silence_is_128() {
    let heard = hear(file(&Fmt::mono(PCM, 8), &[128, 0, 255, 64]));
    assert_eq!(heard.samples, [0.0, -1.0, 127.0 / 128.0, -0.5]);
    assert_eq!(heard.spec.encoding, SampleEncoding::U8);
    assert_eq!(heard.warnings, []);
}

#[test]
fn sixteen_bit_full_scale_is_32768() {
    let heard = hear(file(&Fmt::mono(PCM, 16), &pcm16(&[0, 1, -1, 32767, -32768])));
    assert_eq!(heard.samples, [0.0, 1.0 / 32768.0, -1.0 / 32768.0, 32767.0 / 32768.0, -1.0]);
    assert_eq!(heard.spec.container, Container::Riff);
    assert_eq!(heard.declared, Some(5));
    assert_eq!(heard.warnings, []);
}

#[test]
fn packed_24_bit_is_exact() {
    let data = [[1, 0, 0], [0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0x7F], [0, 0, 0x80]].concat();
    let heard = hear(file(&Fmt::mono(PCM, 24), &data));
    let step = 1.0 / 8_388_608.0;
    assert_eq!(heard.samples, [step, -step, 1.0 - step, -1.0]);
    assert_eq!(heard.spec.encoding, SampleEncoding::I24);
}

#[test]
fn thirty_two_bit_integers_are_read() {
    let data = [i32::MIN, 0, 1 << 30, 1 << 7].map(i32::to_le_bytes).concat();
    let heard = hear(file(&Fmt::mono(PCM, 32), &data));
    assert_eq!(heard.samples, [-1.0, 0.0, 0.5, 2f32.powi(-24)]);
    assert_eq!(heard.spec.encoding, SampleEncoding::I32);
}

#[test]
fn both_float_widths_are_read_unscaled() {
    let values = [0.0f32, -0.25, 1.5, -3.0];
    let narrow = hear(file(&Fmt::mono(FLOAT, 32), &values.map(f32::to_le_bytes).concat()));
    let wide = values.map(|value| f64::from(value).to_le_bytes()).concat();
    let wide = hear(file(&Fmt::mono(FLOAT, 64), &wide));
    assert_eq!(narrow.samples, values);
    assert_eq!(wide.samples, values);
    assert_eq!(wide.spec.encoding, SampleEncoding::F64);
}

/// 24-bit values, some loud, some quiet, all with low bits set.
fn values_24() -> Vec<i32> {
    (0..500i32).map(|n| (n * n * 7919 + 13) % 8_388_608 * if n % 2 == 0 { 1 } else { -1 }).collect()
}

fn as_f32(values: &[i32]) -> Vec<f32> {
    values.iter().map(|&value| value as f32 / 8_388_608.0).collect()
}

fn words(values: &[i32], word: impl Fn(i32) -> i32) -> Vec<u8> {
    values.iter().flat_map(|&value| word(value).to_le_bytes()).collect()
}

#[test]
fn left_justified_24_in_32_decodes_the_top_24_bits() {
    let values = values_24();
    let fmt = Fmt::mono(PCM, 32).extensible(24, 4);
    let heard = hear(file(&fmt, &words(&values, |value| value << 8)));
    assert_eq!(heard.samples, as_f32(&values));
    assert_eq!(heard.spec.encoding, SampleEncoding::I32Padded(Justification::Left));
    assert_eq!(heard.spec.valid_bits, 24);
    assert_eq!(heard.warnings, []);
}

#[test]
fn right_justified_24_in_32_is_told_by_its_samples() {
    let values = values_24();
    let fmt = Fmt::mono(PCM, 32).extensible(24, 4);
    for word in [|value| value, |value| value & 0xFF_FFFF] {
        let heard = hear(file(&fmt, &words(&values, word)));
        assert_eq!(heard.samples, as_f32(&values));
        assert_eq!(heard.spec.encoding, SampleEncoding::I32Padded(Justification::Right));
        assert_eq!(heard.warnings, [Warning::RightJustified { valid_bits: 24 }]);
    }
}

#[test]
fn side_of_24_in_32_is_settled_after_any_length_of_silence() {
    let fmt = Fmt::new(PCM, 2, 48_000, 32).extensible(24, 3);
    for silence in [1, 2000, 2047, 2048, 2049, 70_001] {
        let mut values = vec![0; silence];
        // 0x100 alone could stand on either side.
        values.extend([0x100, 0x101, -0x300]);
        values.extend(values_24());
        values.truncate(values.len() / 2 * 2);
        let right = hear(file(&fmt, &words(&values, |value| value)));
        let left = hear(file(&fmt, &words(&values, |value| value << 8)));
        assert_eq!(right.samples, as_f32(&values), "{silence}");
        assert_eq!(left.samples, as_f32(&values), "{silence}");
    }
}

#[test]
fn quiet_left_justified_24_in_32_is_not_taken_for_right() {
    let values: Vec<i32> = (0..3000).map(|n| n % 5 - 2).collect();
    let fmt = Fmt::mono(PCM, 32).extensible(24, 4);
    let heard = hear(file(&fmt, &words(&values, |value| value << 8)));
    assert_eq!(heard.samples, as_f32(&values));
}

#[test]
fn plain_24_bit_in_blocks_of_four_bytes_is_24_in_32() {
    let values = values_24();
    for byte_rate in [64_000, 0] {
        let fmt = Fmt { block: 4, byte_rate, ..Fmt::mono(PCM, 24) };
        let heard = hear(file(&fmt, &words(&values, |value| value)));
        assert_eq!(heard.samples, as_f32(&values));
    }
}

#[test]
fn twenty_bits_in_three_bytes_stand_on_the_left() {
    let fmt = Fmt::mono(PCM, 24).extensible(20, 4);
    let heard = hear(file(&fmt, &[0x10, 0, 0, 0, 0, 0xC0]));
    assert_eq!(heard.samples, [2f32.powi(-19), -0.5]);
    assert_eq!(heard.spec.valid_bits, 20);
}

#[test]
fn description_of_16_18_20_or_40_bytes_is_read() {
    let data = pcm16(&[1, -2, 3]);
    for rest in [vec![], vec![0; 2], vec![2, 0, 9, 9], vec![0; 24]] {
        let fmt = Fmt { rest, ..Fmt::mono(PCM, 16) };
        let heard = hear(file(&fmt, &data));
        assert_eq!(heard.as_i16(), [1, -2, 3]);
        assert_eq!(heard.warnings, []);
    }
}

#[test]
fn float_with_a_description_of_40_bytes_is_read() {
    let fmt = Fmt { rest: vec![0; 24], ..Fmt::mono(FLOAT, 32) };
    assert_eq!(hear(file(&fmt, &0.5f32.to_le_bytes())).samples, [0.5]);
}

#[test]
fn description_of_14_bytes_takes_its_width_from_the_block() {
    let fmt = Fmt::mono(PCM, 16).chunk();
    let fmt = chunk(b"fmt ", &fmt[8..22]);
    let heard = hear(riff(&[fmt, chunk(b"data", &pcm16(&[5, 6]))]));
    assert_eq!(heard.as_i16(), [5, 6]);
    assert_eq!(heard.warnings, [Warning::Bits { found: 0, used: 16 }]);
}

#[test]
fn extensible_header_names_pcm_float_and_both_laws() {
    let cases: [(u16, u16, &[u8], f32, SampleEncoding); 5] = [
        (PCM, 16, &[0, 0x40], 0.5, SampleEncoding::I16),
        (FLOAT, 32, &[0, 0, 0, 0x3F], 0.5, SampleEncoding::F32),
        (FLOAT, 64, &[0, 0, 0, 0, 0, 0, 0xE0, 0x3F], 0.5, SampleEncoding::F64),
        (MU_LAW, 8, &[0x80], 32124.0 / 32768.0, SampleEncoding::MuLaw),
        (A_LAW, 8, &[0xAA], 32256.0 / 32768.0, SampleEncoding::ALaw),
    ];
    for (tag, bits, data, sample, encoding) in cases {
        let heard = hear(file(&Fmt::mono(tag, bits).extensible(bits, 4), data));
        assert_eq!((heard.samples[0], heard.spec.encoding), (sample, encoding));
        assert_eq!(heard.spec.channel_mask, Some(4));
        assert_eq!(heard.warnings, []);
    }
}

#[test]
fn extensible_header_without_its_sub_format_is_read_as_integers() {
    let fmt = Fmt { tag: EXTENSIBLE, rest: vec![0, 0], ..Fmt::mono(PCM, 16) };
    let heard = hear(file(&fmt, &pcm16(&[7])));
    assert_eq!(heard.as_i16(), [7]);
    assert_eq!(heard.warnings, [Warning::SampleTypeMissing]);
}

#[test]
fn unknown_sub_format_is_named() {
    let mut fmt = Fmt::mono(PCM, 16).extensible(16, 4);
    fmt.rest[12] = 0x99;
    let message = refusal(file(&fmt, &[0, 0]));
    assert!(message.contains("sub-format 0100000099"), "{message}");
}

#[test]
fn rf64_and_bw64_take_their_size_from_ds64() {
    let data = pcm16(&[1, 2, 3]);
    for magic in [b"RF64", b"BW64"] {
        let chunks =
            [Fmt::mono(PCM, 16).chunk(), chunk_saying(b"data", u32::MAX, &data), chunk(b"LIST", b"INFO")];
        let heard = hear(rf64(magic, 6, &chunks));
        assert_eq!(heard.as_i16(), [1, 2, 3]);
        assert_eq!((heard.spec.container, heard.declared), (Container::Rf64, Some(3)));
        assert_eq!(heard.warnings, []);
    }
}

#[test]
fn rf64_of_more_than_4_gib_states_its_whole_length() {
    let chunks = [Fmt::mono(PCM, 16).chunk(), chunk_saying(b"data", u32::MAX, &pcm16(&[1, 2]))];
    let heard = hear(rf64(b"RF64", 10_000_000_000, &chunks));
    assert_eq!(heard.declared, Some(5_000_000_000));
    assert_eq!(heard.warnings, [Warning::Truncated { declared: 5_000_000_000, found: 2 }]);
}

#[test]
fn every_rate_and_channel_count_in_use_is_read() {
    for rate in [8000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000] {
        for channels in [1, 2, 3, 6, 8, 64] {
            let samples: Vec<i16> = (0..channels as i16 * 3).collect();
            let heard = hear(file(&Fmt::new(PCM, channels, rate, 16), &pcm16(&samples)));
            assert_eq!(heard.as_i16(), samples);
            assert_eq!((heard.spec.sample_rate, heard.spec.channels), (rate, channels));
        }
    }
}

#[test]
fn codecs_that_cannot_be_read_are_named() {
    for (tag, name) in
        [(2, "Microsoft ADPCM"), (0x11, "IMA ADPCM"), (0x55, "MP3"), (0x31, "GSM 6.10"), (0x4321, "0x4321")]
    {
        let message = refusal(file(&Fmt::mono(tag, 4), &[0; 8]));
        assert!(message.contains(name), "{message}");
    }
}

#[test]
fn widths_that_cannot_be_read_are_named() {
    let message = refusal(file(&Fmt::mono(PCM, 64), &[0; 8]));
    assert!(message.contains("64-bit integers"), "{message}");
    let message = refusal(file(&Fmt::mono(FLOAT, 16), &[0; 8]));
    assert!(message.contains("16-bit floats"), "{message}");
}

#[test]
fn non_finite_samples_become_silence_and_are_counted() {
    let values = [0.5, f32::NAN, f32::INFINITY, -0.5, f32::NEG_INFINITY];
    let heard = hear(file(&Fmt::mono(FLOAT, 32), &values.map(f32::to_le_bytes).concat()));
    assert_eq!(heard.samples, [0.5, 0.0, 0.0, -0.5, 0.0]);
    assert_eq!(heard.warnings, [Warning::NonFinite { count: 3 }]);
    // Finite as f64, not as f32.
    let heard = hear(file(&Fmt::mono(FLOAT, 64), &1e300f64.to_le_bytes()));
    assert_eq!((heard.samples[0], &heard.warnings[..]), (0.0, &[Warning::NonFinite { count: 1 }][..]));
}

#[test]
fn every_encoding_read_has_an_encoding_that_keeps_its_depth() {
    let kept = [
        (SampleEncoding::U8, OutEncoding::U8),
        (SampleEncoding::MuLaw, OutEncoding::I16),
        (SampleEncoding::I32Padded(Justification::Right), OutEncoding::I24),
        (SampleEncoding::F64, OutEncoding::F64),
    ];
    for (read, written) in kept {
        assert_eq!(read.kept(), written);
    }
}
