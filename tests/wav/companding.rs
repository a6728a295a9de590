//! G.711 against a scale climbed step by step, not computed from the code.

use crate::bytes::*;

/// Magnitudes in rising order: 8 segments of 16 steps, each segment's step `steps[segment]`, the value
/// in the middle of its interval; `first` is the lowest value.
fn scale(first: i32, steps: [i32; 8]) -> Vec<i32> {
    let mut values = vec![first];
    for (segment, step) in steps.iter().enumerate() {
        for n in 0..16 {
            if segment == 0 && n == 0 {
                continue;
            }
            // Across a border the distance is half a step of each side.
            let last_step = if n == 0 { steps[segment - 1] } else { *step };
            values.push(values[values.len() - 1] + (last_step + step) / 2);
        }
    }
    values
}

fn decoded(tag: u16) -> Vec<i32> {
    let codes: Vec<u8> = (0..=255).collect();
    let heard = hear(riff(&[Fmt::mono(tag, 8).chunk(), chunk(b"data", &codes)]));
    assert_eq!(heard.warnings, []);
    heard.samples.iter().map(|sample| (sample * 32768.0) as i32).collect()
}

#[test]
fn mu_law_climbs_eight_segments_of_doubling_steps() {
    let scale = scale(0, [8, 16, 32, 64, 128, 256, 512, 1024]);
    assert_eq!(scale[127], 32124);
    let decoded = decoded(MU_LAW);
    // All bits inverted: 0xFF is the lowest positive code, 0x7F the lowest negative.
    for (n, &value) in scale.iter().enumerate() {
        assert_eq!(decoded[255 - n], value);
        assert_eq!(decoded[127 - n], -value);
    }
}

#[test]
fn a_law_climbs_eight_segments_the_first_two_alike() {
    let scale = scale(8, [16, 16, 32, 64, 128, 256, 512, 1024]);
    assert_eq!(scale[127], 32256);
    let decoded = decoded(A_LAW);
    // Every other bit inverted: 0xD5 is the lowest positive code, 0x55 the lowest negative.
    for (n, &value) in scale.iter().enumerate() {
        assert_eq!(decoded[(n | 0x80) ^ 0x55], value);
        assert_eq!(decoded[n ^ 0x55], -value);
    }
}

#[test]
fn companded_sound_is_read_whatever_bits_the_header_claims() {
    let fmt = Fmt { bits: 16, ..Fmt::mono(MU_LAW, 8) };
    let heard = hear(riff(&[fmt.chunk(), chunk(b"data", &[0xFF, 0x80, 0x00])]));
    assert_eq!(heard.as_i16(), [0, 32124, -32124]);
    assert_eq!(heard.warnings.len(), 1);
}
