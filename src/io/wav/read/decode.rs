//! Stored samples to `f32`, full scale at 1.
//!
//! An integer of `n` bits is divided by `2^(n - 1)`, exact up to 24 bits. A float stays as it is, if it can be a sample.

use super::g711;
use crate::dsp::scrub;
use crate::io::wav::encoding::{Justification, SampleEncoding};

/// Decodes `out.len()` samples and returns how many were no samples and became silence: see [`scrub`].
///
/// `bytes` holds exactly as many samples as `out`.
pub(super) fn decode(encoding: SampleEncoding, valid_bits: u16, bytes: &[u8], out: &mut [f32]) -> u64 {
    debug_assert_eq!(bytes.len(), out.len() * encoding.bytes());
    match encoding {
        SampleEncoding::U8 => each(bytes, out, |[a]: [u8; 1]| (f32::from(a) - 128.0) / 128.0),
        SampleEncoding::I16 => each(bytes, out, |b| f32::from(i16::from_le_bytes(b)) / 32768.0),
        SampleEncoding::I24 => each(bytes, out, |[a, b, c]: [u8; 3]| {
            (i32::from_le_bytes([0, a, b, c]) >> 8) as f32 / 8_388_608.0
        }),
        SampleEncoding::I32 => each(bytes, out, |b| i32::from_le_bytes(b) as f32 / 2_147_483_648.0),
        SampleEncoding::I32Padded(justification) => {
            let unused = 32 - u32::from(valid_bits.clamp(1, 24));
            let shift_left = if justification == Justification::Right { unused } else { 0 };
            let full_scale = (1u32 << (31 - unused)) as f32;
            each(bytes, out, |b| (i32::from_le_bytes(b) << shift_left >> unused) as f32 / full_scale);
        }
        SampleEncoding::F32 => {
            each(bytes, out, f32::from_le_bytes);
            return scrub(out);
        }
        SampleEncoding::F64 => {
            each(bytes, out, |b| f64::from_le_bytes(b) as f32);
            return scrub(out);
        }
        SampleEncoding::MuLaw => each(bytes, out, |[a]: [u8; 1]| g711::MU_LAW[usize::from(a)]),
        SampleEncoding::ALaw => each(bytes, out, |[a]: [u8; 1]| g711::A_LAW[usize::from(a)]),
    }
    0
}

fn each<const N: usize>(bytes: &[u8], out: &mut [f32], sample: impl Fn([u8; N]) -> f32) {
    for (bytes, out) in bytes.as_chunks::<N>().0.iter().zip(out) {
        *out = sample(*bytes);
    }
}
