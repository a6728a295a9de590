//! G.711 companding: 8-bit codes on a scale of eight segments, each with twice the step of the one before.
//!
//! A code is `sign | segment (3 bits) | step (4 bits)`, stored with some bits inverted. With full scale
//! at 2^15 the magnitude of mu-law is `((step * 8 + 132) << segment) - 132`; that of A-law is
//! `step * 16 + 8` in segment 0 and `(step * 16 + 264) << (segment - 1)` above.

/// Samples for all 256 codes, full scale at 1.
pub(super) type Table = [f32; 256];

pub(super) static MU_LAW: Table = tables().0;
pub(super) static A_LAW: Table = tables().1;

const fn mu_law(code: u8) -> i32 {
    let code = !code;
    let (segment, step) = ((code >> 4) & 7, (code & 15) as i32);
    let magnitude = ((step * 8 + 132) << segment) - 132;
    if code & 0x80 == 0 { magnitude } else { -magnitude }
}

const fn a_law(code: u8) -> i32 {
    let code = code ^ 0x55;
    let (segment, step) = ((code >> 4) & 7, (code & 15) as i32);
    let magnitude = match segment {
        0 => step * 16 + 8,
        _ => (step * 16 + 264) << (segment - 1),
    };
    if code & 0x80 != 0 { magnitude } else { -magnitude }
}

/// Mu-law and A-law.
const fn tables() -> (Table, Table) {
    let (mut mu, mut a) = ([0.0; 256], [0.0; 256]);
    let mut code = 0;
    while code < 256 {
        mu[code] = mu_law(code as u8) as f32 / 32768.0;
        a[code] = a_law(code as u8) as f32 / 32768.0;
        code += 1;
    }
    (mu, a)
}
